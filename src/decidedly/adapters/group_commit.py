"""Group commit: what several threads want to write at the same time is written in one transaction.

The first thread that comes writes at once; those that come meanwhile wait for it and then go together. So nobody waits
while nobody else writes, and under load one commit to the disk is shared by many.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from itertools import chain
from threading import Lock
from typing import Generic, TypeVar

from decidedly.core.errors import StoreUnavailable

T = TypeVar("T")
A = TypeVar("A")

MOST = 2_000
"""Items of one transaction at most, unless one caller alone has more."""


class _Turn(Generic[T, A]):
    """What one thread wants to write, and what became of it."""

    def __init__(self, items: Sequence[T]) -> None:
        self.items = items
        self.answers: tuple[A, ...] = ()
        self.error: Exception | None = None
        self.done = False


class GroupCommit(Generic[T, A]):
    """write : items -> one answer per item, in order, durably, in one transaction; called by one thread at a time."""

    def __init__(self, write: Callable[[Sequence[T]], tuple[A, ...]]) -> None:
        self._write = write
        self._waiting: deque[_Turn[T, A]] = deque()
        self._writing = Lock()

    def commit(self, items: Sequence[T]) -> tuple[A, ...]:
        """Write these items, perhaps together with others', and return their answers once they are durable.

        Raises what `write` raised. An error other than StoreUnavailable is only told to the one whose items caused it.
        """
        mine: _Turn[T, A] = _Turn(items)
        self._waiting.append(mine)
        with self._writing:
            while not mine.done:
                self._write_together(self._next())
        if mine.error is not None:
            raise mine.error
        return mine.answers

    def _next(self) -> list[_Turn[T, A]]:
        turns = [self._waiting.popleft()]
        count = len(turns[0].items)
        while self._waiting and count + len(self._waiting[0].items) <= MOST:
            turns.append(self._waiting.popleft())
            count += len(turns[-1].items)
        return turns

    def _write_together(self, turns: list[_Turn[T, A]]) -> None:
        try:
            answers = self._write(list(chain.from_iterable(turn.items for turn in turns)))
        except Exception as error:
            if len(turns) > 1 and not isinstance(error, StoreUnavailable):
                for turn in turns:
                    self._write_together([turn])
                return
            for turn in turns:
                turn.error, turn.done = error, True
            return
        at = 0
        for turn in turns:
            turn.answers = answers[at : at + len(turn.items)]
            at += len(turn.items)
            turn.done = True
