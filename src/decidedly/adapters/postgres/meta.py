"""Names of what is in force, and things kept for ever under their hash, on PostgreSQL."""

from __future__ import annotations

from decidedly.adapters.postgres.database import Database
from decidedly.adapters.published import Table

_KEEP = {
    "playbooks": "INSERT INTO playbooks (hash, tree) VALUES (%s, %b) ON CONFLICT DO NOTHING",
    "models": "INSERT INTO models (version, blob) VALUES (%s, %b) ON CONFLICT DO NOTHING",
}
_KEPT = {
    "playbooks": "SELECT tree FROM playbooks WHERE hash = %s",
    "models": "SELECT blob FROM models WHERE version = %s",
}
_POINT = "INSERT INTO meta (key, value) VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = excluded.value"


class PostgresMeta:
    """What `adapters.published` stands on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, table: Table, key: str, blob: bytes, pointer: str) -> None:
        with self._database.connection() as connection, connection.transaction():
            connection.execute(_KEEP[table].encode(), (key, blob))
            connection.execute(_POINT, (pointer, key))

    def kept(self, table: Table, key: str) -> bytes | None:
        rows = self._database.rows(_KEPT[table], (key,))
        return bytes(rows[0][0]) if rows else None

    def point(self, pointer: str, key: str) -> None:
        with self._database.connection() as connection:
            connection.execute(_POINT, (pointer, key))

    def pointed(self, pointer: str) -> str | None:
        rows = self._database.rows("SELECT value FROM meta WHERE key = %s", (pointer,))
        return str(rows[0][0]) if rows else None
