"""A world of a few people, several services and senders, in which everything may come between everything; and an oracle
that counts contacts again from scratch, in its own words, at every write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import count
from typing import Any, Literal
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from decidedly.capture import Graph, NotJoined, Word, merge, unmerge
from decidedly.core.ask import Ask
from decidedly.core.decision import DecisionRecord
from decidedly.core.dictionary import EventKind
from decidedly.core.errors import BadInput, SendFailed
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Entry
from decidedly.core.message import Message
from decidedly.core.playbook import Playbook, playbook_hash
from decidedly.core.policy import Cap, ContactPolicy, ContactScope, Per, QuietHours, Text
from decidedly.core.preference import PREFERENCES
from decidedly.core.work import Committed, Work
from decidedly.decide import Deciding, Plan, compile_plan, decide
from decidedly.decide.online import Contended
from decidedly.deliver import Composed, run
from decidedly.ledger import Calendar, combined
from decidedly.ports.reader import Reader, Stored
from decidedly.ports.sender import Envelope
from decidedly.ports.store import Store
from tests.cases import event
from tests.shop import Shop, dictionary, playbook
from tests.unit.content.views import template, view

HOUR = timedelta(hours=1)
START = datetime.fromisoformat("2017-10-27T12:00:00+00:00")
"""A Friday; on Sunday the clocks change in Vienna, a week later in New York."""
PEOPLE = 4
SERVICES = ("s1", "s2", "s3", "receipt")


def _cap(id: str, at_most: int, per: Per, with_service: bool = False, **scope: str) -> Cap:
    return Cap(id=id, name=id, at_most=at_most, per=per, scope=ContactScope(**scope), with_service=with_service)


CAPS: tuple[tuple[Cap, ...], ...] = (
    (_cap("two in 3 days", 2, Per(unit="day", count=3), contact_class="marketing"),),
    (_cap("one a calendar day", 1, Per(unit="day", calendar=True)), _cap("three in a week", 3, Per(unit="week"))),
    (
        _cap("two a calendar week", 2, Per(unit="week", calendar=True), contact_class="marketing"),
        _cap("one SMS in 30 hours", 1, Per(unit="hour", count=30), channel="sms"),
    ),
    (
        _cap("coffee once in two days", 1, Per(unit="day", count=2), action="grow/week/c*"),
        _cap("alcohol once a calendar month", 1, Per(unit="month", calendar=True), topic="Alcohol"),
        _cap("three in two days, receipts too", 3, Per(unit="day", count=2), with_service=True),
    ),
)
QUIET = (
    QuietHours(id="sms-late", name="", channel="sms", start_minute=1200, end_minute=480, then="defer"),
    QuietHours(id="email-late", name="", channel="email", start_minute=120, end_minute=240),
)


@lru_cache
def book_of(caps: int, zone: str) -> Playbook:
    base = dictionary()
    kinds = (*base.events, EventKind(id="bounce", name="bounce", outcome="bounce"))
    known = replace(base, events=kinds, attributes=(*base.attributes, *PREFERENCES))
    offers = playbook().services[0]
    services = tuple(
        replace(
            offers,
            id=id,
            slots=1 + number % 2,
            contact_class="service" if id == "receipt" else "marketing",
            priority=Text(f"propensity * weight + {number}"),
        )
        for number, id in enumerate(SERVICES)
    )
    whole = playbook(
        dictionary=known, policies=(), contact=ContactPolicy(caps=CAPS[caps], quiet=QUIET), services=services
    )
    return replace(whole, brand=replace(whole.brand, time_zone=zone))


@lru_cache
def plan_of(caps: int, zone: str, service: str) -> Plan:
    book = book_of(caps, zone)
    return compile_plan(book, playbook_hash(book), service)


Crash = Literal["", "before the claim", "after the claim", "after the send"]


class Crashed(Exception):
    """A process died."""


class Sending:
    """A sender that takes each key once, refuses some, and may die after it took one."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self.refuses = False
        self.dies = False

    def send(self, envelope: Envelope) -> str:
        if envelope.key in self.taken:
            return envelope.key
        if self.refuses:
            raise SendFailed("not now")
        self.taken.add(envelope.key)
        if self.dies:
            raise Crashed
        return envelope.key


