"""Names of what is in force, and things kept for ever under their hash."""

from __future__ import annotations

from decidedly.adapters.postgres.database import Database

_KEEP = {
    "playbooks": "INSERT INTO playbooks (hash, tree) VALUES (%s, %b) ON CONFLICT DO NOTHING",
    "models": "INSERT INTO models (version, blob) VALUES (%s, %b) ON CONFLICT DO NOTHING",
}
_POINT = "INSERT INTO meta (key, value) VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = excluded.value"


def keep(database: Database, table: str, key: str, blob: bytes, pointer: str) -> None:
    """Keep a blob under its key, if it is not there, and point to it; both or neither."""
    with database.connection() as connection, connection.transaction():
        connection.execute(_KEEP[table].encode(), (key, blob))
        connection.execute(_POINT, (pointer, key))


def point(database: Database, pointer: str, key: str) -> None:
    """Let a pointer name this key."""
    with database.connection() as connection:
        connection.execute(_POINT, (pointer, key))


def pointed(database: Database, pointer: str) -> str | None:
    """The key that a pointer names."""
    rows = database.rows("SELECT value FROM meta WHERE key = %s", (pointer,))
    return str(rows[0][0]) if rows else None
