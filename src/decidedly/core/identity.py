"""Identity graph: which identifiers are of one person, by what evidence, and which leaves make up a person."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from decidedly.core.derive import leaf_id
from decidedly.core.identifier import Identifier

By = Literal["event", "alias", "match", "person"]
"""An event that carried both identifiers, a tracker's alias message, a probabilistic match, a person's decision."""


class Undone(msgspec.Struct, frozen=True, kw_only=True):
    """When, by whom and why an edge was taken back."""

    at: datetime
    actor: str
    why: str = ""


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A link of the identity graph: two identifiers are of one person or, where `apart`, of two.

    a, b       : the two, a < b
    at         : of the evidence, the earliest where there is more; message_id names it: an event, a match, a decision
    actor      : who decided, "" for the hub itself
    confidence : how sure, 0 to 1
    reasons    : of a match, field by field, for a reader
    proposed   : waits for a person's decision and joins nothing yet
    undone     : taken back, it joins nothing any more
    refused    : why it joins nothing all the same, as `person.resolve` found; "" where it joins
    """

    a: Identifier
    b: Identifier
    at: datetime
    message_id: str
    by: By = "event"
    actor: str = ""
    confidence: float = 1.0
    reasons: tuple[str, ...] = ()
    apart: bool = False
    proposed: bool = False
    undone: Undone | None = None
    refused: str = ""

    @property
    def leaves(self) -> tuple[str, str]:
        """Ids of the two leaves it links."""
        return leaf_id(self.a), leaf_id(self.b)

    @property
    def key(self) -> tuple[str, str, By]:
        """One edge per pair and sort of evidence: later evidence of the sort adds nothing to it."""
        return (*self.leaves, self.by)

    @property
    def place(self) -> tuple[datetime, str, Identifier, Identifier, By]:
        """Canonical order: edges resolve by the time of their evidence, then its id, then what they link."""
        return self.at, self.message_id, self.a, self.b, self.by


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """The leaves that make up one person, ids rising, the first of which is the person's id, and the edges that join
    them, in canonical order. Membership is worked out from the edges and can be made anew from them at any time."""

    leaves: tuple[str, ...]
    joins: tuple[Edge, ...] = ()

    @property
    def person(self) -> str:
        return self.leaves[0]
