"""One ask, now: one read, the kernel, one commit, run again where someone else was quicker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from decidedly.core.ask import Ask
from decidedly.core.decision import DecisionRecord
from decidedly.core.derive import decision_id, leaf_id
from decidedly.core.errors import DecidedlyError
from decidedly.core.ledger import Entry
from decidedly.core.message import Message
from decidedly.core.person import Person
from decidedly.core.work import Expect, Work
from decidedly.decide.plan import Plan
from decidedly.decide.record import Contacts, decide_batch, inputs_of, profiled
from decidedly.decide.scores import Scorer
from decidedly.decide.worth import net_worth
from decidedly.ledger import combined, in_force, kept, reserve, standing
from decidedly.ports.reader import Reader, Stored
from decidedly.ports.store import Store

RESERVED_FOR = timedelta(days=3)
"""How long a reserved contact counts if nobody confirms or releases it."""
_TRIES = 8


class Contended(DecidedlyError):
    """Others kept writing this person's ledger while we decided."""

    code = "decide.contended"


@dataclass(frozen=True)
class Deciding:
    """What deciding needs of the world, for one plan: the ports, the record's view of a person, and the scorer."""

    plan: Plan
    scorer: Scorer
    reader: Reader
    store: Store
    view: Callable[[Stored, datetime], Person]


def decide(ask: Ask, world: Deciding) -> DecisionRecord:
    """The stored decision on this ask; asking again with the same `ask_id` returns it unchanged.

    Raises Contended after several lost races; nothing is written then.
    """
    known = world.reader.decision(decision_id(ask.ask_id, ask.service))
    if known is not None:
        return known
    for _ in range(_TRIES):
        record, work = prepare([ask], world)[0]
        (committed,) = world.store.commit([work])
        if committed.result == "done":
            return record
        known = world.reader.decision(record.id)
        if known is not None:
            return known
    raise Contended(
        f"The contact ledger of {ask.who[0]} was written by others {_TRIES} times while this ask was decided.",
        hint="Ask again with the same ask id.",
    )


def dry_run(ask: Ask, world: Deciding, instead_of: str = "") -> DecisionRecord:
    """The decision that would be made, in the place of a recorded contact if one is named; nothing is written.

    An `at` in the past sees the ledger as it stood then.
    """
    return prepare([ask], world, instead_of, in_force)[0][0]


def prepare(
    asks: list[Ask], world: Deciding, instead_of: str = "", contacts: Contacts = standing
) -> list[tuple[DecisionRecord, Work]]:
    """Read, decide, and say what to commit for each ask, without committing it."""
    plan = world.plan
    people, ledgers, everybody = [], [], []
    for ask in asks:
        stored = world.reader.person(ask.who) or Stored.nobody(leaf_id(ask.who[0]))
        everybody.append(stored)
        people.append(world.view(stored, ask.at))
        ledger = combined(stored.ledgers)
        if instead_of:
            ledger = replace(ledger, entries=tuple(one for one in ledger.entries if one.id != instead_of))
        ledgers.append(ledger)
    strangers = [None if profiled(plan, one) else world.view(Stored.nobody(""), one.at) for one in people]
    scores = world.scorer.scores([stranger or one for one, stranger in zip(people, strangers, strict=True)])
    inputs = [
        inputs_of(plan, person, ledger, scores, row, contacts, stranger)
        for row, (person, ledger, stranger) in enumerate(zip(people, ledgers, strangers, strict=True))
    ]
    leaves = [(stored.leaf, person.known) for stored, person in zip(everybody, people, strict=True)]
    records = decide_batch(plan, asks, leaves, inputs, world.scorer.version)
    return [(record, _work(plan, record, stored)) for record, stored in zip(records, everybody, strict=True)]


def _work(plan: Plan, record: DecisionRecord, stored: Stored) -> Work:
    """The record alone, or with the contact it reserves and the message it puts into the outbox."""
    expect = Expect(ledgers=stored.versions)
    if record.result == "no-action" or plan.direction(record.channel) == "inbound":
        return Work(person=record.leaf, record=record, expect=expect)
    at = record.ask.at
    facts = plan.facts(record.inputs.facts)
    due = plan.due(record.channel, facts, record.inputs.own_rules, at)
    actions, topics = plan.limits.shown(record.chosen)
    entry = Entry(
        id=record.id,
        contact_class=plan.service.contact_class,
        channel=record.channel,
        at=due,
        state="reserved",
        until=due + RESERVED_FOR,
        exposures=len(record.chosen),
        actions=actions,
        topics=topics,
        worth=net_worth(plan, record),
        decided_at=at if due > at else None,
    )
    message = Message(key=record.id, decision_id=record.id, leaf=record.leaf, channel=record.channel, due_at=due)
    ledgers = (kept(reserve(stored.own, entry), at, plan.limits.memory),)
    return Work(person=record.leaf, record=record, expect=expect, ledgers=ledgers, outbox=(message,))
