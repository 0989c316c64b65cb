"""Two fits: which action a person who responds responds to, and how likely a response is at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from decidedly.models.columns import Floats

RIDGE = 1.0
STEPS = 50
ENOUGH = 1e-11
SLACK = 1e-12
DECIMALS = 8
"""Both losses have one minimum and Newton's method goes to it to twelve digits or more; rounding to eight takes away
what the order of a matrix product's sums leaves, so that the same examples give the same bytes."""


class Choices(NamedTuple):
    """People with at least one outcome, who saw the same actions: x (people, actions, features), outcome
    (people, actions) 0 or 1."""

    x: Floats
    outcome: Floats


def fit_choice(sets: list[Choices], caution: float, keen: float) -> Floats:
    """Weights (features,) of a conditional logit: the outcomes of a person are draws from a softmax over actions.

    What a person does more of than others cancels out, so only differences between that person's actions count.
    Source  McFadden (1974), Conditional logit analysis of qualitative choice behavior.
    """
    weighed = [Choices(s.x, s.outcome * s.outcome.sum(axis=1, keepdims=True) ** (keen - 1)) for s in sets]

    def climb(w: Floats) -> Climb:
        gain = -0.5 * caution * float(w @ w)
        slope = -caution * w
        bend = caution * np.eye(len(w))
        for x, y in weighed:
            z = x @ w
            z -= z.max(axis=1, keepdims=True)
            e = np.exp(z)
            norm = e.sum(axis=1, keepdims=True)
            p = e / norm
            n = y.sum(axis=1, keepdims=True)
            gain += float((y * z).sum() - (n * np.log(norm)).sum())
            slope += np.tensordot(y - n * p, x, ((0, 1), (0, 1)))
            mean = np.matmul(p[:, None, :], x)[:, 0, :]
            flat = x.reshape(-1, len(w))
            bend += (flat * (n * p).reshape(-1, 1)).T @ flat - (mean * n).T @ mean
        return Climb(gain, slope, bend)

    return _newton(climb, np.zeros(sets[0].x.shape[2]))


def fit_chance(x: Floats, outcome: NDArray[np.bool_]) -> Floats:
    """Weights (1 + features,), the constant first, of a logistic regression by Newton's method; x (n, features).

    With the choice's score as a feature this is Platt's calibration (Platt 1999), shifted by what sets people apart.
    """
    design = np.concatenate([np.ones((len(x), 1)), x], axis=1)
    penalty = np.diag([0.0] + [RIDGE] * x.shape[1])
    rate = outcome.mean()
    w = np.zeros(design.shape[1])
    w[0] = np.log(rate / (1 - rate))

    def climb(w: Floats) -> Climb:
        z = design @ w
        p = 1 / (1 + np.exp(-z))
        gain = float(z[outcome].sum() - np.logaddexp(0, z).sum() - 0.5 * w @ penalty @ w)
        bend = (design * (p * (1 - p))[:, None]).T @ design + penalty
        return Climb(gain, design.T @ (outcome - p) - penalty @ w, bend)

    return _newton(climb, w)


class Climb(NamedTuple):
    """The penalised log-likelihood at some weights, its slope, and the negative of its second derivative."""

    gain: float
    slope: Floats
    bend: Floats


def _newton(climb: Callable[[Floats], Climb], w: Floats) -> Floats:
    """The top of a concave hill; a step that would overshoot is halved."""
    here = climb(w)
    for _ in range(STEPS):
        step = np.linalg.solve(here.bend, here.slope)
        there = climb(w + step)
        while there.gain < here.gain - SLACK * abs(here.gain):
            step = step / 2
            there = climb(w + step)
        w, here = w + step, there
        if np.abs(step).max() < ENOUGH:
            break
    return np.round(w, DECIMALS)
