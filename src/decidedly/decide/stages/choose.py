"""The choice: a channel and its slate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decidedly.core.decision import Earlier
from decidedly.core.preference import CHANNEL
from decidedly.decide.fill import NOTHING, fill
from decidedly.decide.plan import Plan
from decidedly.decide.state import NO_CHANNEL, Batch, State


def choose(plan: Plan, batch: Batch, state: State) -> None:
    """The best channel by the worth of its whole slate less the cost of the contact, and its best actions; the channel
    that the person prefers, where its slate is worth its contact.

    Where no channel passes, or no slate is worth its contact, the result is no-action. Nothing is drawn, so the
    action probability of what is chosen is 1.
    """
    if not plan.slates.plain:
        _slates(plan, batch, state)
        return
    ordered = np.take_along_axis(state.priority.transpose(0, 2, 1), state.order, axis=-1)[:, :, : plan.service.slots]
    gains = np.where(np.isnan(ordered), 0.0, ordered.astype(np.float64))
    # Summed one by one, so that the result does not depend on the size of the batch.
    worth = gains.cumsum(axis=-1)[..., -1] if gains.shape[-1] else np.zeros(gains.shape[:2])
    net = worth - np.array([channel.contact_cost / 100 for channel in plan.channels])
    for person in range(len(batch)):
        best = _preferred(plan, batch.facts[person], _yielding(plan, batch, person, net[person]))
        if not net[person, best] > 0:
            state.channel.append(NO_CHANNEL)
            state.chosen.append(())
        else:
            places = int((~np.isnan(ordered[person, best])).sum())
            state.channel.append(best)
            state.chosen.append(tuple(state.order[person, best, :places].tolist()))
        state.probability.append((1.0,) * len(state.chosen[-1]))
        state.places.append(())


def _slates(plan: Plan, batch: Batch, state: State) -> None:
    """The same over placements that are filled together, by the rules of the service. What the person was shown within
    the session comes first, as far as it passed every rule anew."""
    costs = np.array([channel.contact_cost / 100 for channel in plan.channels])
    for person, earlier in enumerate(batch.earlier):
        session = plan.slates.session_of(earlier, batch.at[person])
        kept = _placed(plan, session[0] if session else None)
        last = _placed(plan, plan.slates.last_of(earlier))
        filled = []
        for column in range(len(plan.channels)):
            priority = state.priority[person, :, column]
            order = [action for action in state.order[person, column].tolist() if not np.isnan(priority[action])]
            filled.append(fill(plan.slates, state.fits[person], order, priority, plan.serving, kept, last))
        net = np.array([one.worth for one in filled]) - costs
        best = _preferred(plan, batch.facts[person], _yielding(plan, batch, person, net))
        worth_it = bool(net[best] > 0)
        chosen = filled[best] if worth_it else NOTHING
        state.channel.append(best if worth_it else NO_CHANNEL)
        state.chosen.append(chosen.actions)
        state.places.append(chosen.places if any(chosen.places) else ())
        state.probability.append((1.0,) * len(chosen.actions))


def _placed(plan: Plan, shown: Earlier | None) -> list[tuple[int, int]]:
    """Actions of an earlier answer with their placements, in the order in which they were shown."""
    if shown is None:
        return []
    places = {one.id: index for index, one in enumerate(plan.slates.placements)}
    pairs = zip(shown.actions, shown.places, strict=True)
    return [(plan.action_numbers[id], places.get(place, -1)) for id, place in pairs if id in plan.action_numbers]


def _yielding(plan: Plan, batch: Batch, person: int, net: NDArray[np.float64]) -> NDArray[np.float64]:
    """The channels' worth, without those that are silent now and yield to another: one that is worth its contact, after
    the whole contact policy was run for it as for every channel."""
    if not any(one.then == "other channel" for _, one in plan.limits.quiet):
        return net
    yields = np.array([plan.yields(one.id, batch.facts[person], batch.at[person]) for one in plan.channels])
    return np.where(yields, -np.inf, net) if (net[~yields] > 0).any() else net


def _preferred(plan: Plan, facts: Mapping[str, Any], net: NDArray[np.float64]) -> int:
    """Index of the channel to take: the preferred one if it is worth its contact, else the one worth the most."""
    wanted = facts.get(CHANNEL)
    for column, channel in enumerate(plan.channels):
        if channel.id == wanted and net[column] > 0:
            return column
    return int(net.argmax())
