"""The choice: a channel and its slate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decidedly.core.preference import CHANNEL
from decidedly.decide.plan import Plan
from decidedly.decide.state import NO_CHANNEL, Batch, State


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
