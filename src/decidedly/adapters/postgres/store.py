"""The unit of work on PostgreSQL: all works of a commit in one transaction of two round trips.

1. Lock the leaves involved, and read what the works depend on.
2. Write the works that are not stale, a statement a table, and commit.

The locks, always taken in this order, so that no two commits wait for each other:
- leaves, as stripes of an advisory lock, rising: two commits that share a leaf go one after the other. Stripes bound
  the memory that locks take in the server, however many works there are.
- groups that leaves name for the first time, decisions and outbox rows, in the order of their keys
- the journal, until the commit is seen: offsets rise in the order of the commits.

A message id that another commit wrote meanwhile, for another leaf, breaks the unique index; the whole transaction is
then rolled back and run again, and finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any
from zlib import crc32

from psycopg import Connection, Cursor
from psycopg.errors import UniqueViolation
from psycopg.rows import TupleRow

from decidedly.adapters.changes import Changes, Found
from decidedly.adapters.group_commit import GroupCommit
from decidedly.adapters.postgres.columns import of_bytes, of_integers, of_texts
from decidedly.adapters.postgres.database import Database
from decidedly.adapters.rows import Rows, rows_of
from decidedly.core.errors import StoreUnavailable
from decidedly.core.work import Committed, Work

STRIPES = 1024
LEAVES, JOURNAL = 0x64656369, 0x6465636A
"""Classes of our advisory locks."""
_TRIES = 8

_LOCK = f"SELECT pg_advisory_xact_lock({LEAVES}, stripe::int) FROM unnest(%b::bigint[]) AS u (stripe)"
_LOCK_JOURNAL = f"SELECT pg_advisory_xact_lock({JOURNAL}, 0)"

_READ = {
    "leaves": "SELECT id, version FROM leaves WHERE id = ANY(%b)",
    "ledgers": "SELECT leaf, version FROM ledgers WHERE leaf = ANY(%b)",
    "messages": "SELECT message_id FROM events WHERE message_id = ANY(%b)",
    "decisions": "SELECT id FROM decisions WHERE id = ANY(%b)",
    "edges": """SELECT e.a, e.b, e.sort, e.payload FROM unnest(%b::text[], %b::text[], %b::text[]) AS u (a, b, sort)
                JOIN edges e ON e.a = u.a AND e.b = u.b AND e.sort = u.sort""",
}

_WRITE_EDGES = """
    INSERT INTO edges (a, b, sort, settled, waits, payload)
    SELECT a, b, sort, settled > 0, waits > 0, payload
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::bigint[], %b::bigint[], %b::bytea[])
        AS u (a, b, sort, settled, waits, payload)
    ON CONFLICT (a, b, sort)
    DO UPDATE SET settled = excluded.settled, waits = excluded.waits, payload = excluded.payload
"""
_WRITE_LEAVES = """
    INSERT INTO leaves (id, version, state) SELECT * FROM unnest(%b::text[], %b::bigint[], %b::bytea[])
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state
"""
_WRITE_LEDGERS = """
    INSERT INTO ledgers (leaf, version, state) SELECT * FROM unnest(%b::text[], %b::bigint[], %b::bytea[])
    ON CONFLICT (leaf) DO UPDATE SET version = excluded.version, state = excluded.state
"""
_WRITE_DECISIONS = """
    INSERT INTO decisions (id, leaf, service, at, record, matured)
    SELECT id, leaf, service, at, record, matured > 0
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::bigint[], %b::bytea[], %b::bigint[])
        AS u (id, leaf, service, at, record, matured)
"""
_WRITE_OUTBOX = """
    INSERT INTO outbox (key, decision_id, leaf, channel, due_at, state, note)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::text[], %b::text[])
    ON CONFLICT (key) DO UPDATE SET decision_id = excluded.decision_id, leaf = excluded.leaf,
        channel = excluded.channel, due_at = excluded.due_at, state = excluded.state, note = excluded.note
