"""POST /v1/decide over a service with placements: each place by its id, what it tells, one answer in two channels."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from decidedly.app import Hub, fixed_clock
from tests.unit.api.hubs import send
from tests.unit.playbook.test_load import GROCER

NOON = datetime(2017, 10, 30, 12, tzinfo=UTC)
DESKTOP = """name       = "Desktop"
candidates = "grow/campaign-18/100000892*"
channels   = []
inbound    = ["web", "phone"]
priority   = "value"
session    = "30 minutes"
tells      = ["main category", "min quantity"]

[[placement]]
id   = "first"
name = "Say first"
when = 'action.main category = "SMOKED MEATS"'

[[placement]]
id    = "then"
name  = "Then"
slots = 2

[[placement]]
id    = "empty"
name  = "Nothing"
when  = "false"
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    home = tmp_path_factory.mktemp("shop")
    shutil.copytree(GROCER, home / "playbook")
    (home / "playbook" / "services" / "desktop.toml").write_text(DESKTOP, encoding="utf-8")
    phone = home / "playbook" / "channels" / "phone.toml"
    phone.write_text('name = "Telephone"\ndirection = "inbound"\nweight = "1"\n', encoding="utf-8")
    with Hub.open(home / "hub", fixed_clock(NOON)) as opened:
        opened.publish(home / "playbook")
        yield opened


def asked(hub: Hub, channel: str) -> dict[str, Any]:
    body = {"person": {"loyalty": "1"}, "service": "desktop", "channel": channel}
    answer = send(hub, "POST", "/v1/decide", json=body)
    assert answer.status_code == 200, answer.text
    decoded: dict[str, Any] = msgspec.json.decode(answer.content)
    return decoded


def test_the_answer_says_where_each_action_stands_and_what_the_service_tells_of_it(hub: Hub) -> None:
    answer = asked(hub, "web")
    places = {one["id"]: one["shown"] for one in answer["placements"]}
    assert [(place, len(shown)) for place, shown in places.items()] == [("first", 1), ("then", 2), ("empty", 0)]
    assert [one["id"] for one in answer["actions"]] == [*places["first"], *places["then"]]
    first = answer["actions"][0]
    assert (first["placement"], first["tells"]) == ("first", {"main-category": "SMOKED MEATS", "min-quantity": 1})
    assert (answer["content"], answer["content_problem"]) == (None, None)


def test_the_record_says_so_too_and_what_was_carried_over(hub: Hub) -> None:
    web, phone = asked(hub, "web"), asked(hub, "phone")
    record = msgspec.json.decode(send(hub, "GET", f"/v1/decisions/{phone['decision_id']}").content)
    assert [one["placement"] for one in record["chosen"]] == ["first", "then", "then"]
    assert record["earlier"][0]["actions"] == [one["id"] for one in web["actions"]]
    assert [one["id"] for one in phone["actions"]] == [one["id"] for one in web["actions"]]


def test_the_price_of_levers_is_told_over_the_last_decisions(hub: Hub) -> None:
    asked(hub, "web")
    answer = send(hub, "GET", "/v1/services/desktop/levers?days=7")
    told = msgspec.json.decode(answer.content)
    assert (told["service"], told["currency"], told["levers"], told["left_out"]) == ("desktop", "USD", [], 0)
    assert told["decisions"] >= 1
    assert send(hub, "GET", "/v1/services/nothing/levers").status_code == 404
    assert send(hub, "GET", "/v1/services/desktop/levers?most=0").status_code == 400
