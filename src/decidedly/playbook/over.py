"""The words for a stretch of time: "last 30 days", "days 31 to 60", "this month"."""

from __future__ import annotations

import re
from typing import cast

from decidedly.core.dictionary import Unit, Window

EXAMPLES = '"last 30 days", "days 31 to 60", "this month", "last calendar month" or "last 3 calendar months"'

_CALENDAR = r"(?P<unit>day|week|month|quarter|year)"
_LAST = re.compile(r"(?:last )?(?P<oldest>\d{1,4}) (?P<unit>hour|day|week|month|quarter|year)s?")
_BETWEEN = re.compile(r"(?P<unit>hour|day|week|month|quarter|year)s (?P<newest>\d{1,4}) to (?P<oldest>\d{1,4})")
_THIS = re.compile(rf"this {_CALENDAR}")
_LAST_CALENDAR = re.compile(rf"last (?:(?P<oldest>\d{{1,4}}) )?calendar {_CALENDAR}s?")


def read_window(text: str) -> Window | None:
    """The window that these words mean, or None if they mean none."""
    if text in ("today", "yesterday"):
        back = int(text == "yesterday")
        return Window(unit="day", newest=back, oldest=back, calendar=True)
    if found := _THIS.fullmatch(text):
        return Window(unit=cast(Unit, found["unit"]), newest=0, oldest=0, calendar=True)
    for pattern, calendar in ((_LAST, False), (_BETWEEN, False), (_LAST_CALENDAR, True)):
        if found := pattern.fullmatch(text):
            told = found.groupdict()
            newest, oldest = int(told.get("newest") or 1), int(told["oldest"] or 1)
            if not 1 <= newest <= oldest:
                return None
            return Window(unit=cast(Unit, told["unit"]), newest=newest, oldest=oldest, calendar=calendar)
    return None
