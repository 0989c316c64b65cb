"""Date and time functions (DMN 1.5, tables 70, 80 and 81). today() and now() are facts of the scope's clock."""

from collections.abc import Callable
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from ..temporal import (
    MONTH_NAMES,
    WEEKDAYS,
    Months,
    combine,
    date_of,
    day_of_year_of,
    days_in_month,
    is_date,
    is_date_time,
    is_length,
    is_time,
    make_date,
    make_duration,
    make_offset,
    make_time,
    months_between,
    named_zone,
    nanoseconds_of,
    negative,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_time,
    time_of,
    week_of_year_of,
    weekday_of,
)
from ..types import ANY, DATE, DATE_TIME, DAYS, INTEGER, MONTHS, NUMBER, STRING, TIME, Number, Type
from .registry import Native, Param, builtin

_DAY = "date or date and time"
_ON = Param("date", ANY, says=_DAY)
_DATE_PARTS = [Param("year", NUMBER), Param("month", NUMBER), Param("day", NUMBER)]
_TIME_PARTS = [Param("hour", NUMBER), Param("minute", NUMBER), Param("second", NUMBER)]
_FROM = Param("from", ANY, says=f"string, time, {_DAY}")
_OFFSET = Param("offset", DAYS, optional=True, nullable=True)
_SECOND = 1_000_000_000


def _on_calendar(value: Any) -> bool:
    return is_date(value) or is_date_time(value)


def _calendar_only(types: tuple[Type, ...]) -> str:
    wrong = [t for t in types if t not in (DATE, DATE_TIME, ANY)]
    return f"This function takes a date or a date and time, not a {wrong[0]}." if wrong else ""


def _made_from(what: str, *wanted: Type) -> Any:
    def check(types: tuple[Type, ...]) -> str:
        known = types[0] in (STRING, DATE_TIME, ANY, *wanted)
        return "" if known else f"A {what} is made from a string, not from a {types[0]}."

    return check


def _native_date_of(types: tuple[Type, ...]) -> Native | None:
    return Native(types, DATE, datetime.date) if types[0] == DATE_TIME else None


@builtin("date", [_FROM], DATE, check=_made_from("date", DATE), native=_native_date_of)
def date_(start: Any) -> Any:
    """date("2017-10-30") = @"2017-10-30" """
    if isinstance(start, str):
        return parse_date(start)
    return date_of(start) if is_date_time(start) else start if is_date(start) else None


def _native_date(types: tuple[Type, ...]) -> Native | None:
    whole = all(isinstance(type_, Number) and type_.scale == 0 for type_ in types)
    return Native((INTEGER, INTEGER, INTEGER), DATE, make_date, total=False) if whole else None


@builtin("date", _DATE_PARTS, DATE, native=_native_date)
def date_of_parts(year: Decimal, month: Decimal, day: Decimal) -> Any:
    """date(2017, 10, 30) = date("2017-10-30")"""
    parts = [_whole(part) for part in (year, month, day)]
    return None if None in parts else make_date(*parts)  # type: ignore[arg-type]


def _whole(part: Any) -> int | None:
    # No part of a date or time has more digits; a fraction is none at all.
    return int(part) if abs(part) < 10**10 and part == int(part) else None


@builtin("time", [_FROM], TIME, check=_made_from("time", TIME, DATE))
def time_(start: Any) -> Any:
    """time("08:30:00") = @"08:30:00" """
    if isinstance(start, str):
        return parse_time(start)
    if is_date(start):
        return make_time(0, 0, 0, 0, make_offset(0))
    return time_of(start) if is_date_time(start) else start if is_time(start) else None


@builtin("time", [*_TIME_PARTS, _OFFSET], TIME)
def time_of_parts(hour: Decimal, minute: Decimal, second: Decimal, offset: Any = None) -> Any:
    """time(8, 30, 0) = time("08:30:00")"""
    zone, known = _zone(offset)
    return _clock(hour, minute, second, zone) if known else None


def _clock(hour: Any, minute: Any, second: Any, zone: tzinfo | None) -> Any:
    hours, minutes = _whole(hour), _whole(minute)
    if hours is None or minutes is None or not 0 <= second < 60:
        return None
    whole, nanosecond = divmod(int(Decimal(second) * _SECOND), _SECOND)
    return make_time(hours, minutes, whole, nanosecond, zone)


def _zone(offset: Any) -> tuple[tzinfo | None, bool]:
    """The zone of an offset, and whether the offset is one of whole seconds or null."""
    if offset is None:
        return None, True
    seconds, rest = divmod(nanoseconds_of(offset), _SECOND)
    zone = None if rest else make_offset(seconds)
    return zone, zone is not None


