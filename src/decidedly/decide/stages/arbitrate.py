"""Arbitration: what every candidate that passed is worth, and their order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from decidedly.decide.plan import Plan
from decidedly.decide.state import Batch, State


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


def _tie_keys(action_keys: NDArray[np.uint64], seeds: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """uint64[p, n]: SplitMix64 finaliser over seed and action (Steele, Lea, Flood 2014, OOPSLA)."""
    mixed = seeds[:, None] ^ action_keys[None, :]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
