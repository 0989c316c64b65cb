"""The scorer of a propensity model, bound to the actions of one plan."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from decidedly.core.decision import NULL
from decidedly.core.dictionary import Aggregate, Dictionary
from decidedly.core.errors import NotReady
from decidedly.core.person import Person
from decidedly.decide.plan import Plan
from decidedly.decide.scores import Scores, on_grid
from decidedly.models import (
    Features,
    Purchases,
    Reason,
    affinity,
    bind,
    days_since_bought,
    from_bytes,
    times_bought,
    version_of,
    windowed,
)
from decidedly.person import lines_of, span


class PropensityScorer:
    """Scores people for the plan's actions. Raises NotReady if the model was trained for other actions."""

    def __init__(self, blob: bytes, plan: Plan, dictionary: Dictionary) -> None:
        self.version = version_of(blob)
        self.trained = from_bytes(blob)
        if self.trained.actions != tuple(action.id for action in plan.actions):
            raise NotReady(
                f"Model '{plan.service.model}' was trained for other actions than service '{plan.service.id}' has now.",
                hint=f"Train it again: decidedly train {plan.service.model}.",
            )
        self._offers = bind(plan.actions, self.trained.products)
        self._dictionary = dictionary
        wanted = set(plan.candidate_reads)
        self._aggregates = tuple(one for one in dictionary.aggregates if one.root == "candidate" and one.id in wanted)

    def scores(self, people: Sequence[Person]) -> Scores:
        at = people[0].at
        if any(one.at != at for one in people):
            parts = [self.scores([one]) for one in people]
            return Scores(
                np.concatenate([part.propensity for part in parts]),
                {one.id: np.concatenate([part.candidates[one.id] for part in parts]) for one in self._aggregates},
            )
        features, purchases = self._features(people)
        return Scores(
            propensity=on_grid(self.trained.model.predict(features)),
            candidates={one.id: self._aggregate(one, features, purchases, people) for one in self._aggregates},
        )

    def reasons(self, person: Person, actions: Sequence[int]) -> list[tuple[Reason, ...]]:
        return self.trained.model.reasons(self._features([person])[0], 0, actions)

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
        at = people[0].at
        if one.is_ == "count" and one.over is None:
            return features.baskets
        since, _ = span(one.over, at, self._dictionary)
        if since is not None:
            purchases = windowed(purchases, ceil(since.timestamp()))
        if one.is_ == "count":
            return times_bought(purchases, len(people), self._offers)
        return days_since_bought(purchases, len(people), self._offers, int(at.timestamp()), NULL)
