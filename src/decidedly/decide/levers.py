"""Levers: what the push of each action costs in value, and whom it displaces, over decisions that were made.

Each decision is made again from its own record with the lever at 1. What the push costs is the difference between the
two slates, both valued without the push. Nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import msgspec
import numpy as np
from msgspec.structs import replace as with_fields

from decidedly.core.decision import KERNEL_VERSION, DecisionRecord
from decidedly.decide.kernel import run
from decidedly.decide.plan import Plan
from decidedly.decide.record import batch_of
from decidedly.decide.state import NO_CHANNEL, State

ALL = "*"
"""Stands for the action where all levers are taken back together."""


class Displaced(msgspec.Struct, frozen=True, kw_only=True):
    """An action that would have been shown without the push. times: in so many decisions."""

    action: str
    name: str
    times: int


class LeverPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What one lever does.

    action     : its id; ALL for all levers together, whose `lever` is 0
    shown      : decisions that showed it; of ALL, that showed anything pushed
    changed    : decisions that would have come out otherwise without the push
    cost       : value that the push lost over all decisions, in major units
    a_decision : the same for each decision
    """

    action: str
    name: str
    lever: float
    shown: int
    changed: int
    cost: float
    a_decision: float
    displaced: tuple[Displaced, ...]


class LeverPrices(msgspec.Struct, frozen=True, kw_only=True):
    """The price of every lever of a service.

    decisions : so many were made again; left_out: made by another version of the kernel
    """

    service: str
    currency: str
    decisions: int
    left_out: int
    together: LeverPrice | None
    levers: tuple[LeverPrice, ...]


class _Tally:
    """One lever, or all together, over the decisions so far."""

    def __init__(self, lever: float) -> None:
        self.lever = lever
        self.shown = self.changed = 0
        self.cost = 0.0
        self.displaced: Counter[str] = Counter()

    def price(self, action: str, names: dict[str, str], decisions: int) -> LeverPrice:
        gone = sorted(self.displaced.items(), key=lambda one: (-one[1], one[0]))
        return LeverPrice(
            action=action,
            name=names.get(action, "all levers"),
            lever=self.lever,
            shown=self.shown,
            changed=self.changed,
            cost=self.cost,
            a_decision=self.cost / decisions if decisions else 0.0,
            displaced=tuple(Displaced(action=id, name=names[id], times=times) for id, times in gone),
        )


def lever_prices(
    service: str, currency: str, pages: Iterable[Sequence[DecisionRecord]], plan_of: Callable[[DecisionRecord], Plan]
) -> LeverPrices:
    """pages: decisions of the service, some at a time; plan_of: the plan that a decision was made by."""
    tallies: dict[str, _Tally] = {}
    names: dict[str, str] = {}
    decisions = left_out = 0
    for page in pages:
        mine = [record for record in page if record.kernel == KERNEL_VERSION]
        left_out += len(page) - len(mine)
        decisions += len(mine)
        by_plan: dict[int, tuple[Plan, list[DecisionRecord]]] = {}
        for record in mine:
            plan = plan_of(record)
            by_plan.setdefault(id(plan), (plan, []))[1].append(record)
        for plan, records in by_plan.values():
            names |= {action.id: action.name for action in plan.actions}
            pushed = [index for index, action in enumerate(plan.actions) if action.lever != 1]
            for index in pushed:
                one = plan.actions[index]
                _tally(tallies.setdefault(one.id, _Tally(one.lever)), plan, records, [index])
            if pushed:
                _tally(tallies.setdefault(ALL, _Tally(0.0)), plan, records, pushed)
    prices = [one.price(id, names, decisions) for id, one in tallies.items() if id != ALL]
    prices.sort(key=lambda one: (-one.cost, one.action))
    together = tallies[ALL].price(ALL, names, decisions) if ALL in tallies else None
    return LeverPrices(
        service=service, currency=currency, decisions=decisions, left_out=left_out, together=together,
        levers=tuple(prices),
    )  # fmt: skip


def _tally(tally: _Tally, plan: Plan, records: Sequence[DecisionRecord], pushed: Sequence[int]) -> None:
    """Make decisions again with some levers at 1 and add what that changes."""
    actions = tuple(
        with_fields(action, lever=1.0) if index in pushed else action for index, action in enumerate(plan.actions)
    )
    without = replace(plan, actions=actions)
    asks, ids = [record.ask for record in records], [record.id for record in records]
    state = run(without, batch_of(without, asks, ids, [record.inputs for record in records]))
    for row, record in enumerate(records):
        shown, other = set(record.chosen), set(state.chosen[row])
        tally.shown += bool(shown & set(pushed))
        column = record.channels.index(record.channel) if record.channel else NO_CHANNEL
        if (shown, column) == (other, state.channel[row]):
            continue
        tally.changed += 1
        tally.cost += _worth(plan, state, row, state.chosen[row], state.channel[row])
        tally.cost -= _worth(plan, state, row, record.chosen, column)
        tally.displaced.update(plan.action_ids[index] for index in other - shown)


def _worth(plan: Plan, state: State, row: int, chosen: Sequence[int], column: int) -> float:
    """A slate by the priorities of a state, less the cost of its contact, in major units."""
    if column == NO_CHANNEL:
        return 0.0
    gains = state.priority[row, list(chosen), column].astype(np.float64)
    return float(sum(gains.tolist())) - plan.channels[column].contact_cost / 100
