"""The decision kernel: stages over arrays of people x actions x channels. Online is a batch of one.

A stage is a plain function `(plan, batch, state) -> None` that writes its own arrays of the state; `STAGES` is their
order. The kernel reads no clock, no random source and no store: all it needs is in the plan (the playbook, compiled)
and the batch (the inputs of the asks), so the same inputs always give the same bytes.
"""

from __future__ import annotations

from functools import partial

from decidedly.core.policy import TIERS
from decidedly.decide import stages
from decidedly.decide.plan import Plan
from decidedly.decide.state import Batch, Stage, State, blank

STAGES: tuple[tuple[str, Stage], ...] = (
    ("consent", stages.consent),
    ("own-rules", stages.own_rules),
    *((tier, partial(stages.engagement, tier)) for tier in TIERS),
    ("contact", stages.contact),
    ("slate", stages.slate),
    ("score", stages.score),
    ("arbitrate", stages.arbitrate),
    ("assign", stages.assign),
    ("choose", stages.choose),
)


def run(plan: Plan, batch: Batch) -> State:
    """Decide for every person of the batch. Nobody's result depends on who else is in it."""
    state = blank(plan, batch)
    for _, stage in STAGES:
        stage(plan, batch, state)
    return state
