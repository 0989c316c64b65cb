"""The tiers of the engagement policy: regulation, eligibility, applicability, suitability."""

from __future__ import annotations

import numpy as np

from decidedly.core.policy import LAW, Tier
from decidedly.decide.plan import Plan
from decidedly.decide.state import Batch, State


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
