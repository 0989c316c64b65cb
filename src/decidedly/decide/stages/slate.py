"""What the service's own rules say of each action by itself, before any is chosen."""

from __future__ import annotations

import numpy as np

from decidedly.decide.plan import Plan
from decidedly.decide.state import Batch, State


def slate(plan: Plan, batch: Batch, state: State) -> None:
    """Drops what fits no placement, what was shown too lately or whose time after another has not come, and what is
    left of a bundle of which a part was dropped."""
    slates = plan.slates
    if slates.plain:
        return
    state.fits = np.repeat(slates.fits[None], len(batch), axis=0)
    for person in range(len(batch)):
        if plan.service.placements:
            _places(plan, batch, state, person)
        shown = slates.shown(batch.contacts[person], batch.earlier[person], batch.at[person])
        for past in slates.past:
            passing = slates.passing(past, shown, plan.action_ids, batch.at[person])
            _drop(state, person, np.flatnonzero(~passing), past.rule)
        for whole in slates.wholes:
            parts = [action for action in whole.actions if action >= 0]
            alive = (state.dropped[person, parts] == 0).all(axis=0) & (len(parts) == len(whole.actions))
            slots = state.dropped[person][np.ix_(parts, ~alive)]
            state.dropped[person][np.ix_(parts, ~alive)] = np.where(slots == 0, np.uint16(1 + whole.rule), slots)


def _places(plan: Plan, batch: Batch, state: State, person: int) -> None:
    """Where each action may stand; one that may stand nowhere is dropped by the first placement that takes its id."""
    fits, alive = state.fits[person], (state.dropped[person] == 0).any(axis=1)
    candidates = {id: column[person] for id, column in batch.candidates.items()}
    for index, condition in enumerate(plan.slates.conditions):
        if condition is not None:
            asked = fits[:, index] & alive
            passed = condition.passing(asked, batch.open_facts[person], candidates, batch.contexts[person])
            if passed is not None:
                fits[:, index] &= ~asked | passed
    nowhere = np.flatnonzero(alive & ~fits.any(axis=1))
    for index in range(len(plan.slates.placements)):
        _drop(state, person, nowhere[plan.slates.home[nowhere] == index], plan.first_slate_rule + index)


def _drop(state: State, person: int, actions: np.typing.NDArray[np.intp], rule: int) -> None:
    slots = state.dropped[person, actions]
    state.dropped[person, actions] = np.where(slots == 0, np.uint16(1 + rule), slots)