class Watched:
    """A store before each write of which others may come, and after each write of which everything is counted again."""

    def __init__(self, store: Store, world: World) -> None:
        self._store = store
        self._world = world
        self.others: list[Callable[[], None]] = []
        self.dies_in = -1

    def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
        while self.others:
            self.others.pop()()
        if self.dies_in == 0:
            self.dies_in = -1
            raise Crashed
        self.dies_in -= self.dies_in > 0
        before = {work.person: self._world.ledgers(work.person) for work in works}
        answers = self._store.commit(works)
        for work, answer in zip(works, answers, strict=True):
            if answer.result == "done" and not work.clusters:
                self._world.count_again(work, before[work.person])
        return answers

    def close(self) -> None:
        self._store.close()


class World:
    """Some people of one store. number: of the example, so that many may share a store."""

    numbers = count()

    def __init__(self, store: Store, reader: Reader, caps: int, zone: str) -> None:
        self.caps, self.zone = caps, zone
        self.book = book_of(caps, zone)
        self.reader = reader
        self.store = Watched(store, self)
        self.shop = Shop(self.book, store=self.store, reader=reader)
        self.sender = Sending()
        self.now = START
        self.counted = 0
        self.bounced: set[str] = set()
        self.asked: list[Ask] = []
        self.records: dict[str, DecisionRecord] = {}
        first = next(World.numbers) * PEOPLE
        self.people = [Identifier("loyalty", str(100 + first + one)) for one in range(PEOPLE)]
        for who in self.people:
            self.shop.meet(int(who.value), age_band="35-44", kids_count=2)

    # What may happen

    def ask(self, person: int, service: str, ahead_s: int = 0) -> None:
        at = self.now + timedelta(seconds=ahead_s)
        ask_id = f"{self.people[0]}/{len(self.asked)}"
        self.decide(Ask(ask_id=ask_id, who=(self.people[person],), service=service, at=at))

    def again(self, number: int) -> None:
        """Somebody asks again what was asked before, as after a lost answer."""
        if self.asked:
            self.decide(self.asked[number % len(self.asked)])

    def decide(self, ask: Ask) -> None:
        if ask not in self.asked:
            self.asked.append(ask)
        plan = plan_of(self.caps, self.zone, ask.service)
        world = Deciding(plan, self.shop.scorer, self.reader, self.store, self.shop.view)
        try:
            record = decide(ask, world)
        except Contended:
            return
        assert self.records.setdefault(ask.ask_id, record) == record, "the same ask, another decision"

    def deliver(self, crash: Crash = "", refuses: bool = False) -> None:
        self.sender.refuses, self.sender.dies = refuses, crash == "after the send"
        self.store.dies_in = {"before the claim": 0, "after the claim": 1}.get(crash, -1)
        calendar = Calendar(ZoneInfo(self.zone))
        mine = _Mine(self.reader, {record.id for record in self.records.values()})
        try:
            run(
                mine,  # type: ignore[arg-type]
                self.store,
                {"email": self.sender, "sms": self.sender},
                self._compose,
                self.now,
                hold=self._waits,
                caps=lambda stored, at: (self.book.contact.caps, calendar),
            )
        except Crashed:
            pass
        finally:
            self.store.dies_in, self.sender.dies = -1, False

    def _waits(self, message: Message, record: DecisionRecord, stored: Stored, at: datetime) -> bool:
        plan = plan_of(self.caps, self.zone, record.ask.service)
        return plan.due(message.channel, {}, (), at) > at

    def _compose(self, message: Message, record: DecisionRecord, stored: Stored) -> Composed:
        return Composed(to="a@example.com", sender="b@example.com", template=template(), view=view(1))

    def join(self, one: int, other: int) -> None:
        self._link(merge, one, other)

    def part(self, one: int, other: int) -> None:
        self._link(unmerge, one, other)

    def _link(self, verb: Any, one: int, other: int) -> None:
        try:
            graph = Graph(self.store, self.reader, self.book.dictionary)
            verb(graph, self.people[one], self.people[other], Word(at=self.now, actor="eve"))
        except (BadInput, NotJoined):
            pass  # they are one already, or are not

    def bounce(self, number: int) -> None:
        """The carrier says later that a message reached nobody."""
        sent = [one for one in self.records.values() if one.id in self.sender.taken - self.bounced]
        if sent:
            record = sent[number % len(sent)]
            self.bounced.add(record.id)
            who = str(record.ask.who[0])
            told = event("bounce", self.now, f"bounce/{record.id}", who)
            self.shop.hear(replace(told, decision_id=record.id))

    # What must hold

    def ledgers(self, leaf: str) -> dict[str, tuple[str, datetime]]:
        stored = self.reader.leaf(leaf)
        return {} if stored is None else {one.id: (one.state, one.at) for one in combined(stored.ledgers).entries}

    def count_again(self, work: Work, before: dict[str, tuple[str, datetime]]) -> None:
        """Whatever a write has reserved or claimed fits under every cap, in every window that holds it."""
        stored = self.reader.leaf(work.person)
        if stored is None:
            return
        for one in (one for ledger in stored.ledgers for one in ledger.entries):
            if one.id in self.sender.taken - self.bounced:
                assert one.state in ("sending", "confirmed"), f"sent, and yet not counted: {one}"
        standing = [one for ledger in stored.ledgers for one in ledger.entries if self._stands(one, work)]
        for entry in standing:
            taken = entry.state in ("reserved", "sending") and before.get(entry.id) != (entry.state, entry.at)
            if taken and any(entry in ledger.entries for ledger in work.ledgers):
                self.counted += 1
                for cap in self.book.contact.caps:
                    most = most_in_any_window(cap, standing, entry, self.zone)
                    assert most <= cap.at_most, f"{cap.name}: {most} for {entry}"

    def _stands(self, entry: Entry, work: Work) -> bool:
        at = work.record.ask.at if work.record is not None else self.now
        return entry.state in ("sending", "confirmed") or (
            entry.state == "reserved" and entry.until is not None and entry.until > at
        )


