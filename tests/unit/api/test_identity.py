"""Who is who over HTTP: each decision is taken by whoever holds the key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from decidedly.app import Hub, Settings, fixed_clock
from decidedly.capture import Raw
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from tests.cases import NOON
from tests.unit.api.hubs import book, problem, send

JSON = {"content-type": "application/json"}


@pytest.fixture
def hub(tmp_path: Path) -> Any:
    with Hub(Settings(tmp_path, fixed_clock(NOON))) as opened:
        opened.playbooks.publish(book())
        for number, who in enumerate(("loyalty:1", "loyalty:2", "loyalty:1 email:e@x.de", "loyalty:2 email:e@x.de")):
            identifiers = tuple(map(Identifier.parse, who.split()))
            at = NOON.replace(minute=number) - (NOON - NOON.replace(hour=1))
            event = Event(message_id=who, kind="page", at=at, received_at=NOON, identifiers=identifiers, source="web")
            opened.capture([Raw(event, "events[0]")])
        yield opened


def post(hub: Hub, name: str, **body: Any) -> Any:
    return send(hub, "POST", f"/v1/identity/{name}", content=json.dumps(body).encode(), headers=JSON)


def test_the_links_of_a_person_are_told_with_their_evidence(hub: Hub) -> None:
    told = send(hub, "GET", "/v1/identity/email:e@x.de").json()
    assert len(told["leaves"]) == 2
    assert [(link["by"], link["refused"] == "") for link in told["links"]] == [("event", True), ("event", False)]


def test_a_refused_link_waits_and_is_decided_on(hub: Hub) -> None:
    (waiting,) = send(hub, "GET", "/v1/identity").json()["waiting"]
    answer = post(hub, "review", number=waiting["number"], same=True, why="one household")
    assert (answer.status_code, len(answer.json()["persons"])) == (200, 1)
    assert send(hub, "GET", "/v1/identity").json() == {"waiting": []}


def test_persons_are_merged_and_unmerged(hub: Hub) -> None:
    pair = {"one": "loyalty:1", "other": "loyalty:2"}
    assert len(post(hub, "merge", **pair, why="told us").json()["persons"][0]) == 3
    assert len(post(hub, "unmerge", **pair).json()["persons"]) == 2
    assert problem(post(hub, "unmerge", **pair), 409)["code"] == "identity.not-joined"


def test_identifiers_are_split_off(hub: Hub) -> None:
    assert len(post(hub, "split", off=["email:e@x.de"]).json()["persons"]) == 2
    assert problem(post(hub, "split", off=[]), 400)["place"] == "identifiers"


def test_strangers_and_bad_bodies_are_told(hub: Hub) -> None:
    assert problem(send(hub, "GET", "/v1/identity/loyalty:9"), 404)["code"] == "not-found"
    assert problem(post(hub, "merge", one="loyalty:1"), 400)["place"] == "body.other"
    assert problem(post(hub, "review", number=99, same=True), 404)["code"] == "not-found"
