"""The clocks behind the port `clock`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def shift(self, at: datetime) -> datetime:
        return at.astimezone(UTC)


class ShiftedClock:
    """A clock that shows `start` at its making and runs on from there: yesterday's data, lived through today."""

    def __init__(self, start: datetime) -> None:
        self._start = start.astimezone(UTC)
        self._wall = datetime.now(UTC)
        self._began = monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=monotonic() - self._began)

    def shift(self, at: datetime) -> datetime:
        """Raises OverflowError where the shifted time lies outside the years 1 to 9999."""
        return self._start + (at.astimezone(UTC) - self._wall)


class FixedClock:
    """A clock that stands still, for batches and tests."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def shift(self, at: datetime) -> datetime:
        return at.astimezone(UTC)
