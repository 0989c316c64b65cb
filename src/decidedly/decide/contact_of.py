"""Contact of: what a decision reserves, and what it may take back for it. Under a cap the best message wins."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from msgspec.structs import replace

from decidedly.core.decision import DecisionRecord, Inputs
from decidedly.core.ledger import Entry
from decidedly.core.policy import SERVICE_CLASS
from decidedly.decide.plan import Plan
from decidedly.decide.record import decide_batch
from decidedly.decide.worth import net_worth
from decidedly.ledger import gives_way, room_for

RESERVED_FOR = timedelta(days=3)
"""How long a reserved message counts if nobody confirms or releases it."""
SHOWN_WITHIN = timedelta(hours=1)
"""How long an answer counts that nobody says was seen."""
_ROUNDS = 3


def entry_of(plan: Plan, record: DecisionRecord) -> Entry | None:
    """The contact that a decision reserves, None where it is none: no-action, or an answer that does not count as one.

    A message counts from when it goes, an answer from now.
    """
    channel = next((one for one in plan.channels if one.id == record.channel), None)
    if record.result == "no-action" or channel is None or not plan.is_contact(channel):
        return None
    at, due, lasts = record.ask.at, record.ask.at, SHOWN_WITHIN
    if channel.direction == "outbound":
        due = plan.due(channel.id, plan.facts(record.inputs.facts), record.inputs.own_rules, at)
        lasts = RESERVED_FOR
    actions, topics = plan.limits.shown(record.chosen)
    return Entry(
        id=record.id,
        contact_class=plan.service.contact_class,
        channel=channel.id,
        at=due,
        state="reserved",
        until=due + lasts,
        exposures=len(record.chosen),
        actions=actions,
        topics=topics,
        worth=net_worth(plan, record),
        decided_at=at if due > at else None,
    )


def better(plan: Plan, record: DecisionRecord, inputs: Inputs, known: bool) -> DecisionRecord:
    """The decision, or a better one that takes back messages which nobody has handed over yet.

    It must be worth more than the first and all that it takes back together; a message of the service class takes the
    place of others whatever they are worth. The kernel decides without all that could give way, and then without what
    must: the record's inputs hold the contacts that are left, and apart from them those that gave way.

    inputs : what the first was decided from, the scores of what it dropped included
    known  : whether the person was
    """
    movable = tuple(one for one in inputs.contacts if one.state == "reserved" and one.channel in plan.limits.outbound)
    if not movable or not _capped(plan, record):
        return record
    gone = movable
    for _ in range(_ROUNDS):
        (found,) = decide_batch(plan, [record.ask], [(record.leaf, known)], [_without(inputs, gone)], record.model)
        entry = entry_of(plan, found)
        if entry is None:
            return record
        room = _room(plan, record, entry, gone)
        if not room or entry.worth <= net_worth(plan, record) + _lost(entry, room):
            return record
        if room == gone:
            return found
        gone = room
    return record


def _capped(plan: Plan, record: DecisionRecord) -> bool:
    """Whether a cap dropped some candidate."""
    codes = np.frombuffer(record.dropped, "<u2")
    first = 1 + plan.first_cap_rule
    return bool(((codes >= first) & (codes < first + len(plan.limits.policy.caps))).any())


def _room(plan: Plan, record: DecisionRecord, entry: Entry, movable: tuple[Entry, ...]) -> tuple[Entry, ...] | None:
    """Which of those that could give way must."""
    ids = {one.id for one in movable if gives_way(one, entry)}
    calendar = plan.calendar(plan.facts(record.inputs.facts))
    caps = plan.limits.policy.caps
    return room_for(entry, caps, record.inputs.contacts, calendar, lambda one: one.id in ids)


def _without(inputs: Inputs, gone: tuple[Entry, ...]) -> Inputs:
    ids = {one.id for one in gone}
    left = tuple(one for one in inputs.contacts if one.id not in ids)
    return replace(inputs, contacts=left, displaced=gone)


def _lost(entry: Entry, gone: tuple[Entry, ...]) -> float:
    """What the messages that give way were worth; against a service message only others of its class weigh anything."""
    return sum(one.worth for one in gone if entry.contact_class != SERVICE_CLASS or one.contact_class == SERVICE_CLASS)
