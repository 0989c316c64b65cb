"""Join: clusters of leaves grow edge by edge, and an edge that would break a limit is refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec


class Bar(msgspec.Struct, frozen=True):
    """Why an edge joins nothing.

    limit  : what it would break: two leaves that are apart, how many of a namespace one person may have, or how many
             identifiers in all
    leaves : those that stand against each other, rising: the two that are apart, or all of the namespace
    """

    limit: Literal["apart", "at most", "most"]
    leaves: tuple[int, ...] = ()


class Clusters:
    """Disjoint clusters of the leaves 0 to n - 1, at first each alone.

    namespaces : of each leaf, a number
    at_most    : of each namespace, how many of it one cluster may have; 0 without a limit
    most       : leaves that one cluster may have
    apart      : pairs of leaves that are never in one cluster
    """

    def __init__(
        self, namespaces: Sequence[int], at_most: Sequence[int], most: int, apart: Iterable[tuple[int, int]] = ()
    ) -> None:
        self._parent = list(range(len(namespaces)))
        self._namespaces = namespaces
        self._at_most = at_most
        self._most = most
        self._apart: dict[int, list[int]] = {}
        for a, b in apart:
            self._apart.setdefault(a, []).append(b)
            self._apart.setdefault(b, []).append(a)
        self._members: dict[int, list[int]] = {}
        self._limited: dict[int, dict[int, list[int]]] = {}

    def find(self, leaf: int) -> int:
        """The leaf that stands for its cluster."""
        parent = self._parent
        while (above := parent[leaf]) != leaf:
            parent[leaf] = leaf = parent[above]
        return leaf

    def members(self, leaf: int) -> list[int]:
        """The leaves of its cluster."""
        root = self.find(leaf)
        return self._members.get(root) or [root]

    def join(self, a: int, b: int, explicit: bool = False) -> bool | Bar:
        """True where this made one cluster of two, False where they were one before; else why it may not.

        explicit : somebody said that they are one person, so the limits of namespaces do not hold
        """
        small, large = self.find(a), self.find(b)
        if small == large:
            return False
        few, many = self._members.get(small) or [small], self._members.get(large) or [large]
        if len(few) > len(many):
            small, large, few, many = large, small, many, few
        bar = self._bar(small, large, few, len(few) + len(many), explicit)
        if bar is not None:
            return bar
        limited = self._limited_of(large)
        for namespace, leaves in self._limited_of(small).items():
            limited.setdefault(namespace, []).extend(leaves)
        self._limited.pop(small, None)
        self._limited[large] = limited
        many.extend(few)
        self._members.pop(small, None)
        self._members[large] = many
        self._parent[small] = large
        return True

    def _limited_of(self, root: int) -> dict[int, list[int]]:
        """The leaves of a cluster by namespace, of those namespaces that have a limit."""
        if root in self._limited:
            return self._limited[root]
        namespace = self._namespaces[root]
        return {namespace: [root]} if self._at_most[namespace] else {}

    def _bar(self, small: int, large: int, few: list[int], size: int, explicit: bool) -> Bar | None:
        if self._apart:
            pairs = [(a, b) for a in few for b in self._apart.get(a, ()) if self.find(b) == large]
            if pairs:
                return Bar("apart", min((min(pair), max(pair)) for pair in pairs))
        if not explicit:
            held = self._limited_of(large)
            for namespace, leaves in sorted(self._limited_of(small).items()):
                # An explicit word may have broken the limit before: who brings none of the namespace still joins.
                others = held.get(namespace)
                if others and len(others) + len(leaves) > self._at_most[namespace]:
                    return Bar("at most", tuple(sorted(others + leaves)))
        return Bar("most") if size > self._most else None
