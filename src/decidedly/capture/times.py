"""Times: what is noticed about when an event happened, against when we heard of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from decidedly.core.event import Event

FUTURE, HELD, LATE, IMPOSSIBLE = "future", "held", "late", "impossible-time"
LATE_AFTER = timedelta(days=1)
"""Heard of so long after it happened an event is "late": it counts, but nothing should be set off by it any more."""
FIRST_YEAR = datetime(1990, 1, 1, tzinfo=UTC)
"""Before it nothing sent events: a clock that was never set says 1970 or 1980."""
FURTHEST = timedelta(days=50 * 366)
"""Further ahead no clock goes wrong and no plan reaches: a placeholder such as the year 9999."""


def late(event: Event) -> Event:
    """The event, flagged where we heard of it long after it happened."""
    if event.received_at - event.at > LATE_AFTER and event.at >= FIRST_YEAR:
        return replace(event, flags=(*event.flags, LATE))
    return event


def timed(event: Event, future: datetime, held: bool = False) -> Event:
    """The event, flagged where its time has not come or cannot be.

    future : the first moment that has not come yet
    held   : what is later than that is kept out of the record for good, not until its time comes
    """
    if FIRST_YEAR <= event.at < future:
        return event
    if event.at < FIRST_YEAR or event.at - future > FURTHEST:
        return replace(event, flags=(*event.flags, IMPOSSIBLE))
    return replace(event, flags=(*event.flags, FUTURE, HELD) if held else (*event.flags, FUTURE))


def waits(event: Event) -> bool:
    """Whether the event is logged and part of no record: its time was yet to come, or cannot be."""
    return FUTURE in event.flags or IMPOSSIBLE in event.flags


def counts(event: Event, now: datetime) -> bool:
    """Whether an event of the log is part of its record by `now`."""
    return not waits(event) or (event.ahead and event.at < now)
