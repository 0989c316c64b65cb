"""Gather: what the outcomes of decisions are worked out from, read from the stores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from decidedly.core.action import Action
from decidedly.core.decision import DecisionRecord
from decidedly.measure.joining import Joining
from decidedly.measure.outcomes import Came, outcomes_of
from decidedly.measure.shown import Shown, shown_of
from decidedly.ports.journal import Journal, Logged
from decidedly.ports.reader import Reader

Chosen = Callable[[DecisionRecord], tuple[tuple[Action, ...], tuple[str, ...]]]
"""The actions that a decision chose, best first, by the playbook that it names, and the placement of each."""

_BESIDE = timedelta(seconds=10)
"""How far around a click others are read, to tell a burst; more than a burst is long."""
_TICK = timedelta.resolution


@dataclass(frozen=True)
class Sources:
    """Where decisions and events are read, and how a record's indices become actions."""

    reader: Reader
    journal: Journal
    joining: Joining
    chosen: Chosen


def came_of(records: Sequence[DecisionRecord], sources: Sources, at: datetime) -> list[Came]:
    """What came of each of these decisions as of a moment, in order.

    Where the playbook has attribution rules, each person's events and other decisions around are read too: those of
    whoever is one person with them now.
    """
    answers = sources.journal.answers([record.id for record in records])
    shown = _shown(records, sources)
    if not sources.joining.rules:
        answers += _beside(answers, sources)
        by_decision = _by_decision(answers)
        clicks: dict[str, list[Logged]] = {}
        for one in answers:
            if one.event.kind in sources.joining.clicks:
                clicks.setdefault(one.leaf, []).append(one)
        came = []
        for single in shown:
            own = by_decision.get(single.id, [])
            around = [click for leaf in {one.leaf for one in own} for click in clicks.get(leaf, ())]
            came.append(outcomes_of(single, _once((*own, *around)), sources.joining, at))
        return came
    return [_attributed(one, answers, sources, at) for one in shown]


def _attributed(shown: Shown, answers: Iterable[Logged], sources: Sources, at: datetime) -> Came:
    """One decision with all that may share credit with it."""
    joining, reader = sources.joining, sources.reader
    stored = reader.leaf(shown.leaf)
    leaves = (shown.leaf,) if stored is None else stored.cluster.leaves
    logged = [one for one in answers if one.event.decision_id == shown.id]
    others: list[Shown] = []
    if joining.rules_for(shown.service, shown.channel):
        around = reader.decisions_between(leaves, shown.at - joining.reach, shown.at + joining.reach + _TICK)
        near = [
            one for one in around if one.id != shown.id and joining.rules_for(one.ask.service, one.channel)
        ]  # fmt: skip
        others = _shown(near, sources)
        logged += sources.journal.answers([one.id for one in others])
        until = min(at, shown.at + joining.reach) + _TICK
        logged += sources.journal.between(leaves, shown.at, until, joining.of)
    return outcomes_of(shown, _once((*logged, *_beside(logged, sources))), joining, at, others)


def _shown(records: Sequence[DecisionRecord], sources: Sources) -> list[Shown]:
    messages = sources.reader.messages_of([record.id for record in records])
    return [shown_of(record, *sources.chosen(record), messages.get(record.id)) for record in records]


def _beside(logged: Sequence[Logged], sources: Sources) -> list[Logged]:
    """The clicks around those that are there: many within seconds are no hand's, whatever they name."""
    moments: dict[tuple[str, str], list[datetime]] = {}
    for one in logged:
        if one.event.kind in sources.joining.clicks:
            moments.setdefault((one.leaf, one.event.kind), []).append(one.event.at)
    found: list[Logged] = []
    for (leaf, kind), times in moments.items():
        for since, before in _spans(sorted(times)):
            found += sources.journal.between([leaf], since, before, (kind,))
    return found


def _spans(times: Sequence[datetime]) -> list[tuple[datetime, datetime]]:
    """The stretches of time around these moments, which rise, joined where they meet."""
    spans: list[tuple[datetime, datetime]] = []
    for time in times:
        since, before = time - _BESIDE, time + _BESIDE
        if spans and since <= spans[-1][1]:
            spans[-1] = (spans[-1][0], before)
        else:
            spans.append((since, before))
    return spans


def _by_decision(logged: Iterable[Logged]) -> dict[str, list[Logged]]:
    found: dict[str, list[Logged]] = {}
    for one in logged:
        found.setdefault(one.event.decision_id, []).append(one)
    return found


def _once(logged: Iterable[Logged]) -> list[Logged]:
    """Each event once, in the order of the log."""
    found = {one.offset: one for one in logged}
    return [found[offset] for offset in sorted(found)]
