"""Date and time functions (DMN 1.5, tables 70, 80 and 81). today() and now() are facts of the scope's clock."""

from typing import Any

from ..operators import less, negate
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
    make_time,
    months_between,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_time,
    time_of,
    week_of_year_of,
    weekday_of,
)
from ..types import ANY, DATE, DATE_TIME, INTEGER, MONTHS, STRING, TIME, Type
from ..values import kind
from .registry import Param, builtin

_ON = Param("date", ANY)


def _on_calendar(value: Any) -> bool:
    return is_date(value) or is_date_time(value)


def _calendar_only(types: tuple[Type, ...]) -> str:
    wrong = [t for t in types if t not in (DATE, DATE_TIME, ANY)]
    return f"This function takes a date or a date and time, not a {wrong[0]}." if wrong else ""


def _date_parts(types: tuple[Type, ...]) -> str:
    if len(types) > 1:
        return ""
    return "" if types[0] in (STRING, DATE, DATE_TIME, ANY) else f"A date is made from a string, not from a {types[0]}."


@builtin("date", [Param("from", ANY), Param("month", ANY, optional=True), Param("day", ANY, optional=True)], DATE,
         check=_date_parts)  # fmt: skip
def date_(start: Any, month: Any = None, day: Any = None) -> Any:
    """date(2017, 10, 30) = date("2017-10-30")"""
    if month is not None or day is not None:
        if not all(kind(part) == "number" and part == int(part) for part in (start, month, day)):
            return None
        return make_date(int(start), int(month), int(day))
    if isinstance(start, str):
        return parse_date(start)
    return date_of(start) if is_date_time(start) else start if is_date(start) else None


def _time_parts(types: tuple[Type, ...]) -> str:
    if len(types) > 1:
        return ""
    return "" if types[0] in (STRING, TIME, DATE_TIME, ANY) else f"A time is made from a string, not from a {types[0]}."


@builtin("time", [Param("from", ANY), Param("minute", ANY, optional=True), Param("second", ANY, optional=True)], TIME,
         check=_time_parts)  # fmt: skip
def time_(start: Any, minute: Any = None, second: Any = None) -> Any:
    """time(8, 30, 0) = time("08:30:00")"""
    if minute is not None or second is not None:
        if not all(kind(part) == "number" and part == int(part) for part in (start, minute, second)):
            return None
        return make_time(int(start), int(minute), int(second))
    if isinstance(start, str):
        return parse_time(start)
    return time_of(start) if is_date_time(start) else start if is_time(start) else None


@builtin("date and time", [Param("from", ANY), Param("time", TIME, optional=True)], DATE_TIME)
def date_and_time(start: Any, at: Any = None) -> Any:
    """date and time(@"2017-10-30", @"08:30:00") = @"2017-10-30T08:30:00Z" """
    if at is not None:
        on = date_(start) if not isinstance(start, str) else None
        return None if on is None else combine(on, at)
    if isinstance(start, str):
        return parse_date_time(start)
    return start if is_date_time(start) else None


def _duration_type(types: tuple[Type, ...]) -> Type:
    return ANY


@builtin("duration", [Param("from", STRING)], _duration_type)
def duration(text: str) -> Any:
    """duration("P1DT2H") = @"P1DT2H" """
    return parse_duration(text)


@builtin("years and months duration", [Param("from", ANY), Param("to", ANY)], MONTHS, check=_calendar_only)
def years_and_months_duration(start: Any, end: Any) -> Months | None:
    """years and months duration(@"2016-01-31", @"2017-03-30") = @"P1Y1M" """
    if not (_on_calendar(start) and _on_calendar(end)):
        return None
    return months_between(start, end)


@builtin("day of week", [_ON], STRING, check=_calendar_only)
def day_of_week(on: Any) -> str | None:
    """day of week(@"2017-10-30") = "Monday" """
    return WEEKDAYS[weekday_of(on) - 1] if _on_calendar(on) else None


@builtin("month of year", [_ON], STRING, check=_calendar_only)
def month_of_year(on: Any) -> str | None:
    """month of year(@"2017-10-30") = "October" """
    return MONTH_NAMES[on.month - 1] if _on_calendar(on) else None


@builtin("day of year", [_ON], INTEGER, check=_calendar_only)
def day_of_year(on: Any) -> int | None:
    """day of year(@"2017-02-01") = 32"""
    return day_of_year_of(on) if _on_calendar(on) else None


@builtin("week of year", [_ON], INTEGER, check=_calendar_only)
def week_of_year(on: Any) -> int | None:
    """week of year(@"2017-10-30") = 44"""
    return week_of_year_of(on) if _on_calendar(on) else None


@builtin("last day of month", [_ON], INTEGER, check=_calendar_only)
def last_day_of_month(on: Any) -> int | None:
    """last day of month(@"2016-02-10") = 29"""
    return days_in_month(on.year, on.month) if _on_calendar(on) else None


@builtin("absolute duration", [Param("value", ANY)], _duration_type)
def absolute_duration(value: Any) -> Any:
    """absolute duration(@"-P1D") = @"P1D" """
    if isinstance(value, Months):
        return negate(value) if value.months < 0 else value
    if not is_length(value):
        return None
    return negate(value) if less(value, make_duration(0)) else value
