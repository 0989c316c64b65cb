"""Robots: sequences of known truth, the order they come in, and what a verdict does to the record."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from decidedly.adapters.sqlite import Database, SqliteQuarantine, SqliteReader, SqliteStore
from decidedly.capture import capture, segment, verdict
from decidedly.capture.robots import PRIORS, WEIGHTS, probability
from decidedly.core.dictionary import Aggregate
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Entry, Ledger
from decidedly.core.person import Leaf
from decidedly.core.work import Work
from decidedly.person import aggregates, combine
from tests.cases import NOON
from tests.mailing import CHROME, GMAIL, IPHONE, KINDS, dictionary, judge, mailing
from tests.unit.capture.conftest import Hub

LANGUAGES = {"accept-language": "de"}
SECOND = timedelta(seconds=1)
numbers: Iterator[int] = iter(range(1_000_000))


@pytest.fixture
def mailed() -> Hub:
    hub = Hub()
    hub.dictionary = dictionary()
    return hub


def response(
    kind: str, after_s: float = 7200, context: dict[str, Any] | None = None, **properties: Any
) -> dict[str, Any]:
    """A tracker's message about something that happened so long after the send."""
    sent = NOON - timedelta(days=1)
    return {
        "type": "track",
        "event": kind,
        "userId": "1",
        "messageId": f"r{next(numbers)}",
        "timestamp": (sent + timedelta(seconds=after_s)).isoformat(),
        "properties": {"sent_at": sent.isoformat(), **properties},
        "context": context or {},
    }


@pytest.mark.parametrize(
    ("truth", "message"),
    [
        ("human", response("email-opened", 5000, {"userAgent": IPHONE})),
        ("human", response("email-opened", 300, {"userAgent": CHROME, "headers": LANGUAGES})),
        ("human", response("email-opened", 4000, {"userAgent": GMAIL})),
        ("machine", response("email-opened", 4000, {"userAgent": "Mozilla/5.0"})),
        ("machine", response("email-opened", 1, {"userAgent": CHROME})),
        ("unsure", response("email-opened", 5, {"userAgent": CHROME})),
        ("human", response("email-clicked", 5400, {"userAgent": CHROME, "headers": LANGUAGES})),
        ("human", response("email-clicked", 45, {"userAgent": IPHONE, "headers": LANGUAGES})),
        ("machine", response("email-clicked", 5400, {"userAgent": CHROME}, honeypot=True)),
        ("machine", response("email-clicked", 5400, {"userAgent": CHROME, "method": "head"})),
        ("machine", response("email-clicked", 90, {"userAgent": CHROME, "headers": {"Sec-Purpose": "prefetch"}})),
        ("machine", response("email-clicked", 90, {"userAgent": CHROME, "headers": {"Purpose": "Preview"}})),
        ("machine", response("email-clicked", 9000, {"userAgent": "Barracuda Sentinel (EE)"})),
        ("machine", response("email-clicked", 90, {"userAgent": "python-requests/2.31"})),
        ("machine", response("email-clicked", 90, {"userAgent": GMAIL})),
        ("machine", response("email-clicked", 1, {"userAgent": CHROME})),
        ("unsure", response("email-clicked", 60, {"userAgent": ""}, headers={"via": "1.1 squid"})),
        ("human", response("email-unsubscribed", 1, {"userAgent": "python-requests/2.31"}, method="POST")),
        ("human", response("email-unsubscribed", 1, {"method": "GET"}, confirmed=True)),
        ("human", response("email-unsubscribed", 600, {"userAgent": CHROME, "method": "GET"})),
        ("machine", response("email-unsubscribed", 1, {"userAgent": CHROME, "method": "GET"})),
        ("machine", response("email-unsubscribed", 90, {"headers": {"x-purpose": "prefetch"}})),
        ("unsure", response("email-unsubscribed", 5, {"userAgent": CHROME, "method": "GET"})),
    ],
)
def test_a_single_response_of_known_truth(mailed: Hub, truth: str, message: dict[str, Any]) -> None:
    mailed.send(message)
    [event] = mailed.log
    assert event.machine is not None
    assert verdict(event.machine) == truth, (event.machine, event.evidence)
    assert event.machine == round(probability(kind_of(event), event.evidence), 4)


