"""Parts: what made up the priority of a candidate, and what on the slate stood in its way, from the record alone."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from decidedly.core.decision import DecisionRecord
from decidedly.decide import objective
from decidedly.decide.condition import told
from decidedly.decide.fill import held_back
from decidedly.decide.kernel import run
from decidedly.decide.objective import Parts
from decidedly.decide.plan import Plan
from decidedly.decide.record import batch_of
from decidedly.decide.stages.arbitrate import basis
from decidedly.decide.state import Batch, State
from decidedly.rules import explain_rule


class Made:
    """A decision made again from its record, to look into."""

    def __init__(self, record: DecisionRecord, plan: Plan, hidden: Collection[str] = ()) -> None:
        self._record, self._plan = record, plan
        reads = (*plan.objective.reads, *(one for weight in plan.weights for one in weight.reads))
        self._masked = any(one.root != "terms" and one.id in hidden for one in reads)

    @cached_property
    def _batch(self) -> Batch:
        record = self._record
        return batch_of(self._plan, [record.ask], [record.id], [record.inputs])

    @cached_property
    def _state(self) -> State:
        return run(self._plan, self._batch)

    def parts(self, action: int, column: int) -> Parts | None:
        """Of a candidate that passed; None where they would tell what is masked."""
        if self._masked:
            return None
        of = basis(self._plan, self._batch, self._state, 0, column)
        return objective.parts(self._plan.objective, action, of, self._plan.actions, self._weight_nulls(column))

    def held_back(self, action: int) -> str:
        """Name of the rule on the whole slate that kept out an action that passed, "" where others were just worth
        more."""
        plan, record = self._plan, self._record
        if plan.slates.plain:
            return ""
        places = record.places or (0,) * len(record.chosen)
        index = held_back(plan.slates, self._state.fits[0], record.chosen, places, action)
        return "" if index is None else plan.rules[index].name

    def _weight_nulls(self, column: int) -> tuple[str, ...]:
        weight, facts, context = self._plan.weights[column], self._batch.open_facts[0], self._batch.contexts[0]
        if told(weight.fn, facts, {}, {}, context) is not None:
            return ()
        try:
            return explain_rule(weight.tree, {"person": facts, "action": {}, "candidate": {}, "context": context}).nulls
        except Exception:  # what broke when it was decided breaks again
            return ("the weight broke on a value",)
