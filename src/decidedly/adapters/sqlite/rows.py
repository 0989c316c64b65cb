"""Many rows in few statements: each step of one hands the interpreter to other threads and waits to get it back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from sqlite3 import Connection
from typing import Any

_MOST = 256


def insert_rows(connection: Connection, into: str, rows: Sequence[tuple[Any, ...]], then: str = "") -> None:
    """INSERT INTO `into` VALUES the rows, `then` what is to be done about those that are there.

    In statements of 256 rows and of the smaller powers of two, so that there are few different ones to prepare.
    """
    done = 0
    while done < len(rows):
        count = _MOST
        while count > len(rows) - done:
            count //= 2
        some = rows[done : done + count]
        connection.execute(_insert(into, count, len(some[0]), then), tuple(chain.from_iterable(some)))
        done += count


@lru_cache(maxsize=256)
def _insert(into: str, count: int, width: int, then: str) -> str:
    return f"INSERT INTO {into} {values(count, width)} {then}".rstrip()


@lru_cache(maxsize=1024)
def values(count: int, width: int) -> str:
    """So many rows of so many parameters."""
    row = f"({', '.join('?' * width)})"
    return f"VALUES {', '.join([row] * count)}"
