"""Mature: who was reached and has not answered within the service's time is recorded as a non-response.

Decisions wait in the store until this pass has closed them, and wait again when an event names them: nothing is looked
at twice without a reason, and nothing that comes late is missed. Recording is an event like any other, with a message
id that follows from the decision, so that it happens once only, however often the pass runs or is interrupted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from decidedly.core.decision import DecisionRecord
from decidedly.core.event import Event
from decidedly.core.outcome import NON_RESPONSE
from decidedly.core.work import Work
from decidedly.measure.gather import Sources, came_of
from decidedly.measure.outcomes import Came
from decidedly.measure.report import SOURCE, whose
from decidedly.ports.reader import Reader
from decidedly.ports.store import Store

Take = Callable[[Sequence[Event]], object]
"""Takes events in, durably; one that is known is known."""


class Matured(msgspec.Struct, frozen=True, kw_only=True):
    """What one pass found among the decisions whose time has passed.

    recorded    : non-responses that were recorded
    answered    : decisions that the person has answered
    not_reached : decisions that nobody saw, so that nobody could answer
    waiting     : those whose message may still go, or that were seen only lately; they are looked at again
    """

    recorded: int = 0
    answered: int = 0
    not_reached: int = 0
    waiting: int = 0

    def __add__(self, other: Matured) -> Matured:
        return Matured(
            recorded=self.recorded + other.recorded,
            answered=self.answered + other.answered,
            not_reached=self.not_reached + other.not_reached,
            waiting=self.waiting + other.waiting,
        )


def mature(sources: Sources, store: Store, take: Take, now: datetime, *, chunk: int = 200) -> Matured:
    """Record what is a non-response by now, and close every decision that waits for nothing more."""
    total = Matured()
    for service, within in sources.joining.matures.items():
        for records in _pages(sources, service, now - within, chunk):
            total += _some(records, sources, store, take, now)
    return total


def _pages(sources: Sources, service: str, before: datetime, chunk: int) -> Iterator[list[DecisionRecord]]:
    since, after = None, ""
    while page := sources.reader.decisions_by(service, since, before, matured=False, after=after, limit=chunk):
        yield page
        since, after = page[-1].ask.at, page[-1].id


def _some(records: list[DecisionRecord], sources: Sources, store: Store, take: Take, now: datetime) -> Matured:
    seen = _counts(records, sources)
    due: list[tuple[DecisionRecord, Came]] = []
    closed: list[DecisionRecord] = []
    count = dict.fromkeys(("answered", "not_reached", "waiting"), 0)
    for record, came in zip(records, came_of(records, sources, now), strict=True):
        standing = came.standing
        if standing == "non-response":
            due.append((record, came))
            closed.append(record)
        elif standing in ("waiting", "pending"):
            count["waiting"] += 1
        else:
            count["answered"] += standing == "responded"
            count["not_reached"] += standing == "not-reached"
            closed.append(record)
    events = [event for record, came in due if (event := _event(record, came, sources.reader, now)) is not None]
    if events:
        take(events)
    for event in events:
        seen[event.decision_id] += 1
    store.commit([Work(person=record.leaf, matured={record.id: seen[record.id]}) for record in closed])
    return Matured(recorded=len(events), **count)


def _counts(records: Iterable[DecisionRecord], sources: Sources) -> dict[str, int]:
    """How many events name each decision: counted first, so that one which comes while they are read keeps it open."""
    found = {record.id: 0 for record in records}
    for one in sources.journal.answers(list(found)):
        found[one.event.decision_id] += 1
    return found


def _event(record: DecisionRecord, came: Came, reader: Reader, now: datetime) -> Event | None:
    """The record of a non-response; None where there is one, or nobody of whom it could be said any more."""
    if came.due is None or any(one.kind == NON_RESPONSE and one.message_id for one in came.outcomes):
        return None
    who = whose(record, reader)
    if who is None:
        return None
    return Event(
        message_id=f"{NON_RESPONSE}:{record.id}",
        kind=NON_RESPONSE,
        at=came.due,
        received_at=now,
        identifiers=(who,),
        source=SOURCE,
        channel=record.channel,
        properties={"service": record.ask.service, "actions": [action.id for action in came.shown.actions]},
        decision_id=record.id,
        how="learnt",
    )
