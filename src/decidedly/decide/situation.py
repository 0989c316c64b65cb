"""Situation: a recorded ask with all that its stages read, to run the kernel on again with some of it another way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from decidedly.core.action import Action
from decidedly.core.ask import Ask
from decidedly.core.decision import DecisionRecord, Inputs
from decidedly.decide.kernel import run
from decidedly.decide.plan import Plan
from decidedly.decide.record import batch_of
from decidedly.decide.state import NO_CHANNEL, State
from decidedly.ledger import standing

_ALIKE = ("action_ids", "action_numbers", "action_keys", "serving")


@dataclass(frozen=True)
class Outcome:
    """What the kernel made of a situation. chosen: action indices; channel: "" for no-action."""

    state: State
    chosen: tuple[int, ...]
    channel: str

    def wins(self, action: int) -> bool:
        return action in self.chosen

    def dropped(self, action: int, column: int) -> int | None:
        """Index of the rule that drops an action on a channel; None where nothing does."""
        code = int(self.state.dropped[0, action, column])
        return code - 1 if code else None

    def weight(self, column: int) -> float:
        return float(self.state.weight[0, column])


@dataclass(frozen=True)
class Situation:
    """plan: with the actions' values and levers as they are tried; inputs: with every propensity that is known."""

    plan: Plan
    ask: Ask
    id: str
    inputs: Inputs

    @classmethod
    def of(cls, record: DecisionRecord, plan: Plan, told: NDArray[np.float32] | None = None) -> Situation:
        """As it was decided. told: float32[n], the propensity of every action, those that were dropped too."""
        inputs = record.inputs
        if told is not None:
            inputs = msgspec.structs.replace(inputs, propensity=told.astype("<f4").tobytes())
        return cls(plan, record.ask, record.id, inputs)

    def outcome(self) -> Outcome:
        """Run the kernel: the very stages that decide, on one ask."""
        state = run(self.plan, batch_of(self.plan, [self.ask], [self.id], [self.inputs]))
        channel = state.channel[0]
        name = "" if channel == NO_CHANNEL else self.plan.channels[channel].id
        return Outcome(state, tuple(state.chosen[0]), name)

    def with_inputs(self, **changes: Any) -> Situation:
        return replace(self, inputs=msgspec.structs.replace(self.inputs, **changes))

    def with_context(self, id: str, value: Any) -> Situation:
        return replace(self, ask=msgspec.structs.replace(self.ask, context={**self.ask.context, id: value}))

    def with_action(self, index: int, action: Action) -> Situation:
        actions = (*self.plan.actions[:index], action, *self.plan.actions[index + 1 :])
        plan = replace(self.plan, actions=actions)
        # What was worked out of the plan's actions stays, but for what they are worth.
        kept = {name: self.plan.__dict__[name] for name in _ALIKE if name in self.plan.__dict__}
        plan.__dict__.update(kept)
        return replace(self, plan=plan)

    def later(self, at: datetime) -> Situation:
        """Asked at another moment, all else as it was: only what lapses by itself lapses."""
        moved = self.with_inputs(contacts=standing(self.inputs.contacts, at))
        return replace(moved, ask=msgspec.structs.replace(self.ask, at=at))
