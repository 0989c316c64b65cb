"""The Segment tracking format into raw events."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from decidedly.adapters.clock import FixedClock, ShiftedClock
from decidedly.capture import Raw, Refusal, segment
from decidedly.core.dictionary import EventKind, Field
from decidedly.core.errors import BadInput
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from tests.cases import NOON, dictionary
from tests.unit.capture.conftest import Hub

D = dictionary()


def read(*messages: Any, **batch: Any) -> tuple[tuple[Event, ...], tuple[Refusal, ...]]:
    received = segment(json.dumps({"batch": messages, **batch}).encode(), clock=FixedClock(NOON), dictionary=D)
    return tuple(raw.event for raw in received.raws), received.refusals


def one(**message: Any) -> Event:
    [event], refusals = read({"type": "track", "event": "page", **message})
    assert refusals == ()
    return event


def single(type: str, message: dict[str, Any]) -> Event:
    [raw] = segment(json.dumps(message).encode(), clock=FixedClock(NOON), dictionary=D, type=type).raws
    assert raw.place == "body"
    return raw.event


def test_user_and_anonymous_ids_are_identifiers() -> None:
    raw = one(userId="1029", anonymousId="a-1", messageId="m1")
    assert raw.identifiers == (Identifier("loyalty", "1029"), Identifier("anonymous", "a-1"))
    assert raw.message_id == "m1"
    for number in (1029, 1029.0):
        assert one(userId=number).identifiers == (Identifier("loyalty", "1029"),)


def test_a_tracks_event_is_matched_by_id_or_trackers_name() -> None:
    assert one(userId="1", event="Order Completed").kind == "order"
    assert one(userId="1", event="product-viewed").kind == "product-viewed"
    assert one(userId="1", event="Never Heard Of").kind == "Never Heard Of"


def test_the_other_types_are_their_kind_with_their_properties() -> None:
    raws, refusals = read(
        {"type": "identify", "userId": "1", "traits": {"age-band": "35-44"}},
        {"type": "identify", "userId": "1", "context": {"traits": {"age-band": "45-54"}}},
        {"type": "page", "userId": "1", "name": "home", "properties": {"url": "/"}},
        {"type": "screen", "userId": "1", "name": "home"},
        {"type": "group", "userId": "1", "groupId": "g", "traits": {"size": 3}},
        {"type": "alias", "userId": "1", "previousId": "0"},
    )
    assert refusals == ()
    assert [(raw.kind, raw.properties) for raw in raws] == [
        ("identify", {"age-band": "35-44"}),
        ("identify", {"age-band": "45-54"}),
        ("page", {"url": "/", "name": "home"}),
        ("screen", {"name": "home"}),
        ("group", {"size": 3, "group_id": "g"}),
        ("alias", {"previous_id": "0"}),
    ]


def test_one_message_alone_has_the_type_of_its_route() -> None:
    assert single("identify", {"userId": "1", "traits": {"age-band": "35-44"}}).properties == {"age-band": "35-44"}
    event = single("track", {"type": "identify", "userId": "1", "event": "Order Completed"})
    assert (event.kind, event.identifiers) == ("order", (Identifier("loyalty", "1"),))
    retried = [single("page", {"userId": "1", "name": "home"}).message_id for _ in range(2)]
    assert retried[0] == retried[1]


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"userId": []}', b'{"timestamp": "0001-01-01T00:00:00+14:00"}'])
def test_one_message_that_cannot_be_read_is_bad_input_with_a_place(body: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        segment(body, clock=FixedClock(NOON), dictionary=D, type="track")
    assert caught.value.place.startswith("body")


def test_an_alias_names_the_earlier_id_too() -> None:
    visitor = "7f3c8a5e-6d1b-4a51-9a54-0c8e9d2b7c11"
    earlier = [
        single("alias", {"userId": "1", "previousId": previous}).identifiers[1] for previous in (visitor, "1000", 7)
    ]
    assert earlier == [Identifier("anonymous", visitor), Identifier("loyalty", "1000"), Identifier("loyalty", "7")]
    assert single("alias", {"userId": "1"}).identifiers == (Identifier("loyalty", "1"),)


def test_external_ids_of_known_namespaces_are_identifiers() -> None:
    listed = [{"type": "email", "id": "a@b.example"}, {"type": "ios.idfa", "id": "x"}, {"type": "phone"}, 3]
    event = one(userId="1", context={"externalIds": listed})
    assert event.identifiers == (Identifier("loyalty", "1"), Identifier("email", "a@b.example"))


def test_a_declared_field_takes_what_the_context_tells() -> None:
    names = ("page_url", "campaign_name", "device_advertising_id", "user_agent", "locale")
    kind = EventKind(id="visit", name="visit", fields=tuple(Field(name=name, type="string") for name in names))
    context = {
        "page": {"url": "https://shop.example/a", "path": "/a"},
        "campaign": {"name": "spring"},
        "device": {"advertisingId": "x"},
        "userAgent": "Mozilla/5.0",
        "ip": "192.0.2.7",
    }
    message = {"type": "track", "event": "visit", "userId": "1", "context": context, "properties": {"locale": "de"}}
    body = json.dumps({"batch": [message]}).encode()
    [raw] = segment(body, clock=FixedClock(NOON), dictionary=replace(D, events=(kind,), aggregates=())).raws
    assert raw.event.properties == {
        "locale": "de",
        "page_url": "https://shop.example/a",
        "campaign_name": "spring",
        "device_advertising_id": "x",
        "user_agent": "Mozilla/5.0",
    }


def test_a_missing_message_id_is_derived_so_that_a_retry_is_the_same() -> None:
    message = {"type": "page", "userId": "1", "timestamp": "2017-10-30T11:00:00Z"}
    [first], _ = read(message, sentAt="2017-10-30T11:00:01Z")
    [retry], _ = read(message, sentAt="2017-10-30T11:05:00Z")
    [other], _ = read({**message, "userId": "2"})
    assert first.message_id == retry.message_id != other.message_id


@pytest.mark.parametrize(
    ("times", "at"),
    [
        ({}, NOON),
        ({"timestamp": "2017-10-30T11:00:00Z"}, NOON - timedelta(hours=1)),
        ({"timestamp": "2017-10-30T11:00:00"}, NOON - timedelta(hours=1)),
        ({"timestamp": "2017-10-30T13:00:00+02:00"}, NOON - timedelta(hours=1)),
        ({"originalTimestamp": "2017-10-30T11:00:00Z"}, NOON - timedelta(hours=1)),
        # The sender's clock is a year behind; the event happened ten minutes before it was sent.
        ({"timestamp": "2016-10-30T11:00:00Z", "sentAt": "2016-10-30T11:10:00Z"}, NOON - timedelta(minutes=10)),
    ],
)
def test_times_are_corrected_by_the_senders_clock(times: dict[str, str], at: datetime) -> None:
    assert one(userId="1", **times).at == at


def test_times_are_shifted_by_the_hubs_clock() -> None:
    clock = ShiftedClock(NOON)
    minute_ago = datetime.now(UTC) - timedelta(minutes=1)
    body = {"batch": [{"type": "page", "userId": "1", "timestamp": minute_ago.isoformat()}]}
    [raw] = segment(json.dumps(body).encode(), clock=clock, dictionary=D).raws
    assert abs(raw.event.at - (NOON - timedelta(minutes=1))) < timedelta(seconds=5)


def test_channel_and_decision_come_from_context_and_properties() -> None:
    raw = one(userId="1", context={"channel": "web"}, properties={"decision_id": "d1"})
    assert (raw.channel, raw.decision_id) == ("web", "d1")
    assert one(userId="1", context={"channel": 3}, properties={"decision_id": 4}).decision_id == ""


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ({"type": "trak", "userId": "1"}, "batch[1].type"),
        ({"userId": "1"}, "batch[1].type"),
        ({"type": "track", "event": 7}, "batch[1].event"),
        ({"type": "track", "properties": []}, "batch[1].properties"),
        ({"type": "track", "timestamp": "yesterday"}, "batch[1].timestamp"),
        ({"type": "track", "timestamp": "0001-01-01T00:00:00+14:00"}, "batch[1].timestamp"),
        ("track", "batch[1]"),
    ],
)
def test_one_bad_message_leaves_the_others(message: Any, place: str) -> None:
    raws, refusals = read({"type": "page", "userId": "1"}, message)
    assert len(raws) == 1
    assert [refusal.place for refusal in refusals] == [place]
    assert refusals[0].code == "input.invalid"


@pytest.mark.parametrize("broken", [b'{"type": "\xff"}', b'{"type": "page", "properties": {"a": "\xff"}}'])
def test_a_message_that_is_not_unicode_leaves_the_others(broken: bytes) -> None:
    body = b'{"batch": [{"type": "page", "userId": "1"}, ' + broken + b"]}"
    received = segment(body, clock=FixedClock(NOON), dictionary=D)
    assert len(received.raws) == 1
    assert [refusal.place for refusal in received.refusals] == ["batch[1]"]


def test_endless_nesting_is_bad_input() -> None:
    body = b'{"batch": [{"type": "page", "userId": "1", "properties": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}]}"
    with pytest.raises(BadInput):
        segment(body, clock=FixedClock(NOON), dictionary=D)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"batch": 3}', b'{"batch": [\xff]}'])
def test_what_is_no_batch_is_bad_input_with_a_place(body: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        segment(body, clock=FixedClock(NOON), dictionary=D)
    assert caught.value.place.startswith("body")


def test_a_batch_is_captured_whole(hub: Hub) -> None:
    lines = [{"product_id": "x", "quantity": 2, "sales_cents": 199}]
    events, _ = read(
        {"type": "identify", "userId": "1", "anonymousId": "a", "traits": {"age-band": "35-44"}},
        {
            "type": "track",
            "anonymousId": "a",
            "event": "Order Completed",
            "properties": {"order_id": "1", "products": lines},
        },
    )
    assert hub.capture(*(Raw(event, "batch") for event in events)).refusals == ()
    leaves = {leaf.identifiers[0].namespace: leaf for leaf in hub.leaves("loyalty:1")}
    assert leaves["loyalty"].facts["age-band"][0].value == "35-44"
    assert len(leaves["anonymous"].panes["order"].at) == 8
