"""Membership: why a person is in a segment or not, and when the passing of time alone will change it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from heapq import merge
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from decidedly.core.dictionary import Aggregate
from decidedly.core.errors import NotFound
from decidedly.core.person import Pane, Person
from decidedly.core.playbook import Playbook
from decidedly.feel import Reference, evaluate, to_plain
from decidedly.feel.tree import And, Named, Node, references
from decidedly.feel.words import fact_words, said_value, words
from decidedly.person import MASKED, as_read, event_micros, readers_of, span
from decidedly.playbook import SEGMENT, segment_names
from decidedly.rules import FactSaid, explain_rule

HORIZON = timedelta(days=400)
"""How far ahead a change is looked for."""
LOOKS = 2_000
"""At how many moments the segment is evaluated at most."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_STEPS = {"hours": timedelta(hours=1), "days": timedelta(days=1), "weeks": timedelta(days=7)}
View = Callable[[datetime], Person]


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a segment asks. level: 0 of the segment itself, 1 of a segment it uses, and so on.

    met   : None where it cannot be told
    facts : name and value, in words
    why   : where a null came from
    """

    sentence: str
    met: bool | None
    level: int
    facts: tuple[tuple[str, str], ...]
    why: tuple[str, ...]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """When membership changes if nothing else happens. because: "orders last 30 days falls to 0".

    when : to the minute, in the brand's time zone, in words
    """

    at: datetime
    when: str
    member: bool
    because: str


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a person is in a segment as of a moment. change: the next within HORIZON, None where there is none.

    searched_until : up to which moment there is no other change
    """

    segment: str
    name: str
    person: str
    at: datetime
    member: bool
    criteria: tuple[Criterion, ...]
    change: Change | None
    searched_until: datetime


def membership(
    playbook: Playbook, segment: str, view: View, at: datetime, hidden: Collection[str] = ()
) -> Membership:  # fmt: skip
    """Why the person is in the segment or not, as of a moment.

    view   : the person as of a moment, aggregates among the facts; asked for moments to come as well
    hidden : ids of the facts whose values are masked
    Raises NotFound for an unknown segment.
    """
    trees = {name.name: name.tree for name in segment_names(playbook.dictionary, playbook.segments)}
    tree = trees.get(segment)
    if tree is None:
        raise NotFound.named("segment", segment, list(trees))
    looking = _Looking(playbook, tree, view, at)
    change, until = looking.change()
    return Membership(
        segment=segment,
        name=next(one.name for one in playbook.segments if one.id == segment),
        person=looking.person.id,
        at=at,
        member=looking.holds(at),
        criteria=tuple(_criteria(tree, looking.facts(at), 0, hidden)),
        change=change,
        searched_until=until,
    )


def _criteria(tree: Node, facts: dict[str, dict[str, Any]], level: int, hidden: Collection[str]) -> Iterator[Criterion]:
    for part in tree.parts if isinstance(tree, And) else (tree,):
        told = explain_rule(part, facts)
        yield Criterion(
            sentence=words(part), met=told.value, level=level,
            facts=tuple((one.name, _said(one, hidden)) for one in told.facts), why=told.nulls,
        )  # fmt: skip
        if isinstance(part, Named) and part.name.startswith(f"{SEGMENT}."):
            yield from _criteria(part.of, facts, level + 1, hidden)


def _said(one: FactSaid, hidden: Collection[str]) -> str:
    return MASKED if one.reference.id in hidden and one.value is not None else one.said


