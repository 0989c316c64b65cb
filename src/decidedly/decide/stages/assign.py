"""Assignment of each person to a strategy."""

from __future__ import annotations

from decidedly.decide.plan import Plan
from decidedly.decide.state import Batch, State


def assign(plan: Plan, batch: Batch, state: State) -> None:
    """The strategy in force for each person. One strategy serves everybody until experiments are declared."""
    state.arm = ["champion"] * len(batch)
