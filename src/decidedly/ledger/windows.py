"""Windows: the stretches of time that caps count in, rolling or of the person's own calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from decidedly.core.dictionary import Weekday
from decidedly.core.policy import Per, Span

_DAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Calendar:
    """The calendar on the person's wall. first_weekday: 0 for weeks that begin on Monday."""

    zone: ZoneInfo
    first_weekday: int = 0

    def first_day(self, at: datetime, unit: Span) -> date:
        """The first day of the calendar unit that a moment is in."""
        day = at.astimezone(self.zone).date()
        match unit:
            case "week":
                return day - timedelta(days=(day.weekday() - self.first_weekday) % 7)
            case "month":
                return day.replace(day=1)
            case "quarter":
                return day.replace(month=day.month - (day.month - 1) % 3, day=1)
            case "year":
                return day.replace(month=1, day=1)
            case _:
                return day


def weekday_number(name: Weekday) -> int:
    """0 for Monday."""
    return _DAYS.index(name)


def together(moments: Sequence[datetime], at: datetime, per: Per, calendar: Calendar) -> int:
    """The most contacts that a window which holds `at` has, without one at that moment itself."""
    return len(fullest(moments, at, per, calendar))


def fullest(moments: Sequence[datetime], at: datetime, per: Per, calendar: Calendar) -> list[int]:
    """Which of these moments lie in the window that holds `at` and the most of them; the earliest of such windows.

    A rolling window is half open: two contacts exactly so far apart lie in no window together.
    """
    close = [place for place, moment in enumerate(moments) if near(moment, at, per, calendar)]
    if per.calendar:
        return close
    length = per.longest
    starts = sorted(moments[place] for place in close if moments[place] <= at)
    windows = ([place for place in close if start <= moments[place] < start + length] for start in (*starts, at))
    return max(windows, key=len)


def near(moment: datetime, at: datetime, per: Per, calendar: Calendar) -> bool:
    """Whether some window holds both."""
    if per.calendar:
        return calendar.first_day(moment, per.unit) == calendar.first_day(at, per.unit)
    return abs(moment - at) < per.longest
