"""The texts of temporal values: XML Schema's forms, with `@` and a time zone's name (DMN 1.5, 10.3.2.3)."""

import re
from collections.abc import Callable
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from .wide import (
    SECOND,
    Months,
    combine,
    date_at,
    day_number,
    is_date,
    is_date_time,
    is_length,
    is_time,
    make_date,
    make_duration,
    make_months,
    make_offset,
    make_time,
    nanosecond_of,
    nanoseconds_of,
)

# A year has four digits, or more without a leading zero.
_DATE = re.compile(r"(-?(?:\d{4}|[1-9]\d{4,8}))-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?", re.ASCII)
_ZONE = re.compile(r"(Z)|([+-])(\d\d):(\d\d)(?::(\d\d))?|@([A-Za-z0-9_+/-]{1,60})", re.ASCII)
_DAYS = re.compile(
    r"(-)?P(?:(\d{1,18})D)?(?:T(?=\d)(?:(\d{1,18})H)?(?:(\d{1,18})M)?(?:(\d{1,18})(?:\.(\d{1,9}))?S)?)?", re.ASCII
)
_MONTHS = re.compile(r"(-)?P(?:(\d{1,18})Y)?(?:(\d{1,18})M)?", re.ASCII)


def parse_date(text: str) -> Any:
    """`2017-10-30`, or null."""
    match = _DATE.fullmatch(text)
    return make_date(*map(int, match.groups())) if match else None


def parse_time(text: str) -> Any:
    """`08:30:00`, with `Z`, an offset or `@Europe/Prague`, or without a zone; null where it is none."""
    return _time(text)[0]


def parse_date_time(text: str) -> Any:
    """`2017-10-30T08:30:00`, with or without a zone, or a date for its midnight; null where it is none."""
    day, mark, rest = text.partition("T")
    on = parse_date(day)
    if on is None or not mark:
        return None if on is None else combine(on, make_time(0, 0, 0))
    at, tomorrow = _time(rest)
    if at is None:
        return None
    on = date_at(day_number(on) + 1) if tomorrow else on
    return None if on is None else combine(on, at)


def _time(text: str) -> tuple[Any, bool]:
    """The time of day, and whether it is the midnight at the end of the day."""
    match = _TIME.match(text)
    if match is None:
        return None, False
    zone, known = parse_zone(text[match.end() :])
    hour, minute, second, part = int(match[1]), int(match[2]), int(match[3]), _nanoseconds(match[4])
    tomorrow = (hour, minute, second, part) == (24, 0, 0, 0)
    return (make_time(0 if tomorrow else hour, minute, second, part, zone) if known else None), tomorrow


def parse_zone(text: str) -> tuple[tzinfo | None, bool]:
    """The zone of `Z`, an offset, or `@` and a name of the time zone database, and whether the text is one or empty."""
    if not text:
        return None, True
    match = _ZONE.fullmatch(text)
    if match is None or match[1]:
        return (UTC if match else None), match is not None
    if match[6]:
        zone = named_zone(match[6])
    elif int(match[4]) > 59 or int(match[5] or 0) > 59:
        return None, False
    else:
        seconds = int(match[3]) * 3600 + int(match[4]) * 60 + int(match[5] or 0)
        zone = make_offset(-seconds if match[2] == "-" else seconds)
    return zone, zone is not None


def named_zone(name: str) -> tzinfo | None:
    """A zone of the time zone database, or null."""
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return None


def parse_duration(text: str) -> Any:
    """`P1DT2H`, `-PT30M` or `P1Y6M`; null where it is neither."""
    if text.endswith(("P", "T")):
        return None
    if match := _MONTHS.fullmatch(text):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return make_months(-months if match[1] else months)
    if not (match := _DAYS.fullmatch(text)):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:5])
    length = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * SECOND + _nanoseconds(match[6])
    return make_duration(-length if match[1] else length)


def _nanoseconds(fraction: str | None) -> int:
    return int((fraction or "").ljust(9, "0"))


def parse_temporal(text: str) -> Any:
    """What `@"..."` means: a date, time, date and time or duration; null where it is none."""
    parsers: tuple[Callable[[str], Any], ...] = (parse_date, parse_time, parse_date_time, parse_duration)
    for parse in parsers:
        if (value := parse(text)) is not None:
            return value
    return None


def temporal_text(value: Any) -> str:
    """The canonical text of a temporal value, as `@"..."` reads it."""
    if isinstance(value, Months):
        return _months_text(value.months)
    if is_length(value):
        return _length_text(nanoseconds_of(value))
    if is_date(value):
        return _date_text(value)
    if is_time(value):
        return _clock_text(value)
    if is_date_time(value):
        return f"{_date_text(value)}T{_clock_text(value)}"
    raise TypeError(type(value).__name__)


def _date_text(value: Any) -> str:
    return f"{'-' if value.year < 0 else ''}{abs(value.year):04d}-{value.month:02d}-{value.day:02d}"


def _clock_text(value: Any) -> str:
    text = f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}{_fraction(nanosecond_of(value))}"
    zone = value.tzinfo
    if zone is None:
        return text
    if isinstance(zone, ZoneInfo):
        return f"{text}@{zone.key}"
    seconds = nanoseconds_of(zone.utcoffset(None)) // SECOND
    if not seconds:
        return text + "Z"
    sign, seconds = "-" if seconds < 0 else "+", abs(seconds)
    last = f":{seconds % 60:02d}" if seconds % 60 else ""
    return f"{text}{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}{last}"


def _months_text(length: int) -> str:
    years, months = divmod(abs(length), 12)
    sign = "-" if length < 0 else ""
    return f"{sign}P" + (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")


def _length_text(length: int) -> str:
    whole, part = divmod(abs(length), SECOND)
    days, hours, minutes, seconds = whole // 86_400, whole // 3600 % 24, whole // 60 % 60, whole % 60
    last = f"{seconds}{_fraction(part)}S" if seconds or part else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + last
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-" if length < 0 else "") + "P" + (text or "T0S")


def _fraction(nanosecond: int) -> str:
    return f".{nanosecond:09d}".rstrip("0") if nanosecond else ""
