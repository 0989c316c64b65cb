"""Work: what one commit changes for one person, all or nothing."""

from __future__ import annotations

from typing import Literal

import msgspec

from decidedly.core.decision import DecisionRecord
from decidedly.core.event import Edge, Event
from decidedly.core.ledger import Ledger
from decidedly.core.message import Message
from decidedly.core.person import Leaf


class Expect(msgspec.Struct, frozen=True, kw_only=True):
    """Versions read before; None where the work does not depend on it. 0: did not exist."""

    leaf: int | None = None
    ledger: int | None = None


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """One person's part of a commit. Events already stored (same message id) make the whole work stale:
    read again, leave them out, and fold the rest."""

    person: str
    expect: Expect = Expect()
    events: tuple[Event, ...] = ()
    edges: tuple[Edge, ...] = ()
    leaf: Leaf | None = None
    ledger: Ledger | None = None
    record: DecisionRecord | None = None
    outbox: tuple[Message, ...] = ()


class Committed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one work. stale: a version moved, an event or the decision was there; nothing was written."""

    person: str
    result: Literal["done", "stale"]
    why: str = ""
