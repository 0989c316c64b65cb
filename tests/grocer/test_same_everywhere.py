"""The same answer everywhere: by the command line in one process and over HTTP in another, to the bit."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest
from msgspec.structs import replace

from decidedly.core.decision import DecisionRecord
from decidedly.decide.online import prepare
from decidedly.demo import run as demo
from tests.e2e.servers import ENVIRONMENT, Server, decidedly
from tests.grocer.steps import HOUSEHOLDS, RUN, open_hub, prepared

FEWER = 30
"""Households for each of the services that only answer."""
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
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server on a copy in which nothing is decided. Its clock shows another year, so that each ask is of a given
    moment, and stores nothing."""
    folder = tmp_path_factory.mktemp("same") / "online"
    shutil.copytree(prepared(tmp_path_factory), folder)
    with Server(folder) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def online(client: httpx.Client, batch: list[DecisionRecord]) -> list[dict[str, Any]]:
    """The answers to the same asks, one by one over HTTP."""
    return [answer(client, record) for record in batch]


def answer(client: httpx.Client, record: DecisionRecord) -> dict[str, Any]:
    (who,) = record.ask.who
    asked = {"service": record.ask.service, "channel": record.ask.channel, "at": record.ask.at.isoformat()}
    body = {"person": {who.namespace: who.value}, **asked}
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


def test_every_service_answers_each_household_as_it_would_in_one_batch(
    client: httpx.Client, batch: list[DecisionRecord], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("same") / "together"
    shutil.copytree(prepared(tmp_path_factory), folder)
    with open_hub(folder) as hub:
        asked = [(service.id, channel) for service in hub.snapshot.book.services for channel in service.inbound]
        assert {service for service, _ in asked} >= {"home-page", "ivr-menu", "agent-desktop", "receipt-insert"}
        for service, channel in asked:
            asks = [
                replace(record.ask, ask_id=f"{service}/{channel}/{record.leaf}", service=service, channel=channel)
                for record in batch[:FEWER]
            ]
            ids = [action.id for action in hub.snapshot.plan(service, channel).actions]
            for record, _ in prepare(asks, hub.world(service, channel)):
                told = answer(client, record)
                assert told["result"] == record.result
                assert [one["id"] for one in told["actions"]] == [ids[index] for index in record.chosen]


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
