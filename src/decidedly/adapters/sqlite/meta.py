"""Names of what is in force, and things kept for ever under their hash, on SQLite."""

from __future__ import annotations

from decidedly.adapters.published import Table
from decidedly.adapters.sqlite.database import Database

_KEEP = {
    "playbooks": "INSERT OR IGNORE INTO playbooks (hash, tree) VALUES (?, ?)",
    "models": "INSERT OR IGNORE INTO models (version, blob) VALUES (?, ?)",
}
_KEPT = {
    "playbooks": "SELECT tree FROM playbooks WHERE hash = ?",
    "models": "SELECT blob FROM models WHERE version = ?",
}
_POINT = "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)"


class SqliteMeta:
    """What `adapters.published` stands on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, table: Table, key: str, blob: bytes, pointer: str) -> None:
        with self._database.writing() as writer:
            writer.execute(_KEEP[table], (key, blob))
            writer.execute(_POINT, (pointer, key))

    def kept(self, table: Table, key: str) -> bytes | None:
        row = self._database.reader.execute(_KEPT[table], (key,)).fetchone()
        return None if row is None else bytes(row[0])

    def point(self, pointer: str, key: str) -> None:
        with self._database.write_lock:
            self._database.writer.execute(_POINT, (pointer, key))

    def pointed(self, pointer: str) -> str | None:
        row = self._database.reader.execute("SELECT value FROM meta WHERE key = ?", (pointer,)).fetchone()
        return None if row is None else str(row[0])
