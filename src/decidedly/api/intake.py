"""Intake: bodies of events on their way into the store, a bounded number of bytes at a time.

A few threads take them in: while one waits for the disk, others read, check and fold, and what they commit at the same
time shares one commit (see `adapters.group_commit`). The event loop stays free for those who ask for decisions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Condition
from typing import TypeVar

from decidedly.capture import Contended, Unsettled
from decidedly.core.errors import DecidedlyError

T = TypeVar("T")

THREADS = 4
MOST_WAITING = 16 * 1024 * 1024
"""Bytes of bodies that may wait, unzipped: some seconds' work."""


class Overloaded(DecidedlyError):
    """More events come in than can be stored; nothing of these was taken in, and they may be sent again."""

    code = "capture.overloaded"


class Intake:
    """The bodies of one server that are being taken in."""

    def __init__(self, *, threads: int = THREADS, most_waiting: int = MOST_WAITING) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="intake")
        self._gate = _Gate()
        self._most = most_waiting
        self._waiting = 0

    async def take(self, body: bytes, work: Callable[[], T]) -> T:
        """What the work on this body returns, done in one of the threads. Raises Overloaded, and what the work raises.

        One body is always taken, however long it is.
        """
        size = max(len(body), 1024)
        if self._waiting and self._waiting + size > self._most:
            raise Overloaded(
                "More events wait to be stored than this server holds.",
                hint="Send them again after Retry-After seconds.",
            )
        self._waiting += size
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._done, work)
        finally:
            self._waiting -= size

    def _done(self, work: Callable[[], T]) -> T:
        try:
            with self._gate.together():
                return work()
        except (Contended, Unsettled):
            # Many bodies at once are of one person: this one is taken in while none of the others is.
            with self._gate.alone():
                return work()


class _Gate:
    """Many may be inside together, or one alone, for whom those inside are waited for and nobody else is let in."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._inside = 0
        self._closed = False

    @contextmanager
    def together(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._closed = True
            self._changed.wait_for(lambda: not self._inside)
        try:
            yield
        finally:
            with self._changed:
                self._closed = False
                self._changed.notify_all()
