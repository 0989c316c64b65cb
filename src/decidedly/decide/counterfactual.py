"""Counterfactual: the least changes after which an action would have been chosen, each tried by running the kernel.

The search follows what stands in the action's way on each channel: of the rule that drops it, only what that rule reads
is changed, at the values where its answer can turn; once nothing drops it, its lever and its value are raised, to the
cent, and what weighs the channel is changed. So at most three changes are combined. Everything happens in memory.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from decidedly.core.decision import KERNEL_VERSION, DecisionRecord
from decidedly.core.dictionary import Dictionary
from decidedly.core.errors import NotFound, ReplayMismatch
from decidedly.core.policy import LAW
from decidedly.decide.changes import Change, Family, Step, families, raised
from decidedly.decide.plan import Plan
from decidedly.decide.situation import Outcome, Situation
from decidedly.feel.words import said_value

MOST_CHANGES = 3
MOST_RUNS = 3_000
ORDER = ("time", "consent", "permission", "own-rule", "fact", "situation", "lever", "value", "history")
"""Kinds of change, the cheapest first. What nobody can change comes after all else, then fewer changes before more."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which the action would have been chosen.

    changeable : whether somebody can bring it about: the person, the brand, or time
    channel    : by which it would have been chosen; rank: its place, from 1
    instead_of : names of the actions that it would have displaced
    """

    changes: tuple[Change, ...]
    changeable: bool
    channel: str
    rank: int
    instead_of: tuple[str, ...] = ()
    says: str = ""


class Counterfactual(msgspec.Struct, frozen=True, kw_only=True):
    """What would have made an action win.

    wins    : it was chosen as it is
    ways    : the cheapest first, by `order`; each was found true by running the kernel on the changed inputs
    nothing : why nothing would, where no way was found
    runs    : how often the kernel was run
    """

    decision_id: str
    action: str
    name: str
    wins: bool
    ways: tuple[Way, ...]
    nothing: str = ""
    runs: int = 0
    order: tuple[str, ...] = ORDER
    says: str = ""


def counterfactual(
    record: DecisionRecord,
    plan: Plan,
    action: str,
    dictionary: Dictionary,
    told: NDArray[np.float32] | None = None,
    hidden: Collection[str] = (),
) -> Counterfactual:
    """The least changes that would have put an action into the slate; nothing is written.

    plan       : of the playbook that the record names; dictionary: of the same
    told       : float32[n], the propensity of every action (`chances`); those of the record alone by default
    hidden     : ids of the facts that are not for everybody: what would change them is left out
    Raises NotFound if the action was not considered, ReplayMismatch where another kernel decided.
    """
    ids = [one.id for one in plan.actions]
    if action not in ids:
        raise NotFound.named("action in this decision", action, ids)
    if record.kernel != KERNEL_VERSION:
        raise ReplayMismatch(
            f"Decision {record.id} was made by kernel {record.kernel}; this is kernel {KERNEL_VERSION}, which may"
            " decide otherwise.",
            hint="Ask the version of Decidedly that made it.",
        )
    search = _Search(Situation.of(record, plan, told), ids.index(action), dictionary, frozenset(hidden))
    wins = ids.index(action) in record.chosen
    ways = () if wins else search.found()
    nothing = "" if wins or ways else search.nothing()
    own = plan.actions[ids.index(action)]
    return Counterfactual(
        decision_id=record.id, action=action, name=own.name, wins=wins, ways=ways, nothing=nothing, runs=search.runs,
        says=_says(own.name, wins, ways, nothing, search.runs),
    )  # fmt: skip


class _Search:
    def __init__(self, base: Situation, action: int, dictionary: Dictionary, hidden: frozenset[str]) -> None:
        self.base = base
        self.action = action
        self.dictionary = dictionary
        self.hidden = hidden
        self.before = base.outcome()
        self.runs = 0
        self.raised: set[tuple[object, ...]] = set()
        self.ways: dict[tuple[object, ...], tuple[Way, tuple[Step, ...]]] = {}

    def found(self) -> tuple[Way, ...]:
        for column in range(len(self.base.plan.channels)):
            self._clear(self.base, (), column)
        ways = sorted(self.ways.values(), key=lambda one: _cost(one[1]))
        least = [way for way, steps in ways if not any(_within(fewer, steps) for _, fewer in ways)]
        return tuple(least)

    def _clear(self, here: Situation, done: tuple[Step, ...], column: int) -> None:
        """Take away what stands in the way on one channel, then raise what ranks it there."""
        state = self._run(here)
        if state.wins(self.action):
            self._keep(here, done)
            return
        if len(done) >= MOST_CHANGES or self.runs >= MOST_RUNS:
            return
        rule = state.dropped(self.action, column)
        used = {step.family for step in done}
        for family in families(here, self.action, column, rule, self.dictionary):
            if family.name in used or family.reads & self.hidden:
                continue
            if family.rises is not None:
                self._raise(here, done, family, *family.rises)
            else:
                self._try(here, done, family, column, rule)

    def _try(self, here: Situation, done: tuple[Step, ...], family: Family, column: int, rule: int | None) -> None:
        """The family's smallest step that wins, and its smallest that takes the rule away, to go on from there."""
        clears: tuple[Situation, Step] | None = None
        for place, step in enumerate(family.steps):
            there = step.apply(here)
            state = self._run(there)
            if state.wins(self.action):
                self._keep(there, (*done, self._with_others(here, step, family.steps[place + 1 :])))
                break
            if clears is None and rule is not None and state.dropped(self.action, column) != rule:
                clears = there, step
        else:
            if clears is not None:
                self._clear(clears[0], (*done, clears[1]), column)

    def _with_others(self, here: Situation, step: Step, rest: tuple[Step, ...]) -> Step:
        """The step, naming the other texts that are as near and would do as well."""
        if not isinstance(step.change.after, str):
            return step
        near = [one for one in rest if one.size == step.size and self._wins(one.apply(here))]
        if not near:
            return step
        also = tuple(one.change.after for one in near)
        says = f"{step.change.says}, or as well {', '.join(map(said_value, also))}"
        return dataclasses.replace(step, change=replace(step.change, also=also, says=says))

    def _raise(self, here: Situation, done: tuple[Step, ...], family: Family, low: int, high: int) -> None:
        """The least whole number of a family that rises (hundredths of a lever, cents of a value) that wins."""
        # An action has one lever and one value: what one channel found, the next would find again.
        tried = (family.name, *((step.family, repr(step.change.after)) for step in done))
        if tried in self.raised or not self._wins(raised(here, self.action, family, high)):
            return
        self.raised.add(tried)
        while high - low > 1:
            middle = (low + high) // 2
            if self._wins(raised(here, self.action, family, middle)):
                high = middle
            else:
                low = middle
        step = family.step(here, self.action, high)
        self._keep(step.apply(here), (*done, step))

    def _keep(self, there: Situation, steps: tuple[Step, ...]) -> None:
        """Remember a way, without the steps that it does not need."""
        for step in steps:
            fewer = tuple(one for one in steps if one is not step)
            if fewer and self._wins(_after(self.base, fewer)):
                self._keep(_after(self.base, fewer), fewer)
                return
        outcome = there.outcome()
        was = set(self.before.chosen)
        names = [one.name for one in self.base.plan.actions]
        gone = [names[index] for index in self.before.chosen if index not in outcome.chosen]
        changes = tuple(step.change for step in steps)
        way = Way(
            changes=changes,
            changeable=all(change.by != "nobody" for change in changes),
            channel=outcome.channel,
            rank=outcome.chosen.index(self.action) + 1,
            instead_of=tuple(gone) if was else (),
        )
        way = replace(way, says=_way_says(way))
        key = tuple(sorted((change.kind, change.what, repr(change.after)) for change in changes))
        self.ways.setdefault(key, (way, steps))

    def _wins(self, there: Situation) -> bool:
        return self._run(there).wins(self.action)

    def _run(self, there: Situation) -> Outcome:
        self.runs += 1
        return there.outcome()

    def nothing(self) -> str:
        """What stands in the way for good: the first rule on each channel."""
        told = []
        for column, channel in enumerate(self.base.plan.channels):
            rule = self.before.dropped(self.action, column)
            if rule is None:
                told.append(f"by {channel.id} nothing drops it, and no lever or value would lift it into the slate")
                continue
            one = self.base.plan.rule(rule, self.base.inputs.own_rules)
            source = f", {one.source}" if one.source and one.stage in LAW else ""
            told.append(f"by {channel.id} '{one.name}' ({one.stage}{source}) stands in the way")
        return f"Nothing would that was tried: {'; '.join(dict.fromkeys(told))}."


