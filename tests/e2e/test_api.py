"""A real server on a sample of the grocer's households, and a real client."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from decidedly.api.decide import LIMIT
from decidedly.app import Hub, fixed_clock
from decidedly.demo import synthetic
from decidedly.demo.playbook import grocer
from decidedly.demo.run import DECISION_DAY, MODEL, SERVICE
from decidedly.demo.source import Source

HOUSEHOLDS = 60
SRC = Path(__file__).parents[2] / "src"


def decidedly(*words: str) -> list[str]:
    return [sys.executable, "-m", "decidedly", *words]


ENVIRONMENT = os.environ | {"PYTHONPATH": str(SRC)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub with a published playbook, a sample's history and a trained model."""
    made = tmp_path_factory.mktemp("hub")
    with Hub.open(made, fixed_clock(DECISION_DAY)) as hub:
        hub.publish(grocer())
        source = Source.read(HOUSEHOLDS)
        hub.load([[*synthetic.events([int(household)]), *events] for household, events in source.events()])
        for name, table in source.tables().items():
            hub.warehouse.write(name, table)
        hub.project(DECISION_DAY)
        hub.train(MODEL, DECISION_DAY)
    (made / "clock.toml").write_text("start = 2017-10-30T08:00:00Z\n")
    return made


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    command = decidedly("serve", "--workdir", str(folder), "--port", "0")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as server:
        assert server.stdout is not None
        url = next(found[0] for line in server.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
        try:
            with httpx.Client(base_url=url, timeout=30) as opened:
                yield opened
        finally:
            server.terminate()
            server.communicate()


@pytest.fixture(scope="module")
def household(folder: Path) -> str:
    """The loyalty number of somebody whom we may write to."""
    with Hub.open(folder) as hub:
        for stored in hub.people():
            consents = {said.channel: said.granted for said in stored.leaves[0].consents}
            if consents.get("email"):
                return next(one.value for one in stored.leaves[0].identifiers if one.namespace == "loyalty")
    raise AssertionError("nobody in the sample allows e-mail")


def ask(client: httpx.Client, person: dict[str, Any] | None, channel: str = "web", **more: Any) -> dict[str, Any]:
    key = more.pop("key", None)
    body = {"service": SERVICE, "channel": channel, **more} | ({} if person is None else {"person": person})
    answer = client.post("/v1/decide", json=body, headers={"Idempotency-Key": key} if key else {})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def error(answer: httpx.Response, status: int) -> dict[str, str]:
    assert answer.status_code == status, answer.text
    told: dict[str, str] = answer.json()["error"]
    assert sorted(told) == ["code", "hint", "message", "place"]
    return told


def test_a_known_person_gets_ranked_actions_and_content(client: httpx.Client, household: str) -> None:
    told = ask(client, {"loyalty": household}, context={"page": "home"})
    assert told["person"] == {"known": True, "identifiers": [f"loyalty:{household}"]}
    assert told["result"] == "slate"
    assert [action["rank"] for action in told["actions"]] == list(range(1, len(told["actions"]) + 1))
    priorities = [action["priority"] for action in told["actions"]]
    assert priorities == sorted(priorities, reverse=True)
    assert told["content"]["offers"][0]["id"] == told["actions"][0]["id"]
    assert told["decision_id"] in told["content"]["html"]


def test_the_same_key_gets_the_same_decision(client: httpx.Client, household: str) -> None:
    key = uuid4().hex
    assert ask(client, {"loyalty": household}, key=key) == ask(client, {"loyalty": household}, key=key)


def test_another_ask_with_the_same_key_is_refused(client: httpx.Client, household: str) -> None:
    key = uuid4().hex
    ask(client, {"loyalty": household}, key=key)
    body = {"service": SERVICE, "channel": "web", "person": {"loyalty": "someone-else"}}
    assert (
        error(client.post("/v1/decide", json=body, headers={"Idempotency-Key": key}), 409)["code"] == "ask.key-reused"
    )


@pytest.mark.parametrize("person", [{"loyalty": "nobody-knows"}, {}, None])
def test_somebody_unknown_gets_a_sensible_answer(client: httpx.Client, person: dict[str, str] | None) -> None:
    told = ask(client, person)
    assert told["person"]["known"] is False
    assert told["actions"]
    assert told["content"]["html"]


def test_a_later_moment_is_a_dry_run_that_stores_nothing(client: httpx.Client, household: str) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    told = ask(client, {"loyalty": household}, at=tomorrow.isoformat())
    assert (told["dry_run"], told["decision_id"]) == (True, None)
    assert told["at"].startswith("2017-10-31")


def test_the_next_decision_sees_a_captured_event(client: httpx.Client) -> None:
    number, message = uuid4().hex, uuid4().hex
    traits = {"age-band": "45-54"}
    batch = {"batch": [{"type": "identify", "messageId": message, "userId": number, "traits": traits}]}
    expected = {"success": True, "accepted": 1, "duplicates": 0, "future": 0, "rejected": []}
    assert client.post("/v1/batch", json=batch).json() == expected
    record = client.get(f"/v1/decisions/{ask(client, {'loyalty': number})['decision_id']}").json()
    assert record["known"] is True
    assert (record["facts"]["age-band"]["value"], record["facts"]["age-band"]["message_id"]) == ("45-54", message)
    assert client.post("/v1/batch", json=batch).json()["duplicates"] == 1


def test_a_batch_takes_what_is_valid_and_says_what_is_not(client: httpx.Client) -> None:
    good = {"type": "page", "userId": "1", "name": "home"}
    told = client.post("/v1/batch", json={"batch": [good, {"type": "pag", "userId": "1"}]}).json()
    assert told["accepted"] == 1
    assert [(one["place"], one["hint"]) for one in told["rejected"]] == [("batch[1].type", "Did you mean 'page'?")]


def test_one_message_uses_up_the_weeks_contact(client: httpx.Client, household: str) -> None:
    first, second = ask(client, {"loyalty": household}, ""), ask(client, {"loyalty": household}, "")
    assert (first["result"], second["result"]) == ("slate", "no-action")
    assert second["content"] is None
    card = client.get(f"/v1/people/loyalty:{household}").json()
    assert [one["state"] for one in card["contacts"] if one["id"] == first["decision_id"]] == ["reserved"]


def test_a_decision_is_explained_and_replayed(client: httpx.Client, household: str) -> None:
    told = ask(client, {"loyalty": household})
    path = f"/v1/decisions/{told['decision_id']}"
    record = client.get(path).json()
    explained = client.get(f"{path}/explain").json()
    assert len(explained["actions"]) == len(record["candidates"]) > 100
    best = told["actions"][0]["id"]
    assert [(one["action"], one["status"], one["rank"]) for one in explained["actions"][:1]] == [(best, "won", 1)]
    (one,) = client.get(f"{path}/explain", params={"action": best}).json()["actions"]
    assert one["reasons"]
    assert client.post(f"{path}/replay").json()["same"] is True
    assert client.get(path).json() == record


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "place"),
    [
        ("POST", "/v1/decide", {"content": b"{", "headers": {"content-type": "application/json"}}, 400, "body"),
        ("POST", "/v1/decide", {"json": {"service": 7}}, 400, "body.service"),
        ("POST", "/v1/decide", {"json": {"service": "weekly-cupons"}}, 400, "body.service"),
        ("POST", "/v1/decide", {"json": {"service": SERVICE, "channel": "fax"}}, 400, "body.channel"),
        ("POST", "/v1/decide", {"json": {"service": SERVICE, "person": {"loyal": "1"}}}, 400, "body.person.loyal"),
        ("POST", "/v1/decide", {"json": {"service": "x" * LIMIT}}, 413, "body"),
        ("POST", "/v1/decide", {"content": b"{}"}, 415, "header.Content-Type"),
        ("POST", "/v1/batch", {"json": {"batch": 3}}, 400, "body.batch"),
        ("GET", "/v1/decide", {}, 405, "method"),
        ("PUT", "/v1/people/loyalty:1", {}, 405, "method"),
        ("GET", "/v2/decide", {}, 404, "path"),
        ("GET", "/v1/decisions/none", {}, 404, ""),
        ("GET", "/v1/decisions/none/explain", {}, 404, ""),
        ("GET", "/v1/people/loyalty:none", {}, 404, ""),
        ("GET", "/gallery/../clock.toml", {}, 404, "path"),
    ],
)
def test_every_mistake_has_one_shape(
    client: httpx.Client, method: str, path: str, sent: dict[str, Any], status: int, place: str
) -> None:
    assert error(client.request(method, path, **sent), status)["place"] == place


def test_the_server_is_ready_and_counts(client: httpx.Client, household: str) -> None:
    ask(client, {"loyalty": household})
    assert client.get("/healthz").json() == {"ok": True}
    assert client.get("/readyz").json()["ready"] is True
    text = client.get("/metrics").text
    assert re.search(r'decidedly_decisions_total\{result="slate",service="weekly-coupons"\} \d', text)
    assert 'decidedly_requests_total{method="POST",route="/v1/decide",status="200"}' in text
    assert 'decidedly_decision_seconds_count{service="weekly-coupons"}' in text
    assert "loyalty" not in text


def test_the_description_is_served(client: httpx.Client) -> None:
    told = client.get("/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    assert "/v1/decisions/{id}/explain" in told["paths"]


def test_commands_show_what_the_server_stored(client: httpx.Client, folder: Path, household: str) -> None:
    decision = ask(client, {"loyalty": household})["decision_id"]
    for words, shown in (
        (("person", "show", household), decision),
        (("explain", decision), "actions were chosen for web"),
        (("replay", decision), "the same"),
    ):
        command = decidedly(*words, "--workdir", str(folder))
        done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=True)
        assert shown in done.stdout
