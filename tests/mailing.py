"""A made-up mailing of known truth: who really opened, clicked and unsubscribed, and which software did.

The mixture of mailboxes and the habits of gateways follow what senders and gateways publish in words; the numbers are
made up, and drawn apart from the weights by which verdicts are given.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec
import numpy as np
from msgspec.structs import replace

from decidedly.adapters.clock import FixedClock
from decidedly.adapters.memory import MemoryJournal, MemoryReader, MemoryStore, State
from decidedly.capture import capture, segment, verdict
from decidedly.core.derive import key64
from decidedly.core.dictionary import Dictionary, EventKind, Field
from decidedly.core.person import Leaf
from tests import cases

SENT = cases.NOON - timedelta(days=1)
KINDS = ("email-opened", "email-clicked", "email-unsubscribed")
VERDICTS = ("human", "unsure", "machine")
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0 Safari/537.36"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
SCANNERS = ("Barracuda Sentinel (EE)", "Mozilla/5.0 (compatible; Proofpoint URL Defense)", "python-requests/2.31", "")


class Response(NamedTuple):
    """One message of the tracker, and whether a human was behind it."""

    human: bool
    message: dict[str, Any]


def dictionary() -> Dictionary:
    """The dictionary of the tests with the three kinds of response."""
    base = cases.dictionary()
    link = (Field(name="link", type="string", keep=True),)
    kinds = (
        EventKind(id="email-opened", name="email opened", response="open"),
        EventKind(id="email-clicked", name="email clicked", response="click", fields=link),
        EventKind(id="email-unsubscribed", name="email unsubscribed", response="unsubscribe"),
    )
    return replace(base, events=(*base.events, *kinds))


def mailing(people: int, seed: int = 0) -> Iterator[Response]:
    """The responses of so many people to one e-mail, person by person."""
    rng = random.Random(seed)
    for person in range(people):
        box = rng.choices(("apple", "gmail", "company", "other"), (35, 30, 20, 15))[0]
        yield from _machines(rng, box, str(person))
        yield from _human(rng, box, str(person))


def _machines(rng: random.Random, box: str, person: str) -> Iterator[Response]:
    if box == "apple":
        yield _of(rng, False, person, "email-opened", rng.uniform(5, 6 * 3600), "Mozilla/5.0")
    if box == "other" and rng.random() < 0.1:
        ahead = {"sec-purpose": "prefetch;prerender"}
        yield _of(rng, False, person, "email-clicked", rng.uniform(60, 9000), CHROME, headers=ahead)
    if box != "company" or rng.random() < 0.3:
        return
    # A gateway: at the delivery, or later so as not to be noticed; under its own name, or a browser's.
    began = rng.uniform(0.5, 20) if rng.random() < 0.8 else rng.uniform(60, 900)
    agent = rng.choice(SCANNERS) if rng.random() < 0.4 else CHROME
    headers = {"via": "1.1 gateway"} if rng.random() < 0.3 else {}
    method = "HEAD" if rng.random() < 0.3 else "GET"
    if rng.random() < 0.6:
        yield _of(rng, False, person, "email-opened", began, agent, headers=headers)
    links = [0] if rng.random() < 0.15 else range(rng.randint(3, 7))
    for link in links:
        more = {"link": f"l{link}", "method": method, **({"honeypot": True} if link == 5 else {})}
        yield _of(rng, False, person, "email-clicked", began + link * rng.uniform(0.05, 0.4), agent, more, headers)
    if rng.random() < 0.5:
        more = {"method": method}
        yield _of(rng, False, person, "email-unsubscribed", began + rng.uniform(0, 2), agent, more, headers)


def _human(rng: random.Random, box: str, person: str) -> Iterator[Response]:
    if rng.random() > 0.35:
        return
    seen = 8.0 + rng.lognormvariate(8.3, 1.6)  # median a little over an hour, a few within a minute
    agent = {"apple": IPHONE, "gmail": GMAIL}.get(box, CHROME)
    languages = {"accept-language": "en-US,en;q=0.9"}
    if box != "apple":
        yield _of(rng, True, person, "email-opened", seen, agent, headers={} if box == "gmail" else languages)
    browser = IPHONE if box == "apple" else CHROME
    if rng.random() < 0.25:
        for link in rng.sample(range(5), rng.choices((1, 2, 3), (80, 15, 5))[0]):
            seen += rng.uniform(2, 90)
            more = {"link": f"l{link}", "method": "GET"}
            yield _of(rng, True, person, "email-clicked", seen, browser, more, languages)
    if rng.random() < 0.04:
        how = {"method": "POST"} if rng.random() < 0.6 else {"method": "GET"}
        yield _of(rng, True, person, "email-unsubscribed", seen + 20, browser, how, languages)


def _of(
    rng: random.Random,
    human: bool,
    person: str,
    kind: str,
    after_s: float,
    agent: str,
    more: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    at = SENT + timedelta(seconds=after_s)
    message = {
        "type": "track",
        "event": kind,
        "userId": person,
        "messageId": f"{rng.getrandbits(64):x}",
        "timestamp": at.isoformat(),
        "properties": {"sent_at": SENT.isoformat(), "channel": "email", **(more or {})},
        "context": {"userAgent": agent, "headers": headers or {}, "ip": "203.0.113.77"},
    }
    return Response(human, message)


class Judged(NamedTuple):
    """What became of a mailing. counts: (kind, truth, verdict) -> responses; verdicts as the records have them."""

    counts: Counter[tuple[str, str, str]]
    leaves: dict[str, Leaf]


def judge(responses: Sequence[Response], at_once: int = 50) -> Judged:
    """Take the responses in, in the order given, so many a request, and see what the records make of them."""
    state = State()
    store, reader, clock, book = MemoryStore(state), MemoryReader(state), FixedClock(cases.NOON), dictionary()
    for start in range(0, len(responses), at_once):
        body = msgspec.json.encode({"batch": [one.message for one in responses[start : start + at_once]]})
        received = segment(body, clock=clock, dictionary=book)
        report = capture(received.raws, store=store, reader=reader, clock=clock, dictionary=book)
        assert report.rejected == 0
    machine = {
        int(key)
        for leaf in state.leaves.values()
        for kind in KINDS
        if f"{kind}/machine" in leaf.panes
        for key in np.frombuffer(leaf.panes[f"{kind}/machine"].key, "<i8")
    }
    truth = {one.message["messageId"]: "human" if one.human else "machine" for one in responses}
    counts: Counter[tuple[str, str, str]] = Counter()
    for logged in MemoryJournal(state).read(limit=len(responses)):
        event = logged.event
        assert event.machine is not None
        told = "machine" if key64(event.message_id) in machine else verdict(event.machine)
        counts[event.kind, truth[event.message_id], told] += 1
    return Judged(counts, {id: replace(leaf, version=0) for id, leaf in state.leaves.items()})


def table(counts: Counter[tuple[str, str, str]]) -> str:
    """The verdicts against the truth, as text."""
    lines = [f"{'response':<20}{'truth':<10}" + "".join(f"{name:>10}" for name in VERDICTS)]
    for kind in KINDS:
        for truth in ("human", "machine"):
            row = "".join(f"{counts[kind, truth, name]:>10,}" for name in VERDICTS)
            lines.append(f"{kind:<20}{truth:<10}{row}")
    return "\n".join(lines)
