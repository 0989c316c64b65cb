"""Arithmetic of stored temporal values, which Python's types hold: what compiled code calls where it knows the types.

Each gives the stored form of what `operators` gives, and null where Python's types are too small.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from ..types import DATE, DATE_TIME, DAYS, MONTHS, Type
from .arithmetic import add_duration, since
from .wide import Months, make_months, stored


def _month_later(at: date, length: Months) -> date | None:
    return _months_later(at, length.months)


def _month_earlier(at: date, length: Months) -> date | None:
    return _months_later(at, -length.months)


def _months_later(at: date, months: int) -> date | None:
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    day = at.day if at.day < 29 else min(at.day, monthrange(year, month + 1)[1])
    return at.replace(year, month + 1, day)


def _days_later(on: date, length: timedelta) -> date | None:
    # A date moves by whole days, towards the past where a part of one is left: Python's sum does just this.
    try:
        return on + length
    except OverflowError:
        return None


def _days_earlier(on: date, length: timedelta) -> date | None:
    try:
        return on + -length
    except OverflowError:
        return None


def _later(at: datetime, length: timedelta) -> Any:
    return stored(add_duration(at, length))


def _earlier(at: datetime, length: timedelta) -> Any:
    try:
        return _later(at, -length)
    except OverflowError:
        return None


def _days_between(end: date, start: date) -> timedelta:
    return end - start


def _time_between(end: datetime, start: datetime) -> Any:
    return since(start, end)


def _sum(a: timedelta, b: timedelta) -> timedelta | None:
    try:
        return a + b
    except OverflowError:
        return None


def _difference(a: timedelta, b: timedelta) -> timedelta | None:
    try:
        return a - b
    except OverflowError:
        return None


_Run = Callable[[Any, Any], Any]
_DIRECT: dict[tuple[str, Type, Type], _Run] = {
    ("+", DATE, MONTHS): _month_later,
    ("-", DATE, MONTHS): _month_earlier,
    ("+", DATE_TIME, MONTHS): _month_later,
    ("-", DATE_TIME, MONTHS): _month_earlier,
    ("+", DATE, DAYS): _days_later,
    ("-", DATE, DAYS): _days_earlier,
    ("+", DATE_TIME, DAYS): _later,
    ("-", DATE_TIME, DAYS): _earlier,
    ("-", DATE, DATE): _days_between,
    ("-", DATE_TIME, DATE_TIME): _time_between,
    ("+", DAYS, DAYS): _sum,
    ("-", DAYS, DAYS): _difference,
    ("+", MONTHS, MONTHS): lambda a, b: make_months(a.months + b.months),
    ("-", MONTHS, MONTHS): lambda a, b: make_months(a.months - b.months),
}


def direct_arithmetic(op: str, left: Type, right: Type) -> _Run | None:
    """The function of two stored values of these types, or null where only `operators` has one."""
    return _DIRECT.get((op, left, right))
