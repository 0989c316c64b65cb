"""Names of what is in force, and things kept for ever under their hash."""

from __future__ import annotations

from decidedly.adapters.sqlite.database import Database


def keep(database: Database, table: str, key: str, blob: bytes, pointer: str) -> None:
    """Keep a blob under its key, if it is not there, and point to it; both or neither."""
    columns = {"playbooks": "hash, tree", "models": "version, blob"}[table]
    with database.write_lock:
        writer = database.writer
        writer.execute("BEGIN IMMEDIATE")
        try:
            writer.execute(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES (?, ?)", (key, blob))
            writer.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (pointer, key))
            writer.execute("COMMIT")
        except BaseException:
            if writer.in_transaction:
                writer.execute("ROLLBACK")
            raise


def point(database: Database, pointer: str, key: str) -> None:
    """Let a pointer name this key."""
    with database.write_lock:
        database.writer.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (pointer, key))


def pointed(database: Database, pointer: str) -> str | None:
    """The key that a pointer names."""
    row = database.reader.execute("SELECT value FROM meta WHERE key = ?", (pointer,)).fetchone()
    return None if row is None else str(row[0])
