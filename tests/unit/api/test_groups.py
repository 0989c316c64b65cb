"""Groups over HTTP: who is in one, for whoever may read records."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from decidedly.adapters.access import hash_key
from decidedly.app import Hub, Settings, fixed_clock
from tests import homes
from tests.cases import NOON
from tests.unit.api.hubs import KEY, book, problem, send

JSON = {"content-type": "application/json"}


@pytest.fixture
def hub(tmp_path: Path) -> Any:
    household = homes.HOUSEHOLD
    income = replace(household.traits[0], sensitivity="secret")
    groups = (replace(household, traits=(income,)), homes.ACCOUNT)
    dictionary = replace(homes.dictionary(), groups=groups)
    keys = {hash_key(KEY): ("read", "capture"), hash_key(f"{KEY}-all"): ("read", "sensitive")}
    with Hub(Settings(tmp_path, fixed_clock(NOON), keys=keys)) as opened:
        opened.playbooks.publish(replace(book(), dictionary=dictionary))
        for number, role in enumerate(("head", "child")):
            at = (NOON - timedelta(days=number + 1)).isoformat()
            body = {"userId": str(number), "groupId": "H1", "timestamp": at, "messageId": f"m{number}",
                    "traits": {"role": role, "income-band": "high"}}  # fmt: skip
            answer = send(opened, "POST", "/v1/group", content=json.dumps(body).encode(), headers=auth() | JSON)
            assert answer.json()["accepted"] == 1
        yield opened


def auth(key: str = KEY) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def test_a_group_tells_its_members_in_the_order_in_which_they_joined(hub: Hub) -> None:
    told = send(hub, "GET", "/v1/groups/household:H1", headers=auth()).json()
    assert [(one["identifiers"], one["role"]) for one in told["members"]] == [
        (["loyalty:1"], "child"), (["loyalty:0"], "head"),
    ]  # fmt: skip
    assert (told["id"], told["told"]) == ("household:H1", True)
    past = (NOON - timedelta(hours=36)).isoformat()
    earlier = send(hub, "GET", "/v1/groups/household:H1", params={"at": past}, headers=auth()).json()
    assert len(earlier["members"]) == 1


def test_what_is_secret_of_a_group_is_masked_for_who_may_not_see_it(hub: Hub) -> None:
    (masked,) = send(hub, "GET", "/v1/groups/household:H1", headers=auth()).json()["traits"]
    (whole,) = send(hub, "GET", "/v1/groups/household:H1", headers=auth(f"{KEY}-all")).json()["traits"]
    assert (masked["value"], masked["masked"], whole["value"]) == (None, True, "high")
    card = send(hub, "GET", "/v1/people/loyalty:0", headers=auth()).json()
    facts = {one["attribute"]: one["value"] for one in card["facts"]}
    assert (facts["household.income-band"], facts["household.role"]) == (None, "head")
    assert [one["group"] for one in card["groups"]] == ["household:H1"]


def test_a_group_that_is_none_is_not_found(hub: Hub) -> None:
    unknown = send(hub, "GET", "/v1/groups/household:H9", headers=auth())
    assert problem(unknown, 404)["code"] == "not-found"
    wrong = send(hub, "GET", "/v1/groups/club:1", headers=auth())
    assert problem(wrong, 400)["code"] == "input.invalid"
    assert "household, account" in problem(wrong, 400)["hint"]
    assert send(hub, "GET", "/v1/groups/household:H1").status_code == 401
