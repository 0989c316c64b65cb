"""The PostgreSQL database: its connections, and its failures in our words."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore
from time import monotonic
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow

from decidedly.adapters.postgres.columns import register
from decidedly.adapters.postgres.migrations import migrate
from decidedly.core.errors import BadInput, StoreUnavailable

MOST = 8
"""Connections of one process at most; who comes when all are busy waits for one."""

_CONNECT_S = 5
_NETWORK: dict[str, Any] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""Seconds, and milliseconds, after which a line that is dead without a word is given up."""

# Durable for the one who was answered: the answer comes after the log is on the disk.
_SETTINGS = """
    SET synchronous_commit = on; SET default_transaction_isolation = 'read committed'; SET lock_timeout = '30s'
"""

_HINT = "Is PostgreSQL running, and may we connect? Ask again; what was acknowledged is kept."


class Database:
    """One database, made ready. Threads share it: each statement takes a free connection, or opens one.

    Made after a fork, never before: connections are not shared between processes.
    Raises BadInput for a URL that is none, StoreUnavailable, StoreTooNew where a later version wrote the schema.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._free: deque[Connection[TupleRow]] = deque()
        self._room = BoundedSemaphore(MOST)
        self._closed = False
        self._away_until = 0.0
        known = _read(url)
        self.place = f"postgresql://{known.get('host') or 'localhost'}/{known.get('dbname') or ''}"
        with self.connection() as connection:
            migrate(connection)

    @contextmanager
    def connection(self) -> Iterator[Connection[TupleRow]]:
        """A connection for one use, in autocommit. One on which anything failed is closed, not kept.

        Raises StoreUnavailable where the server is away, restarts, has no room, or takes no writes.
        """
        with self._room:
            connection = self._take()
            try:
                yield connection
            except (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.ReadOnlySqlTransaction) as error:
                connection.close()
                raise self._unavailable(error) from error
            except BaseException:
                connection.close()
                raise
            if self._closed:
                connection.close()
            else:
                self._free.append(connection)

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[TupleRow]:
        """All rows of one SELECT, in one round trip. A connection that was lost while nobody used it is replaced."""
        for last in (False, True):
            try:
                with self.connection() as connection:
                    return connection.execute(statement.encode(), parameters, prepare=True, binary=True).fetchall()
            except StoreUnavailable:
                if last or not self._lost():
                    raise
        raise AssertionError  # the second time returns or raises

    def close(self) -> None:
        """Close the connections that nobody uses; the others are closed when they come back."""
        self._closed = True
        while self._free:
            self._free.pop().close()

    def _lost(self) -> bool:
        """Whether it is worth to try again: all other free connections are of the same age, so they go too."""
        while self._free:
            self._free.pop().close()
        return not self._closed

    def _take(self) -> Connection[TupleRow]:
        while True:
            try:
                found = self._free.pop()
            except IndexError:
                break
            if not found.closed:
                return found
        return self._open()

    def _open(self) -> Connection[TupleRow]:
        began = monotonic()
        if began < self._away_until:
            raise StoreUnavailable("The store did not answer a moment ago.", place=self.place, hint=_HINT)
        try:
            opened = psycopg.connect(
                self._url, autocommit=True, connect_timeout=_CONNECT_S, application_name="decidedly",
                prepare_threshold=0, **_NETWORK,
            )  # fmt: skip
            try:
                register(opened)
                opened.execute(_SETTINGS, prepare=False)
            except BaseException:
                opened.close()
                raise
        except psycopg.OperationalError as error:
            # Who had to wait for nothing spares the others from it for as long.
            self._away_until = 2 * monotonic() - began
            raise self._unavailable(error) from None
        return opened

    def _unavailable(self, error: psycopg.Error) -> StoreUnavailable:
        # What the server said, first line only; it names hosts and users, never passwords.
        said = next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")
        return StoreUnavailable(f"The store does not answer: {said}.", place=self.place, hint=_HINT)


def _read(url: str) -> dict[str, Any]:
    """The parts of a URL. Raises BadInput; the library's own messages repeat the URL, and its password with it."""
    with suppress(psycopg.Error):
        known = conninfo_to_dict(url)
        # An "@" in a password that is not written as %40 makes its end a part of the host.
        if "@" not in f"{known.get('host', '')}{known.get('port', '')}{known.get('dbname', '')}":
            return known
    raise BadInput(
        "The address of the store cannot be read.",
        place="store",
        hint="Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with %40 for an @ in the password.",
    )
