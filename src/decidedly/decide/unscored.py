"""The scorer of a service without a model: every action is as likely as any other, and its worth alone decides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from decidedly.core.derive import key64
from decidedly.core.dictionary import Aggregate, Dictionary
from decidedly.core.person import Person
from decidedly.decide.counts import counted, counted_of, of_nothing
from decidedly.decide.plan import Plan
from decidedly.decide.scores import Scores
from decidedly.models import Reads, Reason, bind
from decidedly.person import lines_of


class Unscored:
    """Propensity 1 for every action; what rules ask of candidates is counted from the history."""

    version = ""

    def __init__(self, plan: Plan, dictionary: Dictionary) -> None:
        products = {key64(product) for action in plan.actions for product in action.products}
        self._products = np.array(sorted(products), np.int64)
        self._offers = bind(plan.actions, self._products) if products else None
        self._count = len(plan.actions)
        self._dictionary = dictionary
        self._aggregates = counted_of(plan, dictionary)

    def scores(self, people: Sequence[Person]) -> Scores:
        counts = [[self._counted(one, person) for person in people] for one in self._aggregates]
        return Scores(
            np.ones((len(people), self._count), np.float32),
            {one.id: np.concatenate(rows) for one, rows in zip(self._aggregates, counts, strict=True)},
        )

    def _counted(self, one: Aggregate, person: Person) -> NDArray[np.int32]:
        """int32[1, n]"""
        if self._offers is None:
            return np.full((1, self._count), of_nothing(one), np.int32)
        purchases = lines_of([person], Reads(), self._dictionary, self._products)[0]
        return counted(one, purchases, 1, self._offers, person.at, self._dictionary)

    def reasons(self, person: Person, actions: Sequence[int]) -> list[tuple[Reason, ...]]:
        return [() for _ in actions]
