"""Moments: when what stands in the way today may lapse by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from decidedly.core.policy import QuietHours
from decidedly.decide.hours import own_hours, zone_of
from decidedly.decide.situation import Situation
from decidedly.ledger import quiet_until

HORIZON = timedelta(days=366)
_WEEK = timedelta(days=7)
_MONTH = timedelta(days=35)


def moments(here: Situation, action: int) -> tuple[datetime, ...]:
    """Every moment within a year at which time alone may change the answer, the first one first: contacts leave the
    windows of caps, quiet hours and days end, offers and rules become valid."""
    start = here.ask.at
    facts = here.plan.facts(here.inputs.facts)
    zone = zone_of(facts, here.plan.zone)
    hours = (*(one for _, one in here.plan.limits.quiet), *own_hours(facts, here.inputs.own_rules))
    found = {moment for moment in _lapses(here, action, zone) if start < moment <= start + HORIZON}
    awake = {until for moment in (start, *found) for one in hours if (until := quiet_until(one, moment, zone))}
    # What waits for the end of quiet hours reaches the person then: it may be asked from their beginning on.
    lapsing = [moment for moment in found if moment.astimezone(zone).time() != time()]
    asleep = {
        begin for moment in lapsing for one in hours if one.then != "drop" for begin in _begins(one, moment, zone)
    }
    found |= {moment.astimezone(UTC) for moment in awake | asleep if moment > start}
    return tuple(sorted(found))


def _begins(hours: QuietHours, moment: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """When the quiet hours begin that lie around a moment, or end at it."""
    day = moment.astimezone(zone).date()
    at = time(hours.start_minute // 60, hours.start_minute % 60)
    for begin in (day - timedelta(days=1), day):
        yield datetime.combine(begin, at, zone)


def _lapses(here: Situation, action: int, zone: ZoneInfo) -> Iterator[datetime]:
    plan, start = here.plan, here.ask.at
    policy = plan.limits.policy
    windows = {_WEEK, *(cap.per.longest for cap in policy.caps if not cap.per.calendar)}
    windows |= {past.days for past in plan.slates.past}
    for at in (*(entry.at for entry in here.inputs.contacts), *(one.at for one in here.inputs.earlier)):
        yield from (at + window for window in windows)
    for entry in here.inputs.contacts:
        if entry.until is not None:
            yield entry.until
    for mark in here.inputs.marks:
        yield from (mark.at + timedelta(days=pause.days) for pause in policy.cooldowns)
    for value in plan.actions[action].facts.values():
        if isinstance(value, datetime):
            yield from (value, value + timedelta(microseconds=1))
    # Calendar windows end at the person's midnights: those of a month, and the first of each month after it.
    today = start.astimezone(zone).date()
    days = {today + timedelta(days=number) for number in range(1, HORIZON.days + 1)}
    for day in days:
        if day - today < _MONTH or day.day == 1:
            yield datetime.combine(day, time(), zone).astimezone(UTC)
    for condition in (one for tier in plan.conditions.values() for one in tier):
        if condition.policy is not None:
            first, last = condition.policy.valid_from, condition.policy.valid_to
            ends = (first, last + timedelta(days=1) if last else None)
            yield from (datetime.combine(day, time(), plan.zone).astimezone(UTC) for day in ends if day)
