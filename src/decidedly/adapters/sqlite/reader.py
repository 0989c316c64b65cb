"""Point reads on SQLite, each one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby, islice

from decidedly.adapters.blobs import CLUSTER, DECISION, EDGE, LEAF, LEDGER
from decidedly.adapters.micros import LONG_AGO, from_micros, to_micros
from decidedly.adapters.sqlite.database import Database
from decidedly.adapters.sqlite.lookup import known
from decidedly.adapters.sqlite.rows import values
from decidedly.core.decision import DecisionRecord
from decidedly.core.derive import GROUPS, PEOPLE, leaf_id
from decidedly.core.group import MOST_READ
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Cluster, Edge
from decidedly.core.ledger import Ledger
from decidedly.core.message import Message, MessageState
from decidedly.ports.reader import Gathered, LeafState, Stored

_LEAVES = """
    SELECT i.leaf, c.payload, l.state, g.state
    FROM (SELECT ?1 AS leaf WHERE NOT EXISTS (SELECT 1 FROM members WHERE leaf = ?1)
          UNION ALL SELECT o.leaf FROM members m JOIN members o ON o.person = m.person WHERE m.leaf = ?1) i
    LEFT JOIN members p ON p.leaf = i.leaf LEFT JOIN clusters c ON c.person = p.person AND p.leaf = p.person
    LEFT JOIN leaves l ON l.id = i.leaf LEFT JOIN ledgers g ON g.leaf = i.leaf
    ORDER BY i.leaf
"""
_PEOPLE = """
    SELECT person FROM (
        SELECT l.id AS person FROM leaves l WHERE l.id > ?1 AND NOT EXISTS (SELECT 1 FROM members WHERE leaf = l.id)
        UNION SELECT person FROM clusters WHERE person > ?1
    ) ORDER BY person LIMIT ?2
"""
_MESSAGES = "SELECT key, decision_id, leaf, channel, due_at, state, note FROM outbox"
# A row for the group itself, with the number of leaves that were found, then one for each leaf of its persons.
_GROUP = """
    WITH found AS (SELECT leaf FROM memberships WHERE group_id = ?1 LIMIT ?2 + 1),
    few AS (SELECT leaf FROM found WHERE (SELECT count(*) FROM found) <= ?2),
    wanted AS (SELECT DISTINCT coalesce(m.person, f.leaf) AS person FROM few f LEFT JOIN members m ON m.leaf = f.leaf)
    SELECT '' AS person, '' AS leaf, NULL, (SELECT state FROM leaves WHERE id = ?1), NULL, (SELECT count(*) FROM found)
    UNION ALL
    SELECT i.person, i.leaf, c.payload, l.state, g.state, 0
    FROM (SELECT w.person, w.person AS leaf FROM wanted w WHERE NOT EXISTS (SELECT 1 FROM members WHERE leaf = w.person)
          UNION ALL SELECT o.person, o.leaf FROM wanted w JOIN members o ON o.person = w.person) i
    LEFT JOIN clusters c ON c.person = i.person AND c.person = i.leaf
    LEFT JOIN leaves l ON l.id = i.leaf LEFT JOIN ledgers g ON g.leaf = i.leaf
    ORDER BY person, leaf
