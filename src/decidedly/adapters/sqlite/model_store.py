"""Trained models on SQLite."""

from __future__ import annotations

from decidedly.adapters.sqlite.database import Database
from decidedly.adapters.sqlite.meta import keep, pointed


class SqliteModelStore:
    """Model store port on SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self, name: str, version: str, blob: bytes) -> None:
        keep(self._database, "models", version, blob, f"model in force: {name}")

    def get(self, version: str) -> bytes | None:
        row = self._database.reader.execute("SELECT blob FROM models WHERE version = ?", (version,)).fetchone()
        return None if row is None else bytes(row[0])

    def current(self, name: str) -> str | None:
        return pointed(self._database, f"model in force: {name}")
