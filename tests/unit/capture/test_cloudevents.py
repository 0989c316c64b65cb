"""CloudEvents over HTTP into raw events: structured, binary and batched."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest

from decidedly.adapters.clock import FixedClock
from decidedly.capture import Received, cloudevents
from decidedly.capture.cloudevents import BATCHED, STRUCTURED
from decidedly.core.errors import BadInput
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from tests.cases import NOON, dictionary

D = dictionary()
BASE = {"specversion": "1.0", "id": "1", "source": "/till/7", "type": "page"}


def read(body: Any, media_type: str = STRUCTURED, **headers: str) -> Received:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return cloudevents(raw, {"content-type": media_type, **headers}, clock=FixedClock(NOON), dictionary=D)


def one(**attributes: Any) -> Event:
    [raw] = read({**BASE, **attributes}).raws
    return raw.event


def binary(body: bytes = b"", media_type: str = "application/json", **attributes: str) -> Event:
    headers = {f"ce-{name}": value for name, value in {**BASE, **attributes}.items()}
    [raw] = read(body, media_type, **headers).raws
    return raw.event


def test_source_and_id_together_are_the_message_id() -> None:
    assert one().message_id == "/till/7 1"
    assert one(source="/till/8").message_id != one().message_id
    assert len(one(source="/" + "x" * 600).message_id) < 512


def test_the_type_names_the_kind_and_the_source_is_kept() -> None:
    event = one(type="Order Completed", time="2017-10-30T11:00:00Z", data={"order_id": "1"}, channel="store")
    assert (event.kind, event.source, event.channel) == ("order", "/till/7", "store")
    assert (event.at, event.received_at) == (NOON - timedelta(hours=1), NOON)
    assert event.properties == {"order_id": "1"}
    assert one(decisionid="d1").decision_id == one(data={"decision_id": "d1"}).decision_id == "d1"


def test_subject_and_extensions_named_as_namespaces_say_who() -> None:
    event = one(subject="loyalty:1029", email="a@b.example", anonymous="v", traceparent="00-1")
    assert event.identifiers == (
        Identifier("loyalty", "1029"),
        Identifier("email", "a@b.example"),
        Identifier("anonymous", "v"),
    )
    assert one(subject="urn:thing").identifiers == one(subject="report.pdf").identifiers == ()
    assert one(subject="loyalty:1029", loyalty="1029").identifiers == (Identifier("loyalty", "1029"),)


def test_binary_mode_has_its_attributes_in_headers() -> None:
    event = binary(b'{"name": "home"}', subject="loyalty:1", time="2017-10-30T11:00:00Z")
    assert (event.kind, event.properties) == ("page", {"name": "home"})
    assert (event.at, event.identifiers) == (NOON - timedelta(hours=1), (Identifier("loyalty", "1"),))
    assert binary(id="caf%C3%A9%20%22").message_id == '/till/7 café "'
    assert binary(id='"a\\"b"').message_id == '/till/7 a"b'


def test_data_may_come_as_base64() -> None:
    encoded = b64encode(b'{"name": "home"}').decode()
    assert one(data_base64=encoded).properties == {"name": "home"}
    assert one(specversion="0.3", datacontentencoding="base64", data=encoded).properties == {"name": "home"}
    assert one(datacontenttype="application/vnd.shop+json; charset=utf-8", data={"a": 1}).properties == {"a": 1}


def test_data_that_is_no_object_is_one_property() -> None:
    assert one(data=5).properties == {"data": 5}
    assert binary(b"<a/>", "application/xml").properties == {"data": "<a/>"}
    assert binary(b"\xff", "image/png").properties == {"data": "/w=="}


def test_one_bad_event_of_a_batch_leaves_the_others() -> None:
    received = read([BASE, {**BASE, "id": ""}, 3, {**BASE, "data_base64": "%"}], BATCHED)
    assert [raw.place for raw in received.raws] == ["batch[0]"]
    assert [refusal.place for refusal in received.refusals] == ["batch[1].id", "batch[2]", "batch[3].data"]
    assert {refusal.code for refusal in received.refusals} == {"input.invalid"}


@pytest.mark.parametrize(
    ("body", "media_type", "headers", "place"),
    [
        (b"{", STRUCTURED, {}, "body"),
        (b"[]", STRUCTURED, {}, "body"),
        (b"{}", BATCHED, {}, "body"),
        (b"{}", "application/json", {}, "header.Content-Type"),
        (b"\xff", "application/json", BASE, "body"),
        (b"{}", "application/json", {**BASE, "id": "%ff"}, "header.ce-id"),
        ({**BASE, "specversion": "2.0"}, STRUCTURED, {}, "body.specversion"),
        ({**BASE, "time": "soon"}, STRUCTURED, {}, "body.time"),
        ({**BASE, "time": 5}, STRUCTURED, {}, "body.time"),
        ({**BASE, "time": "0001-01-01T00:00:00+14:00"}, STRUCTURED, {}, "body.time"),
        ({**BASE, "data_base64": "%"}, STRUCTURED, {}, "body.data"),
        ({**BASE, "data_base64": 7}, STRUCTURED, {}, "body.data"),
        ({**BASE, "type": None}, STRUCTURED, {}, "body.type"),
    ],
)
def test_what_is_no_event_is_bad_input_with_its_place(
    body: Any, media_type: str, headers: dict[str, str], place: str
) -> None:
    with pytest.raises(BadInput) as caught:
        read(body, media_type, **{f"ce-{name}": value for name, value in headers.items()})
    assert caught.value.place == place
