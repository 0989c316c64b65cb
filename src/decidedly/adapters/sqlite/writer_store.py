"""The unit of work on SQLite where another process writes."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from decidedly.adapters.rows import rows_of
from decidedly.adapters.sqlite.database import Database
from decidedly.adapters.sqlite.frames import Answered, decode_answer, encode, receive, send
from decidedly.core.errors import StoreUnavailable
from decidedly.core.work import Committed, Work


class WriterFailed(Exception):
    """The writing process met an error that nobody foresaw; nothing of these works was written."""


class WriterStore:
    """Store port on SQLite, by way of the process that writes for all (`writer`).

    Threads share it: each commit takes a free line to the writer, or opens one. `close` closes the database of this
    process for all readers too.
    """

    def __init__(self, path: Path, database: Database) -> None:
        self._path = path
        self._database = database
        self._free: deque[socket.socket] = deque()

    def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
        """As the port says. Raises StoreUnavailable where the writer is away or cannot write, WriterFailed."""
        frame = encode([rows_of(work) for work in works])
        try:
            told = decode_answer(self._asked(frame))
        except OSError as error:
            # Whether it was written before the line broke, nobody knows: whoever sends it again is told.
            raise StoreUnavailable(
                "The process that writes is away.", place="store", hint="It is being started again; ask again."
            ) from error
        if told.error:
            raise _failure(told)
        return told.committed

    def close(self) -> None:
        while self._free:
            self._free.pop().close()
        self._database.close()

    def _asked(self, frame: bytes) -> bytes:
        """The writer's answer. Lines that broke while nobody used them, at a restart, are replaced."""
        while self._free:
            line = self._free.pop()
            try:
                return self._exchanged(line, frame)
            except OSError:
                continue
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.connect(str(self._path))
        except OSError:
            line.close()
            raise
        return self._exchanged(line, frame)

    def _exchanged(self, line: socket.socket, frame: bytes) -> bytes:
        try:
            send(line, frame)
            answer = receive(line)
            if answer is None:
                raise ConnectionError("The writer hung up.")
        except BaseException:
            line.close()
            raise
        self._free.append(line)
        return answer


def _failure(told: Answered) -> Exception:
    if told.away:
        return StoreUnavailable(told.error, place=told.place, hint=told.hint)
    return WriterFailed(told.error)
