"""Erase: somebody's rows out of every table of a SQL store, in the one transaction that the caller has begun.

The statements are those that SQLite and PostgreSQL both read; what differs, `Rows` tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC
from typing import Any, Protocol

from msgspec.structs import replace

from decidedly.adapters.blobs import DECISION, EDGE, ERASURE, EVENT, LEAF, LEDGER
from decidedly.adapters.erase_groups import erase_groups
from decidedly.adapters.micros import from_micros, to_micros
from decidedly.adapters.without import (
    counted,
    erasure_event,
    event_without,
    joined_once,
    laid,
    leaf_without,
    names_in,
    record_without,
    rests_on,
    traces,
)
from decidedly.core.derive import leaf_id
from decidedly.core.erasure import Erasure, Whose
from decidedly.core.group import JOINED
from decidedly.core.seal import Seal

_AT_ONCE = 100


class Rows(Protocol):
    """A transaction. contains: a condition that the blob {} holds the bytes ?."""

    contains: str

    def read(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]: ...

    def change(self, statement: str, values: Sequence[Any]) -> int:
        """How many rows it changed."""
        ...

    def fill(self, statement: str, rows: Sequence[Sequence[Any]]) -> None: ...


class _Deed:
    """One erasure under way: what it is of, and the counts so far."""

    def __init__(self, rows: Rows, erasure: Erasure, whose: Whose) -> None:
        self.rows = rows
        self.leaves = sorted(whose.leaves)
        self.marks = _marks(self.leaves)
        self.identifiers = frozenset(whose.identifiers)
        self.removed = Counter(erasure.removed)
        self.rewritten = Counter(erasure.rewritten)
        self.messages: set[str] = set()
        self.told: list[str] = []
        self.decisions: set[str] = set()
        self.kept: Counter[tuple[str, str, str]] = Counter()

    def keep(self, what: str, name: str, at: int) -> None:
        self.kept[what, name, from_micros(at).astimezone(UTC).date().isoformat()] += 1

    def delete(self, place: str, table: str, columns: str, values: Sequence[str]) -> None:
        where = " OR ".join(f"{column} IN ({_marks(values)})" for column in columns.split())
        gone = self.rows.change(f"DELETE FROM {table} WHERE {where}", [*values] * len(columns.split()))
        self.removed[place] += gone


def erase(rows: Rows, erasure: Erasure, whose: Whose, seal: Seal) -> Erasure:
    """As `ports.holdings` says. The statements stand in the order in which one needs what the other takes away."""
    deed = _Deed(rows, erasure, whose)
    neighbours, once = _around(deed)
    # First, so that it lies behind all that is deleted: SQLite gives the offset of a last row again.
    told = erasure_event(erasure)
    rows.change(
        "INSERT INTO events (message_id, leaf, kind, at, payload) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (told.message_id, leaf_id(told.identifiers[0]), told.kind, to_micros(told.at), EVENT.encode(told)),
    )
    _events(deed)
    left = erase_groups(rows, deed.leaves, deed.told)
    deed.messages |= left.messages
    deed.removed.update({
        "store.events": left.events, "store.groups": left.groups, "store.memberships": left.memberships,
    })  # fmt: skip
    deed.rewritten["store.groups"] += left.rewritten
    _decisions(deed, once | left.mates)
    _edges(deed, neighbours)
    _leaves(deed, neighbours)
    deed.delete("store.outbox", "outbox", "leaf", deed.leaves)
    for some in _chunks(sorted(deed.decisions)):
        deed.delete("store.outbox", "outbox", "decision_id", some)
    done = replace(erasure, removed=counted(deed.removed), rewritten=counted(deed.rewritten))
    rows.change(
        "INSERT INTO erasures (id, at, payload) VALUES (?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET payload = excluded.payload",
        (done.id, to_micros(done.at), ERASURE.encode(done)),
    )
    rows.fill(
        "INSERT INTO kept (what, name, day, count) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (what, name, day) DO UPDATE SET count = kept.count + excluded.count",
        [(*key, count) for key, count in sorted(deed.kept.items())],
    )
    rows.fill(
        "INSERT INTO tombstones (sort, hash, erasure) VALUES (?, ?, ?)"
        " ON CONFLICT (sort, hash) DO UPDATE SET erasure = excluded.erasure",
        [(one.sort, one.hash, done.id) for one in sorted(laid(whose, deed.messages, deed.decisions, seal))],
    )
    return done


def _around(deed: _Deed) -> tuple[set[str], set[str]]:
    """Leaves that an edge links with the erased ones, and those that may once have been one person with them."""
    erased = set(deed.leaves)
    neighbours: set[str] = set()
    found, frontier = set(erased), set(erased)
    while frontier:
        near: set[str] = set()
        for some in _chunks(sorted(frontier)):
            marks = _marks(some)
            select = f"SELECT payload FROM edges WHERE a IN ({marks}) OR b IN ({marks})"
            for (payload,) in deed.rows.read(select, [*some, *some]):
                edge = EDGE.decode(payload)
                if not erased.isdisjoint(edge.leaves):
                    neighbours.update(edge.leaves)
                if joined_once(edge):
                    near.update(edge.leaves)
        frontier = near - found
        found |= frontier
    return neighbours - erased, found - erased


def _events(deed: _Deed) -> None:
    own = f"SELECT message_id, kind, at FROM events WHERE leaf IN ({deed.marks})"
    for message_id, kind, at in deed.rows.read(own, deed.leaves):
        deed.messages.add(message_id)
        deed.keep("event", kind, at)
        if kind == JOINED:
            deed.told.append(message_id)
    deed.delete("store.events", "events", "leaf", deed.leaves)
    # Whoever else's event it is, the identifiers go out of it.
    for message_id, kind, at, payload in _naming(deed, "SELECT message_id, kind, at, payload FROM events"):
        event = EVENT.decode(payload)
        left = event_without(event, deed.identifiers)
        if left is None:
            deed.messages.add(message_id)
            deed.keep("event", kind, at)
            deed.delete("store.events", "events", "message_id", [message_id])
        elif left is not event:
            values = (EVENT.encode(left), message_id)
            deed.rewritten["store.events"] += deed.rows.change(
                "UPDATE events SET payload = ? WHERE message_id = ?", values
            )
    for table in ("ahead", "answers"):
        deed.rows.change(
            f'DELETE FROM {table} WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e."offset" = {table}."offset")', ()
        )


def _decisions(deed: _Deed, once: Collection[str]) -> None:
    def take(id: str, service: str, at: int) -> None:
        deed.decisions.add(id)
        deed.keep("decision", service, at)
        deed.delete("store.decisions", "decisions", "id", [id])

    for row in deed.rows.read(f"SELECT id, service, at FROM decisions WHERE leaf IN ({deed.marks})", deed.leaves):
        take(*row)
    for some in _chunks(sorted(once)):
        select = f"SELECT id, service, at, record FROM decisions WHERE leaf IN ({_marks(some)})"
        for id, service, at, blob in deed.rows.read(select, some):
            if rests_on(DECISION.decode(blob), deed.messages, deed.decisions):
                take(id, service, at)
    for id, service, at, blob in _naming(deed, "SELECT id, service, at, record FROM decisions", "record"):
        record = DECISION.decode(blob)
        left = record_without(record, deed.identifiers)
        if left is None:
            take(id, service, at)
        elif left is not record:
            deed.rewritten["store.decisions"] += deed.rows.change(
                "UPDATE decisions SET record = ? WHERE id = ?", (DECISION.encode(left), id)
            )


def _edges(deed: _Deed, neighbours: Iterable[str]) -> None:
    rows = deed.rows
    deed.delete("store.edges", "edges", "a b", deed.leaves)
    for number, payload in rows.read("SELECT number, payload FROM edges WHERE waits = TRUE"):
        edge = EDGE.decode(payload)
        if names_in(edge, deed.identifiers):
            blob = EDGE.encode(replace(edge, refused=""))
            rows.change("UPDATE edges SET settled = FALSE, payload = ? WHERE number = ?", (blob, number))
    for some in _chunks(sorted(neighbours)):
        marks = _marks(some)
        rows.change(f"UPDATE edges SET settled = FALSE WHERE a IN ({marks}) OR b IN ({marks})", [*some, *some])
    for (person,) in rows.read(f"SELECT DISTINCT person FROM members WHERE leaf IN ({deed.marks})", deed.leaves):
        rows.change("DELETE FROM members WHERE person = ?", (person,))
        rows.change("DELETE FROM clusters WHERE person = ?", (person,))


def _leaves(deed: _Deed, neighbours: Iterable[str]) -> None:
    deed.delete("store.leaves", "leaves", "id", deed.leaves)
    for some in _chunks(sorted(neighbours)):
        for (state,) in deed.rows.read(f"SELECT state FROM leaves WHERE id IN ({_marks(some)})", some):
            leaf = LEAF.decode(state)
            left = leaf_without(leaf, deed.identifiers)
            if left is not leaf:
                deed.rewritten["store.leaves"] += deed.rows.change(
                    "UPDATE leaves SET version = ?, state = ? WHERE id = ?", (left.version, LEAF.encode(left), left.id)
                )
    for (state,) in deed.rows.read(f"SELECT state FROM ledgers WHERE leaf IN ({deed.marks})", deed.leaves):
        deed.removed["store.assignments"] += len(LEDGER.decode(state).assignments)
    deed.delete("store.ledgers", "ledgers", "leaf", deed.leaves)


def _naming(deed: _Deed, select: str, column: str = "payload") -> list[tuple[Any, ...]]:
    """Rows whose blob holds bytes that name one of the identifiers. Every row is looked at: of other people's events
    no index tells whom they name."""
    found: dict[Any, tuple[Any, ...]] = {}
    for some in _chunks(traces(deed.identifiers)):
        where = " OR ".join([deed.rows.contains.format(column)] * len(some))
        found.update((row[0], row) for row in deed.rows.read(f"{select} WHERE {where}", some))
    return list(found.values())


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _chunks(values: list[Any]) -> Iterable[list[Any]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
