"""Window: the two moments between which an aggregate looks, in the brand's calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import get_args
from zoneinfo import ZoneInfo

from decidedly.core.dictionary import Dictionary, Weekday, Window

Span = tuple[datetime | None, datetime]
"""From (included, None for the beginning of time), and to (not included)."""

MONTHS = {"month": 1, "quarter": 3, "year": 12}
_HOURS = {"hour": 1, "day": 24, "week": 168}
_WEEKDAYS: tuple[str, ...] = get_args(Weekday)


def span(window: Window | None, at: datetime, dictionary: Dictionary) -> Span:
    """The moments that bound a window as of `at`; nothing reaches past `at`.

    Rolling hours, days and weeks are lapses of time (a day is 24 hours); rolling months, quarters and years go back by
    the brand's calendar, a day that a month does not have being its last. Calendar units begin at the first moment of
    their first day in the brand's time zone, whatever the clocks do then.
    """
    return (None, at) if window is None else _span(window, at, dictionary.time_zone, dictionary.first_weekday)


@lru_cache(maxsize=4096)
def _span(window: Window, at: datetime, time_zone: str, first_weekday: Weekday) -> Span:
    zone = ZoneInfo(time_zone)
    edge = _calendar_edge if window.calendar else _rolling_edge
    try:
        since = edge(window, window.oldest, at, zone, first_weekday)
    except (OverflowError, ValueError):  # before the year 1
        since = None
    try:
        until = edge(window, window.newest - 1, at, zone, first_weekday)
    except (OverflowError, ValueError):
        return at, at
    return since, min(until, at)


def _rolling_edge(window: Window, units: int, at: datetime, zone: ZoneInfo, first_weekday: Weekday) -> datetime:
    if window.unit in _HOURS:
        return at - timedelta(hours=_HOURS[window.unit] * units)
    if not units:
        return at
    local = at.astimezone(zone)
    return _moment(datetime.combine(_months_before(local.date(), MONTHS[window.unit] * units), local.time()), zone)


def _calendar_edge(window: Window, units: int, at: datetime, zone: ZoneInfo, first_weekday: Weekday) -> datetime:
    today = at.astimezone(zone).date()
    match window.unit:
        case "hour":
            raise ValueError("hours have no calendar")
        case "day":
            first = today - timedelta(days=units)
        case "week":
            into = (today.weekday() - _WEEKDAYS.index(first_weekday)) % 7
            first = today - timedelta(days=into + 7 * units)
        case unit:
            months = MONTHS[unit]
            begun = today.replace(day=1, month=(today.month - 1) // months * months + 1)
            first = _months_before(begun, months * units)
    return _moment(datetime.combine(first, time()), zone)


def _months_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _moment(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first moment at which the clocks of the zone show this, or, where they leap over it, the moment they leap."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