"""
_WRITE_EVENTS = """
    INSERT INTO events (message_id, leaf, kind, at, payload)
    SELECT message_id, leaf, kind, at, payload
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::bigint[], %b::bytea[]) WITH ORDINALITY
        AS u (message_id, leaf, kind, at, payload, place)
    ORDER BY place
"""

_WRITE_GROUPS = """
    INSERT INTO memberships (group_id, leaf) SELECT DISTINCT * FROM unnest(%b::text[], %b::text[]) AS u (group_id, leaf)
    ORDER BY group_id, leaf ON CONFLICT DO NOTHING
"""
_WRITE_AHEAD = 'INSERT INTO ahead ("offset", at) SELECT "offset", at FROM events WHERE message_id = ANY(%b)'
_FORGET_AHEAD = 'DELETE FROM ahead USING events e WHERE e."offset" = ahead."offset" AND e.message_id = ANY(%b)'

# Both under the lock of the journal: whoever closes a decision has seen every event that names it.
_WRITE_ANSWERS = """
    INSERT INTO answers (decision_id, "offset") SELECT u.decision_id, e."offset"
    FROM unnest(%b::text[], %b::text[]) AS u (decision_id, message_id) JOIN events e ON e.message_id = u.message_id
"""
_WAIT_AGAIN = "UPDATE decisions SET matured = FALSE WHERE id = ANY(%b) AND matured"
_MATURED = """
    UPDATE decisions SET matured = TRUE FROM unnest(%b::text[], %b::bigint[]) AS u (id, seen)
    WHERE decisions.id = u.id AND (SELECT count(*) FROM answers a WHERE a.decision_id = u.id) = u.seen
"""


class PostgresStore:
    """Store port on PostgreSQL. `close` closes the database for all readers too."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._group: GroupCommit[Rows, Committed] = GroupCommit(self._write)

    def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
        if not works:
            self._database.rows("SELECT pg_is_in_recovery()")
            return ()
        return self._group.commit([rows_of(work) for work in works])

    def close(self) -> None:
        self._database.close()

    def _write(self, works: Sequence[Rows]) -> tuple[Committed, ...]:
        for _ in range(_TRIES):
            try:
                with self._database.connection() as connection:
                    return _transaction(connection, works)
            except UniqueViolation:
                continue
        raise StoreUnavailable(
            f"Others wrote the same {_TRIES} times while we did.", place=self._database.place, hint="Send it again."
        )


def _transaction(connection: Connection[TupleRow], works: Sequence[Rows]) -> tuple[Committed, ...]:
    changes = Changes(_lock_and_read(connection, works))
    why = [changes.take(rows) for rows in works]
    with connection.pipeline():
        _write(connection, changes)
        connection.execute("COMMIT", prepare=True)
    return tuple(
        Committed(person=rows.person, result="stale" if reason else "done", why=reason)
        for rows, reason in zip(works, why, strict=True)
    )


def _lock_and_read(connection: Connection[TupleRow], works: Sequence[Rows]) -> Found:
    touched = set[str]().union(*(rows.touched() for rows in works))
    stripes = sorted({crc32(leaf.encode()) % STRIPES for leaf in touched})
    with connection.pipeline():
        connection.execute("BEGIN", prepare=True)
        connection.execute(_LOCK.encode(), (of_integers(stripes),), prepare=True)
        leaves = _read(connection, "leaves", [rows.person for rows in works if rows.expected_leaf is not None])
        ledgers = _read(connection, "ledgers", [leaf for rows in works for leaf, _ in rows.expected])
        messages = _read(connection, "messages", [row[0] for rows in works for row in rows.events])
        decisions = _read(connection, "decisions", [rows.decision[0] for rows in works if rows.decision])
        keys = [row.key for rows in works for row in rows.edges if not row.settled]
        edges = _read(connection, "edges", *zip(*keys, strict=True))
    return Found(
        leaves=dict(_all(leaves)),
        ledgers=dict(_all(ledgers)),
        messages=(id for (id,) in _all(messages)),
        decisions=(id for (id,) in _all(decisions)),
        edges={(a, b, sort): payload for a, b, sort, payload in _all(edges)},
    )


