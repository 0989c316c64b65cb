"""What the kernel works on: the inputs of some asks, and what the stages make of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decidedly.core.decision import Earlier
from decidedly.core.ledger import Entry, Mark
from decidedly.core.own_rule import OwnRule
from decidedly.decide.plan import Plan

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
    marks      : per person, the outcomes that cool-downs go by
    earlier    : per person, what they were shown before, newest first, as far as the service asks for it
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
    marks: Sequence[tuple[Mark, ...]]
    earlier: Sequence[tuple[Earlier, ...]]
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
    fits     : bool[p, n, k], which action may stand in which placement
    weight   : float64[p, m], context weight C
    priority : float32[p, n, m], NaN where dropped
    order    : int32[p, m, n], actions by falling priority; ties by the seed, never by place in a file
    arm      : per person, the strategy in force
    channel  : int[p], index of the chosen channel, NO_CHANNEL for no-action
    chosen   : per person, the chosen actions, best first
    probability : per person, the action probability of each chosen action
    places   : per person, the placement of each chosen action
    """

    dropped: NDArray[np.uint16]
    fits: NDArray[np.bool_]
    weight: NDArray[np.float64]
    priority: NDArray[np.float32]
    order: NDArray[np.int32]
    arm: list[str] = field(default_factory=list)
    channel: list[int] = field(default_factory=list)
    chosen: list[tuple[int, ...]] = field(default_factory=list)
    probability: list[tuple[float, ...]] = field(default_factory=list)
    places: list[tuple[int, ...]] = field(default_factory=list)


Stage = Callable[[Plan, Batch, State], None]


def blank(plan: Plan, batch: Batch) -> State:
    """Everything alive, nothing worked out."""
    people, actions, channels = len(batch), len(plan.actions), len(plan.channels)
    return State(
        dropped=np.zeros((people, actions, channels), np.uint16),
        fits=np.zeros((people, actions, len(plan.slates.placements)), np.bool_),
        weight=np.zeros((people, channels)),
        priority=np.full((people, actions, channels), np.nan, np.float32),
        order=np.zeros((people, channels, actions), np.int32),
    )
