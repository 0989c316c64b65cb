"""Other people's trackers, as they are, against a real server: everything arrives, once, whatever happens between."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from rudderstack.analytics.client import Client as RudderClient
from segment.analytics.client import Client as SegmentClient

from decidedly.app import Hub
from decidedly.core.identifier import Identifier
from tests.e2e.servers import Server

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
VISITOR = "7f3c8a5e-6d1b-4a51-9a54-0c8e9d2b7c11"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("hub"), "capture") as started:
        yield started


def segment(server: Server, **more: Any) -> SegmentClient:
    return SegmentClient(server.key, **{"host": server.url, "upload_interval": 0.05, **more})


def rudder(server: Server, **more: Any) -> RudderClient:
    return RudderClient(server.key, **{"host": server.url, "upload_interval": 0.05, **more})


def finished(client: Any) -> None:
    """Everything that the tracker holds was sent, or given up; its thread has ended."""
    client.flush()
    client.join()


TRACKERS = pytest.mark.parametrize(
    "tracker",
    [
        pytest.param(partial(segment, gzip=True), id="segment, zipped"),
        pytest.param(partial(segment, gzip=False), id="segment, plain"),
        pytest.param(partial(rudder, gzip=True), id="rudderstack, zipped"),
        pytest.param(partial(rudder, gzip=False), id="rudderstack, plain"),
    ],
)


@TRACKERS
def test_every_call_of_a_tracker_arrives_as_it_was_meant(
    server: Server, tracker: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    person, failed = f"person-{request.node.callspec.id}", []
    client = tracker(server, on_error=lambda error, batch: failed.append(error))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    client.identify(person, {"age-band": "35-44"})
    client.track(person, "Product Viewed", {"product_id": "x"}, timestamp=yesterday)
    client.track(None, "Product Viewed", {"product_id": "y"}, anonymous_id=f"visitor of {person}")
    client.page(person, "shop", "home", {"url": "/"})
    client.screen(person, "shop", "basket")
    client.group(person, "club-1", {"size": 3})
    client.alias(VISITOR, person)
    finished(client)
    assert failed == []
    logged = [event for event in server.log() if any(person in one.value for one in event.identifiers)]
    assert Counter(event.kind for event in logged) == {
        "identify": 1, "product-viewed": 2, "page": 1, "screen": 1, "group": 1, "alias": 1,
    }  # fmt: skip
    told = {event.kind: event for event in logged}
    assert told["identify"].properties == {"age-band": "35-44"}
    assert told["page"].properties["name"] == "home"
    assert set(told["alias"].identifiers) == {Identifier("loyalty", person), Identifier("anonymous", VISITOR)}
    viewed = min(event.at for event in logged if event.kind == "product-viewed")
    assert abs(viewed - yesterday) < timedelta(seconds=30)
    with Hub.open(server.folder) as hub:
        facts = hub.person(Identifier("loyalty", person)).facts
    assert [fact.value for fact in facts if fact.attribute == "age-band"] == ["35-44"]


@pytest.mark.parametrize("tracker", [segment, rudder])
def test_a_tracker_with_a_wrong_key_is_told_so_and_gives_up(
    server: Server, tracker: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    failed: list[Any] = []
    client = tracker(server, on_error=lambda error, batch: failed.append(error))
    for consumer in client.consumers or []:
        consumer.write_key = "wrong"
    with caplog.at_level(logging.CRITICAL):
        client.track("1", "Product Viewed", {"product_id": "x"})
        finished(client)
    [error] = failed
    assert (error.status, error.code) == (401, "access.no-key")


def test_a_thousand_messages_in_batches_arrive_once(server: Server) -> None:
    before = len(server.log())
    client = segment(server, gzip=True)
    for number in range(1000):
        client.track(f"crowd-{number % 7}", "Product Viewed", {"product_id": str(number)})
    finished(client)
    logged = server.log()[before:]
    assert len(logged) == len({event.message_id for event in logged}) == 1000


@pytest.mark.parametrize("tracker", [segment, rudder])
def test_a_tracker_holds_its_messages_while_the_server_is_down(
    tmp_path: Path, tracker: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    server = Server(tmp_path, "capture")
    with server:
        client = tracker(server)
        client.track("1", "Product Viewed", {"product_id": "before"})
        client.flush()
    with caplog.at_level(logging.CRITICAL):
        for number in range(150):
            client.track("1", "Product Viewed", {"product_id": str(number)})
        with server:
            finished(client)
    viewed = [event.properties["product_id"] for event in server.log()]
    assert sorted(viewed) == sorted(["before", *map(str, range(150))])


class Between(ThreadingHTTPServer):
    """A proxy that answers as it is told: "429" and "503" without asking the hub, "lost" with 503 after it took the
    batch, then honestly."""

    def __init__(self, url: str, moods: list[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Relay)
        self.hub, self.moods = url, list(moods)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.answered: list[int] = []
        Thread(target=self.serve_forever, daemon=True).start()


class _Relay(BaseHTTPRequestHandler):
    server: Between
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        mood = self.server.moods.pop(0) if self.server.moods else "honest"
        status, told = int(mood) if mood.isdigit() else 503, b"{}"
        if mood in ("lost", "honest"):
            headers = {
                name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")
            }
            answer = httpx.post(self.server.hub + self.path, content=body, headers=headers)
            if mood == "honest":
                status, told = answer.status_code, answer.content
        self.server.answered.append(status)
        self.send_response(status)
        self.send_header("Content-Length", str(len(told)))
        if status in (429, 503):
            self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.mark.parametrize("tracker", [segment, rudder])
def test_what_was_refused_or_whose_answer_was_lost_is_sent_again_and_counts_once(
    server: Server, tracker: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    before = len(server.log())
    with Between(server.url, ["lost", "429", "503"]) as between, caplog.at_level(logging.CRITICAL):
        client = tracker(server, host=between.url)
        for number in range(20):
            client.track("again", "Product Viewed", {"product_id": str(number)})
        finished(client)
        between.shutdown()
    assert between.answered[:3] == [503, 429, 503]
    assert set(between.answered[3:]) == {200}
    viewed = [event.properties["product_id"] for event in server.log()[before:]]
    assert sorted(viewed) == sorted(map(str, range(20)))


def cloud_event(id: str, **more: Any) -> CloudEvent:
    attributes = {
        "id": id, "source": "/till/7", "type": "Product Viewed", "specversion": "1.0", "subject": "loyalty:77",
        "time": datetime.now(UTC), "datacontenttype": "application/json", **more,
    }  # fmt: skip
    return CloudEvent(attributes, {"product_id": "x"})


@pytest.mark.parametrize("written", [to_structured_event, to_binary_event], ids=["structured", "binary"])
def test_cloudevents_arrive_once_in_either_mode(server: Server, written: Callable[[Any], Any]) -> None:
    id = f"{written.__name__} é"
    message = written(cloud_event(id, email="a@b.example"))
    for accepted in (1, 0):
        headers = {**message.headers, "authorization": f"Bearer {server.key}"}
        answer = httpx.post(f"{server.url}/v1/events", content=message.body, headers=headers)
        assert (answer.status_code, answer.json()["accepted"]) == (200, accepted)
    [event] = [event for event in server.log() if event.message_id == f"/till/7 {id}"]
    assert (event.kind, event.properties) == ("product-viewed", {"product_id": "x"})
    assert event.identifiers == (Identifier("loyalty", "77"), Identifier("email", "a@b.example"))


def test_a_batch_of_cloudevents_arrives(server: Server) -> None:
    listed = b",".join(to_structured_event(cloud_event(f"batched {number}")).body for number in range(3))
    headers = {"content-type": "application/cloudevents-batch+json", "x-write-key": server.key}
    answer = httpx.post(f"{server.url}/v1/events", content=b"[" + listed + b"]", headers=headers)
    assert answer.json()["accepted"] == 3
