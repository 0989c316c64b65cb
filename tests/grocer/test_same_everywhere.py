"""The same answer everywhere: by the command line in one process and over HTTP in another, to the bit."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import httpx
import numpy as np
import pytest

from decidedly.core.decision import DecisionRecord
from decidedly.demo import run as demo
from tests.e2e.servers import ENVIRONMENT, Server, decidedly
from tests.grocer.steps import HOUSEHOLDS, RUN, open_hub, prepared

CLOCK = "start = 2017-10-30T08:00:00Z\n"


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> list[DecisionRecord]:
    """Everybody on the list, decided by `decidedly batch`."""
    folder = tmp_path_factory.mktemp("same") / "batch"
    shutil.copytree(prepared(tmp_path_factory), folder)
    (folder / "clock.toml").write_text(CLOCK)
    with open_hub(folder) as hub:
        people = folder / "people.txt"
        people.write_text("".join(f"{who}\n" for who in demo.audience(hub, demo.CAMPAIGN)))
    command = decidedly("batch", RUN, demo.SERVICE, str(people), "--json", "--workdir", str(folder))
    told = json.loads(subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=True).stdout)
    with open_hub(folder) as hub:
        return [hub.decision(id) for id in told["decided"]]


@pytest.fixture(scope="module")
def online(tmp_path_factory: pytest.TempPathFactory, batch: list[DecisionRecord]) -> list[dict[str, Any]]:
    """The answers to the same asks, one by one over HTTP, from a copy in which nothing is decided. Its clock shows
    another year, so that each ask is of a given moment."""
    folder = tmp_path_factory.mktemp("same") / "online"
    shutil.copytree(prepared(tmp_path_factory), folder)
    with Server(folder) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        return [answer(client, record) for record in batch]


def answer(client: httpx.Client, record: DecisionRecord) -> dict[str, Any]:
    (who,) = record.ask.who
    body = {"service": record.ask.service, "person": {who.namespace: who.value}, "at": record.ask.at.isoformat()}
    told = client.post("/v1/decide", json=body, headers={"Idempotency-Key": record.ask.ask_id})
    assert told.status_code == 200, told.text
    found: dict[str, Any] = told.json()
    return found


def test_every_household_gets_over_http_what_the_batch_decided(
    batch: list[DecisionRecord], online: list[dict[str, Any]]
) -> None:
    assert len(batch) == HOUSEHOLDS
    assert {record.result for record in batch} == {"slate", "no-action"}
    for record, told in zip(batch, online, strict=True):
        assert (told["result"], told["channel"]) == (record.result, record.channel)
        assert told["playbook"] == record.playbook
        assert told["model"] == record.model


def test_actions_their_order_and_their_scores_agree_to_the_bit(
    batch: list[DecisionRecord], online: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with open_hub(prepared(tmp_path_factory)) as hub:
        ids = [action.id for action in hub.snapshot.plan(demo.SERVICE, "").actions]
    for record, told in zip(batch, online, strict=True):
        chosen = list(record.chosen)
        assert [one["id"] for one in told["actions"]] == [ids[index] for index in chosen]
        propensity = np.frombuffer(record.inputs.propensity, "<f4")[chosen].tolist()
        assert [one["propensity"] for one in told["actions"]] == propensity
        if record.channel:
            column = record.channels.index(record.channel)
            priority = np.frombuffer(record.priority, "<f4").reshape(record.actions, -1)[chosen, column].tolist()
            assert [one["priority"] for one in told["actions"]] == priority
