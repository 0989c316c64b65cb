"""Trained models on PostgreSQL."""

from __future__ import annotations

from decidedly.adapters.postgres.database import Database
from decidedly.adapters.postgres.meta import keep, pointed


class PostgresModelStore:
    """Model store port on PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self, name: str, version: str, blob: bytes) -> None:
        keep(self._database, "models", version, blob, f"model in force: {name}")

    def get(self, version: str) -> bytes | None:
        rows = self._database.rows("SELECT blob FROM models WHERE version = %s", (version,))
        return bytes(rows[0][0]) if rows else None

    def current(self, name: str) -> str | None:
        return pointed(self._database, f"model in force: {name}")
