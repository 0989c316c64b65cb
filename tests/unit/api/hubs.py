"""Stand-ins: a hub without a store, and a client that talks to it in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx

from decidedly import api
from decidedly.adapters.access import KeyAccess, hash_key
from decidedly.app import Hub, Settings, fixed_clock
from decidedly.capture import Received, Report
from decidedly.core.dictionary import Attribute, Dictionary
from decidedly.core.playbook import Brand, Playbook
from decidedly.core.policy import ContactPolicy, Text
from decidedly.core.principal import Scope
from decidedly.core.service import DecisionService
from tests.cases import NOON

KEY = "a-long-and-random-key"


def book() -> Playbook:
    """A playbook with one service and a context, and nothing to decide among."""
    return Playbook(
        brand=Brand(
            name="Grocer",
            currency="USD",
            locale="en_US",
            time_zone="UTC",
            postal_address="",
            website="https://g.example",
        ),
        dictionary=Dictionary(
            identifiers=("loyalty", "email"),
            user_id="loyalty",
            attributes=(
                Attribute(id="page", name="page", of="context", type="string"),
                Attribute(id="new", name="new", of="context", type="boolean"),
                Attribute(id="basket", name="basket", of="context", type="number(2)"),
                Attribute(id="tags", name="tags", of="context", type="list of string"),
            ),
            events=(),
            aggregates=(),
        ),
        actions=(),
        policies=(),
        contact=ContactPolicy(),
        segments=(),
        channels=(),
        services=(
            DecisionService(
                id="weekly-coupons",
                name="Weekly coupons",
                candidates="*",
                slots=1,
                channels=("email",),
                inbound=("web",),
                priority=Text("propensity"),
            ),
        ),
        templates=(),
        models=(),
    )


def hub_of(folder: Path, *, keys: Mapping[str, Sequence[Scope]] | None = None, **what: Any) -> Any:
    """A hub with a playbook, whose deeds are given by name: `decide=lambda ask: ...`. keys: key -> its scopes."""
    what.setdefault("origins", frozenset())
    return SimpleNamespace(
        folder=folder,
        clock=fixed_clock(NOON),
        access=KeyAccess({hash_key(key): scopes for key, scopes in (keys or {}).items()}),
        snapshot=SimpleNamespace(hash="b1", book=book()),
        **what,
    )


def taking(folder: Path, seen: list[Any], **what: Any) -> Any:
    """A hub that takes any body as one event and notes what it was given to read."""

    def read(*given: Any, **_: Any) -> Received:
        seen.append(given)
        return Received(())

    return hub_of(folder, read_segment=read, read_cloudevents=read, receive=lambda received: Report(accepted=1), **what)


def locked(folder: Path, *scopes: Scope, hash_key: Callable[[str], str]) -> Hub:
    """A real, empty hub that knows one key."""
    return Hub(Settings(folder, fixed_clock(datetime(2017, 10, 30, tzinfo=UTC)), {hash_key(KEY): scopes}))


def send(hub: Any, method: str, path: str, **request: Any) -> httpx.Response:
    """One request to the hub's app, without a network."""

    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app=api.app(hub))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, **request)

    return asyncio.run(once())


def problem(answer: httpx.Response, status: int) -> dict[str, str]:
    """The error of an answer, which has the one shape and nothing else."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert list(body) in (["error"], ["error", "success", "code", "message"])
    assert sorted(body["error"]) == ["code", "hint", "message", "place"]
    assert body["error"]["code"]
    assert body["error"]["message"]
    assert "Traceback" not in answer.text
    told: dict[str, str] = body["error"]
    return told
