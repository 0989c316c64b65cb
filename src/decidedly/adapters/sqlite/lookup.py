"""Which of many keys a table holds."""

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
        found.update(row[0] for row in connection.execute(_select(table, column, len(some)), some))
    return found


@lru_cache(maxsize=1024)
def _select(table: str, column: str, count: int) -> str:
    return f"SELECT {column} FROM {table} WHERE {column} IN ({', '.join('?' * count)})"
