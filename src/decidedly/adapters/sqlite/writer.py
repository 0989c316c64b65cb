"""Writer: the one process that commits for all workers, what comes at the same time in one transaction.

SQLite takes one writer at a time. Workers that each wrote would wait for each other's locks and pay a commit to the
disk each; here they share one.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread

from decidedly.adapters.sqlite.database import Database
from decidedly.adapters.sqlite.frames import Answered, decode_works, encode, receive, send
from decidedly.adapters.sqlite.store import SqliteStore
from decidedly.core.errors import DecidedlyError, StoreUnavailable


class _Stopped(Exception):
    """SIGTERM came."""


def write_for_all(folder: Path, path: Path, ready: Callable[[], None]) -> None:
    """Commit what workers send to a Unix socket, until SIGTERM; to be run in a process of its own.

    A commit that has begun is finished and answered or, at a crash, undone: nobody was told then that it is durable.
    ready : called once workers may connect
    """
    database = Database(folder)
    store = SqliteStore(database)
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        # Nobody else on this machine may write.
        before = os.umask(0o177)
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
        listener.listen(128)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C stops the workers first
        signal.signal(signal.SIGTERM, _stop)
        ready()
        try:
            answer_all(listener, store)
        except _Stopped:
            pass
        finally:
            path.unlink(missing_ok=True)
            store.close()


def answer_all(listener: socket.socket, store: SqliteStore) -> None:
    """Commit what comes over each line to a listening socket, a thread a line."""
    while True:
        line, _ = listener.accept()
        Thread(target=_serve, args=(line, store), daemon=True).start()


def _stop(number: int, frame: object) -> None:
    raise _Stopped


def _serve(line: socket.socket, store: SqliteStore) -> None:
    with line, suppress(OSError):
        while (frame := receive(line)) is not None:
            send(line, encode(_answer(frame, store)))


def _answer(frame: bytes, store: SqliteStore) -> Answered:
    try:
        return Answered(committed=store.commit_rows(decode_works(frame)))
    except DecidedlyError as error:
        away = isinstance(error, StoreUnavailable)
        return Answered(error=error.message, place=error.place, hint=error.hint, away=away)
    except Exception as error:
        return Answered(error=f"{type(error).__name__}: {error}")
