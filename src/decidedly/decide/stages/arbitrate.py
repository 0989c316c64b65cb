"""Arbitration: what every candidate that passed is worth, and their order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from decidedly.decide.objective import Basis, complaints, exposures, fatigue
from decidedly.decide.plan import Plan
from decidedly.decide.state import Batch, State


def arbitrate(plan: Plan, batch: Batch, state: State) -> None:
    """Priority of every candidate that passed, and their order: service before commerce, then the higher priority."""
    for person in range(len(batch)):
        for column in range(len(plan.channels)):
            alive = np.flatnonzero(state.dropped[person, :, column] == 0)
            if len(alive):
                of = basis(plan, batch, state, person, column)
                state.priority[person, alive, column] = plan.objective.values(alive, of, plan.actions)
    ranked = np.where(np.isnan(state.priority), np.float32(-np.inf), state.priority).transpose(0, 2, 1)
    ties = np.broadcast_to(_tie_keys(plan.action_keys, batch.seeds)[:, None, :], ranked.shape)
    if plan.serving.any():
        commercial = ~plan.serving & ~np.isneginf(ranked)
        later = np.where(np.isneginf(ranked), np.int8(2), commercial.astype(np.int8))
        state.order = np.lexsort((ties, -ranked, later), axis=-1).astype(np.int32)
    else:
        state.order = np.lexsort((ties, -ranked), axis=-1).astype(np.int32)


def basis(plan: Plan, batch: Batch, state: State, person: int, column: int) -> Basis:
    """What a person's priorities on a channel are made of; terms that the service does not read are left out."""
    at, contacts, asks = batch.at[person], batch.contacts[person], plan.objective.asks
    columns: dict[str, NDArray[np.float64] | float] = {
        "propensity": batch.propensity[person].astype(np.float64),
        "weight": float(state.weight[person, column]),
        "value": plan.values,
        "lever": plan.levers,
    }
    if asks("contact cost"):
        columns["contact cost"] = plan.channels[column].contact_cost / 100
    if asks("fatigue"):
        columns["fatigue"] = fatigue(contacts, at)
    if asks("complaints"):
        columns["complaints"] = complaints(batch.marks[person], at)
    if asks("exposures"):
        columns["exposures"] = exposures(contacts, plan.action_ids, at)
    return Basis(
        columns=columns,
        facts=batch.open_facts[person],
        candidates={id: one[person] for id, one in batch.candidates.items()},
        context=batch.contexts[person],
    )


def _tie_keys(action_keys: NDArray[np.uint64], seeds: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """uint64[p, n]: SplitMix64 finaliser over seed and action (Steele, Lea, Flood 2014, OOPSLA)."""
    mixed = seeds[:, None] ^ action_keys[None, :]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
