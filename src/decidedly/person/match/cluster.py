"""Cluster: weighed pairs -> persons, without chains.

Joining whatever a good pair links lets one poor link tie two persons together. Here groups are joined best first
(average linkage), and two groups only by what all pairs across them say on average, so that a link which the others
contradict joins nothing.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

WIDEST = 400  # records that hang together, up to which pairs that were not looked at are weighed as well
FLOOR = -8.0  # no pair says more against a group than this
SLACK = 4.0  # how far below what joins a pair may be and still count


class Join(msgspec.Struct, frozen=True):
    """Two records that were joined, the best pair across their groups, its weight and that of the groups."""

    left: int
    right: int
    weight: float
    groups: float


def components(size: int, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The smallest record that each record hangs together with."""
    root = np.arange(size)
    while True:
        least = np.minimum(root[left], root[right])
        after = root.copy()
        np.minimum.at(after, root[left], least)
        np.minimum.at(after, root[right], least)
        after = after[after]
        while not np.array_equal(after, jumped := after[after]):
            after = jumped
        if np.array_equal(after, root):
            return root
        root = after


def cluster(
    size: int,
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    weight: npt.NDArray[np.float64],
    weigh: Callable[[int, int], float],
    least: float,
    apart: Iterable[tuple[int, int]] = (),
    joined: Sequence[tuple[int, int]] = (),
) -> tuple[npt.NDArray[np.int64], list[Join]]:
    """The group of each record (its smallest member), the joins that made them, best first in what hangs together.

    weigh  : weight of a pair that is not among those given
    least  : mean weight of the pairs across at which two groups are joined
    apart  : pairs that are never of one group
    joined : pairs that are of one group already, whatever they weigh
    """
    never: dict[int, set[int]] = {}
    for a, b in apart:
        never.setdefault(a, set()).add(b)
        never.setdefault(b, set()).add(a)
    joins: list[Join] = []
    for pairs, given in _lots(size, left, right, weight, least - SLACK, joined):
        joins += _join(pairs, given, weigh, least, never)
    one = np.array([(join.left, join.right) for join in joins] + list(joined), np.int64).reshape(-1, 2)
    return components(size, one[:, 0], one[:, 1]), joins


Pair = tuple[int, int, float]


def _lots(
    size: int,
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    weight: npt.NDArray[np.float64],
    floor: float,
    joined: Sequence[tuple[int, int]],
) -> Iterator[tuple[list[Pair], list[tuple[int, int]]]]:
    """The pairs that reach the floor, and those joined already, of records that hang together by them."""
    keep = weight >= floor
    left, right, weight = left[keep], right[keep], weight[keep]
    if not len(left):
        return
    given = np.array(joined, np.int64).reshape(-1, 2)
    root = components(size, np.concatenate([left, given[:, 0]]), np.concatenate([right, given[:, 1]]))
    of = root[left]
    order = np.argsort(of, kind="stable")
    cuts = [0, *(np.flatnonzero(np.diff(of[order])) + 1).tolist(), len(order)]
    rows = [values[order].tolist() for values in (left, right, weight)]
    roots = of[order].tolist()
    before: dict[int, list[tuple[int, int]]] = {}
    for a, b in joined:
        before.setdefault(int(root[a]), []).append((a, b))
    for start, end in itertools.pairwise(cuts):
        yield list(zip(*(values[start:end] for values in rows), strict=True)), before.get(roots[start], [])


def _join(
    pairs: list[Pair],
    given: list[tuple[int, int]],
    weigh: Callable[[int, int], float],
    least: float,
    never: Mapping[int, set[int]],
) -> list[Join]:
    if len(pairs) == 1 and not given:  # by far the most
        ((a, b, w),) = pairs
        return [Join(a, b, w, w)] if w >= least and b not in never.get(a, ()) else []
    known = {(a, b): w for a, b, w in pairs}
    members = {i: [i] for a, b in (*known, *given) for i in (a, b)}
    near: dict[int, set[int]] = {i: set() for i in members}
    for a, b, _ in pairs:
        near[a].add(b)
        near[b].add(a)
    look = weigh if len(members) <= WIDEST else lambda a, b: FLOOR

    def pair(a: int, b: int) -> float:
        key = (a, b) if a < b else (b, a)
        if key not in known:
            known[key] = look(*key)
        return known[key]

    def merge(a: int, b: int) -> None:
        members[a] += members.pop(b)
        for c in near.pop(b):
            near[c].discard(b)
            if c != a:
                near[a].add(c)
                near[c].add(a)

    where = {i: i for i in members}
    for a, b in given:
        while where[a] != a:
            a = where[a]
        while where[b] != b:
            b = where[b]
        if a != b:
            a, b = min(a, b), max(a, b)
            where[b] = a
            merge(a, b)

    def across(a: int, b: int) -> float:
        """Mean weight of the pairs across, or nothing where two of them are kept apart."""
        one, other = members[a], members[b]
        if any(j in never.get(i, ()) for i in one for j in other):
            return -math.inf
        return sum(max(FLOOR, pair(i, j)) for i in one for j in other) / (len(one) * len(other))

    heap: list[tuple[float, int, int, int]] = []

    def offer(a: int, b: int) -> None:
        a, b = min(a, b), max(a, b)
        if (score := across(a, b)) >= least:
            heapq.heappush(heap, (-score, a, b, len(members[a]) + len(members[b])))

    for a, others in near.items():
        for b in others:
            if a < b:
                offer(a, b)
    joins: list[Join] = []
    while heap:
        score, a, b, count = heapq.heappop(heap)
        if a not in members or b not in members or len(members[a]) + len(members[b]) != count:
            continue  # one of the two has grown or gone
        best = max((pair(i, j), -min(i, j), -max(i, j)) for i in members[a] for j in members[b])
        joins.append(Join(-best[1], -best[2], best[0], -score))
        merge(a, b)
        for c in near[a]:
            offer(a, c)
    return joins
