"""Arithmetic of dates, times and durations as whole numbers, and their parts.

The days of a date and back: H. Hinnant, chrono-compatible low-level date algorithms. Results are in their stored form:
null outside of the years 1 to 9999.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..temporal import MONTH_NAMES, WEEKDAYS
from ..types import DATE, DATE_TIME, DAYS, MONTHS, TIME, Type
from .columns import DAY, LONGEST, Coded, Column, Mask, Overflow, Scaled, Ticks, Words, both

_FIRST, _LAST = -719_162, 2_932_896
"""The days of 0001-01-01 and 9999-12-31."""
_MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_MONTH_START = np.concatenate([[0], np.cumsum(_MONTH_DAYS)[:-1]])
_WEEKDAYS, _MONTH_NAMES = Words(WEEKDAYS), Words(MONTH_NAMES)


def civil(days: Any) -> tuple[Any, Any, Any]:
    """Year, month and day."""
    days = days + 719_468
    era = days // 146_097
    of_era = days - era * 146_097
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * of_year + 2) // 153
    month = np.where(shifted < 10, shifted + 3, shifted - 9)
    return year_of_era + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1


def days_of(year: Any, month: Any, day: Any) -> Any:
    """Days since 1970-01-01; the inverse of `civil`."""
    year = year - (month <= 2)
    era = year // 400
    year_of_era = year - era * 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + of_year - 719_468


def leap(year: Any) -> Any:
    return (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))


def month_length(year: Any, month: Any) -> Any:
    return _MONTH_DAYS[month - 1] + (leap(year) & (month == 2))


def dates(type_: Type, values: Any, valid: Mask | None) -> Ticks:
    """Dates, or dates and times, null outside of the years that are stored."""
    unit = 1 if type_ == DATE else DAY
    inside = (values >= _FIRST * unit) & (values < (_LAST + 1) * unit)
    if not inside.all():
        valid = inside if valid is None else valid & inside
    return Ticks(type_, values, valid)


def day_numbers(of: Ticks) -> Any:
    """The days since 1970 of dates, or of dates and times in UTC."""
    return _known(of) if of.type == DATE else _known(of) // DAY


def _known(of: Ticks) -> Any:
    # What is null may be anything: take it as 0, so that no table is read beyond its end.
    values = of.values.astype(np.int64, copy=False)
    return values if of.valid is None else np.where(of.valid, values, 0)


def negated(of: Column) -> Column | None:
    """The negative of durations."""
    return Ticks(of.type, -of.values, of.valid) if isinstance(of, Ticks) else None


def absolute(of: Column) -> Column | None:
    """abs() of durations."""
    return Ticks(of.type, np.abs(of.values), of.valid) if isinstance(of, Ticks) else None


def _bounded(values: Any, valid: Mask | None) -> int:
    values = values if valid is None else values[valid]
    return max(-int(values.min()), int(values.max())) if len(values) else 0


def arithmetic(op: str, a: Column, b: Column, type_: Type) -> Column | None:
    """Sums, differences and products with temporal values; None where columns have no form for that."""
    if op == "*" and isinstance(b, Ticks) and isinstance(a, Scaled):
        a, b = b, a
    if isinstance(a, Ticks) and isinstance(b, Scaled):
        return _scaled(op, a, b)
    if not (isinstance(a, Ticks) and isinstance(b, Ticks)) or op not in ("+", "-"):
        return None
    if op == "+" and a.type in (DAYS, MONTHS) and b.type not in (DAYS, MONTHS):
        a, b = b, a
    valid = both(a.valid, b.valid)
    if a.type == b.type:
        return _alike(op, a, b, valid)
    sign = 1 if op == "+" else -1
    if b.type == MONTHS and a.type in (DATE, DATE_TIME):
        return _months_later(a, sign * _known(b), valid)
    if b.type != DAYS:
        return None
    moved = sign * _known(b)
    if a.type == DATE:
        return dates(DATE, _known(a) + moved // DAY, valid)
    if a.type == DATE_TIME:
        if _bounded(moved, None) > LONGEST // 2:
            raise Overflow
        return dates(DATE_TIME, _known(a) + moved, valid)
    return Ticks(TIME, (_known(a) + moved % DAY) % DAY, valid) if a.type == TIME else None


def _alike(op: str, a: Ticks, b: Ticks, valid: Mask | None) -> Column | None:
    x, y = _known(a), _known(b)
    if a.type in (DAYS, MONTHS):
        if _bounded(x, None) + _bounded(y, None) >= LONGEST:
            raise Overflow
        return Ticks(a.type, x + y if op == "+" else x - y, valid)
    if op == "+":
        return None
    return Ticks(DAYS, (x - y) * (DAY if a.type == DATE else 1), valid)


def _months_later(a: Ticks, months: Any, valid: Mask | None) -> Ticks:
    days = day_numbers(a)
    year, month, day = civil(days)
    # No month that is stored is further away than this.
    together = year * 12 + month - 1 + np.clip(months, -200_000, 200_000)
    year, month = together // 12, together % 12 + 1
    moved = days_of(year, month, np.minimum(day, month_length(year, month)))
    return dates(a.type, moved if a.type == DATE else moved * DAY + _known(a) % DAY, valid)


def _scaled(op: str, a: Ticks, b: Scaled) -> Column | None:
    if a.type not in (DAYS, MONTHS) or op not in ("*", "/"):
        return None
    valid = both(a.valid, b.valid)
    length, by = _known(a), b.whole
    if op == "*":
        if b.scale:
            return _by_fraction(a, b)
        if _bounded(length, None) * b.largest >= LONGEST:
            raise Overflow
        return Ticks(a.type, length * by, valid)
    zero = by == 0
    if zero.any():
        valid = ~zero if valid is None else valid & ~zero
    unit, power = 1000 if a.type == DAYS else 1, 10**b.scale
    if b.largest > 10**11 or _bounded(length, None) * unit * power >= LONGEST:
        return None
    cut = np.abs(length) * (unit * power) // np.abs(np.where(zero, 1, by))
    return _cut_to(a.type, cut, unit, (length < 0) != (by < 0), valid)


def _by_fraction(a: Ticks, b: Scaled) -> Column | None:
    length, by, unit = _known(a), b.whole, 1000 if a.type == DAYS else 1
    if b.scale > 18 or _bounded(length, None) * unit * b.largest >= LONGEST:
        return None
    cut = np.abs(length) * unit * np.abs(np.where(b.nulls, 0, by)) // 10**b.scale
    return _cut_to(a.type, cut, unit, (length < 0) != (by < 0), both(a.valid, b.valid))


def _cut_to(type_: Type, cut: Any, unit: int, back: Any, valid: Mask | None) -> Ticks:
    """Lengths cut to whole months or nanoseconds towards zero, then stored as the microsecond that has begun."""
    return Ticks(type_, np.where(back, -((cut + unit - 1) // unit), cut // unit), valid)


# Parts


def _calendar(take: Callable[[Any], Any]) -> Callable[[Ticks], Any]:
    return lambda of: take(day_numbers(of))


def _clock(divisor: int, modulus: int) -> Callable[[Ticks], Any]:
    return lambda of: _known(of) % DAY // divisor % modulus


def _cut(divisor: int, modulus: int) -> Callable[[Ticks], Any]:
    def take(of: Ticks) -> Any:
        length = _known(of)
        whole = np.abs(length) // divisor
        return (whole % modulus if modulus else whole) * np.where(length < 0, -1, 1)

    return take


_YMD = {
    "year": _calendar(lambda days: civil(days)[0]),
    "month": _calendar(lambda days: civil(days)[1]),
    "day": _calendar(lambda days: civil(days)[2]),
    "weekday": _calendar(lambda days: (days + 3) % 7 + 1),
}
_HMS = {"hour": _clock(3_600_000_000, 24), "minute": _clock(60_000_000, 60), "second": _clock(1_000_000, 60)}
_SECOND = 1_000_000
PARTS: dict[Type, dict[str, Callable[[Ticks], Any]]] = {
    DATE: _YMD,
    DATE_TIME: _YMD | _HMS,
    TIME: _HMS,
    DAYS: {"days": _cut(DAY, 0), "hours": _cut(3600 * _SECOND, 24), "minutes": _cut(60 * _SECOND, 60),
           "seconds": _cut(_SECOND, 60)},
    MONTHS: {"years": _cut(12, 0), "months": _cut(1, 12)},
}  # fmt: skip


def part(of: Column, name: str) -> Column | None:
    """A property of temporal values, such as the year; None where columns have no form for it."""
    if not isinstance(of, Ticks) or name not in PARTS[of.type]:
        return None
    return Scaled(PARTS[of.type][name](of), 0, of.valid)


# Built-ins


def date_of(of: Column) -> Column | None:
    """date() of dates and times."""
    if not isinstance(of, Ticks) or of.type not in (DATE, DATE_TIME):
        return None
    return of if of.type == DATE else Ticks(DATE, day_numbers(of), of.valid)


def date_of_parts(year: Column, month: Column, day: Column) -> Column | None:
    """date() of year, month and day; null where there is no such day."""
    parts = (year, month, day)
    if not all(isinstance(one, Scaled) and one.scale == 0 for one in parts):
        return None
    y, m, d = (np.where(one.nulls, 0, one.whole) for one in parts if isinstance(one, Scaled))
    known = (y >= 1) & (y <= 9999) & (m >= 1) & (m <= 12) & (d >= 1)
    y, m = np.where(known, y, 1), np.where(known, m, 1)
    known &= d <= month_length(y, m)
    return Ticks(DATE, days_of(y, m, np.where(known, d, 1)), known)


def time_of_parts(hour: Column, minute: Column, second: Column) -> Column | None:
    """time() of hour, minute and second; null where there is no such time of day."""
    parts = (hour, minute, second)
    if not all(isinstance(one, Scaled) and one.scale == 0 for one in parts):
        return None
    h, m, s = (np.where(one.nulls, -1, one.whole) for one in parts if isinstance(one, Scaled))
    known = (h >= 0) & (h < 24) & (m >= 0) & (m < 60) & (s >= 0) & (s < 60)
    return Ticks(TIME, np.where(known, (h * 60 + m) * 60 + s, 0) * 1_000_000, known)


def moment_of(on: Column, at: Column) -> Column | None:
    """date and time() of a date and a time of day, in UTC as it is stored."""
    if not (isinstance(on, Ticks) and isinstance(at, Ticks) and at.type == TIME and on.type in (DATE, DATE_TIME)):
        return None
    return Ticks(DATE_TIME, day_numbers(on) * DAY + _known(at), both(on.valid, at.valid))


def midnight(on: Column) -> Column | None:
    """date and time() of a date."""
    if not isinstance(on, Ticks) or on.type not in (DATE, DATE_TIME):
        return None
    return on if on.type == DATE_TIME else Ticks(DATE_TIME, _known(on) * DAY, on.valid)


def months_between(start: Column, end: Column) -> Column | None:
    """years and months duration(): whole months, towards zero."""
    if not (isinstance(start, Ticks) and isinstance(end, Ticks)):
        return None
    (y, m, d), (v, n, e) = civil(day_numbers(start)), civil(day_numbers(end))
    months = (v - y) * 12 + n - m
    backwards = days_of(y, m, d) > days_of(v, n, e)
    months = months - (~backwards & (e < d)) + (backwards & (e > d))
    return Ticks(MONTHS, months, both(start.valid, end.valid))


def day_of_year(of: Column) -> Column | None:
    if not isinstance(of, Ticks):
        return None
    return Scaled(_day_of_year(day_numbers(of)), 0, of.valid)


def _day_of_year(days: Any) -> Any:
    year, month, day = civil(days)
    return _MONTH_START[month - 1] + day + (leap(year) & (month > 2))


def week_of_year(of: Column) -> Column | None:
    """week of year(): that of the Thursday of the same week (ISO 8601)."""
    if not isinstance(of, Ticks):
        return None
    days = day_numbers(of)
    thursday = days - (days + 3) % 7 + 3
    return Scaled((_day_of_year(thursday) - 1) // 7 + 1, 0, of.valid)


def last_day_of_month(of: Column) -> Column | None:
    if not isinstance(of, Ticks):
        return None
    year, month, _ = civil(day_numbers(of))
    return Scaled(month_length(year, month), 0, of.valid)


def day_of_week(of: Column) -> Column | None:
    if not isinstance(of, Ticks):
        return None
    return Coded(np.where(of.nulls, -1, (day_numbers(of) + 3) % 7), _WEEKDAYS)


def month_of_year(of: Column) -> Column | None:
    if not isinstance(of, Ticks):
        return None
    return Coded(np.where(of.nulls, -1, civil(day_numbers(of))[1] - 1), _MONTH_NAMES)
