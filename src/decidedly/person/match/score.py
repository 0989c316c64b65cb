"""Score: one pair of standardised records -> the log2 odds that they are of one person, and why."""

from __future__ import annotations

import math

import msgspec

from decidedly.person.match.alike import similarity
from decidedly.person.match.compare import comparisons
from decidedly.person.match.comparison import Comparison
from decidedly.person.match.model import FREQUENCY, Model, Weights
from decidedly.person.match.standardise import Record


class Part(msgspec.Struct, frozen=True):
    """What one field says: the level of its comparison, -1 where nothing could be compared, and its weight in bits."""

    comparison: Comparison
    level: int
    weight: float


def parts(model: Model, a: Record, b: Record) -> list[Part]:
    """Field by field, in the order of the model's comparisons."""
    out = []
    for one, weights in zip(comparisons(model.columns), model.weights, strict=True):
        level = one.level(a, b)
        weight = weights.weight(level)
        if level == 0 and one.frequency:
            weight += _rarity(weights, a[one.frequency], b[one.frequency])
        out.append(Part(one, level, weight))
    return out


def _rarity(weights: Weights, x: str | None, y: str | None) -> float:
    """What an equal value says beyond equality: more where it is rare, less where many have it."""
    p, q = weights.frequency.get(x or ""), weights.frequency.get(y or "")
    share = max(p or 0.0, q or 0.0) or weights.rare
    return FREQUENCY * (math.log2(weights.u[0]) - math.log2(share)) if share else 0.0


class Scorer:
    """Weighs pairs by one model: the same numbers as Splink's, a pair in some ten microseconds.

    A class only because it keeps what it made ready.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._prior = math.log2(model.prior / (1 - model.prior))
        self._home = math.log2(model.household / (1 - model.prior)) if model.household else -math.inf
        # Weights by level, level -1 (the last) for nothing to compare.
        self._fields = [
            (
                one.level, [*(weights.weight(n) for n in range(len(weights.u))), 0.0],
                [*(weights.at_home(n) for n in range(len(weights.u))), 0.0] if one.shared else None,
                one.frequency, weights,
            )
            for one, weights in zip(comparisons(model.columns), model.weights, strict=True)
        ]  # fmt: skip

    def splink(self, a: Record, b: Record) -> float:
        """Splink's match weight of the pair."""
        return self._weigh(a, b)[0]

    def weight(self, a: Record, b: Record) -> float:
        """log2 of the odds of one person against strangers and people who live together."""
        match, home = self._weigh(a, b)
        return match - (math.log2(1 + 2.0**home) if home < 500 else home)

    def _weigh(self, a: Record, b: Record) -> tuple[float, float]:
        match, home = self._prior, self._home
        for level_of, weights, at_home, frequency, known in self._fields:
            level = level_of(a, b)
            match += weights[level]
            if at_home is not None:
                home += at_home[level]
            if level == 0 and frequency:
                match += _rarity(known, a[frequency], b[frequency])
        return match, home


def probability(weight: float) -> float:
    """Of log2 odds."""
    return 1 / (1 + 2.0**-weight) if weight > -500 else 0.0


def reasons(scorer: Scorer, a: Record, b: Record) -> tuple[str, ...]:
    """Why, in words, what says most first: "surname similar (jaro-winkler 0.93): +4.1"."""
    found = [part for part in parts(scorer.model, a, b) if part.level >= 0]
    found.sort(key=lambda part: -abs(part.weight))
    out = [f"{_said(part, a, b)}: {part.weight:+.1f}" for part in found]
    home = scorer.weight(a, b) - scorer.splink(a, b)
    if home < -0.05:
        out.append(f"may be two people of one household: {home:+.1f}")
    return tuple(out)


def _said(part: Part, a: Record, b: Record) -> str:
    one, level = part.comparison, part.level
    said = one.levels[level].said if level < len(one.levels) else "differs"
    x, y = a[one.columns[0]], b[one.columns[0]]
    if "similar" in said and x is not None and y is not None:
        said += f" (jaro-winkler {similarity(x, y):.2f})"
    return f"{one.name} {said}"