def _read(connection: Connection[TupleRow], what: str, *columns: Sequence[str]) -> Cursor[TupleRow] | None:
    if not columns or not columns[0]:
        return None
    return connection.execute(_READ[what].encode(), [of_texts(one) for one in columns], prepare=True, binary=True)


def _all(cursor: Cursor[TupleRow] | None) -> list[Any]:
    return [] if cursor is None else cursor.fetchall()


def _write(connection: Connection[TupleRow], changes: Changes) -> None:
    def execute(statement: str, *parameters: Any) -> None:
        connection.execute(statement.encode(), parameters, prepare=True)

    if changes.edges:
        edges = changes.edges.values()
        execute(
            _WRITE_EDGES,
            *(of_texts(part) for part in zip(*changes.edges, strict=True)),
            of_integers([row.settled for row in edges]),
            of_integers([row.waits for row in edges]),
            of_bytes([row.payload for row in edges]),
        )
    if changes.members:
        execute("DELETE FROM members WHERE leaf = ANY(%b)", of_texts(list(changes.members)))
        execute("DELETE FROM clusters WHERE person = ANY(%b)", of_texts(list(changes.clusters)))
        members = [(leaf, person) for leaf, person in changes.members.items() if person is not None]
        clusters = [(person, payload) for person, payload in changes.clusters.items() if payload is not None]
        if clusters:
            persons, payloads = zip(*clusters, strict=True)
            execute(
                "INSERT INTO members (leaf, person) SELECT * FROM unnest(%b::text[], %b::text[])",
                *(of_texts(part) for part in zip(*members, strict=True)),
            )
            execute(
                "INSERT INTO clusters (person, payload) SELECT * FROM unnest(%b::text[], %b::bytea[])",
                of_texts(persons),
                of_bytes(payloads),
            )
    for statement, states in ((_WRITE_LEAVES, changes.leaves), (_WRITE_LEDGERS, changes.ledgers)):
        if states:
            ids, versions, blobs = zip(*states.values(), strict=True)
            execute(statement, of_texts(ids), of_integers(versions), of_bytes(blobs))
    if changes.groups:
        execute(_WRITE_GROUPS, *(of_texts(part) for part in zip(*changes.groups, strict=True)))
    if changes.decisions:
        ids, leaves, services, at, records, matured = zip(*sorted(changes.decisions, key=itemgetter(0)), strict=True)
        execute(
            _WRITE_DECISIONS,
            *(of_texts(part) for part in (ids, leaves, services)),
            of_integers(at),
            of_bytes(records),
            of_integers(matured),
        )
    if changes.outbox:
        keys, decisions, leaves, channels, due, states_, notes = zip(*sorted(changes.outbox.values()), strict=True)
        execute(
            _WRITE_OUTBOX,
            *(of_texts(part) for part in (keys, decisions, leaves, channels)),
            of_integers(due),
            of_texts(states_),
            of_texts(notes),
        )
    if changes.events or changes.matured:
        execute(_LOCK_JOURNAL)
    if changes.events:
        messages, leaves, kinds, at, payloads = zip(*changes.events, strict=True)
        execute(
            _WRITE_EVENTS, of_texts(messages), of_texts(leaves), of_texts(kinds), of_integers(at), of_bytes(payloads)
        )
    if changes.answers:
        decisions, messages = zip(*changes.answers, strict=True)
        execute(_WRITE_ANSWERS, of_texts(decisions), of_texts(messages))
        execute(_WAIT_AGAIN, of_texts(sorted(set(decisions))))
    if changes.matured:
        ids, seen = zip(*sorted(changes.matured), strict=True)
        execute(_MATURED, of_texts(ids), of_integers(seen))
    if changes.ahead:
        execute(_WRITE_AHEAD, of_texts(changes.ahead))
    if changes.come:
        execute(_FORGET_AHEAD, of_texts(changes.come))