@builtin("date and time", [_FROM], DATE_TIME, check=_made_from("date and time", DATE))
def date_and_time(start: Any) -> Any:
    """date and time("2017-10-30T08:30:00Z") = @"2017-10-30T08:30:00Z" """
    if isinstance(start, str):
        return parse_date_time(start)
    if is_date(start):
        return combine(start, make_time(0, 0, 0, 0, make_offset(0)))
    return start if is_date_time(start) else None


@builtin("date and time", [_ON, Param("time", TIME)], DATE_TIME, check=lambda t: _calendar_only(t[:1]))
def date_and_time_of(on: Any, at: Any) -> Any:
    """date and time(@"2017-10-30", @"08:30:00") = @"2017-10-30T08:30:00" """
    return combine(on, at) if _on_calendar(on) else None


@builtin("date and time", [*_DATE_PARTS, *_TIME_PARTS, _OFFSET], DATE_TIME)
def date_and_time_of_parts(
    year: Any, month: Any, day: Any, hour: Any, minute: Any, second: Any, offset: Any = None
) -> Any:
    """date and time(2017, 10, 30, 8, 30, 0) = @"2017-10-30T08:30:00" """
    on, at = date_of_parts(year, month, day), time_of_parts(hour, minute, second, offset)
    return None if on is None or at is None else combine(on, at)


@builtin("date and time", [*_DATE_PARTS, *_TIME_PARTS, Param("timezone", STRING)], DATE_TIME)
def date_and_time_in_zone(year: Any, month: Any, day: Any, hour: Any, minute: Any, second: Any, timezone: str) -> Any:
    """date and time(2017, 10, 30, 8, 30, 0, "Europe/Prague") = @"2017-10-30T08:30:00@Europe/Prague" """
    on, zone = date_of_parts(year, month, day), named_zone(timezone)
    at = None if zone is None else _clock(hour, minute, second, zone)
    return None if on is None or at is None else combine(on, at)


@builtin("duration", [Param("from", STRING)], ANY)
def duration(text: str) -> Any:
    """duration("P1DT2H") = @"P1DT2H" """
    return parse_duration(text)


@builtin(
    "years and months duration",
    [Param("from", ANY, says=_DAY), Param("to", ANY, says=_DAY)],
    MONTHS,
    check=_calendar_only,
)
def years_and_months_duration(start: Any, end: Any) -> Months | None:
    """years and months duration(@"2016-01-31", @"2017-03-30") = @"P1Y1M" """
    return months_between(start, end) if _on_calendar(start) and _on_calendar(end) else None


def _of_stored(gives: Type, run: Callable[[date], Any]) -> Callable[[tuple[Type, ...]], Native | None]:
    """Of a stored date, or date and time, which Python's type holds."""
    return lambda types: Native(types, gives, run) if types[0] in (DATE, DATE_TIME) else None


@builtin("day of week", [_ON], STRING, check=_calendar_only,
         native=_of_stored(STRING, lambda on: WEEKDAYS[on.weekday()]))  # fmt: skip
def day_of_week(on: Any) -> str | None:
    """day of week(@"2017-10-30") = "Monday" """
    return WEEKDAYS[weekday_of(on) - 1] if _on_calendar(on) else None


@builtin("month of year", [_ON], STRING, check=_calendar_only,
         native=_of_stored(STRING, lambda on: MONTH_NAMES[on.month - 1]))  # fmt: skip
def month_of_year(on: Any) -> str | None:
    """month of year(@"2017-10-30") = "October" """
    return MONTH_NAMES[on.month - 1] if _on_calendar(on) else None


@builtin("day of year", [_ON], INTEGER, check=_calendar_only,
         native=_of_stored(INTEGER, lambda on: on.timetuple().tm_yday))  # fmt: skip
def day_of_year(on: Any) -> int | None:
    """day of year(@"2017-02-01") = 32"""
    return day_of_year_of(on) if _on_calendar(on) else None


@builtin("week of year", [_ON], INTEGER, check=_calendar_only,
         native=_of_stored(INTEGER, lambda on: on.isocalendar().week))  # fmt: skip
def week_of_year(on: Any) -> int | None:
    """week of year(@"2017-10-30") = 44"""
    return week_of_year_of(on) if _on_calendar(on) else None


@builtin("last day of month", [_ON], INTEGER, check=_calendar_only,
         native=_of_stored(INTEGER, lambda on: days_in_month(on.year, on.month)))  # fmt: skip
def last_day_of_month(on: Any) -> int | None:
    """last day of month(@"2016-02-10") = 29"""
    return days_in_month(on.year, on.month) if _on_calendar(on) else None


@builtin("absolute duration", [Param("value", ANY, says="duration")], ANY)
def absolute_duration(value: Any) -> Any:
    """absolute duration(@"-P1D") = @"P1D" """
    if isinstance(value, Months):
        return negative(value) if value.months < 0 else value
    if not is_length(value):
        return None
    return make_duration(abs(nanoseconds_of(value)))
