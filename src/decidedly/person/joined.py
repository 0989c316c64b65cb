"""Joined: since when two leaves have been one person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from decidedly.core.identity import Edge


class Joined(msgspec.Struct, frozen=True):
    """since: leaf -> every leaf it is joined with -> the moment of the edge that joined the two at last."""

    since: dict[str, dict[str, datetime]]

    def with_(self, leaf: str) -> set[str]:
        """The leaves that are one person with this one, itself among them."""
        return {leaf, *self.since.get(leaf, ())}

    def by(self, one: str, other: str, at: datetime) -> bool:
        """Whether two leaves were one person at a moment, the moment of the joining included."""
        if one == other:
            return True
        moment = self.since.get(one, {}).get(other)
        return moment is not None and moment <= at


_NOBODY = Joined({})


def joined(joins: Iterable[Edge]) -> Joined:
    """Edge by edge in the order of time: two groups become one at the moment of the first edge between them."""
    ordered = sorted(joins, key=lambda edge: edge.place)
    if not ordered:
        return _NOBODY
    since: dict[str, dict[str, datetime]] = {}
    for edge in ordered:
        a, b = edge.leaves
        if b in since.setdefault(a, {}):
            continue
        ours, theirs = {a, *since[a]}, {b, *since.setdefault(b, {})}
        for one in ours:
            for other in theirs:
                since[one][other] = since[other][one] = edge.at
    return Joined(since)
