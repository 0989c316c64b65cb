"""The scorer of a propensity model, bound to the actions of one plan."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from decidedly.core.dictionary import Aggregate, Dictionary
from decidedly.core.errors import NotReady
from decidedly.core.person import Person
from decidedly.decide.counts import counted, counted_of, of_nothing
from decidedly.decide.plan import Plan
from decidedly.decide.scores import Scores, on_grid
from decidedly.models import (
    Features,
    Purchases,
    Reason,
    affinity,
    bind,
    from_bytes,
    version_of,
)
from decidedly.person import lines_of

Number = TypeVar("Number", np.float32, np.int32)


class PropensityScorer:
    """Scores people for the plan's actions. Actions without products (a layout, an option of a menu) that the model was
    not trained for have the propensity 1: there is nothing to respond to. Raises NotReady if the model was trained for
    other actions."""

    def __init__(self, blob: bytes, plan: Plan, dictionary: Dictionary) -> None:
        self.version = version_of(blob)
        self.trained = from_bytes(blob)
        known = set(self.trained.actions)
        self._scored = [index for index, action in enumerate(plan.actions) if action.id in known or action.products]
        self._count = len(plan.actions)
        if self.trained.actions != tuple(plan.action_ids[index] for index in self._scored):
            raise NotReady(
                f"Model '{plan.service.model}' was trained for other actions than service '{plan.service.id}' has now.",
                hint=f"Train it again: decidedly train {plan.service.model}.",
            )
        self._offers = bind([plan.actions[index] for index in self._scored], self.trained.products)
        self._dictionary = dictionary
        self._aggregates = counted_of(plan, dictionary)

    def scores(self, people: Sequence[Person]) -> Scores:
        at = people[0].at
        if any(one.at != at for one in people):
            parts = [self.scores([one]) for one in people]
            return Scores(
                np.concatenate([part.propensity for part in parts]),
                {one.id: np.concatenate([part.candidates[one.id] for part in parts]) for one in self._aggregates},
            )
        features, purchases = self._features(people)
        counts = {one.id: self._aggregate(one, features, purchases, people) for one in self._aggregates}
        propensity = on_grid(self.trained.model.predict(features))
        if len(self._scored) == self._count:
            return Scores(propensity, counts)
        return Scores(
            self._spread(propensity, 1),
            {one.id: self._spread(counts[one.id], of_nothing(one)) for one in self._aggregates},
        )

    def _spread(self, scored: NDArray[Number], other: int) -> NDArray[Number]:
        """Columns of the scored actions among all of the plan's."""
        whole = np.full((len(scored), self._count), other, scored.dtype)
        whole[:, self._scored] = scored
        return whole

    def reasons(self, person: Person, actions: Sequence[int]) -> list[tuple[Reason, ...]]:
        column = {index: place for place, index in enumerate(self._scored)}
        asked = [column[index] for index in actions if index in column]
        told = iter(self.trained.model.reasons(self._features([person])[0], 0, asked))
        return [next(told) if index in column else () for index in actions]

    def _features(self, people: Sequence[Person]) -> tuple[Features, Purchases]:
        trained = self.trained
        purchases, responses = lines_of(people, trained.reads, self._dictionary, trained.products)
        features = affinity(
            purchases, responses, len(people), trained.catalogue, self._offers, trained.population,
            ceil(people[0].at.timestamp()),
        )  # fmt: skip
        return features, purchases

    def _aggregate(
        self, one: Aggregate, features: Features, purchases: Purchases, people: Sequence[Person]
    ) -> NDArray[np.int32]:
        if one.is_ == "count" and one.over is None:
            return features.baskets
        return counted(one, purchases, len(people), self._offers, people[0].at, self._dictionary)
