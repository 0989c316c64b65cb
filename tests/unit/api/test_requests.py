"""Whatever comes in, the answer has a status, a code, a place and a hint."""

from __future__ import annotations

import gzip
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from decidedly.api.decide import LIMIT
from tests.unit.api.hubs import hub_of, problem, send, taking

JSON = {"content-type": "application/json"}


def decide(folder: Path, body: bytes, **headers: str) -> Any:
    return send(hub_of(folder), "POST", "/v1/decide", content=body, headers=JSON | headers)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"\xff", "body"),
        (b"[]", "body"),
        (b'"\\ud800"', "body"),
        (b"[" * 100_000, "body"),
        (b"{}", "body.service"),
        (b'{"service": 1}', "body.service"),
        (b'{"service": "weekly-coupons", "at": "soon"}', "body.at"),
        (b'{"service": "weekly-coupons", "person": []}', "body.person"),
        (b'{"service": "weekly-coupons", "person": {"loyalty": null}}', "body.person.loyalty"),
    ],
)
def test_a_bad_body_is_told_with_its_place(tmp_path: Path, body: bytes, place: str) -> None:
    assert problem(decide(tmp_path, body), 400)["place"] == place


def test_a_misspelt_field_names_the_nearest(tmp_path: Path) -> None:
    told = problem(decide(tmp_path, b'{"servise": "x"}'), 400)
    assert (told["place"], told["hint"]) == ("body.servise", "Did you mean 'service'?")


def test_a_body_too_long_is_not_read(tmp_path: Path) -> None:
    assert problem(decide(tmp_path, b" " * (LIMIT + 1)), 413)["code"] == "http.too-large"


def test_a_small_body_that_unzips_to_a_long_one_is_not_read(tmp_path: Path) -> None:
    answer = decide(tmp_path, gzip.compress(b" " * (LIMIT + 1)), **{"content-encoding": "gzip"})
    assert problem(answer, 413)["code"] == "http.too-large"


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(b"{}", mtime=0)[:-4]], ids=["no gzip", "cut short"])
def test_broken_gzip_is_told(tmp_path: Path, body: bytes) -> None:
    assert problem(decide(tmp_path, body, **{"content-encoding": "gzip"}), 400)["place"] == "body"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_read(tmp_path: Path, media_type: str) -> None:
    answer = decide(tmp_path, b"{}", **{"content-type": media_type})
    assert problem(answer, 415)["place"] == "header.Content-Type"


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    assert problem(decide(tmp_path, b"{}", **{"content-encoding": "br"}), 415)["place"] == "header.Content-Encoding"


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/decide"), ("POST", "/healthz")])
def test_a_wrong_method_is_told_the_right_one(tmp_path: Path, method: str, path: str) -> None:
    answer = send(hub_of(tmp_path), method, path)
    assert problem(answer, 405)["hint"].startswith("It takes ")
    assert answer.headers["allow"]


def test_an_unknown_route_names_the_nearest(tmp_path: Path) -> None:
    assert problem(send(hub_of(tmp_path), "GET", "/v1/decid"), 404)["hint"] == "Did you mean '/v1/decide'?"


def test_a_bad_parameter_is_told_with_its_place(tmp_path: Path) -> None:
    assert problem(send(hub_of(tmp_path), "GET", "/v1/people/loyalty:1?at=soon"), 400)["place"] == "query.at"


@pytest.mark.parametrize("path", ["/v1/people/1029", "/v1/people/loyalty:", "/v1/people/shoe:1"])
def test_a_person_is_named_by_a_known_namespace(tmp_path: Path, path: str) -> None:
    assert problem(send(hub_of(tmp_path), "GET", path), 400)["place"] == "path.identifier"


def test_what_nobody_foresaw_is_logged_and_kept_from_the_caller(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(asks: Any) -> Any:
        raise ZeroDivisionError("secret of loyalty:1029")

    with caplog.at_level(logging.ERROR, "decidedly.api"):
        answer = send(
            hub_of(tmp_path, decide_together=broken), "POST", "/v1/decide", json={"service": "weekly-coupons"}
        )
    told = problem(answer, 500)
    assert told["code"] == "internal"
    assert "secret" not in answer.text
    assert told["message"].rstrip(".").rpartition(" ")[2] in caplog.text


@pytest.mark.parametrize("key", ["", "k" * 257])
def test_an_idempotency_key_has_a_sensible_length(tmp_path: Path, key: str) -> None:
    answer = decide(tmp_path, b'{"service": "weekly-coupons"}', **{"idempotency-key": key})
    assert problem(answer, 400)["place"] == "header.Idempotency-Key"


def test_a_zipped_batch_is_read(tmp_path: Path) -> None:
    seen = []
    hub = taking(tmp_path, seen)
    body = json.dumps({"batch": []}).encode()
    answer = send(hub, "POST", "/v1/batch", content=gzip.compress(body), headers=JSON | {"content-encoding": "gzip"})
    assert answer.json() == {"success": True, "accepted": 1, "duplicates": 0, "future": 0, "rejected": []}
    assert [given[0] for given in seen] == [body]
