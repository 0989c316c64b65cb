"""Clock: the only door through which time comes in."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The hub's present moment, aware, UTC."""
        ...

    def shift(self, at: datetime) -> datetime:
        """A wall-clock time from outside as the hub's time; the same on a clock that shows the real time."""
        ...
