"""Dates, times and durations: their texts, their parts, and arithmetic on the calendar.

A date and time without an offset or zone is taken as UTC, so that all are aware and comparable. A time of day carries
no offset. Years run from 1 to 9999; what falls outside is null.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from .types import DAYS, INTEGER, STRING, Date, DateTime, DaysDuration, MonthsDuration, Time, Type
from .values import Months

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?")
_ZONE = re.compile(r"Z|([+-])(\d\d):(\d\d)|@([A-Za-z0-9_+/-]{1,60})")
_DAYS = re.compile(
    r"(-)?P(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{1,9}))?S)?)?", re.ASCII
)
_MONTHS = re.compile(r"(-)?P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?", re.ASCII)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
               "November", "December")  # fmt: skip


def parse_date(text: str) -> date | None:
    """`2017-10-30`, or null."""
    match = _DATE.fullmatch(text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """`08:30:00`, or null; a time with an offset is not supported and null."""
    match = _TIME.fullmatch(text)
    try:
        return time(int(match[1]), int(match[2]), int(match[3]), _microseconds(match[4])) if match else None
    except ValueError:
        return None


def parse_date_time(text: str) -> datetime | None:
    """`2017-10-30T08:30:00Z`, with an offset or `@Europe/Prague`, or without as UTC; null where it is none."""
    day, mark, rest = text.partition("T")
    clock = _TIME.match(rest)
    on, at = parse_date(day), parse_time(clock[0]) if clock else None
    if on is None or (mark and at is None):
        return None
    zone = parse_zone(rest[clock.end() :]) if clock else UTC
    return None if zone is None else datetime.combine(on, at or time(), zone)


def parse_zone(text: str) -> tzinfo | None:
    """`Z`, an offset, `@` and a name of the time zone database; nothing is UTC."""
    if not text:
        return UTC
    match = _ZONE.fullmatch(text)
    if not match or match[0] == "Z":
        return UTC if match else None
    try:
        if match[4]:
            return ZoneInfo(match[4])
        offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(-offset if match[1] == "-" else offset)
    except (ValueError, KeyError, OSError):
        return None


def parse_duration(text: str) -> timedelta | Months | None:
    """`P1DT2H`, `-PT30M` or `P1Y6M`; null where it is neither."""
    if len(text) < 3 or text.endswith("T") or text == "-P":
        return None
    if match := _MONTHS.fullmatch(text):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return Months(-months if match[1] else months)
    if not (match := _DAYS.fullmatch(text)):
        return None
    try:
        length = timedelta(
            days=int(match[2] or 0), hours=int(match[3] or 0), minutes=int(match[4] or 0), seconds=int(match[5] or 0),
            microseconds=_microseconds(match[6]),
        )  # fmt: skip
    except OverflowError:
        return None
    return -length if match[1] else length


def _microseconds(fraction: str | None) -> int:
    return int((fraction or "").ljust(6, "0")[:6])


def parse_temporal(text: str) -> Any:
    """What `@"..."` means: a date, time, date and time or duration; null where it is none."""
    for parse in (parse_date, parse_time, parse_date_time, parse_duration):
        if (value := parse(text)) is not None:
            return value
    return None


def add_months(at: Any, months: int) -> Any:
    """A date or date and time some months later; the day is clamped to the end of the month."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def add_duration(at: Any, length: timedelta) -> Any:
    """A date, date and time, or time of day moved by a days and time duration; a date stays a date."""
    try:
        if isinstance(at, datetime):
            return at + length
        if isinstance(at, date):
            return (datetime.combine(at, time()) + length).date()
        moved = datetime.combine(date(2000, 1, 1), at) + timedelta(seconds=length.total_seconds() % 86_400)
        return moved.time()
    except OverflowError:
        return None


def months_between(start: date, end: date) -> Months:
    """Whole months from start to end, towards zero (DMN 1.5, `years and months duration`)."""
    if end < start:
        return Months(-months_between(end, start).months)
    months = (end.year - start.year) * 12 + end.month - start.month
    return Months(months - (1 if end.day < start.day else 0))


def whole_months(value: Decimal) -> int:
    """A number of months, towards zero."""
    return int(value)


def duration_text(value: timedelta | Months) -> str:
    """The canonical ISO 8601 text of a duration."""
    if isinstance(value, Months):
        years, months = divmod(abs(value.months), 12)
        sign = "-" if value.months < 0 else ""
        return f"{sign}P" + (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
    seconds = abs(value) // timedelta(seconds=1)
    micros = (abs(value) % timedelta(seconds=1)) // timedelta(microseconds=1)
    days, hours, minutes = seconds // 86_400, seconds // 3600 % 24, seconds // 60 % 60
    fraction = f"{micros:06d}".rstrip("0")
    last = f"{seconds % 60}{'.' + fraction if fraction else ''}S" if seconds % 60 or micros else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + last
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-" if value < timedelta() else "") + "P" + (text or "T0S")


def temporal_text(value: Any) -> str:
    """The text of a temporal value, as `@"..."` reads it."""
    if isinstance(value, timedelta | Months):
        return duration_text(value)
    if isinstance(value, datetime):
        text = value.replace(tzinfo=None).isoformat()
        if isinstance(value.tzinfo, ZoneInfo):
            return f"{text}@{value.tzinfo.key}"
        offset = value.utcoffset()
        return text + ("Z" if not offset else value.isoformat()[-6:])
    return str(value.isoformat())


def _part(divisor: int, modulus: int) -> Callable[[timedelta], int]:
    def part(length: timedelta) -> int:
        whole = abs(length) // timedelta(seconds=1) // divisor
        return (whole % modulus if modulus else whole) * (-1 if length < timedelta() else 1)

    return part


def _years(length: Months) -> int:
    return int(abs(length.months) // 12) * (-1 if length.months < 0 else 1)


def _months(length: Months) -> int:
    return int(abs(length.months) % 12) * (-1 if length.months < 0 else 1)


_CALENDAR: dict[str, tuple[Type, Callable[[Any], Any]]] = {
    "year": (INTEGER, lambda at: at.year),
    "month": (INTEGER, lambda at: at.month),
    "day": (INTEGER, lambda at: at.day),
    "weekday": (INTEGER, lambda at: at.isoweekday()),
}
_CLOCK: dict[str, tuple[Type, Callable[[Any], Any]]] = {
    "hour": (INTEGER, lambda at: at.hour),
    "minute": (INTEGER, lambda at: at.minute),
    "second": (INTEGER, lambda at: at.second),
}
_ZONED: dict[str, tuple[Type, Callable[[Any], Any]]] = {
    "time offset": (DAYS, lambda at: at.utcoffset()),
    "timezone": (STRING, lambda at: getattr(at.tzinfo, "key", None)),
}
_LENGTH: dict[str, tuple[Type, Callable[[Any], Any]]] = {
    "days": (INTEGER, _part(86_400, 0)),
    "hours": (INTEGER, _part(3600, 24)),
    "minutes": (INTEGER, _part(60, 60)),
    "seconds": (INTEGER, _part(1, 60)),
}
_SPAN: dict[str, tuple[Type, Callable[[Any], Any]]] = {"years": (INTEGER, _years), "months": (INTEGER, _months)}

PROPERTIES: dict[type[Type], dict[str, tuple[Type, Callable[[Any], Any]]]] = {
    Date: _CALENDAR,
    DateTime: _CALENDAR | _CLOCK | _ZONED,
    Time: _CLOCK,
    DaysDuration: _LENGTH,
    MonthsDuration: _SPAN,
}
"""Type -> property -> type and function of a value that is not null (DMN 1.5, table 59)."""


def zoned(value: Any) -> Any:
    """A date and time without an offset or zone in UTC; other values as they are."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value
