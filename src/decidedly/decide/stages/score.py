"""Context weights; propensities come in with the batch."""

from __future__ import annotations

from decidedly.decide.condition import told
from decidedly.decide.plan import Plan
from decidedly.decide.state import Batch, State


def score(plan: Plan, batch: Batch, state: State) -> None:
    """Context weight of each channel for each person; propensities come in with the batch."""
    for person in range(len(batch)):
        for column, weight in enumerate(plan.weights):
            value = told(weight.fn, batch.open_facts[person], {}, {}, batch.contexts[person])
            # A weight that cannot be told (null) leaves the channel as it is.
            state.weight[person, column] = 1.0 if value is None else max(0.0, float(value))
