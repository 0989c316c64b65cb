"""Provenance: who said a value, when, and how sure we are."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

How = Literal["asked", "given", "learnt"]


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """how: from a question we asked, volunteered, or inferred; synthetic: made up for a demonstration."""

    how: How
    source: str
    at: datetime
    confidence: float = 1.0
    synthetic: bool = False


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One value of one attribute as one event said it. `message_id` is the provenance id: the event itself."""

    value: Any
    provenance: Provenance
    message_id: str
