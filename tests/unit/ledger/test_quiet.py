"""Quiet hours go by the clock on the person's wall, midnights and changes of the clocks included."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from decidedly.core.policy import QuietHours
from decidedly.ledger import quiet_until

NEW_YORK = ZoneInfo("America/New_York")
NIGHT = QuietHours(id="night", name="Night", channel="sms", start_minute=20 * 60, end_minute=8 * 60)
LUNCH = QuietHours(id="lunch", name="Lunch", channel="sms", start_minute=12 * 60, end_minute=13 * 60)


def local(text: str, zone: tzinfo = UTC) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("hours", "at", "end"),
    [
        (NIGHT, "2017-10-30T19:59:59.999999", None),
        (NIGHT, "2017-10-30T20:00", "2017-10-31T08:00"),
        (NIGHT, "2017-10-30T23:59:59", "2017-10-31T08:00"),
        (NIGHT, "2017-10-31T00:00", "2017-10-31T08:00"),
        (NIGHT, "2017-10-31T07:59:59.999999", "2017-10-31T08:00"),
        (NIGHT, "2017-10-31T08:00", None),
        (NIGHT, "2017-12-31T23:00", "2018-01-01T08:00"),
        (LUNCH, "2017-10-30T11:59", None),
        (LUNCH, "2017-10-30T12:00", "2017-10-30T13:00"),
        (LUNCH, "2017-10-30T13:00", None),
        (LUNCH, "2017-10-30T23:00", None),
    ],
)
def test_the_start_is_quiet_and_the_end_is_not(hours: QuietHours, at: str, end: str | None) -> None:
    assert quiet_until(hours, local(at), ZoneInfo("UTC")) == (local(end) if end else None)


def test_hours_up_to_midnight_end_with_the_day() -> None:
    evening = QuietHours(id="evening", name="Evening", channel="sms", start_minute=20 * 60, end_minute=0)
    assert quiet_until(evening, local("2017-10-30T21:00"), ZoneInfo("UTC")) == local("2017-10-31T00:00")


def test_it_is_the_persons_zone_that_counts() -> None:
    at = local("2017-10-30T23:30")  # half past seven in the evening in New York
    assert (quiet_until(NIGHT, at, NEW_YORK), quiet_until(NIGHT, at, ZoneInfo("UTC"))) == (
        None,
        local("2017-10-31T08:00"),
    )


def test_the_end_is_told_in_utc() -> None:
    at = local("2017-10-30T21:00", NEW_YORK).astimezone(UTC)
    end = quiet_until(NIGHT, at, NEW_YORK)
    assert end is not None
    assert (end, end.tzinfo) == (local("2017-10-31T12:00"), UTC)


CHANGES = {"spring forward": local("2017-03-11T12:00"), "fall back": local("2017-11-04T12:00")}


@pytest.mark.parametrize("change", CHANGES)
def test_on_the_night_that_the_clocks_change_every_minute_goes_by_the_wall(change: str) -> None:
    for minute in range(36 * 60):
        at = CHANGES[change] + timedelta(minutes=minute)
        wall = at.astimezone(NEW_YORK)
        end = quiet_until(NIGHT, at, NEW_YORK)
        assert (end is not None) == (wall.hour >= 20 or wall.hour < 8), wall
        if end is not None:
            then = end.astimezone(NEW_YORK)
            assert (then.hour, then.minute) == (8, 0)
            assert timedelta(0) < end - at <= timedelta(hours=13)


@pytest.mark.parametrize(("change", "hours"), [("spring forward", 11), ("fall back", 13)])
def test_a_night_is_an_hour_shorter_or_longer_when_the_clocks_change(change: str, hours: int) -> None:
    evening = CHANGES[change].astimezone(NEW_YORK).replace(hour=20, minute=0).astimezone(UTC)
    end = quiet_until(NIGHT, evening, NEW_YORK)
    assert end is not None
    assert end - evening == timedelta(hours=hours)


def test_an_end_that_the_clocks_skip_is_when_they_go_on() -> None:
    hours = QuietHours(id="q", name="Q", channel="sms", start_minute=60, end_minute=150)  # 01:00 to 02:30
    at = local("2017-03-12T01:30", NEW_YORK).astimezone(UTC)  # at 02:00 the clocks show 03:00
    end = quiet_until(hours, at, NEW_YORK)
    assert end is not None
    assert quiet_until(hours, end, NEW_YORK) is None
