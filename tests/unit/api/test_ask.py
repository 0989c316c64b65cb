"""The body of POST /v1/decide becomes an ask, or a mistake with its place."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from decidedly.api.ask import DecideRequest, moment, read_ask
from decidedly.app import fixed_clock
from decidedly.core.ask import Ask
from decidedly.core.errors import BadInput
from tests.cases import NOON
from tests.unit.api.hubs import book


def ask(**request: Any) -> Ask:
    return read_ask(DecideRequest(**{"service": "weekly-coupons"} | request), "k1", NOON, book())


def refusal(**request: Any) -> BadInput:
    with pytest.raises(BadInput) as caught:
        ask(**request)
    return caught.value


def test_an_unknown_service_names_the_nearest() -> None:
    error = refusal(service="weekly-cupons")
    assert (error.place, error.hint) == ("body.service", "Did you mean 'weekly-coupons'?")


def test_an_unknown_service_with_nothing_near_lists_them_all() -> None:
    assert refusal(service="x").hint == "Services are weekly-coupons."


def test_an_unknown_channel_names_the_nearest() -> None:
    error = refusal(channel="wep")
    assert (error.place, error.hint) == ("body.channel", "Did you mean 'web'?")


def test_an_outbound_channel_cannot_ask() -> None:
    assert "Leave the channel out" in refusal(channel="email").hint


def test_an_unknown_namespace_names_the_nearest() -> None:
    error = refusal(person={"loyalti": "1"})
    assert (error.place, error.hint) == ("body.person.loyalti", "Did you mean 'loyalty'?")


@pytest.mark.parametrize("value", [None, True, 1.5, [], {}, "", "x" * 257])
def test_an_identifier_is_a_short_text_or_a_whole_number(value: Any) -> None:
    assert refusal(person={"loyalty": value}).place == "body.person.loyalty"


@pytest.mark.parametrize(
    ("name", "value"), [("page", 3), ("new", "yes"), ("basket", True), ("tags", ["a", 1]), ("odd", 2**70)]
)
def test_context_that_no_rule_could_read_is_refused(name: str, value: Any) -> None:
    assert refusal(context={name: value}).place == f"body.context.{name}"


def test_context_is_kept_as_rules_read_it() -> None:
    told = {"page": "home", "new": True, "basket": 12.34, "tags": ["a", None], "undeclared": {"a": 1}}
    assert ask(context=told).context == told | {"basket": 1234}


def test_a_moment_near_the_hubs_clock_is_now() -> None:
    assert moment(NOON + timedelta(seconds=30), fixed_clock(NOON), "body.at") is None


def test_a_moment_without_a_zone_is_utc() -> None:
    assert moment(datetime(2017, 11, 1), fixed_clock(NOON), "body.at") == datetime.fromisoformat("2017-11-01T00:00Z")  # noqa: DTZ001


def test_whom_an_ask_names_is_written_as_capture_writes_it_whatever_the_order() -> None:
    one = ask(person={"email": "ann@x.example", "loyalty": "1"})
    assert one == ask(person={"loyalty": "1", "email": "ann@x.example"})
    assert [who.namespace for who in one.who] == ["loyalty", "email"]


def test_who_names_nobody_asks_as_somebody_anonymous_of_this_ask() -> None:
    (who,) = ask().who
    assert (who.namespace, who.value) == ("anonymous", "k1")
