"""The Segment tracking format into raw events."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from decidedly.adapters.clock import FixedClock, ShiftedClock
from decidedly.capture import Raw, Refusal, segment
from decidedly.core.errors import BadInput
from decidedly.core.identifier import Identifier
from tests.cases import NOON, dictionary
from tests.unit.capture.conftest import Hub

D = dictionary()


def read(*messages: Any, **batch: Any) -> tuple[tuple[Raw, ...], tuple[Refusal, ...]]:
    return segment(json.dumps({"batch": messages, **batch}).encode(), clock=FixedClock(NOON), dictionary=D)


def one(**message: Any) -> Raw:
    [raw], refusals = read({"type": "track", "event": "page", **message})
    assert refusals == ()
    return raw


def test_user_and_anonymous_ids_are_identifiers() -> None:
    raw = one(userId="1029", anonymousId="a-1", messageId="m1")
    assert raw.identifiers == (Identifier("loyalty", "1029"), Identifier("anonymous", "a-1"))
    assert (raw.message_id, raw.place) == ("m1", "batch[0]")
    assert one(userId=1029).identifiers == (Identifier("loyalty", "1029"),)


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
    [raw], _ = segment(json.dumps(body).encode(), clock=clock, dictionary=D)
    assert abs(raw.at - (NOON - timedelta(minutes=1))) < timedelta(seconds=5)


def test_channel_and_decision_come_from_context_and_properties() -> None:
    raw = one(userId="1", context={"channel": "web"}, properties={"decision_id": "d1"})
    assert (raw.channel, raw.decision_id) == ("web", "d1")
    assert one(userId="1", context={"channel": 3}, properties={"decision_id": 4}).decision_id == ""


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ({"type": "trak", "userId": "1"}, "batch[1].type"),
        ({"userId": "1"}, "batch[1]"),
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
    raws, refusals = segment(body, clock=FixedClock(NOON), dictionary=D)
    assert len(raws) == 1
    assert [refusal.place for refusal in refusals] == ["batch[1]"]


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
    raws, _ = read(
        {"type": "identify", "userId": "1", "anonymousId": "a", "traits": {"age-band": "35-44"}},
        {
            "type": "track",
            "anonymousId": "a",
            "event": "Order Completed",
            "properties": {"order_id": "1", "products": lines},
        },
    )
    assert hub.capture(*raws).refusals == ()
    leaves = {leaf.identifiers[0].namespace: leaf for leaf in hub.leaves("loyalty:1")}
    assert leaves["loyalty"].facts["age-band"][0].value == "35-44"
    assert len(leaves["anonymous"].panes["order"].at) == 8
