"""Micros: times as stores keep them, whole microseconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

LONG_AGO = -(1 << 62)
"""Before every time there is."""


def to_micros(at: datetime) -> int:
    """An aware time as microseconds since 1970, exactly."""
    return (at - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    return _EPOCH + micros * _MICROSECOND
