"""The temporal values that Python's types are too small for, and the constructors that choose between both.

Python's date, time, datetime and timedelta hold most values. A value lies outside them if its year is not in 1 to 9999,
if it has nanoseconds, or if a duration is longer than timedelta's. Such a value, and no other, is of a type of this
file: so two equal values are of one type. Years run from -999,999,999 to 999,999,999 and durations are as long as an
int64 of seconds; beyond is null.
"""

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

YEAR_LIMIT = 999_999_999
SECOND = 1_000_000_000
DAY = 86_400 * SECOND
_LENGTH_LIMIT = 2**63 * SECOND
_MONTHS_LIMIT = 2**63
_TIMEDELTA_LIMIT = timedelta.max.days * DAY
_OFFSET_LIMIT = 14 * 3600
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class WideDate(msgspec.Struct, frozen=True):
    """A date of a year that datetime.date lacks."""

    year: int
    month: int
    day: int


class WideTime(msgspec.Struct, frozen=True):
    """A time of day with nanoseconds."""

    hour: int
    minute: int
    second: int
    nanosecond: int
    tzinfo: tzinfo | None


class WideDateTime(msgspec.Struct, frozen=True):
    """A date and time with nanoseconds or of a year that datetime lacks."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    nanosecond: int
    tzinfo: tzinfo | None


class WideDuration(msgspec.Struct, frozen=True):
    """A days and time duration with nanoseconds or longer than timedelta."""

    nanoseconds: int


class Months(msgspec.Struct, frozen=True, order=True):
    """A years and months duration."""

    months: int


def is_date(value: object) -> bool:
    """Whether a value is a date, and no date and time."""
    return isinstance(value, date | WideDate) and not isinstance(value, datetime)


def is_date_time(value: object) -> bool:
    """Whether a value is a date and time."""
    return isinstance(value, datetime | WideDateTime)


def is_time(value: object) -> bool:
    """Whether a value is a time of day."""
    return isinstance(value, time | WideTime)


def is_length(value: object) -> bool:
    """Whether a value is a days and time duration."""
    return isinstance(value, timedelta | WideDuration)


def days_in_month(year: int, month: int) -> int:
    """The length of a month in the proleptic Gregorian calendar."""
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return _MONTH_DAYS[month - 1] + leap


def make_date(year: int, month: int, day: int) -> date | WideDate | None:
    """The date with these parts, or null."""
    if not (-YEAR_LIMIT <= year <= YEAR_LIMIT and 1 <= month <= 12 and 1 <= day <= days_in_month(year, month)):
        return None
    return date(year, month, day) if 1 <= year <= 9999 else WideDate(year, month, day)


def make_time(
    hour: int, minute: int, second: int, nanosecond: int = 0, zone: tzinfo | None = None
) -> time | WideTime | None:
    """The time of day with these parts, or null."""
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        return None
    if nanosecond % 1000:
        return WideTime(hour, minute, second, nanosecond, zone)
    return time(hour, minute, second, nanosecond // 1000, zone)


def combine(on: Any, at: Any) -> Any:
    """The date and time of a date (or the date of a date and time) and a time of day, in the zone of the time."""
    nanosecond = nanosecond_of(at)
    parts = on.year, on.month, on.day, at.hour, at.minute, at.second
    if nanosecond % 1000 or not 1 <= on.year <= 9999:
        return WideDateTime(*parts, nanosecond, at.tzinfo)
    return datetime(*parts, nanosecond // 1000, tzinfo=at.tzinfo)


def make_duration(nanoseconds: int) -> Any:
    """The days and time duration of this length, or null where it is too long."""
    if nanoseconds % 1000 or not -_TIMEDELTA_LIMIT <= nanoseconds < _TIMEDELTA_LIMIT + DAY:
        return WideDuration(nanoseconds) if abs(nanoseconds) < _LENGTH_LIMIT else None
    return timedelta(microseconds=nanoseconds // 1000)


def make_months(months: int) -> Months | None:
    """The years and months duration of this length, or null where it is too long."""
    return Months(months) if abs(months) < _MONTHS_LIMIT else None


def make_offset(seconds: int) -> tzinfo | None:
    """The zone with a fixed offset, or null where it is more than 14 hours."""
    if abs(seconds) > _OFFSET_LIMIT:
        return None
    return timezone(timedelta(seconds=seconds)) if seconds else UTC


def date_of(value: Any) -> Any:
    """The date of a date and time, without its zone."""
    return value.date() if isinstance(value, datetime) else make_date(value.year, value.month, value.day)


def time_of(value: Any) -> Any:
    """The time of day of a date and time, with its zone."""
    if isinstance(value, datetime):
        return value.timetz()
    return make_time(value.hour, value.minute, value.second, value.nanosecond, value.tzinfo)


def nanosecond_of(value: Any) -> int:
    """The part of a time or date and time that is less than a second."""
    nanosecond: int = value.microsecond * 1000 if isinstance(value, time | datetime) else value.nanosecond
    return nanosecond


def nanoseconds_of(length: Any) -> int:
    """The length of a days and time duration."""
    if isinstance(length, WideDuration):
        return length.nanoseconds
    whole: int = ((length.days * 86_400 + length.seconds) * 1_000_000 + length.microseconds) * 1000
    return whole


def day_number(value: Any) -> int:
    """Days from 1970-01-01 to the date of a value (H. Hinnant, chrono-compatible low-level date algorithms)."""
    year = value.year - (value.month <= 2)
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * ((value.month + 9) % 12) + 2) // 5 + value.day - 1
    number: int = era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468
    return number


def date_at(number: int) -> Any:
    """The date some days after 1970-01-01, or null; the inverse of `day_number`."""
    era, day_of_era = divmod(number + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    year = year_of_era + era * 400 + (month <= 2)
    return make_date(year, month, day_of_year - (153 * shifted + 2) // 5 + 1)


def clock_of(value: Any) -> int:
    """Nanoseconds since midnight, on the clock of the value."""
    seconds: int = value.hour * 3600 + value.minute * 60 + value.second
    return seconds * SECOND + nanosecond_of(value)


def local_of(value: Any) -> int:
    """Nanoseconds since 1970 of a date, or of a date and time on its own clock."""
    clock: int = 0 if is_date(value) else clock_of(value)
    return day_number(value) * DAY + clock


def offset_of(value: Any) -> int | None:
    """The offset from UTC in nanoseconds; null without a zone, or for a time of day in a changing one."""
    if value.tzinfo is None:
        return None
    if isinstance(value, time | datetime):
        offset = value.utcoffset()
    elif isinstance(value, WideTime):
        offset = value.tzinfo.utcoffset(None)
    else:
        # The calendar repeats every 400 years, and so do the rules of the last year that a zone's table knows.
        year = value.year if 1 <= value.year <= 9999 else value.year % 400 + (9600 if value.year > 0 else 400)
        clock = value.hour, value.minute, value.second
        offset = datetime(year, value.month, value.day, *clock, tzinfo=value.tzinfo).utcoffset()
    return None if offset is None else nanoseconds_of(offset)


def moment_of(value: Any) -> int:
    """Nanoseconds since 1970 of a date and time with a zone, in UTC; a date means its midnight in UTC."""
    offset = None if is_date(value) else offset_of(value)
    return local_of(value) - (offset or 0)


def at_local(nanoseconds: int, zone: tzinfo | None) -> Any:
    """The date and time that a clock shows so long after 1970, or null; the inverse of `local_of`."""
    number, clock = divmod(nanoseconds, DAY)
    on = date_at(number)
    return None if on is None else combine(on, at_clock(clock, zone))


def at_moment(nanoseconds: int, zone: tzinfo) -> Any:
    """The date and time in a zone so long after 1970 in UTC, or null; the inverse of `moment_of`."""
    universal = at_local(nanoseconds, UTC)
    if universal is None:
        return None
    if not isinstance(zone, ZoneInfo):
        return at_local(nanoseconds + nanoseconds_of(zone.utcoffset(None)), zone)
    # A zone's rules are asked by the year of the calendar's cycle of 400 years that datetime has.
    year = (
        universal.year if 2 <= universal.year <= 9998 else universal.year % 400 + (9200 if universal.year > 0 else 400)
    )
    like = datetime(
        year, universal.month, universal.day, universal.hour, universal.minute, universal.second, tzinfo=UTC
    )
    offset = like.astimezone(zone).utcoffset()
    return at_local(nanoseconds + nanoseconds_of(offset), zone)


def at_clock(nanoseconds: int, zone: tzinfo | None) -> Any:
    """The time of day so long after midnight; days more or less do not count."""
    seconds, nanosecond = divmod(nanoseconds % DAY, SECOND)
    return make_time(seconds // 3600, seconds // 60 % 60, seconds % 60, nanosecond, zone)


def stored(value: Any) -> Any:
    """A temporal value in its stored form: without a zone it is UTC, a time of day has no zone, and it is held to the
    microsecond; null where Python's types are too small."""
    if isinstance(value, WideDateTime | WideTime | WideDuration):
        value = _to_microseconds(value)
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    if isinstance(value, WideDate | WideDateTime | WideTime | WideDuration):
        return None
    return None if isinstance(value, time) and value.tzinfo is not None else value


def _to_microseconds(value: Any) -> Any:
    if isinstance(value, WideDuration):
        return make_duration(value.nanoseconds // 1000 * 1000)
    at = make_time(value.hour, value.minute, value.second, value.nanosecond // 1000 * 1000, value.tzinfo)
    return at if isinstance(value, WideTime) else combine(value, at)
