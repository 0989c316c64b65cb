"""Positions of imports on PostgreSQL."""

from __future__ import annotations

import msgspec

from decidedly.adapters.postgres.database import Database
from decidedly.adapters.postgres.meta import point, pointed
from decidedly.core.mapping import Position


class PostgresPositions:
    """Positions port on PostgreSQL: JSON in the table of what is in force."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> Position | None:
        found = pointed(self._database, _key(name))
        return None if found is None else msgspec.json.decode(found, type=Position)

    def set(self, name: str, position: Position) -> None:
        point(self._database, _key(name), msgspec.json.encode(position).decode())


def _key(name: str) -> str:
    return f"import position: {name}"
