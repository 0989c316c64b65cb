"""Resolve all: who is one person among everybody, from arrays of edges, with the result of `resolve`.

Most persons break no limit. So first all edges join (connected components, whole arrays at a time); only the components
that break a limit go edge by edge.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from decidedly.core.dictionary import Namespace
from decidedly.person.join import Bar, Clusters

Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

JOINED, REFUSED_APART, REFUSED_SHARED, REFUSED_AT_MOST, REFUSED_MOST = range(5)
"""What became of an edge: it joins, or what it would break."""
ROUNDS = 8
"""How often leaves that no limit concerns are taken off: more helps only long chains of them, which are rare."""

_CODES = {"apart": REFUSED_APART, "at most": REFUSED_AT_MOST, "most": REFUSED_MOST}


class Edges(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Edges that take part (neither undone nor proposed) as columns, in canonical order where times are equal.

    a, b     : (n,) leaves, numbers from 0 in the order of leaf ids
    at       : (n,) times, in any unit
    explicit : (n,) somebody said that the two are one person (`is_explicit`)
    match    : (n,) by a probabilistic match, which does not make an identifier shared
    apart    : (m, 2) pairs of leaves that a person set apart
    """

    a: Ints
    b: Ints
    at: npt.NDArray[np.int64]
    explicit: Flags
    match: Flags
    apart: Ints


def resolve_all(
    edges: Edges, namespace: npt.NDArray[np.uint8], namespaces: Sequence[Namespace], most: int
) -> tuple[Ints, npt.NDArray[np.uint8]]:
    """The person of every leaf, its least leaf (leaves,), and what became of every edge (n,).

    namespace  : (leaves,) of each leaf, its place in `namespaces`
    namespaces : with their limits
    most       : identifiers that one person may have

    Time   about 1 us an edge where few components break a limit; an edge of one that does costs 2 to 4 us
    Memory about 40 bytes an edge and 20 a leaf beside what comes in, and some 200 more for each leaf of components
           that break a limit
    """
    verdict = np.zeros(len(edges.a), np.uint8)
    open_ = np.ones(len(edges.a), np.bool_)
    shared = _shared(edges, namespace, namespaces)
    if shared is not None:
        open_ = edges.explicit | ~(shared[edges.a] | shared[edges.b])
        verdict[~open_] = REFUSED_SHARED
    person = components(edges.a[open_], edges.b[open_], len(namespace))
    broken = _broken(person, edges.apart, namespace, namespaces, most)
    if broken.any():
        rows = np.flatnonzero(open_ & broken[person[edges.a]])
        rows = rows[np.argsort(edges.at[rows], kind="stable")]
        leaves = np.flatnonzero(broken[person])
        small = np.bincount(person, minlength=len(person))[person] <= most
        limited = np.array([one.at_most > 0 for one in namespaces], np.bool_)[namespace]
        limited[edges.apart] = True
        rows, pendants = _peel(edges.a, edges.b, rows, small & ~limited)
        root = np.arange(len(person), dtype=np.int32)
        _join(edges, rows, root, namespace, namespaces, most, verdict)
        for pendant, neighbour in reversed(pendants):
            root[pendant] = root[neighbour]
        # Leaves rise, so the first leaf of a root is the least of its cluster.
        _, first, group = np.unique(root[leaves], return_index=True, return_inverse=True)
        person[leaves] = leaves[first][group]
    refused = np.flatnonzero(verdict)
    verdict[refused[person[edges.a[refused]] == person[edges.b[refused]]]] = JOINED
    return person, verdict


def numbered(a: npt.NDArray[np.uint64], b: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.uint64], Ints, Ints]:
    """Ids of leaves as numbers from 0 in their order: the ids (leaves,), and both ends of each edge (n,)."""
    ids, inverse = np.unique(np.concatenate([a, b]), return_inverse=True)
    places: Ints = inverse.astype(np.int32)
    return ids, places[: len(a)], places[len(a) :]


def components(a: Ints, b: Ints, leaves: int) -> Ints:
    """The least leaf of each leaf's connected component (leaves,), of edges (n,) between leaves.

    In rounds: every root that has a lesser neighbour is hooked to one of these, paths are halved until all that moved
    point at roots, and edges within one component are dropped. Hooks go down only, so they make no circle, and the
    least leaf is never hooked: it is the root at the end.
    Source  Shiloach & Vishkin (1982), An O(log n) parallel connectivity algorithm, J. Algorithms 3(1)
    """
    parent = np.arange(leaves, dtype=np.int32)
    while len(a):
        low, high = np.minimum(a, b), np.maximum(a, b)
        parent[high] = low
        moved = np.unique(high) if len(high) < leaves // 16 else _marked(high, leaves)
        above = parent[moved]
        while len(moved):
            grand = parent[above]
            rest = np.flatnonzero(above != grand)
            moved, above = moved[rest], grand[rest]
            parent[moved] = above
        a, b = parent[low], parent[high]
        between = np.flatnonzero(a != b)
        a, b = a[between], b[between]
    while not np.array_equal(parent, grand := parent[parent]):
        parent = grand
    return parent


