"""The decision kernel: stages over arrays of people x actions x channels. Online is a batch of one.

A stage is a plain function `(plan, batch, state) -> None` that writes its own arrays of the state; `STAGES` is their
order. The kernel reads no clock, no random source and no store: all it needs is in the plan (the playbook, compiled)
and the batch (the inputs of the asks), so the same inputs always give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decidedly.core.decision import OWN_RULE
from decidedly.core.ledger import Entry
from decidedly.core.own_rule import OwnRule
from decidedly.core.policy import LAW, TIERS, Tier
from decidedly.core.preference import A_WEEK, CHANNEL
from decidedly.decide.hours import zone_of
from decidedly.decide.plan import Plan, told
from decidedly.ledger import broken_cap, quiet_until

NO_CHANNEL = -1


@dataclass(frozen=True)
class Batch:
    """The inputs of p asks to one plan over n actions.

    facts      : per person, attribute id -> value; what is not known is missing
    open_facts : per person, what the tiers after eligibility, weights and priorities read instead of `facts`: the same,
                 but a stranger's of one who refused profiling
    decidable  : per person, whether we may decide without a human being
    contexts   : per person, what the asking channel told
    consents   : per person, channel -> True or False; a channel without a word is missing
    own_rules  : per person, the rules that the person set
    contacts   : per person, the ledger's entries that count against one more contact
    at         : per person, the moment of the ask
    candidates : candidate attribute id -> int32[p, n], NULL for null
    propensity : float32[p, n]
    seeds      : uint64[p]
    """

    facts: Sequence[Mapping[str, Any]]
    open_facts: Sequence[Mapping[str, Any]]
    decidable: Sequence[bool]
    contexts: Sequence[Mapping[str, Any]]
    consents: Sequence[Mapping[str, bool]]
    own_rules: Sequence[tuple[OwnRule, ...]]
    contacts: Sequence[tuple[Entry, ...]]
    at: Sequence[datetime]
    candidates: Mapping[str, NDArray[np.int32]]
    propensity: NDArray[np.float32]
    seeds: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.facts)


@dataclass
class State:
    """What the stages work out, for p people, n actions and m channels.

    dropped  : uint16[p, n, m], 0 while the candidate is alive, else 1 + index of the plan's rule that dropped it, or
               1 + OWN_RULE - index of the person's own
    weight   : float64[p, m], context weight C
    priority : float32[p, n, m], NaN where dropped
    order    : int32[p, m, n], actions by falling priority; ties by the seed, never by place in a file
    arm      : per person, the strategy in force
    channel  : int[p], index of the chosen channel, NO_CHANNEL for no-action
    chosen   : per person, the chosen actions, best first
    probability : per person, the action probability of each chosen action
    """

    dropped: NDArray[np.uint16]
    weight: NDArray[np.float64]
    priority: NDArray[np.float32]
    order: NDArray[np.int32]
    arm: list[str] = field(default_factory=list)
    channel: list[int] = field(default_factory=list)
    chosen: list[tuple[int, ...]] = field(default_factory=list)
    probability: list[tuple[float, ...]] = field(default_factory=list)


Stage = Callable[[Plan, Batch, State], None]


def run(plan: Plan, batch: Batch) -> State:
    """Decide for every person of the batch. Nobody's result depends on who else is in it."""
    state = blank(plan, batch)
    for _, stage in STAGES:
        stage(plan, batch, state)
    return state


def blank(plan: Plan, batch: Batch) -> State:
    """Everything alive, nothing worked out."""
    people, actions, channels = len(batch), len(plan.actions), len(plan.channels)
    return State(
        dropped=np.zeros((people, actions, channels), np.uint16),
        weight=np.zeros((people, channels)),
        priority=np.full((people, actions, channels), np.nan, np.float32),
        order=np.zeros((people, channels, actions), np.int32),
    )


def consent(plan: Plan, batch: Batch, state: State) -> None:
    """A message that we send needs the person's yes for its channel, unless its purpose rests on another lawful basis:
    then it needs that there is no no. Answering needs none. Whoever wants no automated decisions gets none at all, but
    where an employee decides by the answer."""
    for person, consents in enumerate(batch.consents):
        if not batch.decidable[person] and not plan.service.person_decides:
            state.dropped[person] = 1 + plan.automated_rule
            continue
        for column, channel in enumerate(plan.channels):
            if channel.direction == "outbound" and not consents.get(channel.id, plan.purpose.silence):
                state.dropped[person, :, column] = 1 + plan.consent_rule
            else:
                _own_rules(plan, batch, state, person, column)


def _own_rules(plan: Plan, batch: Batch, state: State, person: int, column: int) -> None:
    """The rules that the person set, on one channel."""
    rules = batch.own_rules[person]
    if not rules:
        return
    message = plan.message(plan.channels[column], batch.facts[person], rules, batch.contacts[person], batch.at[person])
    for index, rule in enumerate(rules):
        assert rule.choice is not None, "a rule in force has a choice"
        slots = state.dropped[person, :, column]
        stopped = ~plan.own_rules.passing(rule.choice, message) & (slots == 0)
        state.dropped[person, stopped, column] = 1 + OWN_RULE - index


