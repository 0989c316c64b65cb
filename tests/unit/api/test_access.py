"""Keys, scopes, and who may call without any."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from decidedly import api
from decidedly.adapters.access import hash_key
from decidedly.app import Hub
from decidedly.core.errors import NotAllowed
from decidedly.core.principal import Scope
from decidedly.decide import OwnRuleSet
from decidedly.person import Card
from tests.cases import NOON
from tests.unit.api.hubs import KEY, hub_of, locked, problem, send

BASIC = {"authorization": "Basic " + b64encode(f"{KEY}:".encode()).decode()}
BEARER = {"authorization": f"Bearer {KEY}"}


@pytest.mark.parametrize("headers", [BASIC, BEARER], ids=["basic", "bearer"])
def test_a_key_opens_its_scope(tmp_path: Path, headers: dict[str, str]) -> None:
    with locked(tmp_path, "read", hash_key=hash_key) as hub:
        assert problem(send(hub, "GET", "/v1/decisions/d1", headers=headers), 404)["code"] == "not-found"


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer no"}, {"authorization": "Basic %"}, {"authorization": "Digest x"}]
)
def test_without_a_known_key_nothing_is_told(tmp_path: Path, headers: dict[str, str]) -> None:
    with locked(tmp_path, "read", hash_key=hash_key) as hub:
        answer = send(hub, "GET", "/v1/decisions/d1", headers=headers)
    assert problem(answer, 401)["code"] == "access.no-key"
    assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", "/v1/decide", "decide"),
        ("POST", "/v1/batch", "capture"),
        ("GET", "/v1/people/loyalty:1", "read"),
        ("GET", "/v1/decisions/d1/explain", "read"),
        ("POST", "/v1/decisions/d1/replay", "read"),
        ("GET", "/gallery/", "read"),
    ],
)
def test_a_key_opens_only_its_scope(tmp_path: Path, method: str, path: str, scope: str) -> None:
    with locked(tmp_path, "erase", hash_key=hash_key) as hub:
        told = problem(send(hub, method, path, headers=BEARER, json={"service": "x"}), 403)
    assert told["code"] == "access.denied"
    assert scope in told["message"]


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/openapi.json"])
def test_what_tells_nothing_of_people_is_open(tmp_path: Path, path: str) -> None:
    with locked(tmp_path, "read", hash_key=hash_key) as hub:
        assert send(hub, "GET", path).status_code == 200


def test_without_keys_a_page_that_borrows_our_address_is_refused(tmp_path: Path) -> None:
    answer = send(hub_of(tmp_path), "GET", "/v1/people/loyalty:1", headers={"host": "evil.example:8080"})
    assert problem(answer, 403)["place"] == "header.Host"


def test_without_keys_the_server_stays_on_this_machine(tmp_path: Path) -> None:
    with Hub.open(tmp_path) as hub, pytest.raises(NotAllowed, match="this machine only"):
        api.serve(hub, "0.0.0.0", 0)


@pytest.mark.parametrize(("scopes", "sees"), [(("read",), False), (("read", "sensitive"), True)])
def test_only_who_may_sees_what_is_sensitive(tmp_path: Path, scopes: tuple[Scope, ...], sees: bool) -> None:
    asked: list[bool] = []

    def person(who: object, at: object, *, sensitive: bool) -> Card:
        asked.append(sensitive)
        return Card(
            id="p1", at=NOON, identifiers=(), segments=(), facts=(), consents=(), recent=(), contacts=(), decisions=()
        )

    hub = hub_of(tmp_path, keys={KEY: scopes}, person=person)
    assert send(hub, "GET", "/v1/people/loyalty:1", headers=BEARER).status_code == 200
    assert asked == [sees]


def test_a_rule_comes_in_by_its_choices_and_from_nobody_without_the_scope(tmp_path: Path) -> None:
    asked: list[tuple[str, dict[str, object], str]] = []

    def set_rule(who: object, said: dict[str, object], *, source: str, rule: str) -> OwnRuleSet:
        asked.append((str(who), {name: value for name, value in said.items() if value}, rule))
        return OwnRuleSet(rule="r1", says="Never about wine", feel="false")

    for scopes, status in ((("capture",), 200), (("read",), 403)):
        hub = hub_of(tmp_path, keys={KEY: scopes}, set_rule=set_rule)
        body = {"choice": "never-about", "topic": "wine"}
        answer = send(hub, "POST", "/v1/people/loyalty:1/rules", headers=BEARER, json=body)
        assert answer.status_code == status
    assert asked == [("loyalty:1", {"choice": "never-about", "topic": "wine"}, "")]
    hub = hub_of(tmp_path, keys={KEY: ("capture",)}, set_rule=set_rule)
    wrong = send(hub, "POST", "/v1/people/loyalty:1/rules", headers=BEARER, json={"feel": "true"})
    assert wrong.status_code == 400