def _marked(some: Ints, leaves: int) -> npt.NDArray[np.int64]:
    """The leaves that occur, rising; faster than `unique` for many."""
    marks = np.zeros(leaves, np.bool_)
    marks[some] = True
    return np.flatnonzero(marks)


def _shared(edges: Edges, namespace: npt.NDArray[np.uint8], namespaces: Sequence[Namespace]) -> Flags | None:
    """Leaves that too many others are linked with (leaves,); None where no namespace has that limit."""
    limits = np.array([one.shared_above for one in namespaces], np.int64)
    if not limits.any():
        return None
    evidence = ~(edges.explicit | edges.match)
    a, b = edges.a[evidence], edges.b[evidence]
    limited = limits[namespace] > 0
    leaf, near = np.concatenate([a, b]), np.concatenate([b, a])
    # Whoever has no more edges than its limit cannot have more neighbours: few leaves are left to count exactly.
    edges_of = np.bincount(leaf, minlength=len(namespace))
    busy = limited & (edges_of > limits[namespace])
    wanted = busy[leaf]
    pairs = np.unique(leaf[wanted].astype(np.int64) * len(namespace) + near[wanted])
    neighbours = np.bincount(pairs // len(namespace), minlength=len(namespace))
    return busy & (neighbours > limits[namespace])


def _broken(
    person: Ints, apart: Ints, namespace: npt.NDArray[np.uint8], namespaces: Sequence[Namespace], most: int
) -> Flags:
    """Components that break a limit, by their least leaf (leaves,)."""
    broken = np.bincount(person, minlength=len(person)) > most
    for place, one in enumerate(namespaces):
        if one.at_most:
            own = person[namespace == place]
            broken |= np.bincount(own, minlength=len(person)) > one.at_most
    ends = person[apart]
    broken[ends[ends[:, 0] == ends[:, 1], 0]] = True
    return broken


def _peel(
    a: Ints, b: Ints, rows: npt.NDArray[np.int64], free: Flags
) -> tuple[npt.NDArray[np.int64], list[tuple[Ints, Ints]]]:
    """The rows without those that reach a leaf which nothing else does and which no limit concerns: these join and
    change nothing for any other. With them (leaves, the neighbours they join), in the order they were taken off."""
    pendants: list[tuple[Ints, Ints]] = []
    degree = np.bincount(a[rows], minlength=len(free)) + np.bincount(b[rows], minlength=len(free))
    for _ in range(ROUNDS):
        free_a = free[a[rows]] & (degree[a[rows]] == 1)
        free_b = free[b[rows]] & (degree[b[rows]] == 1) & ~free_a
        gone = rows[free_a | free_b]
        if not len(gone):
            break
        which = free_a[free_a | free_b]
        leaf, near = np.where(which, a[gone], b[gone]), np.where(which, b[gone], a[gone])
        pendants.append((leaf, near))
        degree[leaf] = 0
        degree -= np.bincount(near, minlength=len(degree))
        rows = rows[~(free_a | free_b)]
    return rows, pendants


def _join(
    edges: Edges,
    rows: npt.NDArray[np.int64],
    root: Ints,
    namespace: npt.NDArray[np.uint8],
    namespaces: Sequence[Namespace],
    most: int,
    verdict: npt.NDArray[np.uint8],
) -> None:
    """Edge by edge in the order of these rows; writes `root` and `verdict`."""
    leaves = np.unique(np.concatenate([edges.a[rows], edges.b[rows]]))
    a, b = np.searchsorted(leaves, edges.a[rows]).tolist(), np.searchsorted(leaves, edges.b[rows]).tolist()
    within = np.isin(edges.apart, leaves).all(axis=1)
    apart = np.searchsorted(leaves, edges.apart[within]).tolist()
    clusters = Clusters(namespace[leaves].tolist(), [one.at_most for one in namespaces], most, apart)
    refused: list[int] = []
    codes: list[int] = []
    for place, (one, other, explicit) in enumerate(zip(a, b, edges.explicit[rows].tolist(), strict=True)):
        joined = clusters.join(one, other, explicit)
        if isinstance(joined, Bar):
            refused.append(place)
            codes.append(_CODES[joined.limit])
    verdict[rows[refused]] = codes
    root[leaves] = leaves[np.fromiter(map(clusters.find, range(len(leaves))), np.int64, len(leaves))]
