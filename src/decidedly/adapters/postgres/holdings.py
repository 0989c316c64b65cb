"""What PostgreSQL holds of somebody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from decidedly.adapters.blobs import DECISION, ERASURE, EVENT
from decidedly.adapters.erase import erase
from decidedly.adapters.micros import from_micros, to_micros
from decidedly.adapters.postgres.columns import of_bytes, of_texts
from decidedly.adapters.postgres.database import Database
from decidedly.adapters.postgres.store import JOURNAL, LEAVES, STRIPES
from decidedly.core.decision import DecisionRecord
from decidedly.core.erasure import Erasure, Kept, Scrubbed, Tombstone, Whose
from decidedly.core.errors import StoreUnavailable
from decidedly.core.message import Message
from decidedly.core.seal import Seal
from decidedly.ports.journal import Logged

_HELD = """
    SELECT id FROM (
        SELECT id FROM leaves UNION SELECT leaf FROM ledgers UNION SELECT leaf FROM events
        UNION SELECT leaf FROM decisions UNION SELECT leaf FROM members
        UNION SELECT leaf FROM memberships UNION SELECT leaf FROM outbox
        UNION SELECT a FROM edges UNION SELECT b FROM edges
    ) held WHERE id > %s ORDER BY id LIMIT %s
"""
_BURIED = """
    SELECT t.sort, t.hash, e.at FROM unnest(%b::text[], %b::bytea[]) AS u (sort, hash)
    JOIN tombstones t ON t.sort = u.sort AND t.hash = u.hash JOIN erasures e ON e.id = t.erasure
"""
_REWRITTEN = (
    "events",
    "leaves",
    "ledgers",
    "edges",
    "clusters",
    "members",
    "decisions",
    "outbox",
    "quarantine",
    "ahead",
    "answers",
    "memberships",
)
_REMAINS = (
    "PostgreSQL's write-ahead log, its archives and its replicas keep copies of older pages until the server"
    " overwrites or deletes them by its own settings (max_wal_size, wal_keep_size, the archive's retention)"
)


class _Rows:
    """A transaction on PostgreSQL."""

    contains = "position(? in {}) > 0"

    def __init__(self, connection: Connection[TupleRow]) -> None:
        self._connection = connection

    def read(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(_marked(statement), values).fetchall()

    def change(self, statement: str, values: Sequence[Any]) -> int:
        return self._connection.execute(_marked(statement), values).rowcount

    def fill(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        self._connection.cursor().executemany(_marked(statement), rows)


def _marked(statement: str) -> bytes:
    return statement.replace("?", "%s").encode()


class PostgresHoldings:
    """Holdings port on PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def events(self, leaves: Sequence[str], after: int = 0, limit: int = 1000) -> list[Logged]:
        rows = self._database.rows(
            'SELECT "offset", leaf, payload FROM events WHERE leaf = ANY(%b) AND "offset" > %s'
            ' ORDER BY "offset" LIMIT %s',
            (of_texts(leaves), after, limit),
        )
        return [Logged(offset, leaf, EVENT.decode(payload)) for offset, leaf, payload in rows]

    def decisions(self, leaves: Sequence[str], after: str = "", limit: int = 200) -> list[DecisionRecord]:
        rows = self._database.rows(
            "SELECT record FROM decisions WHERE leaf = ANY(%b) AND id > %s ORDER BY id LIMIT %s",
            (of_texts(leaves), after, limit),
        )
        return [DECISION.decode(record) for (record,) in rows]

    def messages(self, leaves: Sequence[str]) -> list[Message]:
        rows = self._database.rows(
            "SELECT key, decision_id, leaf, channel, due_at, state, note FROM outbox WHERE leaf = ANY(%b) ORDER BY key",
            (of_texts(leaves),),
        )
        return [
            Message(
                key=key, decision_id=decision, leaf=leaf, channel=channel, due_at=from_micros(due), state=state,
                note=note,
            )
            for key, decision, leaf, channel, due, state, note in rows
        ]  # fmt: skip

    def leaves(self, after: str = "", limit: int = 1000) -> list[str]:
        return [id for (id,) in self._database.rows(_HELD, (after, limit))]

    def erase(self, erasure: Erasure, whose: Whose, seal: Seal) -> Erasure:
        with self._database.connection() as connection, connection.transaction():
            # No commit goes on meanwhile: what was read before is stale afterwards, and nothing slips in between.
            connection.execute(f"SELECT pg_advisory_xact_lock({LEAVES}, s) FROM generate_series(0, {STRIPES - 1}) s")
            connection.execute(f"SELECT pg_advisory_xact_lock({JOURNAL}, 0)")
            return erase(_Rows(connection), erasure, whose, seal)

    def bury(self, erasure: Erasure, tombstones: Iterable[Tombstone]) -> None:
        with self._database.connection() as connection, connection.transaction():
            connection.execute(
                "INSERT INTO erasures (id, at, payload) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                (erasure.id, to_micros(erasure.at), ERASURE.encode(erasure)),
            )
            connection.cursor().executemany(
                "INSERT INTO tombstones (sort, hash, erasure) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                [(one.sort, one.hash, erasure.id) for one in tombstones],
            )

    def write(self, erasure: Erasure) -> None:
        with self._database.connection() as connection:
            connection.execute(
                "INSERT INTO erasures (id, at, payload) VALUES (%s, %s, %s)"
                " ON CONFLICT (id) DO UPDATE SET at = excluded.at, payload = excluded.payload",
                (erasure.id, to_micros(erasure.at), ERASURE.encode(erasure)),
            )

    def erasures(self) -> list[Erasure]:
        rows = self._database.rows("SELECT payload FROM erasures ORDER BY at, id")
        return [ERASURE.decode(payload) for (payload,) in rows]

    def tombstones(self, erasure: str) -> list[Tombstone]:
        rows = self._database.rows(
            "SELECT sort, hash FROM tombstones WHERE erasure = %s ORDER BY sort, hash", (erasure,)
        )
        return [Tombstone(sort, bytes(hash)) for sort, hash in rows]

    def buried(self, tombstones: Iterable[Tombstone]) -> dict[Tombstone, datetime]:
        asked = list(tombstones)
        rows = self._database.rows(
            _BURIED, (of_texts([one.sort for one in asked]), of_bytes([one.hash for one in asked]))
        )
        return {Tombstone(sort, bytes(hash)): from_micros(at) for sort, hash, at in rows}

    def kept(self) -> list[Kept]:
        rows = self._database.rows("SELECT what, name, day, count FROM kept ORDER BY what, name, day")
        return [Kept(what=what, name=name, day=day, count=count) for what, name, day, count in rows]

    def scrub(self) -> Scrubbed:
        """Every table into a new file, statistics anew; a checkpoint where we may ask for one."""
        try:
            with self._database.connection() as connection:
                for table in _REWRITTEN:
                    connection.execute(f"VACUUM (FULL, ANALYZE) {table}".encode())
        except (psycopg.Error, StoreUnavailable) as error:
            return Scrubbed(done=False, remains=f"the tables could not be written anew ({error})")
        allowed = True
        for statement in ("VACUUM FULL pg_catalog.pg_statistic", "CHECKPOINT"):
            try:
                with self._database.connection() as connection:
                    connection.execute(statement.encode())
            except (psycopg.Error, StoreUnavailable):
                allowed = False
        until = "" if allowed else "; the planner's statistics and files that are deleted wait for the next checkpoint"
        return Scrubbed(done=True, remains=_REMAINS + until)