def _after(here: Situation, steps: tuple[Step, ...]) -> Situation:
    for step in steps:
        here = step.apply(here)
    return here


def _cost(steps: tuple[Step, ...]) -> tuple[Any, ...]:
    kinds = sorted(ORDER.index(step.change.kind) for step in steps)
    return any(step.change.by == "nobody" for step in steps), len(steps), kinds, sum(step.size for step in steps)


def _within(fewer: tuple[Step, ...], steps: tuple[Step, ...]) -> bool:
    """Whether a way needs only some of the same changes."""
    return len(fewer) < len(steps) and {step.family for step in fewer} < {step.family for step in steps}


def _way_says(way: Way) -> str:
    changes = " and ".join(change.says for change in way.changes)
    where = f"chosen for {way.channel}, place {way.rank}"
    instead = f", instead of {', '.join(way.instead_of)}" if way.instead_of else ""
    return f"If {changes}: {where}{instead}."


def _says(name: str, wins: bool, ways: tuple[Way, ...], nothing: str, runs: int) -> str:
    if wins:
        return f"{name} was chosen as it is."
    if not ways:
        return nothing
    if not any(way.changeable for way in ways):
        return f"Nothing that somebody can bring about would have made {name} win: {ways[0].changes[0].note}."
    many = "One way" if len(ways) == 1 else f"{len(ways)} ways"
    return f"{many} in which {name} would have been chosen; the kernel was run {runs} times to find them, and agrees."
