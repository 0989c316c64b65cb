"""Estimate: patterns of agreement -> how telling each level is (Fellegi-Sunter, by expectation and maximisation).

Splink's own training runs once per blocking rule, cannot learn the columns that the rule is made of, and averages what
the runs say. Here all pairs that any rule let through are taken together, those that none let through count as not
matching, and few records are steadied by what is usual. Sources: Fellegi & Sunter (1969), JASA 64(328); Winkler (1988).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from decidedly.person.match.comparison import Comparison

STEADY = 10.0  # matches that the usual shares count for
FIRM = 1e9  # where only the usual shares count
MOST_EACH = 4.0  # matches a record, beyond which what was found are not persons
ROUNDS = 200
MOST_DIFFER = 0.4


class Patterns(msgspec.Struct, frozen=True):
    """Pairs let through, by their levels.

    levels : (patterns, comparisons) int8, -1 where nothing could be compared
    counts : (patterns,) pairs of each
    total  : all pairs there are
    random : per comparison the shares of the levels among random pairs that could be compared
    sample : number of those
    """

    levels: npt.NDArray[np.int8]
    counts: npt.NDArray[np.float64]
    total: float
    random: Sequence[npt.NDArray[np.float64]]
    sample: float


class Shares(msgspec.Struct, frozen=True):
    """prior, household: shares of all pairs that match, and that live together without matching.

    m, u, h: per comparison the shares of the levels among matches, among strangers, among people who live together
    """

    prior: float
    household: float
    m: tuple[tuple[float, ...], ...]
    u: tuple[tuple[float, ...], ...]
    h: tuple[tuple[float, ...], ...]


def estimate(patterns: Patterns, compared: Sequence[Comparison], records: int) -> Shares:
    """The most likely shares. Without any match among the pairs they are the usual ones.

    People who live together are a kind of their own: they agree on surname, address and telephone as matches do, and on
    given name and birth no more than strangers. Without them every family would seem to be one person. They are only
    reckoned with where the pairs bear them out, by the criterion of Schwarz (1978), Annals of Statistics 6(2).
    """
    plain, likely = _fit(patterns, compared, records)
    if plain.prior * patterns.total > MOST_EACH * records:
        # Where few names go round, those alike are the largest group that hangs together: that is no person.
        return _fit(patterns, compared, records, steady=FIRM)[0]
    shared = [one.shared for one in compared]
    at_one_place = any(one.columns[0] in ("street", "postcode", "phone", "number") for one in compared)
    if not at_one_place or sum(shared) < 2 or all(shared):
        return plain
    with_families, likelier = _fit(patterns, compared, records, families=True)
    free = 1 + sum(len(one.levels) for one in compared if one.shared)
    return with_families if likelier - likely > free / 2 * np.log(max(records, 2)) else plain


def _fit(
    patterns: Patterns,
    compared: Sequence[Comparison],
    records: int,
    families: bool = False,
    steady: float = STEADY,
) -> tuple[Shares, float]:
    """The shares by expectation and maximisation, and their log likelihood."""
    usual = [_one(np.array([*(level.m for level in one.levels), one.differs])) for one in compared]
    m, u = list(usual), [_floor(shares, patterns.sample) for shares in patterns.random]
    shared = [one.shared for one in compared]
    h = [usual[k] if shared[k] else u[k] for k in range(len(compared))]
    total = max(patterns.total, 1.0)
    prior = min(0.5, 0.2 * records / total)
    household = 0.02 * records / total if families else 0.0
    known = [patterns.levels[:, k] >= 0 for k in range(len(compared))]
    at = [patterns.levels[known[k], k] for k in range(len(compared))]
    likely = 0.0
    for _ in range(ROUNDS):
        match = np.full(len(patterns.counts), np.log(prior) - np.log1p(-prior))
        home = np.full(len(patterns.counts), np.log(household) - np.log1p(-prior) if families else -np.inf)
        for k in range(len(compared)):
            match[known[k]] += np.log(m[k] / u[k])[at[k]]
            if shared[k]:
                home[known[k]] += np.log(h[k] / u[k])[at[k]]
        most = np.maximum(np.maximum(match, home), 0.0)
        whole = np.exp(match - most) + np.exp(home - most) + np.exp(-most)
        strange = np.full(len(patterns.counts), np.log1p(-min(prior + household, 0.9)))
        for k in range(len(compared)):
            strange[known[k]] += np.log(u[k])[at[k]]
        likely = float(patterns.counts @ (np.log(whole) + most + strange))
        matches = patterns.counts * np.exp(match - most) / whole
        homes = patterns.counts * np.exp(home - most) / whole
        before, prior = prior, min(0.5, max(float(matches.sum()), 0.5) / total)
        household = max(float(homes.sum()), 0.5) / total
        for k in range(len(compared)):
            of_match = np.bincount(at[k], weights=matches[known[k]], minlength=len(m[k]))
            m[k] = _agreeing((of_match + steady * usual[k]) / (of_match.sum() + steady))
            # Random pairs hold the others too: what is left without them is of strangers.
            rest = patterns.random[k] - prior * of_match / max(of_match.sum(), 1e-9)
            if families and shared[k]:
                of_home = np.bincount(at[k], weights=homes[known[k]], minlength=len(m[k]))
                h[k] = (of_home + STEADY * usual[k]) / (of_home.sum() + STEADY)
                rest = rest - household * of_home / max(of_home.sum(), 1e-9)
            u[k] = _floor(rest, patterns.sample)
        if abs(np.log(prior / before)) < 1e-7:
            break
    h = [h[k] if shared[k] else u[k] for k in range(len(compared))]
    return Shares(prior, household if families else 0.0, _plain(m), _plain(u), _plain(h)), likely


def _plain(shares: Sequence[npt.NDArray[np.float64]]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(map(float, one)) for one in shares)


def _one(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(shares / shares.sum())


def _agreeing(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Matches do not differ in most of what they say: a kind of pair that does is another kind."""
    if shares[-1] <= MOST_DIFFER:
        return shares
    return np.append(shares[:-1] * (1 - MOST_DIFFER) / shares[:-1].sum(), MOST_DIFFER)


def _floor(shares: npt.NDArray[np.float64], sample: float) -> npt.NDArray[np.float64]:
    """Never nothing: half a pair of the sample."""
    return _one(np.maximum(shares, 0.5 / max(sample, 1.0)))
