"""Days and times as whole numbers, in which the history keeps them as columns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from decidedly.feel.types import Date, DateTime, Time, Type

_FIRST_DAY = date(1970, 1, 1).toordinal()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)
# A day inside the years that Python has, so that every zone can show the moment.
_EARLIEST, _LATEST = (
    (datetime.min.replace(tzinfo=UTC) + _DAY - _EPOCH) // _MICROSECOND,
    (datetime.max.replace(tzinfo=UTC) - _DAY - _EPOCH) // _MICROSECOND,
)


def numbered(type_: Type, zone: ZoneInfo) -> Callable[[str], int] | None:
    """From a checked text to its number: days since 1970 of a date, microseconds since 1970 of a date and time,
    microseconds since midnight of a time; None for every other type.

    A date and time without a zone is of the given one. The history keeps no zones: a moment is one in each of them, and
    a time of day loses its.
    """
    match type_:
        case Date():
            return lambda text: date.fromisoformat(text).toordinal() - _FIRST_DAY
        case DateTime():
            return lambda text: _micros(datetime.fromisoformat(text), zone)
        case Time():
            return lambda text: _of_day(time.fromisoformat(text))
        case _:
            return None


def valued(type_: Type) -> Callable[[int], Any] | None:
    """The way back: from a number to the date, moment (UTC) or time; None for every other type."""
    match type_:
        case Date():
            return lambda number: date.fromordinal(int(number) + _FIRST_DAY)
        case DateTime():
            return lambda number: _EPOCH + timedelta(microseconds=int(number))
        case Time():
            return lambda number: (_EPOCH + timedelta(microseconds=int(number))).time()
        case _:
            return None


def _micros(at: datetime, zone: ZoneInfo) -> int:
    aware = at if at.tzinfo is not None else at.replace(tzinfo=zone)
    return min(max((aware - _EPOCH) // _MICROSECOND, _EARLIEST), _LATEST)


def _of_day(at: time) -> int:
    return ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond
