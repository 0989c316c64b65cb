"""A connection whose failures for want of room, or of the file itself, are told in our words."""

from __future__ import annotations

import sqlite3
from typing import Any

from decidedly.core.errors import StoreUnavailable

_AWAY = {
    sqlite3.SQLITE_FULL: "free some space",
    sqlite3.SQLITE_IOERR: "look after the disk",
    sqlite3.SQLITE_CANTOPEN: "look after the folder, and who may write there",
    sqlite3.SQLITE_BUSY: "another process writes all the time",
}
_PRIMARY = 0xFF
"""An extended result code has the primary one in its lowest byte."""


class StoreConnection(sqlite3.Connection):
    """Raises StoreUnavailable where the disk is full or fails, and where others hold the file for too long."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        try:
            return super().execute(sql, parameters)
        except sqlite3.OperationalError as error:
            raise _told(error) from error

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        try:
            return super().executemany(sql, parameters)
        except sqlite3.OperationalError as error:
            raise _told(error) from error


def _told(error: sqlite3.OperationalError) -> Exception:
    what = _AWAY.get(getattr(error, "sqlite_errorcode", 0) & _PRIMARY)
    if what is None:
        return error
    return StoreUnavailable(
        f"The store cannot write or read now: {error}.",
        place="store",
        hint=f"Nothing unacknowledged counts as taken in. On the server: {what}.",
    )
