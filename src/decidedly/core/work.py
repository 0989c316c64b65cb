"""Work: what one commit changes for one person, all or nothing."""

from __future__ import annotations

from typing import Literal

import msgspec

from decidedly.core.decision import DecisionRecord
from decidedly.core.event import Event
from decidedly.core.identity import Cluster, Edge
from decidedly.core.ledger import Ledger
from decidedly.core.message import Message
from decidedly.core.person import Leaf


class Expect(msgspec.Struct, frozen=True, kw_only=True):
    """Versions read before. leaf: of the work's own leaf, None where the work does not depend on it; ledgers: by leaf.
    0: did not exist."""

    leaf: int | None = None
    ledgers: dict[str, int] = {}


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """One person's part of a commit. Events already stored (same message id) make the whole work stale:
    read again, leave them out, and fold the rest.

    person   : id of the leaf that the events, the record and the outbox rows are of
    come     : message ids of events of the log that were dated ahead and are part of the record from now on
    edges    : evidence; it joins nothing before it is settled. Of an event or alias known before the earlier evidence
               stays, and what was undone stays undone; any other edge replaces the one of its key
    settled  : edges as they were resolved, no longer waiting; they replace those of their keys
    clusters : who makes up one person now; a cluster of one leaf is that leaf alone again
    matured  : decision id -> how many events that name it were looked at: it waits for no more outcomes, unless
               further ones came meanwhile. Every event that names a decision makes it wait again
    groups   : ids of groups that the leaf names for the first time: they are to find it from now on
    """

    person: str
    expect: Expect = Expect()
    events: tuple[Event, ...] = ()
    come: tuple[str, ...] = ()
    edges: tuple[Edge, ...] = ()
    leaf: Leaf | None = None
    ledgers: tuple[Ledger, ...] = ()
    record: DecisionRecord | None = None
    outbox: tuple[Message, ...] = ()
    settled: tuple[Edge, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    matured: dict[str, int] = {}
    groups: tuple[str, ...] = ()


class Committed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one work. stale: a version moved, an event or the decision was there; nothing was written."""

    person: str
    result: Literal["done", "stale"]
    why: str = ""
