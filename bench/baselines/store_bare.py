"""Baseline of the store: the same bytes into one table, as fast as each database takes them, durably."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import psycopg

Row = tuple[str, str, str, int, bytes]
"""Message id, leaf, kind, time, payload."""

_TABLE = """CREATE TABLE bare ("offset" {key}, message_id text NOT NULL UNIQUE, leaf text NOT NULL,
    kind text NOT NULL, at bigint NOT NULL, payload {bytes} NOT NULL)"""
_INSERT = "INSERT INTO bare (message_id, leaf, kind, at, payload) VALUES (?, ?, ?, ?, ?)"
_COPY = "COPY bare (message_id, leaf, kind, at, payload) FROM STDIN (FORMAT BINARY)"


class BareSqlite:
    """Multi-row inserts, one commit with a sync of the log each."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
        for setting in ("page_size = 8192", "journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 4000"):
            self._connection.execute(f"PRAGMA {setting}")
        self._connection.execute(_TABLE.format(key="INTEGER PRIMARY KEY", bytes="blob"))

    def insert(self, rows: Sequence[Row]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(_INSERT, rows)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


class BarePostgres:
    """COPY in binary form, one synchronous commit each."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute(
            _TABLE.format(key="bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", bytes="bytea").encode()
        )

    def insert(self, rows: Sequence[Row]) -> None:
        with self._connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.set_types(["text", "text", "text", "int8", "bytea"])
            for row in rows:
                copy.write_row(row)

    def close(self) -> None:
        self._connection.close()
