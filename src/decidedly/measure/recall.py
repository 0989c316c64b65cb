"""Recall of ranked actions, the plain rankings to compare with, and how sure a difference is.

This file knows rankings and outcomes only; it imports no model.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer]
Floats = NDArray[np.float64]


class Difference(NamedTuple):
    """value : recall of a minus recall of b; low, high : 95 % interval over people."""

    value: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out zero; where it does not, nothing may be claimed."""
        return self.low > 0 or self.high < 0


def hits_by_person(ranked: Ints, relevant: Ints, k: int = 16) -> Ints:
    """Number (people,) of relevant actions among each person's first k.

    ranked   : (people, m) rows of actions, best first; -1 fills places left empty
    relevant : (pairs, 2) person row and action row; a repeated pair counts once
    """
    hits = np.zeros(len(ranked), dtype=np.int64)
    for person, action in np.unique(relevant, axis=0):
        hits[person] += action in ranked[person, :k]
    return hits


def recall_at_k(ranked: Ints, relevant: Ints, k: int = 16) -> float:
    """Share of the relevant (person, action) pairs that stand among the person's first k; shapes as `hits_by_person`.

    Raises ValueError if nothing is relevant.
    """
    if not len(relevant):
        raise ValueError("recall needs at least one relevant pair")
    return float(hits_by_person(ranked, relevant, k).sum() / len(np.unique(relevant, axis=0)))


def paired_bootstrap(
    hits_a: Ints, hits_b: Ints, relevant_by_person: Ints, draws: int = 2000, seed: int = 0
) -> Difference:
    """How sure the difference of two rankings' recall is, drawing whole people with replacement.

    hits_a, hits_b     : (people,) from `hits_by_person`, of the same people in the same order
    relevant_by_person : (people,) relevant pairs of each person; the recall is a ratio of sums, drawn together

    Raises ValueError if the lengths differ or nothing is relevant.
    Source  Efron & Tibshirani (1993), An Introduction to the Bootstrap, percentile interval of paired samples.
    """
    if not len(hits_a) == len(hits_b) == len(relevant_by_person):
        raise ValueError("the three columns must be of the same people")
    if relevant_by_person.sum() == 0:
        raise ValueError("recall needs at least one relevant pair")
    # people without a relevant pair add nothing to either sum, but their number is part of the chance
    people = len(hits_a)
    gain = (hits_a - hits_b).astype(float)
    rng = np.random.default_rng(seed)
    found: list[float] = []
    while len(found) < draws:
        drawn = np.bincount(rng.integers(0, people, people), minlength=people)
        relevant = drawn @ relevant_by_person
        if relevant:
            found.append(float(drawn @ gain / relevant))
    low, high = np.percentile(found, [2.5, 97.5])
    return Difference(float(gain.sum() / relevant_by_person.sum()), float(low), float(high))


def top_by_score(score: Floats) -> Ints:
    """Action rows (people, actions), best first, of scores (people, actions); equal scores go by row."""
    return np.argsort(-score, axis=1, kind="stable")


def popular(buyers: Ints, people: int) -> Ints:
    """The same ranking for everybody: actions by how many people bought of them, (actions,); ties by row."""
    return np.tile(np.argsort(-buyers, kind="stable"), (people, 1))


def most_bought(baskets: Ints, buyers: Ints) -> Ints:
    """Each person's actions by that person's own baskets (people, actions), then by buyers (actions,), then by row."""
    order = np.argsort(-buyers, kind="stable")
    return order[np.argsort(-baskets[:, order], axis=1, kind="stable")]


def random_order(people: int, actions: int, seed: int) -> Ints:
    """A ranking by chance for each person, the same for the same seed."""
    return np.random.default_rng(seed).permuted(np.tile(np.arange(actions), (people, 1)), axis=1)