class _Mine:
    """A reader whose outbox is that of one world: others share the store."""

    def __init__(self, reader: Reader, keys: set[str]) -> None:
        self._reader = reader
        self._keys = keys

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def messages(self, state: Any, limit: int = 1000, after: str = "") -> list[Message]:
        found: list[Message] = []
        while len(found) < limit and (page := self._reader.messages(state, 1000, after)):
            found += [row for row in page if row.key in self._keys]
            after = page[-1].key
        return found[:limit]


# The oracle: what a cap says, counted without any of the product's words for it


def most_in_any_window(cap: Cap, standing: Sequence[Entry], entry: Entry, zone: str) -> int:
    """The most contacts of a cap's scope in one window with an entry, 0 where the cap is not of it."""
    mine = [one for one in standing if _is_of(cap, one)]
    if entry not in mine:
        return 0
    if cap.per.calendar:
        return sum(_named(cap.per.unit, one.at, zone) == _named(cap.per.unit, entry.at, zone) for one in mine)
    seconds = {"hour": 3600, "day": 86400, "week": 604800}[cap.per.unit] * cap.per.count
    found = 0
    for first in mine:
        later = [(one.at - first.at).total_seconds() for one in mine]
        if 0 <= (entry.at - first.at).total_seconds() < seconds:
            found = max(found, sum(0 <= passed < seconds for passed in later))
    return found


def _is_of(cap: Cap, one: Entry) -> bool:
    scope = cap.scope
    if one.contact_class == "service" and not cap.with_service and scope.contact_class != "service":
        return False
    return (
        scope.contact_class in ("", one.contact_class)
        and scope.channel in ("", one.channel)
        and (scope.topic == "" or scope.topic.lower() in one.topics)
        and (scope.action == "" or any(fnmatchcase(id, scope.action) for id in one.actions))
    )


def _named(unit: str, at: datetime, zone: str) -> str:
    """The name of the calendar unit on the wall."""
    local = at.astimezone(ZoneInfo(zone))
    return local.strftime({"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m"}[unit])
