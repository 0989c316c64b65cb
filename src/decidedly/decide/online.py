"""One ask, now: one read, the kernel, one commit, run again where someone else was quicker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from decidedly.core.ask import Ask
from decidedly.core.decision import DecisionRecord, Earlier
from decidedly.core.derive import decision_id, leaf_id
from decidedly.core.errors import DecidedlyError
from decidedly.core.message import Message
from decidedly.core.person import Person
from decidedly.core.work import Expect, Work
from decidedly.decide.contact_of import better, entry_of
from decidedly.decide.plan import Plan
from decidedly.decide.record import Contacts, decide_batch, inputs_of, profiled
from decidedly.decide.scores import Scorer
from decidedly.decide.slates import placements_of
from decidedly.decide.whom import whom
from decidedly.ledger import combined, displace, displaced, in_force, kept, reserve, standing
from decidedly.ports.reader import Reader, Stored
from decidedly.ports.store import Store

REMEMBERED = 20
"""So many of the last decisions on a person are looked at for what they were shown."""
_TRIES = 8


class Contended(DecidedlyError):
    """Others kept writing this person's ledger while we decided."""

    code = "decide.contended"


@dataclass(frozen=True)
class Deciding:
    """What deciding needs of the world, for one plan: the ports, the record's view of a person, and the scorer.

    plan_of : the plan that a record was made by, for a service that asks what the person was shown before
    """

    plan: Plan
    scorer: Scorer
    reader: Reader
    store: Store
    view: Callable[[Stored, datetime], Person]
    plan_of: Callable[[DecisionRecord], Plan] | None = None


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
        f"The contact ledger of {record.ask.who[0]} was written by others {_TRIES} times while this ask was decided.",
        hint="Ask again with the same ask id.",
    )


def decide_together(asks: Sequence[Ask], world: Deciding) -> list[DecisionRecord]:
    """The stored decisions on asks that were never answered before, most likely: decided as one batch and committed as
    one. Raises Contended as `decide` does; the other asks may be stored by then, and are answered from the store."""
    prepared = prepare(asks, world)
    committed = world.store.commit([work for _, work in prepared])
    return [
        record if answer.result == "done" else decide(ask, world)
        for ask, (record, _), answer in zip(asks, prepared, committed, strict=True)
    ]


def dry_run(ask: Ask, world: Deciding, instead_of: str = "") -> DecisionRecord:
    """The decision that would be made, in the place of a recorded contact if one is named; nothing is written.

    An `at` in the past sees the ledger as it stood then.
    """
    return prepare([ask], world, instead_of, in_force)[0][0]


def prepare(
    asks: Sequence[Ask], world: Deciding, instead_of: str = "", contacts: Contacts = standing
) -> list[tuple[DecisionRecord, Work]]:
    """Read, decide, and say what to commit for each ask, without committing it."""
    asks = [whom(ask, world.plan.dictionary) for ask in asks]
    everybody = [world.reader.person(ask.who) or Stored.nobody(leaf_id(ask.who[0])) for ask in asks]
    return weigh(asks, everybody, world, instead_of, contacts)


def weigh(
    asks: Sequence[Ask],
    everybody: Sequence[Stored],
    world: Deciding,
    instead_of: str = "",
    contacts: Contacts = standing,
) -> list[tuple[DecisionRecord, Work]]:
    """Decide for people who have been read by their identifiers' one form, and say what to commit for each ask."""
    plan = world.plan
    people, ledgers = [], []
    for ask, stored in zip(asks, everybody, strict=True):
        people.append(world.view(stored, ask.at))
        ledger = combined(stored.ledgers)
        if instead_of:
            ledger = replace(ledger, entries=tuple(one for one in ledger.entries if one.id != instead_of))
        ledgers.append(ledger)
    strangers = [None if profiled(plan, one) else world.view(Stored.nobody(""), one.at) for one in people]
    scores = world.scorer.scores([stranger or one for one, stranger in zip(people, strangers, strict=True)])
    inputs = [
        inputs_of(plan, person, ledger, scores, row, contacts, stranger, _earlier(world, stored, ask, instead_of))
        for row, (ask, stored, person, ledger, stranger) in enumerate(
            zip(asks, everybody, people, ledgers, strangers, strict=True)
        )
    ]
    leaves = [(stored.leaf, person.known) for stored, person in zip(everybody, people, strict=True)]
    records = decide_batch(plan, asks, leaves, inputs, world.scorer.version)
    records = [
        better(plan, record, own, person.known) for record, own, person in zip(records, inputs, people, strict=True)
    ]
    return [(record, _work(plan, record, stored)) for record, stored in zip(records, everybody, strict=True)]


def _earlier(world: Deciding, stored: Stored, ask: Ask, instead_of: str) -> tuple[Earlier, ...]:
    """What the person was shown before the ask, of the last decisions on them, as far as the service asks for it."""
    service = world.plan.service
    if not service.looks_back:
        return ()
    found: list[Earlier] = []
    own_seen = False
    for record in world.reader.decisions_of(stored.cluster.leaves, limit=REMEMBERED):
        if record.result == "no-action" or record.ask.at > ask.at or record.id == instead_of:
            continue
        own = record.ask.service == service.id and not own_seen
        # What went by a message, the ledger knows.
        lately = bool(record.ask.channel) and service.days_back and ask.at - record.ask.at < service.days_back
        if (own or lately) and (plan := _plan_of(record, world)) is not None:
            own_seen = own_seen or own
            found.append(_shown(record, plan))
    return tuple(found)


def _plan_of(record: DecisionRecord, world: Deciding) -> Plan | None:
    if (record.playbook, record.ask.service) == (world.plan.playbook_hash, world.plan.service.id):
        return world.plan
    return world.plan_of(record) if world.plan_of is not None else None


def _shown(record: DecisionRecord, plan: Plan) -> Earlier:
    return Earlier(
        id=record.id,
        service=record.ask.service,
        channel=record.channel,
        at=record.ask.at,
        actions=tuple(plan.action_ids[index] for index in record.chosen),
        places=placements_of(record, plan.slates),
    )


def _work(plan: Plan, record: DecisionRecord, stored: Stored) -> Work:
    """The record alone, or with the contact it reserves, the message it puts into the outbox, and those whose place
    it takes."""
    expect = Expect(ledgers=stored.versions)
    entry = entry_of(plan, record)
    if entry is None:
        # A service that looks back turns the ledger's version, so that of two asks at once one sees the other's answer.
        # Who has no record has no ledger either.
        turns = plan.service.looks_back and bool(stored.leaves)
        turned = (replace(stored.own, version=stored.own.version + 1),) if turns else ()
        return Work(person=record.leaf, record=record, expect=expect, ledgers=turned)
    gone, at = record.inputs.displaced, record.ask.at
    ledgers = []
    for ledger in stored.ledgers:
        left = displace(ledger, gone, record.id)
        if ledger.leaf == stored.leaf:
            left = kept(reserve(left, entry), at, plan.memory)
        if left is not ledger:
            ledgers.append(left)
    outbox = displaced(gone, stored.ledgers, record.id)
    if plan.direction(record.channel) == "outbound":
        message = Message(
            key=record.id, decision_id=record.id, leaf=record.leaf, channel=record.channel, due_at=entry.at
        )
        outbox = (*outbox, message)
    return Work(person=record.leaf, record=record, expect=expect, ledgers=tuple(ledgers), outbox=outbox)
