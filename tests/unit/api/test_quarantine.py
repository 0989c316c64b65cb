"""The quarantine over HTTP: a bad event is kept, shown, tried again after the dictionary was mended, or dropped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from decidedly.adapters.access import hash_key
from decidedly.app import Hub, Settings, fixed_clock
from decidedly.core.dictionary import EventKind, Field
from decidedly.core.playbook import Playbook
from tests.cases import NOON
from tests.unit.api.hubs import KEY, book, locked, problem, send

JSON = {"content-type": "application/json"}
BAD = {"type": "track", "event": "viewed", "userId": "1", "messageId": "m1", "properties": {"n": "x"}}


def with_kind(type: str) -> Playbook:
    base = book()
    viewed = EventKind(id="viewed", name="viewed", fields=(Field(name="n", type=type, keep=True),))
    return replace(base, dictionary=replace(base.dictionary, events=(*base.dictionary.events, viewed)))


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with Hub(Settings(tmp_path, fixed_clock(NOON))) as opened:
        opened.playbooks.publish(with_kind("number(0)"))
        yield opened


def post(hub: Hub, path: str, body: Any) -> Any:
    return send(hub, "POST", path, content=json.dumps(body).encode(), headers=JSON)


def mend(hub: Hub) -> None:
    hub.playbooks.publish(with_kind("string"))
    hub.snapshots.renew()


def test_a_bad_event_is_told_and_kept_and_taken_in_after_the_dictionary_was_mended(hub: Hub) -> None:
    answer = post(hub, "/v1/batch", {"batch": [BAD]}).json()
    assert (answer["accepted"], answer["rejected"][0]["code"]) == (0, "event.wrong-type")
    page = send(hub, "GET", "/v1/quarantine").json()
    assert (page["total"], page["counts"], page["next"]) == (1, {"event.wrong-type": 1}, None)
    [one] = page["events"]
    assert (one["kind"], one["format"], one["times"]) == ("viewed", "segment", 1)
    assert one["refusals"] == answer["rejected"]
    assert json.loads(one["body"]) == BAD
    assert send(hub, "GET", f"/v1/quarantine/{one['id']}").json() == one
    mend(hub)
    tried = post(hub, "/v1/quarantine/replay", {"dry_run": True}).json()
    assert tried == {"looked_at": 1, "taken": 1, "known": 0, "kept": 0}
    assert post(hub, "/v1/quarantine/replay", {"kind": "viewed"}).json() == tried
    assert send(hub, "GET", "/v1/quarantine").json()["events"] == []
    assert hub.journal.counts() == {"viewed": 1}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/batch", b'{"batch": [{"type": "track"}'),
        ("/v1/batch", b"\xff\x00"),
        ("/v1/track", b'{"event": 7, "userId": "1"}'),
        ("/v1/events", b'{"specversion": "1.0"}'),
    ],
)
def test_a_body_that_cannot_be_read_is_kept_too(hub: Hub, path: str, body: bytes) -> None:
    headers = {"content-type": "application/cloudevents+json"} if path == "/v1/events" else JSON
    problem(send(hub, "POST", path, content=body, headers=headers), 400)
    [(_, kept)] = hub.quarantine.page()
    assert kept.arrival.body == body
    assert hub.replay_quarantine().kept == 1


def test_single_messages_and_cloudevents_are_read_again(hub: Hub) -> None:
    post(hub, "/v1/track", {**BAD, "messageId": "m2"})
    cloud = {"specversion": "1.0", "id": "7", "source": "/till", "type": "viewed", "subject": "loyalty:1"}
    headers = {f"ce-{name}": value for name, value in cloud.items()} | {"authorization": "Bearer secret"} | JSON
    send(hub, "POST", "/v1/events", content=b'{"n": "x"}', headers=headers)
    batch = [{**cloud, "id": "8", "data": {"n": "y"}}]
    batched = {"content-type": "application/cloudevents-batch+json"}
    send(hub, "POST", "/v1/events", content=json.dumps(batch).encode(), headers=batched)
    assert [one.arrival.format for _, one in hub.quarantine.page()] == ["segment-body", "cloudevents", "cloudevents"]
    assert all(b"secret" not in one.arrival.envelope for _, one in hub.quarantine.page())
    mend(hub)
    assert hub.replay_quarantine().taken == 3
    assert {one.event.message_id for one in hub.journal.read()} == {"m2", "/till 7", "/till 8"}


def test_pages_go_on_and_can_be_chosen(hub: Hub) -> None:
    post(hub, "/v1/batch", {"batch": [{**BAD, "messageId": f"m{number}"} for number in range(5)]})
    first = send(hub, "GET", "/v1/quarantine?limit=3&kind=viewed&code=event.wrong-type").json()
    rest = send(hub, "GET", f"/v1/quarantine?limit=3&after={first['next']}").json()
    assert (len(first["events"]), len(rest["events"]), rest["next"]) == (3, 2, None)
    assert send(hub, "GET", "/v1/quarantine?kind=order").json()["events"] == []
    assert problem(send(hub, "GET", "/v1/quarantine?limit=0"), 400)["place"] == "query.limit"
    assert problem(send(hub, "GET", "/v1/quarantine/q0"), 404)["code"] == "not-found"


def test_what_nobody_will_mend_is_dropped(hub: Hub) -> None:
    post(hub, "/v1/batch", {"batch": [BAD]})
    [one] = send(hub, "GET", "/v1/quarantine").json()["events"]
    assert post(hub, "/v1/quarantine/drop", {"ids": [one["id"], "q0"]}).json() == {"dropped": 1}
    assert hub.quarantine.filled().events == 0
    assert problem(post(hub, "/v1/quarantine/drop", {"id": "q0"}), 400)["hint"] == "Did you mean 'ids'?"


def test_a_full_quarantine_is_507_and_says_when_to_come_back(hub: Hub) -> None:
    hub.quarantine.most = 0
    good = {"type": "page", "userId": "1", "messageId": "m9"}
    answer = post(hub, "/v1/batch", {"batch": [good, BAD]})
    assert problem(answer, 507)["code"] == "quarantine.full"
    assert answer.headers["retry-after"] == "60"
    assert hub.journal.counts() == {"page": 1}


def test_bytes_are_shown_to_those_alone_who_may_see_what_is_sensitive(tmp_path: Path) -> None:

    with locked(tmp_path, "read", "capture", hash_key=hash_key) as hub:
        hub.playbooks.publish(with_kind("number(0)"))
        key = {"authorization": f"Bearer {KEY}"}
        send(hub, "POST", "/v1/batch", content=json.dumps({"batch": [BAD]}).encode(), headers=JSON | key)
        [one] = send(hub, "GET", "/v1/quarantine", headers=key).json()["events"]
        assert (one["body"], one["envelope"]) == (None, None)
        assert problem(send(hub, "POST", "/v1/quarantine/replay", content=b"{}", headers=JSON | key), 403)
