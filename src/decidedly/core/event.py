"""Event: anything that happened. Sends, impressions, outcomes and decisions are events too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from decidedly.core.identifier import Identifier
from decidedly.core.provenance import How


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to one person.

    message_id  : unique for ever; the same id twice is the same event
    at          : when it happened, UTC (`received_at`: when we heard of it)
    identifiers : of the person, the most telling first
    decision_id : the decision that this outcome answers, or ""
    how         : how its facts are known; confidence and synthetic likewise go into their provenance
    flags       : what capture noticed ("undeclared-kind", "undeclared-field", "future", "held", "late",
                  "impossible-time", "to-confirm", "unusable-identifier", "blocked-identifier")
    machine     : of a response, the probability that software gave it; None where nobody judged
    evidence    : names of what that rests on
    """

    message_id: str
    kind: str
    at: datetime
    received_at: datetime
    identifiers: tuple[Identifier, ...]
    source: str
    channel: str = ""
    properties: dict[str, Any] = {}
    decision_id: str = ""
    how: How = "given"
    confidence: float = 1.0
    synthetic: bool = False
    flags: tuple[str, ...] = ()
    machine: float | None = None
    evidence: tuple[str, ...] = ()

    @property
    def ahead(self) -> bool:
        """Whether it was dated ahead of the hub's clock and becomes part of its record when its time comes."""
        return "future" in self.flags and "held" not in self.flags
