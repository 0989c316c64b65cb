"""Validation by the dictionary: the undeclared is kept and flagged, the wrong is refused with its place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from decidedly.capture import Raw
from decidedly.core.dictionary import Attribute, EventKind, Field, Namespace
from decidedly.core.identifier import Identifier
from tests.unit.capture.conftest import Hub, raw

YES: dict[str, Any] = {"purpose": "marketing", "channel": "email", "granted": True}
LINE: dict[str, Any] = {"product_id": "x", "quantity": 1, "sales_cents": 5}


def order(*lines: Any, **properties: Any) -> Raw:
    return raw("order", "m1", order_id="1", products=list(lines), **properties)


def nameless(*identifiers: Identifier) -> Raw:
    page = raw("page", "m1")
    return replace(page, event=replace(page.event, identifiers=identifiers))


def test_undeclared_kinds_are_kept_and_flagged(hub: Hub) -> None:
    assert hub.capture(raw("weather", "m1", degrees=4.5, tags=["a", {"b": None}])).accepted == 1
    assert hub.log[0].flags == ("undeclared-kind",)
    assert hub.log[0].properties == {"degrees": 4.5, "tags": ["a", {"b": None}]}


@pytest.mark.parametrize("given", [raw("page", "m1", depth=1), order({**LINE, "colour": "red"})])
def test_undeclared_fields_are_kept_and_flagged(hub: Hub, given: Raw) -> None:
    assert hub.capture(given).accepted == 1
    assert hub.log[0].flags == ("undeclared-field",)
    assert hub.log[0].properties == given.event.properties


@pytest.mark.parametrize(
    ("given", "code", "place", "hint"),
    [
        (order(LINE, {**LINE, "sales_cents": "5"}), "wrong-type", "properties.products[1].sales_cents", "1234"),
        (order({**LINE, "sales_cents": 0.5}), "wrong-type", "properties.products[0].sales_cents", "minor unit"),
        (order({**LINE, "quantity": True}), "wrong-type", "properties.products[0].quantity", ""),
        (order({**LINE, "quantity": 2**31}), "out-of-range", "properties.products[0].quantity", "2147483647"),
        (order({**LINE, "quantity": -(2**31)}), "out-of-range", "properties.products[0].quantity", ""),
        (order({"quantity": 1}), "missing-field", "properties.products[0].product_id", "product_id"),
        (order({"productid": "x"}), "missing-field", "properties.products[0].product_id", "Did you mean 'productid'"),
        (order({**LINE, "product_id": 7}), "wrong-type", "properties.products[0].product_id", ""),
        (order("x"), "wrong-type", "properties.products", ""),
        (raw("order", "m1", products=[]), "missing-field", "properties.order_id", "order_id"),
        (order(LINE, total_cents=2**63), "out-of-range", "properties.total_cents", ""),
        (order(LINE, extra=2**64), "unstorable", "properties.extra", "64 bits"),
        (raw("weather", "m1", degrees=10**30), "unstorable", "properties.degrees", "64 bits"),
        (raw("identify", "m1", **{"kids-count": "two"}), "wrong-type", "properties.kids-count", ""),
        (raw("identify", "m1", **{"born-on": "31.12.1980"}), "wrong-type", "properties.born-on", "2017-10-30"),
        (
            raw("consent", "m1", purpose="marketing", channel="sms", granted="no"),
            "wrong-type",
            "properties.granted",
            "",
        ),
        (raw("consent", "m1", **YES, basis="consens"), "basis", "properties.basis", "Did you mean 'consent'"),
        (raw("consent", "m1", **YES, proof="form 3 from 192.0.2.7"), "proof", "properties.proof", "form"),
        (raw("consent", "m1", **YES, proof="2001:db8::1"), "proof", "properties.proof", "form"),
        (raw("consent", "m1", **YES, expires_at="soon"), "wrong-type", "properties.expires_at", "2017-10-30"),
        (raw("consent", "m1", purpose="marketing", granted=True), "missing-field", "properties.channel", ""),
        (raw("page", "m1", who="loyality:1"), "unknown-identifier", "identifiers.loyality", "'loyalty'"),
        (raw("page", "m1", who=""), "no-identifier", "", "loyalty"),
        (raw("page", ""), "message-id", "messageId", ""),
        (raw("page", "m\n"), "message-id", "messageId", ""),
        (raw("", "m1"), "missing-field", "event", ""),
        (raw("page", "m1", at=datetime(2017, 10, 30)), "naive-time", "timestamp", ""),  # noqa: DTZ001
        (
            nameless(Identifier("loyalty", "")),
            "identifier",
            "identifiers.loyalty",
            "",
        ),
    ],
)
def test_what_is_wrong_is_refused_with_its_place_and_a_hint(
    hub: Hub, given: Raw, code: str, place: str, hint: str
) -> None:
    report = hub.capture(replace(given, place="batch[3]"), raw("page", "good"))
    assert (report.accepted, report.rejected) == (1, 1)
    [refusal] = report.refusals
    assert refusal.code == f"event.{code}"
    assert refusal.place == f"batch[3].{place}".rstrip(".")
    assert hint in refusal.hint


def test_every_problem_of_an_event_is_told_and_the_event_counts_once(hub: Hub) -> None:
    report = hub.capture(order({"quantity": "1"}, {"product_id": 1}))
    assert report.rejected == 1
    assert sorted(refusal.place for refusal in report.refusals) == [
        "events[0].properties.products[0].product_id",
        "events[0].properties.products[0].quantity",
        "events[0].properties.products[1].product_id",
    ]
    assert hub.log == []


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("number(0)", 3.0),
        ("number(2)", 3),
        ("number(2)", 3.25),
        ("real", 3),
        ("boolean", False),
        ("date", "2017-10-30"),
        ("date and time", "2017-10-30T08:00:00Z"),
        ("time", "08:00"),
        ("list of string", ["a", "b"]),
        ("any", {"a": [1, None]}),
        ("string", None),
    ],
)
def test_values_of_the_declared_type_pass(hub: Hub, type_: str, value: Any) -> None:
    kind = EventKind(id="k", name="k", fields=(Field(name="f", type=type_),))
    hub.dictionary = replace(hub.dictionary, events=(kind,), aggregates=())
    assert hub.capture(raw("k", "m1", f=value)).refusals == ()


@pytest.mark.parametrize("proof", ["form:newsletter-3", "recording 17:03:22", "version 1.2.3.4-beta", "page /a::b"])
def test_a_proof_that_is_no_address_is_kept(hub: Hub, proof: str) -> None:
    assert hub.capture(raw("consent", "m1", **YES, proof=proof, expires_at="0001-01-01T00:00:00+14:00")).accepted == 1


def known_by(hub: Hub) -> None:
    hub.dictionary = replace(
        hub.dictionary,
        namespaces=(
            Namespace(id="email", form="email", also=("email", "mail"), blocked=("unknown@*",)),
            Namespace(id="phone", form="phone", region="US"),
        ),
    )


def test_identifiers_are_kept_in_the_form_of_their_namespace(hub: Hub) -> None:
    known_by(hub)
    assert hub.capture(raw("page", "m1", who="email:Ann@Example.COM phone:212-555-0100 email:ann@example.com")).accepted
    assert hub.log[0].identifiers == (Identifier("email", "ann@example.com"), Identifier("phone", "+12125550100"))
    assert hub.log[0].flags == ()


@pytest.mark.parametrize(
    ("who", "flags"),
    [
        ("email:ann", ("unusable-identifier",)),
        ("email:unknown@example.com", ("blocked-identifier",)),
        ("anonymous:undefined phone:12", ("blocked-identifier", "unusable-identifier")),
    ],
)
def test_who_names_nobody_is_left_off_an_event_that_names_somebody_else(
    hub: Hub, who: str, flags: tuple[str, ...]
) -> None:
    known_by(hub)
    assert hub.capture(raw("weather", "m1", who=f"{who} loyalty:1")).accepted == 1
    assert hub.log[0].identifiers == (Identifier("loyalty", "1"),)
    assert hub.log[0].flags == (*flags, "undeclared-kind")


def test_an_event_is_refused_when_nobody_is_left(hub: Hub) -> None:
    known_by(hub)
    refusals = hub.capture(raw("page", "m1", who="email:unknown@x.de phone:12")).refusals
    assert [(one.code, one.place) for one in refusals] == [
        ("event.blocked-identifier", "events[0].identifiers.email"),
        ("event.identifier", "events[0].identifiers.phone"),
    ]


def test_identify_events_carry_identifiers_among_their_properties(hub: Hub) -> None:
    known_by(hub)
    hub.capture(raw("identify", "m1", email="ANN@example.com", mail="ann@", phone="212-555-0100"))
    assert hub.log[0].identifiers == (Identifier("loyalty", "1"), Identifier("email", "ann@example.com"))
    assert "unusable-identifier" in hub.log[0].flags
    assert hub.log[0].properties["email"] == "ANN@example.com"


@pytest.mark.parametrize("value", [None, "", True, ["ann@example.com"], {"a": 1}])
def test_a_property_that_carries_no_identifier_says_nothing(hub: Hub, value: Any) -> None:
    known_by(hub)
    assert hub.capture(raw("identify", "m1", email=value)).accepted == 1
    assert hub.log[0].identifiers == (Identifier("loyalty", "1"),)
    assert "unusable-identifier" not in hub.log[0].flags


def test_other_events_do_not(hub: Hub) -> None:
    known_by(hub)
    hub.capture(raw("page", "m1", email="ann@example.com"))
    assert hub.log[0].identifiers == (Identifier("loyalty", "1"),)


def test_a_message_about_a_wrong_event_does_not_repeat_what_is_not_for_everybody(hub: Hub) -> None:
    faith = Attribute(id="faith", name="faith", of="person", type="string", sensitivity="special-category")
    hub.dictionary = replace(hub.dictionary, attributes=(*hub.dictionary.attributes, faith))
    (refusal,) = hub.capture(raw("identify", "m1", faith=4711)).refusals
    assert refusal.message == "'faith' must be of type string, not what was sent."
