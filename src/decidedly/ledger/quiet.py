"""Quiet hours: when a channel is silent, in the person's own time zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from decidedly.core.policy import QuietHours

_DAY_MINUTES = 24 * 60


def quiet_until(hours: QuietHours, at: datetime, zone: ZoneInfo) -> datetime | None:
    """The end (UTC) of the quiet hours that `at` falls into, or None if it does not. The end itself is not quiet."""
    local = at.astimezone(zone)
    minute = local.hour * 60 + local.minute
    length = (hours.end_minute - hours.start_minute) % _DAY_MINUTES
    passed = (minute - hours.start_minute) % _DAY_MINUTES
    if passed >= length:
        return None
    # Wall-clock arithmetic: 08:00 stays 08:00 on the night that the clocks change.
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    day = midnight if minute < hours.end_minute else midnight + timedelta(days=1)
    end = day.replace(hour=hours.end_minute // 60, minute=hours.end_minute % 60)
    return end.astimezone(at.tzinfo)