def kind_of(event: Event) -> Any:
    return next(kind.response for kind in dictionary().events if kind.id == event.kind)


def test_evidence_is_of_the_table_and_so_are_the_priors() -> None:
    assert set(PRIORS) == {"open", "click", "unsubscribe"}
    assert probability("click", ()) == pytest.approx(0.198, abs=0.001)
    assert probability("click", WEIGHTS) > probability("click", ("via",)) > probability("click", ("browser",))


def test_forms_that_nobody_expects_are_not_read(mailed: Hub) -> None:
    odd = {"userAgent": 7, "headers": ["x"], "method": {"a": 1}}
    message = response("email-clicked", 5, odd, honeypot="yes", method=3)
    message["properties"]["sent_at"] = "soon"
    mailed.send(message)
    assert mailed.log[0].evidence == ()


def test_a_machines_response_is_logged_and_kept_apart(mailed: Hub) -> None:
    mailed.send(
        response("email-clicked", link="a"),
        response("email-clicked", 90, {"method": "HEAD"}, link="b"),
        response("email-opened", 90, {"userAgent": "Mozilla/5.0"}),
    )
    panes = mailed.leaf("loyalty:1").panes
    assert set(panes) == {"email-clicked", "email-clicked/machine", "email-opened/machine"}
    assert [len(pane.at) // 8 for pane in panes.values()] == [1, 1, 1]
    assert len(mailed.log) == 3


def test_aggregates_see_humans_and_those_that_ask_see_machines(mailed: Hub) -> None:
    mailed.dictionary = replace(
        mailed.dictionary,
        aggregates=(
            Aggregate(id="clicks", name="clicks", is_="count", of="email-clicked"),
            Aggregate(id="scans", name="scans", is_="count", of="email-clicked/machine"),
        ),
    )
    mailed.send(response("email-clicked"), *(response("email-clicked", 90, {"method": "HEAD"}) for _ in range(2)))
    one = combine([mailed.leaf("loyalty:1")], NOON, mailed.dictionary)
    assert aggregates(one, mailed.dictionary) == {"clicks": 1, "scans": 2}


def clicks(*seconds: float) -> list[dict[str, Any]]:
    """Clicks by a browser that looks like any other, hours after the send."""
    browser = {"userAgent": CHROME, "headers": LANGUAGES}
    return [response("email-clicked", 7200 + at, browser, link=f"l{at}") for at in seconds]


def test_links_followed_within_seconds_are_a_machines_with_the_first_ones(mailed: Hub) -> None:
    for message in clicks(0, 1.2, 2.9):
        mailed.send(message)
    assert list(mailed.leaf("loyalty:1").panes) == ["email-clicked/machine"]
    assert ["all-links" in event.evidence for event in mailed.log] == [False, False, True]


def test_three_links_at_a_readers_pace_are_a_readers(mailed: Hub) -> None:
    mailed.send(*clicks(0, 2, 4, 40))
    assert list(mailed.leaf("loyalty:1").panes) == ["email-clicked"]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_comes_first_the_records_end_up_the_same(seed: int) -> None:
    responses = list(mailing(60, seed=3))
    expected = judge(responses, at_once=7)
    shuffled = list(responses)
    random.Random(seed).shuffle(shuffled)
    assert judge(shuffled, at_once=seed + 1).leaves == expected.leaves


def test_a_response_that_does_not_say_when_it_was_sent_is_judged_by_the_ledger(mailed: Hub) -> None:
    sent = NOON - timedelta(hours=3)
    id = mailed_leaf(mailed)
    entry = Entry(id="d1", contact_class="marketing", channel="email", at=sent, state="confirmed", exposures=3)
    mailed.store.commit([Work(person=id, ledgers=(Ledger(leaf=id, version=1, entries=(entry,)),))])
    message = response("email-clicked", 0, {"userAgent": CHROME}, decision_id="d1")
    message["timestamp"] = (sent + SECOND).isoformat()
    del message["properties"]["sent_at"]
    mailed.send(message)
    assert mailed.log[-1].evidence == ("sent-2s",)


def mailed_leaf(hub: Hub) -> str:
    hub.send({"type": "page", "userId": "1"})
    return hub.leaf("loyalty:1").id


@pytest.mark.parametrize(
    ("message", "withdrawn"),
    [
        (response("email-unsubscribed", 1, method="POST"), True),
        (response("email-unsubscribed", 5, method="GET"), True),
        (response("email-unsubscribed", 1, method="GET"), False),
    ],
    ids=["one click", "unsure", "scanner"],
)
def test_an_unsubscribe_counts_unless_a_machine_made_it(mailed: Hub, message: dict[str, Any], withdrawn: bool) -> None:
    message["context"]["channel"] = "email"
    report = mailed.send(message)
    leaf = mailed.leaf("loyalty:1")
    assert [(said.channel, said.purpose, said.granted) for said in leaf.consents] == [
        ("email", "marketing", False)
    ] * withdrawn
    stored = mailed.reader.person((Identifier("loyalty", "1"),))
    assert stored is not None
    assert stored.own.epoch == int(withdrawn)
    assert ("to-confirm" in mailed.log[0].flags) is not withdrawn
    assert report.to_confirm == int(not withdrawn)


def test_a_machines_unsubscribe_that_is_confirmed_counts(mailed: Hub) -> None:
    mailed.send(response("email-unsubscribed", 1, method="GET", channel="email"))
    mailed.send(response("email-unsubscribed", 900, method="GET", confirmed=True, channel="email"))
    assert [said.channel for said in mailed.leaf("loyalty:1").consents] == ["email"]


def test_no_byte_of_an_address_is_kept_anywhere(tmp_path: Path) -> None:
    database = Database(tmp_path)
    store, reader, quarantine = SqliteStore(database), SqliteReader(database), SqliteQuarantine(database)
    book = dictionary()
    addresses = ("203.0.113.77", "2001:db8:77::1", "198.51.100.9")
    context = {"ip": addresses[0], "headers": {"X-Forwarded-For": addresses[1]}}
    nested = {"device": {"ip_address": addresses[2], "seen": [{"clientIp": addresses[0], "n": 1}]}, "ip": addresses[1]}
    messages = [
        response("email-clicked", 90, context, **nested),
        response("order", 90, context, **nested),  # refused: kept in quarantine
        {"type": "identify", "userId": "1", "traits": {"ip": addresses[0], "age-band": "35-44"}, "context": context},
        {"type": "trak", "context": context},
        response("never declared", 90, context, **nested),
    ]
    hub = Hub()
    body = msgspec.json.encode({"batch": messages, "context": context})
    received = segment(body, clock=hub.clock, dictionary=book)
    report = capture(
        received.raws, store=store, reader=reader, clock=hub.clock, dictionary=book, quarantine=quarantine,
        unread=received.refusals, arrivals=received.arrivals,
    )  # fmt: skip
    assert (report.accepted, report.rejected) == (3, 2)
    assert quarantine.filled().events == 2
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    store.close()
    kept += b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"never declared" in kept
    assert [address for address in addresses if address.encode() in kept] == []


def test_a_mailing_of_known_truth_is_told_apart() -> None:
    counts = judge(list(mailing(1500, seed=11))).counts

    def share(kind: str, truth: str, *told: str) -> float:
        return sum(counts[kind, truth, one] for one in told) / sum(counts[kind, truth, one] for one in
                                                                 ("human", "unsure", "machine"))  # fmt: skip

    for kind in KINDS:
        assert share(kind, "human", "machine") < 0.03, (kind, counts)
    assert share("email-opened", "machine", "machine") > 0.9
    assert share("email-clicked", "machine", "machine") > 0.9
    assert share("email-unsubscribed", "human", "human", "unsure") > 0.97


def test_the_leaf_holds_responses_of_humans_and_machines_once(mailed: Hub) -> None:
    messages = clicks(0, 1, 2, 600)
    mailed.send(*messages)
    mailed.send(*messages)
    leaf: Leaf = mailed.leaf("loyalty:1")
    assert {kind: len(pane.at) // 8 for kind, pane in leaf.panes.items()} == {
        "email-clicked": 1,
        "email-clicked/machine": 3,
    }
    assert mailed.rebuild().records == 0