def engagement(tier: Tier, plan: Plan, batch: Batch, state: State) -> None:
    """One tier of the engagement policy. Only a rule that is true lets a candidate pass."""
    for person in range(len(batch)):
        dropped = state.dropped[person]
        facts = (batch.facts if tier in LAW else batch.open_facts)[person]
        candidates = {id: column[person] for id, column in batch.candidates.items()}
        alive = np.flatnonzero((dropped == 0).any(axis=1))
        for condition in plan.conditions[tier]:
            if not len(alive):
                break
            failed = condition.failing(alive, facts, candidates, batch.contexts[person])
            if len(failed):
                slots = dropped[failed]
                dropped[failed] = np.where(slots == 0, np.uint16(1 + condition.rule), slots)
                alive = np.flatnonzero((dropped == 0).any(axis=1))


def contact(plan: Plan, batch: Batch, state: State) -> None:
    """Contact caps and quiet hours of each channel that we would send by."""
    for person in range(len(batch)):
        for column, channel in enumerate(plan.channels):
            if channel.direction == "inbound":
                continue
            rule = _contact_rule(plan, batch.facts[person], batch.contacts[person], channel.id, batch.at[person])
            if rule is not None:
                slots = state.dropped[person, :, column]
                state.dropped[person, :, column] = np.where(slots == 0, np.uint16(1 + rule), slots)


def _contact_rule(
    plan: Plan, facts: Mapping[str, Any], contacts: Sequence[Entry], channel: str, at: datetime
) -> int | None:
    cap = broken_cap(plan.caps, contacts, contact_class=plan.service.contact_class, channel=channel, at=at)
    if cap is not None:
        return plan.first_cap_rule + cap
    for index, hours in enumerate(plan.quiet):
        silent = hours.then == "drop" and hours.channel == channel and quiet_until(hours, at, zone_of(facts, plan.zone))
        if silent:
            return plan.first_quiet_rule + index
    wanted = facts.get(A_WEEK)
    if plan.heeds_preferences and type(wanted) is int and plan.contacts_in_week(contacts, at) >= wanted:
        return plan.preference_rule
    return None


def score(plan: Plan, batch: Batch, state: State) -> None:
    """Context weight of each channel for each person; propensities come in with the batch."""
    for person in range(len(batch)):
        for column, weight in enumerate(plan.weights):
            value = told(weight, batch.open_facts[person], {}, {}, batch.contexts[person])
            # A weight that cannot be told (null) leaves the channel as it is.
            state.weight[person, column] = 1.0 if value is None else max(0.0, float(value))


def arbitrate(plan: Plan, batch: Batch, state: State) -> None:
    """Priority of every candidate that passed, and their order."""
    for person in range(len(batch)):
        for column in range(len(plan.channels)):
            alive = np.flatnonzero(state.dropped[person, :, column] == 0)
            if len(alive):
                state.priority[person, alive, column] = plan.priorities(
                    alive,
                    propensity=batch.propensity[person],
                    weight=float(state.weight[person, column]),
                    facts=batch.open_facts[person],
                    context=batch.contexts[person],
                )
    ranked = np.where(np.isnan(state.priority), np.float32(-np.inf), state.priority).transpose(0, 2, 1)
    ties = np.broadcast_to(_tie_keys(plan.action_keys, batch.seeds)[:, None, :], ranked.shape)
    state.order = np.lexsort((ties, -ranked), axis=-1).astype(np.int32)


def assign(plan: Plan, batch: Batch, state: State) -> None:
    """The strategy in force for each person. One strategy serves everybody until experiments are declared."""
    state.arm = ["champion"] * len(batch)


def choose(plan: Plan, batch: Batch, state: State) -> None:
    """The best channel by the worth of its whole slate less the cost of the contact, and its best actions; the channel
    that the person prefers, where its slate is worth its contact.

    Where no channel passes, or no slate is worth its contact, the result is no-action. Nothing is drawn, so the
    action probability of what is chosen is 1.
    """
    ordered = np.take_along_axis(state.priority.transpose(0, 2, 1), state.order, axis=-1)[:, :, : plan.service.slots]
    gains = np.where(np.isnan(ordered), 0.0, ordered.astype(np.float64))
    # Summed one by one, so that the result does not depend on the size of the batch.
    worth = gains.cumsum(axis=-1)[..., -1] if gains.shape[-1] else np.zeros(gains.shape[:2])
    net = worth - np.array([channel.contact_cost / 100 for channel in plan.channels])
    for person in range(len(batch)):
        best = _preferred(plan, batch.facts[person], net[person])
        if not net[person, best] > 0:
            state.channel.append(NO_CHANNEL)
            state.chosen.append(())
        else:
            places = int((~np.isnan(ordered[person, best])).sum())
            state.channel.append(best)
            state.chosen.append(tuple(state.order[person, best, :places].tolist()))
        state.probability.append((1.0,) * len(state.chosen[-1]))


def _preferred(plan: Plan, facts: Mapping[str, Any], net: NDArray[np.float64]) -> int:
    """Index of the channel to take: the preferred one if it is worth its contact, else the one worth the most."""
    wanted = facts.get(CHANNEL)
    for column, channel in enumerate(plan.channels):
        if channel.id == wanted and net[column] > 0:
            return column
    return int(net.argmax())


def _tie_keys(action_keys: NDArray[np.uint64], seeds: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """uint64[p, n]: SplitMix64 finaliser over seed and action (Steele, Lea, Flood 2014, OOPSLA)."""
    mixed = seeds[:, None] ^ action_keys[None, :]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


STAGES: tuple[tuple[str, Stage], ...] = (
    ("consent", consent),
    *((tier, partial(engagement, tier)) for tier in TIERS),
    ("contact", contact),
    ("score", score),
    ("arbitrate", arbitrate),
    ("assign", assign),
    ("choose", choose),
)