"""
_AT_ONCE = 400


@lru_cache(maxsize=512)
def _states(count: int) -> str:
    return (
        "SELECT i.column1, l.state, g.state, m.person"
        f" FROM (VALUES {', '.join(['(?)'] * count)}) i LEFT JOIN leaves l ON l.id = i.column1"
        " LEFT JOIN ledgers g ON g.leaf = i.column1 LEFT JOIN members m ON m.leaf = i.column1"
    )


@lru_cache(maxsize=512)
def _some_edges(side: str, count: int) -> str:
    return (
        f"SELECT number, payload FROM ({values(count, 1)}) i JOIN edges ON number IN"
        f" (SELECT number FROM edges WHERE {side} = i.column1 AND sort = 'event' LIMIT ?)"
        f" UNION ALL SELECT number, payload FROM edges"
        f" WHERE {side} IN ({', '.join('?' * count)}) AND sort <> 'event'"
    )


class SqliteReader:
    """Reader port on SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def person(self, who: Sequence[Identifier]) -> Stored | None:
        found = (self.leaf(leaf_id(identifier)) for identifier in who)
        return next((stored for stored in found if stored is not None), None)

    def leaf(self, id: str) -> Stored | None:
        return _stored(id, self._database.reader.execute(_LEAVES, (id,)).fetchall())

    def states(self, ids: Iterable[str]) -> dict[str, LeafState]:
        found: dict[str, LeafState] = {}
        rest = iter(ids)
        while some := tuple(islice(rest, _AT_ONCE)):
            for id, leaf, ledger, person in self._database.reader.execute(_states(len(some)), some):
                found[id] = LeafState(
                    leaf=None if leaf is None else LEAF.decode(leaf),
                    ledger=Ledger(leaf=id) if ledger is None else LEDGER.decode(ledger),
                    person=person or id,
                )
        return found

    def people(self, after: str = "", limit: int = 500) -> list[Stored]:
        ids = self._database.reader.execute(_PEOPLE, (max(after, PEOPLE), limit)).fetchall()
        return [stored for (id,) in ids if (stored := self.leaf(id)) is not None]

    def group(self, id: str, most: int = MOST_READ) -> Gathered:
        (_, _, _, state, _, found), *rows = self._database.reader.execute(_GROUP, (id, most)).fetchall()
        each = ((person, [row[1:5] for row in its]) for person, its in groupby(rows, key=lambda row: str(row[0])))
        return Gathered(
            id=id,
            leaf=None if state is None else LEAF.decode(state),
            persons=tuple(one for person, its in each if (one := _stored(person, its)) is not None and one.leaves),
            crowded=found > most,
        )

    def groups(self, after: str = "", limit: int = 500) -> list[str]:
        rows = self._database.reader.execute(
            "SELECT id FROM leaves WHERE id > ? AND id < ? ORDER BY id LIMIT ?", (max(after, GROUPS), PEOPLE, limit)
        )
        return [id for (id,) in rows]

    def edges_of(self, leaves: Iterable[str], at_most: int = 0) -> list[Edge]:
        found: dict[int, Edge] = {}
        rest = iter(leaves)
        while some := tuple(islice(rest, _AT_ONCE)):
            for side in ("a", "b"):
                if at_most:
                    rows = self._database.reader.execute(_some_edges(side, len(some)), (*some, at_most, *some))
                else:
                    marks = ", ".join("?" * len(some))
                    rows = self._database.reader.execute(
                        f"SELECT number, payload FROM edges WHERE {side} IN ({marks})", some
                    )
                found.update((number, EDGE.decode(payload)) for number, payload in rows)
        return sorted(found.values(), key=lambda edge: edge.place)

    def unsettled(self, limit: int = 1000) -> list[Edge]:
        rows = self._database.reader.execute("SELECT payload FROM edges WHERE settled = 0 LIMIT ?", (limit,))
        return sorted((EDGE.decode(payload) for (payload,) in rows), key=lambda edge: edge.place)

    def reviews(self, limit: int = 100, after: int = 0) -> list[tuple[int, Edge]]:
        rows = self._database.reader.execute(
            "SELECT number, payload FROM edges WHERE waits = 1 AND number > ? ORDER BY number LIMIT ?", (after, limit)
        )
        return [(number, EDGE.decode(payload)) for number, payload in rows]

    def decision(self, id: str) -> DecisionRecord | None:
        row = self._database.reader.execute("SELECT record FROM decisions WHERE id = ?", (id,)).fetchone()
        return None if row is None else DECISION.decode(row[0])

    def decided(self, ids: Iterable[str]) -> set[str]:
        return known(self._database.reader, "decisions", "id", ids)

    def decisions_of(self, leaves: Sequence[str], limit: int = 20) -> list[DecisionRecord]:
        rows = self._database.reader.execute(
            f"SELECT record FROM decisions WHERE leaf IN ({', '.join('?' * len(leaves))})"
            " ORDER BY at DESC, id DESC LIMIT ?",
            (*leaves, limit),
        )
        return [DECISION.decode(row[0]) for row in rows]

    def decisions_between(self, leaves: Sequence[str], since: datetime, before: datetime) -> list[DecisionRecord]:
        rows = self._database.reader.execute(
            f"SELECT record FROM decisions WHERE leaf IN ({', '.join('?' * len(leaves))}) AND at >= ? AND at < ?"
            " ORDER BY at, id",
            (*leaves, to_micros(since), to_micros(before)),
        )
        return [DECISION.decode(record) for (record,) in rows]

    def decisions_by(
        self, service: str, since: datetime | None, before: datetime, *, matured: bool, after: str = "",
        limit: int = 200,
    ) -> list[DecisionRecord]:  # fmt: skip
        rows = self._database.reader.execute(
            "SELECT record FROM decisions WHERE service = ? AND matured = ? AND (at, id) > (?, ?) AND at < ?"
            " ORDER BY at, id LIMIT ?",
            (service, matured, LONG_AGO if since is None else to_micros(since), after, to_micros(before), limit),
        )
        return [DECISION.decode(record) for (record,) in rows]

    def known_messages(self, message_ids: Iterable[str]) -> set[str]:
        return known(self._database.reader, "events", "message_id", message_ids)

    def messages_of(self, decisions: Iterable[str]) -> dict[str, Message]:
        found: dict[str, Message] = {}
        rest = iter(decisions)
        while some := tuple(islice(rest, _AT_ONCE)):
            rows = self._database.reader.execute(f"{_MESSAGES} WHERE key IN ({', '.join('?' * len(some))})", some)
            found.update((row[0], _message(row)) for row in rows)
        return found

    def messages(self, state: MessageState, limit: int = 1000, after: str = "") -> list[Message]:
        rows = self._database.reader.execute(
            f"{_MESSAGES} WHERE state = ? AND key > ? ORDER BY key LIMIT ?", (state, after, limit)
        )
        return [_message(row) for row in rows]


def _message(row: tuple[str, str, str, str, int, MessageState, str]) -> Message:
    key, decision_id, leaf, channel, due_at, state, note = row
    return Message(
        key=key, decision_id=decision_id, leaf=leaf, channel=channel, due_at=from_micros(due_at), state=state, note=note
    )


def _stored(id: str, rows: list[tuple[str, bytes | None, bytes | None, bytes | None]]) -> Stored | None:
    if len(rows) == 1 and rows[0][2] is None:
        return None
    cluster = next((CLUSTER.decode(row[1]) for row in rows if row[1] is not None), Cluster(leaves=(id,)))
    return Stored(
        leaf=id,
        leaves=tuple(LEAF.decode(state) for _, _, state, _ in rows if state is not None),
        ledgers=tuple(Ledger(leaf=leaf) if ledger is None else LEDGER.decode(ledger) for leaf, _, _, ledger in rows),
        cluster=cluster,
    )
