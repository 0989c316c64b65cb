"""Comparison and arithmetic of temporal values, exact and total (DMN 1.5, tables 42 and 57 to 60)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .wide import (
    Months,
    at_clock,
    at_local,
    at_moment,
    clock_of,
    combine,
    date_at,
    day_number,
    days_in_month,
    is_date,
    is_date_time,
    is_length,
    is_time,
    local_of,
    make_date,
    make_duration,
    make_months,
    moment_of,
    nanoseconds_of,
    offset_of,
    time_of,
)


def position(a: Any, b: Any) -> int | None:
    """How far a stands before (negative) or after b, two values of one kind; null where one has a zone alone."""
    if isinstance(a, Months):
        return int(a.months - b.months)
    if is_length(a):
        return nanoseconds_of(a) - nanoseconds_of(b)
    if is_date(a):
        return day_number(a) - day_number(b)
    return _difference(a, b)


def same(a: Any, b: Any) -> bool:
    """Whether two values of one kind are equal; what has a zone never equals what has none."""
    return position(a, b) == 0


def identical(a: Any, b: Any) -> bool:
    """Whether two values of one kind are the same, clock and zone alike (`is`)."""
    if is_length(a) or isinstance(a, Months) or is_date(a):
        return bool(a == b)
    return local_or_clock(a) == local_or_clock(b) and _zone_key(a) == _zone_key(b)


def local_or_clock(value: Any) -> int:
    """Where the own clock of a date and time or a time of day stands."""
    return clock_of(value) if is_time(value) else local_of(value)


def _zone_key(value: Any) -> Any:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else offset_of(value)


def _difference(a: Any, b: Any) -> int | None:
    if (a.tzinfo is None) != (b.tzinfo is None):
        return None
    here, there = local_or_clock(a), local_or_clock(b)
    if a.tzinfo is b.tzinfo and (a.tzinfo is None or is_time(a)):
        return here - there
    first, second = offset_of(a), offset_of(b)
    if first is None or second is None:
        # Times of day in zones whose offset changes: only within one zone do they follow one another.
        return here - there if _zone_key(a) == _zone_key(b) is not None else None
    return here - first - (there - second)


def since(start: Any, end: Any) -> Any:
    """The days and time duration from start to end, or null; a date beside a zoned date and time is midnight in UTC."""
    if type(start) is type(end) is date or (type(start) is type(end) is datetime and start.tzinfo is end.tzinfo is UTC):
        return end - start
    if is_date(start) and is_date(end):
        return make_duration((day_number(end) - day_number(start)) * 86_400_000_000_000)
    if is_date(start) or is_date(end):
        zoned = end if is_date(start) else start
        return None if zoned.tzinfo is None else make_duration(moment_of(end) - moment_of(start))
    between = _difference(end, start)
    return None if between is None else make_duration(between)


def add_duration(at: Any, length: Any) -> Any:
    """A date, date and time, or time of day moved by a days and time duration; a date stays a date."""
    if isinstance(at, datetime) and isinstance(length, timedelta) and not isinstance(at.tzinfo, ZoneInfo):
        try:
            return at + length
        except OverflowError:
            pass
    moved = nanoseconds_of(length)
    if is_time(at):
        return at_clock(clock_of(at) + moved, at.tzinfo)
    if is_date(at):
        return date_at((local_of(at) + moved) // 86_400_000_000_000)
    if isinstance(at.tzinfo, ZoneInfo):
        return at_moment(moment_of(at) + moved, at.tzinfo)
    return at_local(local_of(at) + moved, at.tzinfo)


def add_months(at: Any, months: int) -> Any:
    """A date or date and time some months later; the day is clamped to the end of the month."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    on = make_date(year, month + 1, min(at.day, days_in_month(year, month + 1)))
    return on if on is None or not is_date_time(at) else combine(on, time_of(at))


def negative(length: Any) -> Any:
    """A duration of either family in the other direction."""
    return make_months(-length.months) if isinstance(length, Months) else make_duration(-nanoseconds_of(length))


def sum_of(a: Any, b: Any) -> Any:
    """Two durations of one family, one after the other."""
    if isinstance(a, Months):
        return make_months(a.months + b.months)
    return make_duration(nanoseconds_of(a) + nanoseconds_of(b))


def months_between(start: Any, end: Any) -> Months | None:
    """Whole months from start to end, towards zero (DMN 1.5, `years and months duration`)."""
    if (start.year, start.month, start.day) > (end.year, end.month, end.day):
        backwards = months_between(end, start)
        return None if backwards is None else make_months(-backwards.months)
    months = (end.year - start.year) * 12 + end.month - start.month
    return make_months(months - (1 if end.day < start.day else 0))
