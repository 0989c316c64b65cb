"""Trackers' routes: which body is read as what, by whose key, and from whose pages."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from tests.unit.api.hubs import KEY, problem, send, taking

SHOP, EVIL = "https://shop.example", "https://evil.example"
JSON, PLAIN = {"content-type": "application/json"}, {"content-type": "text/plain;charset=UTF-8"}
BASIC = {"authorization": "Basic " + b64encode(f"{KEY}:".encode()).decode()}
KEYS = {KEY: ("capture",), "other": ("read",)}


@pytest.mark.parametrize(
    ("path", "type"),
    [
        ("/v1/batch", ""), ("/v1/import", ""), ("/v1/b", ""), ("/beacon/v1/batch", ""), ("/v1/track", "track"),
        ("/v1/t", "track"), ("/v1/i", "identify"), ("/v1/p", "page"), ("/v1/screen", "screen"), ("/v1/group", "group"),
        ("/v1/a", "alias"), ("/api/s/track", "track"), ("/api/s/batch", ""), ("/api/s/s2s/identify", "identify"),
    ],
)  # fmt: skip
def test_a_route_says_what_its_body_is(tmp_path: Path, path: str, type: str) -> None:
    seen: list[Any] = []
    answer = send(taking(tmp_path, seen), "POST", path, content=b"{}", headers=JSON)
    assert answer.status_code == 200
    assert [given[:2] for given in seen] == [(b"{}", type)]


def test_jitsus_trackers_are_answered_in_their_words(tmp_path: Path) -> None:
    answer = send(taking(tmp_path, []), "POST", "/api/s/s2s/batch", json={"batch": []})
    assert answer.json() == {"ok": True, "receivedEvents": 1, "okEvents": 1, "errors": []}
    told = problem(send(taking(tmp_path, []), "POST", "/api/s/trak", json={}), 404)
    assert told["hint"] == "Did you mean '/api/s/track'?"


@pytest.mark.parametrize(
    "how",
    [
        {"headers": JSON | BASIC},
        {"headers": JSON | {"authorization": f"Bearer {KEY}"}},
        {"headers": JSON | {"x-write-key": KEY}},
        {"headers": JSON | {"x-write-key": f"shop:{KEY}"}},
        {"headers": PLAIN, "params": {"writeKey": KEY}},
        {"headers": PLAIN, "body": {"writeKey": KEY}},
        {"headers": JSON, "body": {"batch": [{"writeKey": KEY}]}},
        {"headers": JSON | {"x-write-key": KEY}, "body": {"writeKey": "a:***"}},
    ],
)
def test_the_key_may_stand_where_trackers_put_it(tmp_path: Path, how: dict[str, Any]) -> None:
    content = json.dumps(how.pop("body", {})).encode()
    assert send(taking(tmp_path, [], keys=KEYS), "POST", "/v1/batch", content=content, **how).status_code == 200


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({}, 401),
        ({"body": {"writeKey": "wrong"}}, 401),
        ({"body": {"writeKey": "a:***"}}, 401),
        ({"params": {"writeKey": "wrong"}, "body": {"writeKey": KEY}}, 401),
        ({"params": {"writeKey": "other"}}, 403),
        ({"body": {"writeKey": "other"}}, 403),
    ],
)
def test_another_key_opens_nothing_and_trackers_can_read_why(tmp_path: Path, how: dict[str, Any], status: int) -> None:
    seen: list[Any] = []
    content = json.dumps(how.pop("body", {})).encode()
    hub = taking(tmp_path, seen, keys=KEYS)
    answer = send(hub, "POST", "/v1/batch", content=content, headers=JSON, **how)
    told = problem(answer, status)
    assert (answer.json()["success"], answer.json()["code"]) == (False, told["code"])
    assert seen == []


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/t", "/api/s/track", "/v1/events"])
@pytest.mark.parametrize("headers", [PLAIN, JSON, {"content-type": "application/cloudevents+json"}])
@pytest.mark.parametrize("page", [{"origin": EVIL}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}])
def test_without_keys_no_page_of_another_site_may_send(
    tmp_path: Path, path: str, headers: dict[str, str], page: dict[str, str]
) -> None:
    seen: list[Any] = []
    told = problem(send(taking(tmp_path, seen), "POST", path, content=b"{}", headers=headers | page), 403)
    assert told["place"] == "header.Origin"
    asked = send(taking(tmp_path, seen), "OPTIONS", path, headers=page | {"access-control-request-method": "POST"})
    assert asked.status_code == 403
    assert seen == []


def test_our_own_pages_and_programs_may_send(tmp_path: Path) -> None:
    for more in ({"origin": "http://127.0.0.1"}, {"sec-fetch-site": "same-origin"}, {}):
        assert send(taking(tmp_path, []), "POST", "/v1/t", content=b"{}", headers=PLAIN | more).status_code == 200


@pytest.mark.parametrize("origins", [{SHOP}, {"*"}])
def test_pages_of_a_named_origin_may_send_and_read_the_answer(tmp_path: Path, origins: set[str]) -> None:
    hub = taking(tmp_path, [], origins=frozenset(origins))
    asking = {"origin": SHOP, "access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    asked = send(hub, "OPTIONS", "/v1/t", headers=asking)
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == SHOP
    assert asked.headers["access-control-allow-headers"] == "content-type"
    sent = send(hub, "POST", "/v1/t", content=b"{}", headers=PLAIN | {"origin": SHOP})
    assert (sent.status_code, sent.headers["access-control-allow-origin"], sent.headers["vary"]) == (
        200,
        SHOP,
        "Origin",
    )
    assert "access-control-allow-credentials" not in {**asked.headers, **sent.headers}


def test_a_page_may_read_when_to_send_again(tmp_path: Path) -> None:
    hub = taking(tmp_path, [], origins=frozenset({SHOP}))
    for content in (b"{}", b"no json"):
        answer = send(hub, "POST", "/v1/t", content=content, headers=PLAIN | {"origin": SHOP})
        assert answer.headers["access-control-expose-headers"] == "Retry-After"


def test_with_keys_any_page_may_send_unless_origins_are_named(tmp_path: Path) -> None:
    content = json.dumps({"writeKey": KEY}).encode()
    for origins, status in ((set(), 200), ({SHOP}, 200), ({EVIL}, 403)):
        hub = taking(tmp_path, [], keys=KEYS, origins=frozenset(origins))
        answer = send(hub, "POST", "/v1/t", content=content, headers=PLAIN | {"origin": SHOP})
        assert answer.status_code == status


def test_what_a_browser_adds_by_itself_is_no_key(tmp_path: Path) -> None:
    hub = taking(tmp_path, [], keys=KEYS)
    assert problem(send(hub, "POST", "/v1/t", content=b"{}", headers=PLAIN | BASIC | {"origin": EVIL}), 401)
    assert send(hub, "POST", "/v1/t", content=b"{}", headers=JSON | BASIC | {"origin": SHOP}).status_code == 200


@pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "application/octet-stream", ""])
def test_json_is_read_whatever_a_tracker_calls_it(tmp_path: Path, media_type: str) -> None:
    headers = {"content-type": media_type}
    assert send(taking(tmp_path, []), "POST", "/v1/batch", content=b"{}", headers=headers).status_code == 200


@pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "text/plain", ""])
def test_what_comes_from_a_page_without_asking_needs_a_key_of_its_own(tmp_path: Path, media_type: str) -> None:
    page = {"content-type": media_type, "origin": EVIL} | BASIC
    assert problem(send(taking(tmp_path, [], keys=KEYS), "POST", "/v1/batch", content=b"{}", headers=page), 401)


def test_a_wrong_method_is_told_the_right_one(tmp_path: Path) -> None:
    answer = send(taking(tmp_path, []), "PUT", "/v1/batch")
    assert problem(answer, 405)["hint"] == "It takes POST."
    assert answer.headers["allow"] == "POST"


def test_a_sender_of_cloudevents_may_ask_for_leave(tmp_path: Path) -> None:
    asked = send(taking(tmp_path, []), "OPTIONS", "/v1/events", headers={"webhook-request-origin": "events.example"})
    assert (asked.status_code, asked.headers["webhook-allowed-origin"]) == (204, "events.example")


def test_the_attributes_of_a_cloudevent_are_read_from_headers(tmp_path: Path) -> None:
    seen: list[Any] = []
    headers = {"content-type": "application/json; charset=utf-8", "ce-id": "1"}
    assert send(taking(tmp_path, seen), "POST", "/v1/events", content=b"{}", headers=headers).status_code == 200
    [(body, read)] = seen
    assert (body, read["content-type"], read["ce-id"]) == (b"{}", "application/json; charset=utf-8", "1")
