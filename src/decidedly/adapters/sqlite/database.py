"""The one SQLite file: its schema, one connection that writes, one per thread that reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, local

from decidedly.adapters.sqlite.connection import StoreConnection
from decidedly.adapters.sqlite.find_ahead import find_ahead
from decidedly.adapters.sqlite.find_answers import find_answers
from decidedly.adapters.sqlite.split_leaves import split_leaves
from decidedly.core.errors import StoreTooNew

FILE = "decidedly.sqlite"

QUARANTINE = """
    CREATE TABLE quarantine (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        codes TEXT NOT NULL,
        size INTEGER NOT NULL,
        payload BLOB NOT NULL
    ) STRICT;
    CREATE INDEX quarantine_sizes ON quarantine (size);
    """
"""Refused events. codes: each with a space on either side."""
ERASURES = """
    CREATE TABLE erasures (id TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL, payload BLOB NOT NULL) STRICT;
    CREATE TABLE tombstones (
        sort TEXT NOT NULL,
        hash BLOB NOT NULL,
        erasure TEXT NOT NULL,
        PRIMARY KEY (sort, hash)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE kept (
        what TEXT NOT NULL,
        name TEXT NOT NULL,
        day TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (what, name, day)
    ) STRICT, WITHOUT ROWID
    """
"""Who was erased is not in it: keyed hashes, and counts of what is gone."""
GROUPS = """
    CREATE TABLE memberships (
        group_id TEXT NOT NULL,
        leaf TEXT NOT NULL,
        PRIMARY KEY (group_id, leaf)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX memberships_of_leaf ON memberships (leaf)
    """
"""Leaves that are or ever were in a group: what they are there says their state."""

SAID = """
    CREATE INDEX edges_said_of_a ON edges (a) WHERE sort <> 'event';
    CREATE INDEX edges_said_of_b ON edges (b) WHERE sort <> 'event'
    """
"""What is said of an identifier is found beside thousands of events that link it."""

# user_version n means that the first n migrations ran. Append only: stores in the field have run the earlier ones.
MIGRATIONS: tuple[str | Callable[[sqlite3.Connection], None], ...] = (
    """
    CREATE TABLE events (
        offset INTEGER PRIMARY KEY,
        message_id TEXT NOT NULL UNIQUE,
        leaf TEXT NOT NULL,
        kind TEXT NOT NULL,
        at INTEGER NOT NULL,
        payload BLOB NOT NULL
    ) STRICT;
    CREATE INDEX events_of_leaf ON events (leaf, at);
    CREATE INDEX events_of_kind ON events (kind);
    CREATE TABLE edges (
        number INTEGER PRIMARY KEY,
        namespace TEXT NOT NULL,
        value TEXT NOT NULL,
        leaf TEXT NOT NULL,
        at INTEGER NOT NULL,
        message_id TEXT NOT NULL
    ) STRICT;
    CREATE INDEX edges_of_leaf ON edges (leaf);
    CREATE INDEX edges_of_identifier ON edges (namespace, value);
    CREATE TABLE identifiers (
        namespace TEXT NOT NULL,
        value TEXT NOT NULL,
        leaf TEXT NOT NULL,
        PRIMARY KEY (namespace, value)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE leaves (
        id TEXT NOT NULL PRIMARY KEY,
        version INTEGER NOT NULL,
        state BLOB NOT NULL
    ) STRICT;
    CREATE TABLE ledgers (
        leaf TEXT NOT NULL PRIMARY KEY,
        version INTEGER NOT NULL,
        state BLOB NOT NULL
    ) STRICT;
    CREATE TABLE decisions (
        id TEXT NOT NULL PRIMARY KEY,
        leaf TEXT NOT NULL,
        service TEXT NOT NULL,
        at INTEGER NOT NULL,
        record BLOB NOT NULL
    ) STRICT;
    CREATE INDEX decisions_of_leaf ON decisions (leaf, at);
    CREATE TABLE outbox (
        key TEXT NOT NULL PRIMARY KEY,
        decision_id TEXT NOT NULL,
        leaf TEXT NOT NULL,
        channel TEXT NOT NULL,
        due_at INTEGER NOT NULL,
        state TEXT NOT NULL,
        note TEXT NOT NULL
    ) STRICT;
    CREATE INDEX outbox_in_state ON outbox (state, key);
    CREATE TABLE playbooks (hash TEXT NOT NULL PRIMARY KEY, tree BLOB NOT NULL) STRICT;
    CREATE TABLE models (version TEXT NOT NULL PRIMARY KEY, blob BLOB NOT NULL) STRICT;
    CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    """,
    # An identifier is a leaf of its own; edges link two identifiers, clusters are worked out from them.
    """
    ALTER TABLE edges RENAME TO edges_1;
    CREATE TABLE edges (
        number INTEGER PRIMARY KEY,
        a TEXT NOT NULL,
        b TEXT NOT NULL,
        sort TEXT NOT NULL,
        settled INTEGER NOT NULL,
        waits INTEGER NOT NULL,
        payload BLOB NOT NULL,
        UNIQUE (a, b, sort)
    ) STRICT;
    CREATE INDEX edges_of_b ON edges (b);
    CREATE INDEX edges_unsettled ON edges (number) WHERE settled = 0;
    CREATE INDEX edges_waiting ON edges (number) WHERE waits = 1;
    CREATE TABLE clusters (person TEXT NOT NULL PRIMARY KEY, payload BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE members (leaf TEXT NOT NULL PRIMARY KEY, person TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX members_of_person ON members (person);
    """,
    split_leaves,
    QUARANTINE,
    find_ahead,
    ERASURES,
    find_answers,
    GROUPS,
    SAID,
)

_BUSY_S = 30.0


class Database:
    """One file in a folder, made ready. Threads share it: writing is serialized, each thread reads on its own.

    Raises StoreTooNew where a later version wrote the file.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / FILE
        self._mine = local()
        self._readers: list[sqlite3.Connection] = []
        self._lock = Lock()
        self.write_lock = Lock()
        self.writer = self.connect()
        try:
            self._migrate()
        except BaseException:
            self.writer.close()
            raise

    @property
    def reader(self) -> sqlite3.Connection:
        """This thread's connection; it sees what was committed before each statement."""
        found: sqlite3.Connection | None = getattr(self._mine, "connection", None)
        if found is None:
            found = self.connect()
            found.execute("PRAGMA query_only = ON")
            self._mine.connection = found
            with self._lock:
                self._readers.append(found)
        return found

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The writer for one transaction: all of it, or nothing where anything fails."""
        with self.write_lock:
            self.writer.execute("BEGIN IMMEDIATE")
            try:
                yield self.writer
                self.writer.execute("COMMIT")
            except BaseException:
                # A full disk ends the transaction by itself.
                if self.writer.in_transaction:
                    self.writer.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close every connection, of all threads; the file is complete without its log afterwards."""
        with self._lock:
            for connection in self._readers:
                connection.close()
            self._readers.clear()
        with self.write_lock:
            self.writer.close()

    def connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=_BUSY_S,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
            factory=StoreConnection,
        )
        # The page size only takes effect in an empty file: a person's blob fills few pages then.
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        return connection

    def _migrate(self) -> None:
        with self.write_lock:
            if self._version() < len(MIGRATIONS):
                self.writer.execute("BEGIN IMMEDIATE")
                try:
                    # Read again under the lock: another process may have been first.
                    for number in range(self._version(), len(MIGRATIONS)):
                        migration = MIGRATIONS[number]
                        if callable(migration):
                            migration(self.writer)
                        else:
                            for statement in migration.split(";"):
                                self.writer.execute(statement)
                    self.writer.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
                    self.writer.execute("COMMIT")
                except BaseException:
                    self.writer.execute("ROLLBACK")
                    raise
            if self._version() > len(MIGRATIONS):
                raise StoreTooNew(
                    f"The store has schema {self._version()}; this version knows up to {len(MIGRATIONS)}.",
                    place=str(self._path),
                    hint="Use the version of Decidedly that wrote it, or a later one.",
                )

    def _version(self) -> int:
        version: int = self.writer.execute("PRAGMA user_version").fetchone()[0]
        return version
