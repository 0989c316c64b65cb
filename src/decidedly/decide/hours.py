"""Hours: the person's own clock, and when a message that may not go now will."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from decidedly.core.own_rule import Hours, OwnRule
from decidedly.core.policy import QuietHours
from decidedly.core.preference import FROM, TIME_ZONE, UNTIL
from decidedly.ledger import quiet_until

_DAY = 24 * 60
_ROUNDS = 4


def zone_of(facts: Mapping[str, Any], brand: ZoneInfo) -> ZoneInfo:
    """The person's time zone, the brand's where it is not known."""
    name = facts.get(TIME_ZONE)
    return (_zone(name) if isinstance(name, str) else None) or brand


def due_at(
    deferring: Sequence[QuietHours], facts: Mapping[str, Any], rules: Sequence[OwnRule], at: datetime, zone: ZoneInfo
) -> datetime:
    """The first moment from `at` on that lies in no quiet hours: the brand's, those that the person likes, and those
    that the person's own rules set. Where they leave no such moment the person's rules have the last word: they drop.
    """
    hours = (*deferring, *own_hours(facts, rules))
    due = at
    for _ in range(_ROUNDS):
        ends = [until for one in hours if (until := quiet_until(one, due, zone)) is not None]
        if not ends:
            break
        due = max(ends)
    return due


def own_hours(facts: Mapping[str, Any], rules: Sequence[OwnRule]) -> Iterator[QuietHours]:
    """When the person wants no messages, as quiet hours of every channel."""
    wanted = [(_minute(facts.get(FROM)), _minute(facts.get(UNTIL)))]
    wanted += [(one.choice.not_before, one.choice.not_after) for one in rules if isinstance(one.choice, Hours)]
    for first, last in wanted:
        start, end = (last or 0) % _DAY, (first or 0) % _DAY
        if start != end:
            yield QuietHours(
                id="own-hours",
                name="The person's own hours",
                channel="",
                start_minute=start,
                end_minute=end,
                then="defer",
            )


def minute_of_day(at: datetime, zone: ZoneInfo) -> int:
    local = at.astimezone(zone)
    return local.hour * 60 + local.minute


def _minute(value: Any) -> int | None:
    """The minute of an hour of the day, as rules read it or as it is written; None for anything else."""
    hour, minute = getattr(value, "hour", None), getattr(value, "minute", None)
    if isinstance(hour, int) and isinstance(minute, int):
        return hour * 60 + minute
    try:
        at = time.fromisoformat(value)
    except (ValueError, TypeError):
        return None
    return at.hour * 60 + at.minute


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
