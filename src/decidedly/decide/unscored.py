"""The scorer of a service without a model: every action is as likely as any other, and its worth alone decides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from decidedly.core.decision import NULL
from decidedly.core.person import Person
from decidedly.decide.plan import Plan
from decidedly.decide.scores import Scores
from decidedly.models import Reason


class Unscored:
    """Propensity 1 for every action; what would be counted per action is not known."""

    version = ""

    def __init__(self, plan: Plan) -> None:
        self._actions = len(plan.actions)
        self._candidate_reads = plan.candidate_reads

    def scores(self, people: Sequence[Person]) -> Scores:
        shape = (len(people), self._actions)
        unknown = np.full(shape, NULL, np.int32)
        return Scores(np.ones(shape, np.float32), dict.fromkeys(self._candidate_reads, unknown))

    def reasons(self, person: Person, actions: Sequence[int]) -> list[tuple[Reason, ...]]:
        return [() for _ in actions]
