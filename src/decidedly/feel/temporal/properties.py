"""The parts of temporal values that a path reads: `born.year`, `gap.hours` (DMN 1.5, table 65)."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from ..types import DAYS, INTEGER, STRING, Date, DateTime, DaysDuration, MonthsDuration, Time, Type
from .wide import (
    SECOND,
    Months,
    day_number,
    days_in_month,
    is_date,
    is_date_time,
    is_length,
    is_time,
    make_duration,
    nanoseconds_of,
    offset_of,
)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
               "November", "December")  # fmt: skip


def weekday_of(at: Any) -> int:
    """The day of the week from 1, Monday, to 7."""
    return (day_number(at) + 3) % 7 + 1


def day_of_year_of(at: Any) -> int:
    """The day of the year from 1."""
    return sum(days_in_month(at.year, month) for month in range(1, at.month)) + int(at.day)


def week_of_year_of(at: Any) -> int:
    """The week of the year (ISO 8601): that of the Thursday of the same week."""
    year, week = at.year, (day_of_year_of(at) - weekday_of(at) + 10) // 7
    if week == 0:
        return _weeks_in(year - 1)
    return 1 if week == 53 and _weeks_in(year) == 52 else week


def _weeks_in(year: int) -> int:
    # A year has 53 weeks if it ends on a Thursday, or the one before ended on a Wednesday.
    last, before = (_end_of_year(y) for y in (year, year - 1))
    return 53 if last == 4 or before == 3 else 52


def _end_of_year(year: int) -> int:
    return (year + year // 4 - year // 100 + year // 400) % 7


def _part(divisor: int, modulus: int) -> Callable[[Any], int]:
    def part(length: Any) -> int:
        nanoseconds = nanoseconds_of(length)
        whole = abs(nanoseconds) // SECOND // divisor
        return (whole % modulus if modulus else whole) * (-1 if nanoseconds < 0 else 1)

    return part


def _years(length: Months) -> int:
    return int(abs(length.months) // 12) * (-1 if length.months < 0 else 1)


def _months(length: Months) -> int:
    return int(abs(length.months) % 12) * (-1 if length.months < 0 else 1)


def _offset(at: Any) -> Any:
    offset = offset_of(at)
    return None if offset is None else make_duration(offset)


def _zone(at: Any) -> str | None:
    return at.tzinfo.key if isinstance(at.tzinfo, ZoneInfo) else None


_Parts = dict[str, tuple[Type, Callable[[Any], Any]]]
_CALENDAR: _Parts = {
    "year": (INTEGER, lambda at: at.year),
    "month": (INTEGER, lambda at: at.month),
    "day": (INTEGER, lambda at: at.day),
    "weekday": (INTEGER, weekday_of),
}
_CLOCK: _Parts = {
    "hour": (INTEGER, lambda at: at.hour),
    "minute": (INTEGER, lambda at: at.minute),
    "second": (INTEGER, lambda at: at.second),
    "time offset": (DAYS, _offset),
    "timezone": (STRING, _zone),
}
_LENGTH: _Parts = {
    "days": (INTEGER, _part(86_400, 0)),
    "hours": (INTEGER, _part(3600, 24)),
    "minutes": (INTEGER, _part(60, 60)),
    "seconds": (INTEGER, _part(1, 60)),
}
_SPAN: _Parts = {"years": (INTEGER, _years), "months": (INTEGER, _months)}

PROPERTIES: dict[type[Type], _Parts] = {
    Date: _CALENDAR,
    DateTime: _CALENDAR | _CLOCK,
    Time: _CLOCK,
    DaysDuration: _LENGTH,
    MonthsDuration: _SPAN,
}
"""Type -> property -> type and function of a value that is not null."""


def parts_of(value: Any) -> _Parts:
    """The properties that a temporal value has; none for others."""
    if is_date_time(value):
        return PROPERTIES[DateTime]
    if is_date(value):
        return _CALENDAR
    if is_time(value):
        return _CLOCK
    if is_length(value):
        return _LENGTH
    return _SPAN if isinstance(value, Months) else {}


def part_of(value: Any, name: str) -> Any:
    """A property of a temporal value; null where it has none of this name, or it is unset."""
    found = parts_of(value).get(name)
    return None if found is None else found[1](value)