class _Looking:
    """A segment's tree over one person at any moment."""

    def __init__(self, playbook: Playbook, tree: Node, view: View, at: datetime) -> None:
        self.dictionary = playbook.dictionary
        self.zone = ZoneInfo(playbook.brand.time_zone)
        self.readers = readers_of(playbook.dictionary)["person"]
        self.tree = tree
        self.view = view
        self.at = at
        self.person = view(at)
        self.reads = references(tree)

    def facts(self, at: datetime) -> dict[str, dict[str, Any]]:
        one = self.person if at == self.at else self.view(at)
        context = {"now": at, "today": at.astimezone(self.zone).date()}
        known = {id: fact.value for id, fact in one.facts.items()}
        return {"person": as_read(known, self.readers), "context": context}

    def holds(self, at: datetime) -> bool:
        return evaluate(self.tree, self.facts(at)) is True

    def change(self) -> tuple[Change | None, datetime]:
        """The next change, and up to when there is no other."""
        end, now, before = self.at + HORIZON, self.holds(self.at), self.at
        for looks, moment in enumerate(self.moments(end)):
            if looks >= LOOKS:
                return None, before
            if self.holds(moment) is not now:
                first = self.first_change(before, moment, now) if self.reads_now() else moment
                when = said_value(first.astimezone(self.zone).replace(second=0, microsecond=0, tzinfo=None))
                return Change(at=first, when=when, member=not now, because=self.because(before, first)), first
            before = moment
        return None, end

    def reads_now(self) -> bool:
        return any(one.root == "context" and one.id == "now" for one in self.reads)

    def first_change(self, before: datetime, after: datetime, now: bool) -> datetime:
        """now() passes between two moments: the first at which the answer is another."""
        return _first(lambda moment: self.holds(moment) is not now, before, after)

    def because(self, before: datetime, after: datetime) -> str:
        old, new = self.facts(before), self.facts(after)
        return " and ".join(
            told for one in self.reads
            if (told := _told(one, old[one.root].get(one.id), new[one.root].get(one.id)))
        ) or "time passes"  # fmt: skip

    def moments(self, end: datetime) -> Iterator[datetime]:
        """Every moment to come at which a fact that the segment reads can change of itself, each once, in order."""
        ids = {one.id for one in self.reads if one.root == "person"}
        streams = [
            stream
            for one in self.dictionary.aggregates
            if one.id in ids and one.root == "person" and (pane := self.history(one).get(one.of)) and pane.at
            for stream in self.of(one, pane, end)
        ]
        if any(one.root == "context" for one in self.reads):
            streams.append(self.midnights(end))
        last = self.at
        for moment in merge(*streams):
            if last < moment <= end:
                last = moment
                yield moment

    def history(self, one: Aggregate) -> Mapping[str, Pane]:
        """What an aggregate looks at: the person's own history, or that of all members of a group."""
        return self.person.among.get(one.among, {}) if one.among else self.person.panes

    def of(self, one: Aggregate, pane: Pane, end: datetime) -> Iterator[Iterator[datetime]]:
        """When events leave its window, when they enter it, and when the lapse of time since one is a unit longer."""
        events = range(len(pane.at) // 8)
        times = [_EPOCH + timedelta(microseconds=event_micros(pane, event)) for event in events]
        if one.over is not None:
            since, until = span(one.over, self.at, self.dictionary)
            yield self.crossings(one, [t for t in times if since is None or t >= since], 0, end)
            yield self.crossings(one, [t for t in times if t >= until], 1, end)
        unit, _, which = one.is_.partition(" since ")
        if which:
            step = _STEPS.get(unit, timedelta(days=1))
            for t in dict.fromkeys((times[0], times[-1])):
                yield (t + step * n for n in range((self.at - t) // step + 1, (end - t) // step + 1))

    def crossings(self, one: Aggregate, times: Sequence[datetime], edge: int, end: datetime) -> Iterator[datetime]:
        for event in times:

            def passed(moment: datetime, event: datetime = event) -> bool:
                bound = span(one.over, moment, self.dictionary)[edge]
                return bound is not None and bound > event

            if not passed(end):
                return
            yield _first(passed, self.at, end)

    def midnights(self, end: datetime) -> Iterator[datetime]:
        day = self.at.astimezone(self.zone).date()
        for ahead in range(1, (end - self.at).days + 1):
            yield datetime.combine(day + timedelta(days=ahead), time(), self.zone).astimezone(UTC)


def _first(passed: Callable[[datetime], bool], before: datetime, after: datetime) -> datetime:
    """The first moment, to the microsecond, at which something is so that is not before and is after."""
    low, high = 0, (after - before) // _MICRO
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if passed(before + middle * _MICRO) else (middle, high)
    return before + high * _MICRO


def _told(one: Reference, old: Any, new: Any) -> str:
    if old == new or (one.root == "context" and one.id == "now"):
        return ""
    numbers = isinstance(old, int | float) and isinstance(new, int | float)
    verb = "becomes" if not numbers else "rises to" if new > old else "falls to"
    return f"{fact_words(one.path, one.root)} {verb} {said_value(to_plain(one.type, new), one.type)}"
