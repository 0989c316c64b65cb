"""What came of a decision is told and asked over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from decidedly.app import Hub
from tests import shop
from tests.answering import DAY, MONDAY, ask, meet, opened
from tests.unit.api.hubs import problem, send


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with opened(tmp_path, MONDAY + DAY) as hub:
        meet(hub)
        yield hub


def told(hub: Hub, id: str, key: str = "", **outcome: Any) -> Any:
    headers = {"idempotency-key": key} if key else {}
    return send(hub, "POST", f"/v1/decisions/{id}/outcomes", json=outcome, headers=headers)


def test_an_outcome_that_is_told_is_among_those_that_are_asked(hub: Hub) -> None:
    id = ask(hub).id
    accepted = told(hub, id, outcome="accept", action=shop.COFFEE, value_minor=250, at="2017-10-31T11:00:00Z")
    assert accepted.status_code == 200, accepted.text
    assert told(hub, id, outcome="click", verdict="machine").json()["taken"]
    answer = send(hub, "GET", f"/v1/decisions/{id}/outcomes")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["decision_id"], body["standing"]) == (id, "responded")
    assert [(one["kind"], one["action"], one["value"], one["verdict"]) for one in body["outcomes"]] == [
        ("accept", shop.COFFEE, {"minor": 250, "currency": "USD"}, "human"),
        ("click", "", None, "machine"),
    ]


def test_the_same_key_tells_the_same_outcome_once(hub: Hub) -> None:
    id = ask(hub).id
    first = told(hub, id, "k1", outcome="accept")
    again = told(hub, id, "k1", outcome="accept")
    assert (first.json()["taken"], again.json()["taken"]) == (True, False)
    assert first.json()["message_id"] == again.json()["message_id"]
    assert problem(told(hub, id, "k1", outcome="reject"), 409)["code"] == "ask.key-reused"
    assert len(send(hub, "GET", f"/v1/decisions/{id}/outcomes").json()["outcomes"]) == 1
    other = ask(hub, at=MONDAY + DAY).id
    assert told(hub, other, "k1", outcome="accept").json()["taken"]


@pytest.mark.parametrize(
    ("outcome", "place"),
    [
        ({}, "body.outcome"),
        ({"outcome": "non-response"}, "body.outcome"),
        ({"outcome": "accept", "action": "grow/week/cofee"}, "body.action"),
        ({"outcome": "accept", "value_minor": 1 << 40}, "body.value_minor"),
        ({"outcome": "accept", "verdict": "perhaps"}, "body.verdict"),
        ({"outcome": "accept", "when": "now"}, "body.when"),
    ],
)
def test_what_is_no_outcome_is_told_with_its_place(hub: Hub, outcome: dict[str, Any], place: str) -> None:
    assert problem(told(hub, ask(hub).id, **outcome), 400)["place"] == place


def test_a_decision_that_is_unknown_has_no_outcomes(hub: Hub) -> None:
    assert "There is no decision 'd0'" in problem(told(hub, "d0", outcome="accept"), 404)["message"]
    assert problem(send(hub, "GET", "/v1/decisions/d0/outcomes"), 404)["code"] == "not-found"
