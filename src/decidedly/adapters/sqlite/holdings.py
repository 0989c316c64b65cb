"""What SQLite holds of somebody."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from decidedly.adapters.blobs import DECISION, ERASURE, EVENT
from decidedly.adapters.erase import erase
from decidedly.adapters.micros import from_micros, to_micros
from decidedly.adapters.sqlite.database import Database
from decidedly.core.decision import DecisionRecord
from decidedly.core.erasure import Erasure, Kept, Scrubbed, Tombstone, Whose
from decidedly.core.errors import StoreUnavailable
from decidedly.core.message import Message
from decidedly.core.seal import Seal
from decidedly.ports.journal import Logged

_AT_ONCE = 400
_HELD = """
    SELECT id FROM (
        SELECT id FROM leaves UNION SELECT leaf FROM ledgers UNION SELECT leaf FROM events
        UNION SELECT leaf FROM decisions UNION SELECT leaf FROM members
        UNION SELECT leaf FROM memberships UNION SELECT leaf FROM outbox
        UNION SELECT a FROM edges UNION SELECT b FROM edges
    ) WHERE id > ? ORDER BY id LIMIT ?
"""


class _Rows:
    """A transaction on SQLite."""

    contains = "instr({}, ?) > 0"

    def __init__(self, writer: sqlite3.Connection) -> None:
        self._writer = writer

    def read(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._writer.execute(statement, values).fetchall()

    def change(self, statement: str, values: Sequence[Any]) -> int:
        return self._writer.execute(statement, values).rowcount

    def fill(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        self._writer.executemany(statement, rows)


class SqliteHoldings:
    """Holdings port on SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def events(self, leaves: Sequence[str], after: int = 0, limit: int = 1000) -> list[Logged]:
        rows = self._database.reader.execute(
            f"SELECT offset, leaf, payload FROM events WHERE leaf IN ({_marks(leaves)}) AND offset > ?"
            " ORDER BY offset LIMIT ?",
            (*leaves, after, limit),
        )
        return [Logged(offset, leaf, EVENT.decode(payload)) for offset, leaf, payload in rows]

    def decisions(self, leaves: Sequence[str], after: str = "", limit: int = 200) -> list[DecisionRecord]:
        rows = self._database.reader.execute(
            f"SELECT record FROM decisions WHERE leaf IN ({_marks(leaves)}) AND id > ? ORDER BY id LIMIT ?",
            (*leaves, after, limit),
        )
        return [DECISION.decode(record) for (record,) in rows]

    def messages(self, leaves: Sequence[str]) -> list[Message]:
        rows = self._database.reader.execute(
            "SELECT key, decision_id, leaf, channel, due_at, state, note FROM outbox"
            f" WHERE leaf IN ({_marks(leaves)}) ORDER BY key",
            tuple(leaves),
        )
        return [
            Message(
                key=key, decision_id=decision, leaf=leaf, channel=channel, due_at=from_micros(due), state=state,
                note=note,
            )
            for key, decision, leaf, channel, due, state, note in rows
        ]  # fmt: skip

    def leaves(self, after: str = "", limit: int = 1000) -> list[str]:
        return [id for (id,) in self._database.reader.execute(_HELD, (after, limit))]

    def erase(self, erasure: Erasure, whose: Whose, seal: Seal) -> Erasure:
        with self._database.write_lock:
            writer = self._database.writer
            (before,) = writer.execute("PRAGMA secure_delete").fetchone()
            writer.execute("PRAGMA secure_delete = ON")
            try:
                writer.execute("BEGIN IMMEDIATE")
                done = erase(_Rows(writer), erasure, whose, seal)
                writer.execute("COMMIT")
            except BaseException:
                if writer.in_transaction:
                    writer.execute("ROLLBACK")
                raise
            finally:
                writer.execute(f"PRAGMA secure_delete = {int(before)}")
        return done

    def bury(self, erasure: Erasure, tombstones: Iterable[Tombstone]) -> None:
        with self._database.writing() as writer:
            writer.execute(
                "INSERT OR IGNORE INTO erasures (id, at, payload) VALUES (?, ?, ?)",
                (erasure.id, to_micros(erasure.at), ERASURE.encode(erasure)),
            )
            writer.executemany(
                "INSERT OR IGNORE INTO tombstones (sort, hash, erasure) VALUES (?, ?, ?)",
                ((one.sort, one.hash, erasure.id) for one in tombstones),
            )

    def write(self, erasure: Erasure) -> None:
        with self._database.write_lock:
            self._database.writer.execute(
                "INSERT OR REPLACE INTO erasures (id, at, payload) VALUES (?, ?, ?)",
                (erasure.id, to_micros(erasure.at), ERASURE.encode(erasure)),
            )

    def erasures(self) -> list[Erasure]:
        rows = self._database.reader.execute("SELECT payload FROM erasures ORDER BY at, id")
        return [ERASURE.decode(payload) for (payload,) in rows]

    def tombstones(self, erasure: str) -> list[Tombstone]:
        rows = self._database.reader.execute(
            "SELECT sort, hash FROM tombstones WHERE erasure = ? ORDER BY sort, hash", (erasure,)
        )
        return [Tombstone(sort, hash) for sort, hash in rows]

    def buried(self, tombstones: Iterable[Tombstone]) -> dict[Tombstone, datetime]:
        found: dict[Tombstone, datetime] = {}
        rest = iter(tombstones)
        while some := tuple(islice(rest, _AT_ONCE)):
            rows = self._database.reader.execute(
                "SELECT t.sort, t.hash, e.at FROM tombstones t JOIN erasures e ON e.id = t.erasure"
                f" WHERE (t.sort, t.hash) IN (VALUES {', '.join(['(?, ?)'] * len(some))})",
                [part for one in some for part in (one.sort, one.hash)],
            )
            found.update((Tombstone(sort, hash), from_micros(at)) for sort, hash, at in rows)
        return found

    def kept(self) -> list[Kept]:
        rows = self._database.reader.execute("SELECT what, name, day, count FROM kept ORDER BY what, name, day")
        return [Kept(what=what, name=name, day=day, count=count) for what, name, day, count in rows]

    def scrub(self) -> Scrubbed:
        """A new connection, whose pages never held the erased rows, writes the whole file anew and empties the log."""
        connection = self._database.connect()
        try:
            connection.execute("PRAGMA secure_delete = ON")
            # A second copy of everybody's data belongs on the disk, not in memory.
            connection.execute("PRAGMA temp_store = FILE")
            connection.execute("VACUUM")
            (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except (sqlite3.OperationalError, StoreUnavailable) as error:
            return Scrubbed(done=False, remains=f"the store's file could not be written anew: {error}")
        finally:
            connection.close()
        return Scrubbed(done=not busy, remains="a reader keeps the store's log from being emptied" if busy else "")


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
