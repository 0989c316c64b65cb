"""What the models say before the kernel runs: the only inputs of a decision that replay does not work out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from decidedly.core.person import Person
from decidedly.models import Reason

GRID = 2**20


class Scores(NamedTuple):
    """For p people and n actions.

    propensity : float32[p, n], on the grid
    candidates : candidate attribute id -> int32[p, n], `core.decision.NULL` for null
    """

    propensity: NDArray[np.float32]
    candidates: Mapping[str, NDArray[np.int32]]


class Scorer(Protocol):
    """A trained model bound to the actions of one plan."""

    @property
    def version(self) -> str: ...

    def scores(self, people: Sequence[Person]) -> Scores:
        """Nobody's scores depend on who else is asked for; each person's `at` is the moment of the ask."""
        ...

    def reasons(self, person: Person, actions: Sequence[int]) -> list[tuple[Reason, ...]]:
        """The main reasons for each of these actions' propensities, the strongest first."""
        ...


def on_grid(propensity: NDArray[np.float64]) -> NDArray[np.float32]:
    """Round probabilities to multiples of 2**-20, so that one person alone and a million agree to the bit."""
    return (np.round(propensity * GRID) / GRID).astype(np.float32)
