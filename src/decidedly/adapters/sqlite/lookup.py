"""Which of many keys a table holds, and in which versions."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from sqlite3 import Connection

_AT_ONCE = 500


def known(connection: Connection, table: str, column: str, keys: Iterable[str]) -> set[str]:
    """Those of the keys that stand in an indexed column."""
    found: set[str] = set()
    rest = iter(keys)
    while some := tuple(islice(rest, _AT_ONCE)):
        found.update(row[0] for row in connection.execute(_select(table, column, len(some), column), some))
    return found


def versions(connection: Connection, table: str, column: str, keys: Iterable[str]) -> dict[str, int]:
    """Key -> version, of those that are there."""
    found: dict[str, int] = {}
    rest = iter(keys)
    while some := tuple(islice(rest, _AT_ONCE)):
        found.update(connection.execute(_select(table, f"{column}, version", len(some), column), some).fetchall())
    return found


@lru_cache(maxsize=1024)
def _select(table: str, columns: str, count: int, column: str) -> str:
    return f"SELECT {columns} FROM {table} WHERE {column} IN ({', '.join('?' * count)})"
