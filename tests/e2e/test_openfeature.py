"""The OpenFeature SDK with its OFREP provider, as they are, against a real server: flags are decisions."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import Reason

from decidedly.app import Hub
from tests import shop
from tests.answering import meet, of_today
from tests.e2e.servers import Server

VISIT = {"session": "v1", "channel": "web"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("hub"), "decide", "read", "capture", book=of_today())
    with Hub.open(server.folder) as hub:
        meet(hub, **{"kids-count": 2})
    with server as started:
        yield started


@pytest.fixture
def client(server: Server) -> Iterator[OpenFeatureClient]:
    provider = OFREPProvider(server.url, headers_factory=lambda: {"Authorization": f"Bearer {server.key}"})
    api.set_provider(provider)
    yield api.get_client()
    provider.session.close()
    api.clear_providers()


def ann(**more: str) -> EvaluationContext:
    return EvaluationContext("loyalty:1", {**VISIT, **more})


def test_a_slate_is_an_object_with_the_decision_that_it_comes_from(client: OpenFeatureClient, server: Server) -> None:
    told = client.get_object_details("offers", {}, ann())
    assert told.error_code is None, told.error_message
    assert isinstance(told.value, dict)
    assert told.value["actions"][0]["id"] == shop.COFFEE
    assert (told.reason, told.variant) == (Reason.TARGETING_MATCH, shop.COFFEE)
    assert told.value["decision_id"] == told.flag_metadata["decisionId"]
    with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {server.key}"}) as http:
        record = http.get(f"/v1/decisions/{told.flag_metadata['decisionId']}").json()
        assert (record["who"], record["service"], record["asked_by"]) == (["loyalty:1"], "offers", "web")
        path = f"/v1/decisions/{record['id']}/outcomes"
        assert http.post(path, json={"outcome": "accept", "action": shop.COFFEE}).json()["taken"]
        assert http.get(path).json()["standing"] == "responded"


def test_a_flag_may_be_the_best_action_or_whether_there_is_one_of_a_place(client: OpenFeatureClient) -> None:
    assert client.get_string_value("offers.action", "none", ann()) == shop.COFFEE
    assert client.get_string_value("offers.hero.action", "none", ann()) == shop.COFFEE
    assert client.get_boolean_value("offers.hero.shown", False, ann()) is True
    side = client.get_object_value("offers.side", {}, ann())
    assert isinstance(side, dict)
    assert side["actions"]
    assert {one["placement"] for one in side["actions"]} == {"side"}


def test_all_flags_of_a_visit_are_one_decision(client: OpenFeatureClient) -> None:
    def decision(flag: str, context: EvaluationContext) -> object:
        return client.get_object_details(flag, {}, context).flag_metadata["decisionId"]

    first = decision("offers", ann())
    assert decision("offers", ann()) == decision("offers.hero", ann()) == first
    assert decision("offers", ann(session="v2")) != first
    assert decision("offers", ann(page="cart")) != first
    assert decision("offers", EvaluationContext("loyalty:2", VISIT)) != first


def test_where_nothing_is_shown_the_application_has_its_own_default(client: OpenFeatureClient) -> None:
    # Wine is for adults whose age we know, diapers for families: a stranger has coffee alone.
    stranger = EvaluationContext("anonymous:x", VISIT)
    assert client.get_boolean_value("offers.side.shown", True, stranger) is False
    details = client.get_string_details("offers.side.action", "my default", stranger)
    assert (details.value, details.variant) == ("my default", "no-action")


def test_mistakes_come_with_the_protocols_error_codes(client: OpenFeatureClient) -> None:
    assert client.get_object_details("offer", {}, ann()).error_code == ErrorCode.FLAG_NOT_FOUND
    missing = client.get_object_details("offers", {}, EvaluationContext(None, {}))
    assert missing.error_code == ErrorCode.TARGETING_KEY_MISSING
    wrong = client.get_object_details("offers", {}, ann(channel="telex"))
    assert wrong.error_code == ErrorCode.INVALID_CONTEXT
    assert client.get_string_details("offers", "x", ann()).error_code == ErrorCode.TYPE_MISMATCH


def test_all_flags_come_at_once_with_a_tag_until_something_changes(server: Server) -> None:
    with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {server.key}"}) as http:
        path, body = "/ofrep/v1/evaluate/flags", {"context": {"targetingKey": "1", **VISIT}}
        first = http.post(path, json=body)
        assert first.status_code == 200, first.text
        keys = [one["key"] for one in first.json()["flags"]]
        assert keys[:4] == ["offers", "offers.action", "offers.shown", "offers.hero"]
        again = http.post(path, json=body, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        other = http.post(path, json={"context": {**body["context"], "session": "v9"}}, headers={
            "if-none-match": first.headers["etag"]})  # fmt: skip
        assert other.status_code == 200
        assert http.post(path, json={"context": {}}).json()["errorCode"] == "TARGETING_KEY_MISSING"
        assert http.post(path, content=b"{", headers={"content-type": "application/json"}).json()["errorCode"] == (
            "PARSE_ERROR"
        )
    assert httpx.post(server.url + path, json=body).status_code == 401
