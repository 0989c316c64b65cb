"""Inputs -> batch -> kernel -> record. Deciding and replaying share this one path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import numpy as np
from msgspec.structs import replace

from decidedly.core.ask import Ask
from decidedly.core.consent import ALL
from decidedly.core.decision import KERNEL_VERSION, DecisionRecord, Earlier, Inputs, propensity_of_scored
from decidedly.core.derive import decision_id, seed_of
from decidedly.core.dictionary import AUTOMATED, Purpose
from decidedly.core.ledger import Entry, Ledger
from decidedly.core.person import Person
from decidedly.decide.kernel import run
from decidedly.decide.plan import Plan
from decidedly.decide.scores import Scores
from decidedly.decide.state import NO_CHANNEL, Batch, State
from decidedly.ledger import kept, marks_at, standing
from decidedly.person import consent_for

Contacts = Callable[[Iterable[Entry], datetime], tuple[Entry, ...]]


def profiled(plan: Plan, person: Person) -> bool:
    """Whether the person lets us score them by what we know of them."""
    return _permission(person, plan.profiling)[0]


def inputs_of(
    plan: Plan,
    person: Person,
    ledger: Ledger,
    scores: Scores,
    row: int,
    contacts: Contacts = standing,
    stranger: Person | None = None,
    earlier: tuple[Earlier, ...] = (),
) -> Inputs:
    """All that the stages will read of one person, and nothing else.

    contacts : which entries of the ledger count
    stranger : somebody unknown at that moment, as whom one who refused profiling is decided; the scores must be theirs
    earlier  : what the person was shown before, as far as the service asks for it; nobody remembers a stranger
    """
    purpose = plan.purpose.id
    ledger = kept(ledger, person.at, plan.memory)
    consents = [(channel.id, said) for channel in plan.channels if (said := consent_for(person, channel.id, purpose))]
    told = [(purpose.id, *_permission(person, purpose)) for purpose in (plan.profiling, plan.automated)]
    open_facts = None
    if stranger is not None:
        asked_for = {id: person.facts[id] for id in plan.preference_reads if id in person.facts}
        open_facts = {id: stranger.facts[id] for id in plan.person_reads if id in stranger.facts} | asked_for
    reads = plan.person_reads if stranger is None else plan.law_reads
    return Inputs(
        facts={id: person.facts[id] for id in reads if id in person.facts},
        consents={channel: said.permits(person.at) for channel, said in consents},
        consent_ids={channel: said.message_id for channel, said in consents},
        candidates={id: scores.candidates[id][row].astype("<i4").tobytes() for id in plan.candidate_reads},
        propensity=scores.propensity[row].astype("<f4").tobytes(),
        contacts=contacts(ledger.entries, person.at),
        epoch=ledger.epoch,
        permissions={purpose: allowed for purpose, allowed, _ in told},
        permission_ids={purpose: id for purpose, _, id in told if id},
        open_facts=open_facts,
        own_rules=person.own_rules,
        marks=marks_at(ledger, person.at) if plan.heeds_marks else (),
        earlier=earlier if stranger is None else (),
    )


def _permission(person: Person, purpose: Purpose) -> tuple[bool, str]:
    """Whether it is given, and the id of the word about it, "" for silence."""
    said = consent_for(person, ALL, purpose.id)
    return (purpose.silence, "") if said is None else (said.permits(person.at), said.message_id)


def decide_batch(
    plan: Plan, asks: Sequence[Ask], leaves: Sequence[tuple[str, bool]], inputs: Sequence[Inputs], model: str
) -> list[DecisionRecord]:
    """One decision record per ask. leaves: per ask, the leaf's id and whether the person was known."""
    ids = [decision_id(ask.ask_id, ask.service) for ask in asks]
    state = run(plan, batch_of(plan, asks, ids, inputs))
    return [
        _record(plan, ask, id, leaf, own, model, state, row)
        for row, (ask, id, leaf, own) in enumerate(zip(asks, ids, leaves, inputs, strict=True))
    ]


def batch_of(plan: Plan, asks: Sequence[Ask], ids: Sequence[str], inputs: Sequence[Inputs]) -> Batch:
    """The stored inputs of these asks as the kernel's arrays."""
    shape = (len(inputs), len(plan.actions))
    return Batch(
        facts=[plan.facts(own.facts) for own in inputs],
        open_facts=[plan.facts(own.facts if own.open_facts is None else own.open_facts) for own in inputs],
        own_rules=[own.own_rules for own in inputs],
        decidable=[own.permitted(AUTOMATED) for own in inputs],
        contexts=[plan.context(ask) for ask in asks],
        consents=[own.consents for own in inputs],
        contacts=[own.contacts for own in inputs],
        marks=[own.marks for own in inputs],
        earlier=[own.earlier for own in inputs],
        at=[ask.at for ask in asks],
        candidates={
            id: np.array([np.frombuffer(own.candidates[id], "<i4") for own in inputs]).reshape(shape)
            for id in plan.candidate_reads
        },
        propensity=np.array([np.frombuffer(own.propensity, "<f4") for own in inputs]).reshape(shape),
        seeds=np.array([seed_of(id) for id in ids], np.uint64),
    )


def _record(
    plan: Plan, ask: Ask, id: str, leaf: tuple[str, bool], inputs: Inputs, model: str, state: State, row: int
) -> DecisionRecord:
    channel = state.channel[row]
    priority = state.priority[row].astype("<f4").tobytes()
    kept = propensity_of_scored(inputs.propensity, priority, len(plan.actions))
    return DecisionRecord(
        id=id,
        ask=ask,
        leaf=leaf[0],
        known=leaf[1],
        result="no-action" if channel == NO_CHANNEL else "slate",
        playbook=plan.playbook_hash,
        model=model,
        kernel=KERNEL_VERSION,
        seed=seed_of(id),
        arm=state.arm[row],
        inputs=replace(inputs, propensity=kept),
        actions=len(plan.actions),
        channels=tuple(one.id for one in plan.channels),
        dropped=state.dropped[row].astype("<u2").tobytes(),
        priority=priority,
        chosen=state.chosen[row],
        channel="" if channel == NO_CHANNEL else plan.channels[channel].id,
        probability=state.probability[row],
        places=state.places[row],
    )
