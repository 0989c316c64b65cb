"""The tiers of the engagement policy: regulation, eligibility, applicability, suitability."""

from __future__ import annotations

import numpy as np

from decidedly.core.policy import LAW, Tier
from decidedly.decide.plan import Plan
from decidedly.decide.state import Batch, State


def engagement(tier: Tier, plan: Plan, batch: Batch, state: State) -> None:
    """One tier of the engagement policy. Only a rule that is true lets a candidate pass."""
    conditions = plan.conditions[tier]
    if not conditions:
        return
    for person in range(len(batch)):
        dropped = state.dropped[person]
        facts = (batch.facts if tier in LAW else batch.open_facts)[person]
        candidates = {id: column[person] for id, column in batch.candidates.items()}
        free = dropped == 0
        for condition in conditions:
            alive = free.any(axis=1)
            if not alive.any():
                break
            passed = condition.passing(alive, facts, candidates, batch.contexts[person])
            if passed is not None:
                np.copyto(dropped, np.uint16(1 + condition.rule), where=free & ~passed[:, None])
                free &= passed[:, None]
