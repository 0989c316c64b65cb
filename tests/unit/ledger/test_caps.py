"""Caps roll: what counts is the distance between two contacts, never the calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from decidedly.core.ledger import Entry
from decidedly.core.policy import Cap, ContactScope, Per
from decidedly.ledger import Calendar, broken_cap, filling, in_force, standing

AT = datetime(2017, 10, 30, 12, tzinfo=UTC)
MARKETING = ContactScope(contact_class="marketing")
ONE_A_DAY = Cap(id="day", name="One a day", at_most=1, per=Per(unit="day"), scope=MARKETING)
THREE_IN_28 = Cap(id="weeks", name="Three in four weeks", at_most=3, per=Per(unit="week", count=4), scope=MARKETING)
VIENNA = Calendar(ZoneInfo("Europe/Vienna"))


def contact(at: datetime, channel: str = "email", contact_class: str = "marketing", exposures: int = 1) -> Entry:
    return Entry(
        id=f"{at:%s%f}{channel}",
        contact_class=contact_class,
        channel=channel,
        at=at,
        state="confirmed",
        exposures=exposures,
    )


def broken(
    *entries: Entry,
    caps: tuple[Cap, ...] = (ONE_A_DAY,),
    channel: str = "email",
    at: datetime = AT,
    contact_class: str = "marketing",
    **shows: tuple[str, ...],
) -> int | None:
    one_more = replace(contact(at, channel, contact_class), **shows)
    return broken_cap(caps, entries, one_more, VIENNA)


def test_without_contacts_nothing_stands_in_the_way() -> None:
    assert broken() is None


def test_eleven_at_night_and_midnight_are_one_day() -> None:
    night = datetime(2017, 10, 29, 23, tzinfo=UTC)
    assert broken(contact(night), at=night + timedelta(hours=1)) == 0


@pytest.mark.parametrize(("ago", "stands"), [(timedelta(days=1, microseconds=-1), 0), (timedelta(days=1), None)])
def test_a_window_ends_to_the_microsecond(ago: timedelta, stands: int | None) -> None:
    assert broken(contact(AT - ago)) == stands


def test_sixteen_exposures_are_one_contact() -> None:
    assert broken(contact(AT - timedelta(days=2), exposures=16), caps=(THREE_IN_28,)) is None


def test_the_number_allowed_is_reached_not_passed() -> None:
    days = [contact(AT - timedelta(days=day)) for day in range(1, 4)]
    assert (broken(*days[:2], caps=(THREE_IN_28,)), broken(*days, caps=(THREE_IN_28,))) == (None, 0)


def test_another_class_of_contact_does_not_count() -> None:
    assert broken(contact(AT - timedelta(hours=1), contact_class="service")) is None


def test_a_cap_of_another_class_does_not_stand_in_the_way() -> None:
    assert broken(contact(AT), caps=(replace(ONE_A_DAY, scope=ContactScope(contact_class="service")),)) is None


def test_a_cap_over_all_channels_counts_every_channel() -> None:
    assert broken(contact(AT - timedelta(hours=1), channel="print"), channel="sms") == 0


@pytest.mark.parametrize(
    ("before", "now", "stands"), [("sms", "sms", 0), ("email", "sms", None), ("sms", "email", None)]
)
def test_a_channels_own_cap_counts_that_channel_alone(before: str, now: str, stands: int | None) -> None:
    by_sms = replace(ONE_A_DAY, scope=replace(MARKETING, channel="sms"))
    assert broken(contact(AT - timedelta(hours=1), channel=before), caps=(by_sms,), channel=now) == stands


def test_the_first_broken_cap_is_named() -> None:
    weeks = replace(ONE_A_DAY, per=THREE_IN_28.per)
    assert broken(contact(AT - timedelta(days=3)), caps=(ONE_A_DAY, weeks, weeks)) == 1


def test_a_cap_of_none_at_all_stands_in_every_way() -> None:
    assert broken(caps=(replace(ONE_A_DAY, at_most=0),)) == 0


@pytest.mark.parametrize(("left", "counts"), [(timedelta(microseconds=1), True), (timedelta(0), False)])
def test_a_reservation_lapses_at_its_own_until(left: timedelta, counts: bool) -> None:
    reserved = replace(contact(AT - timedelta(hours=2)), state="reserved", until=AT + left)
    assert bool(in_force([reserved], AT)) is counts


def test_a_confirmed_contact_never_lapses() -> None:
    old = contact(AT - timedelta(days=900))
    assert in_force([old], AT) == (old,)


def test_a_released_contact_does_not_count() -> None:
    assert in_force([replace(contact(AT - timedelta(hours=1)), state="released")], AT) == ()


def test_what_is_in_force_as_of_a_moment_has_nothing_later() -> None:
    assert in_force([contact(AT + timedelta(microseconds=1))], AT) == ()


def test_a_contact_that_overtook_the_ask_stands_in_its_way() -> None:
    later = contact(AT + timedelta(milliseconds=5))
    assert standing([later], AT) == (later,)
    assert broken(later) == 0


def test_a_contact_that_far_ahead_is_outside_the_window() -> None:
    assert broken(contact(AT + timedelta(days=1))) is None


@pytest.mark.parametrize(
    ("unit", "before", "at", "together"),
    [
        ("day", "2017-10-30T23:30", "2017-10-31T00:30", False),
        ("day", "2017-10-30T00:00", "2017-10-30T23:59:59", True),
        ("week", "2017-10-29T23:59", "2017-10-30T00:00", False),
        ("week", "2017-10-30T00:00", "2017-11-05T23:59:59", True),
        ("month", "2017-10-31T23:59", "2017-11-01T00:00", False),
        ("month", "2017-10-01T00:00", "2017-10-31T23:59", True),
        ("quarter", "2017-10-01T00:00", "2017-12-31T23:59", True),
        ("quarter", "2017-09-30T23:59", "2017-10-01T00:00", False),
        ("year", "2017-12-31T23:59", "2018-01-01T00:00", False),
        ("day", "2017-10-29T00:30", "2017-10-29T23:30", True),  # a day of 25 hours: the clocks go back
        ("day", "2017-03-25T23:30", "2017-03-26T00:30", False),
    ],
)
def test_a_calendar_window_goes_by_the_persons_wall(unit: Any, before: str, at: str, together: bool) -> None:
    cap = replace(ONE_A_DAY, per=Per(unit=unit, calendar=True))
    earlier, later = (datetime.fromisoformat(text).replace(tzinfo=VIENNA.zone).astimezone(UTC) for text in (before, at))
    assert broken(contact(earlier), caps=(cap,), at=later) == (0 if together else None)
    assert broken(contact(later), caps=(cap,), at=earlier) == (0 if together else None)


def test_the_week_begins_on_the_brands_first_day() -> None:
    cap = replace(ONE_A_DAY, per=Per(unit="week", calendar=True))
    saturday, sunday = (contact(datetime(2017, 10, day, 12, tzinfo=UTC)) for day in (28, 29))
    found = [broken_cap((cap,), [saturday], sunday, Calendar(VIENNA.zone, first)) for first in (0, 6)]
    assert found == [0, None]


def test_contacts_on_both_sides_count_only_where_one_window_holds_them_all() -> None:
    two = replace(ONE_A_DAY, at_most=2)
    sides = [contact(AT + timedelta(hours=hours)) for hours in (-20, 20)]
    assert broken(*sides, caps=(two,)) is None
    assert broken(*sides, contact(AT + timedelta(hours=2)), caps=(two,)) == 0


@pytest.mark.parametrize("scope", [ContactScope(), ContactScope(channel="email"), ContactScope(action="*")])
def test_service_messages_neither_count_nor_are_stopped_unless_the_cap_says_so(scope: ContactScope) -> None:
    cap = replace(ONE_A_DAY, scope=scope)
    receipt = replace(contact(AT, contact_class="service"), actions=("a",))
    offer = replace(contact(AT), actions=("a",))
    told = replace(cap, with_service=True)
    assert broken(receipt, caps=(cap,), actions=("a",)) is None
    assert broken(offer, caps=(cap,), contact_class="service", actions=("a",)) is None
    assert broken(receipt, caps=(told,), actions=("a",)) == 0
    assert broken(offer, caps=(told,), contact_class="service", actions=("a",)) == 0


def test_a_cap_over_everything_counts_every_class_but_service() -> None:
    everything = replace(ONE_A_DAY, scope=ContactScope())
    assert broken(contact(AT, contact_class="survey"), caps=(everything,)) == 0


def test_a_cap_on_a_topic_counts_and_stops_what_is_about_it() -> None:
    wine = replace(ONE_A_DAY, scope=ContactScope(topic="Wine"))
    about_wine, about_tea = (replace(contact(AT), topics=(topic,)) for topic in ("wine", "tea"))
    assert broken(about_wine, caps=(wine,), topics=("wine",)) == 0
    assert broken(about_wine, caps=(wine,), topics=("tea",)) is None
    assert broken(about_tea, caps=(wine,), topics=("wine",)) is None


def test_a_cap_on_actions_goes_by_their_ids() -> None:
    grow = replace(ONE_A_DAY, scope=ContactScope(action="grow/*", channel="email"))
    shown = replace(contact(AT), actions=("keep/a", "grow/b"))
    assert broken(shown, caps=(grow,), actions=("grow/c",)) == 0
    assert broken(shown, caps=(grow,), actions=("keep/a",)) is None
    assert broken(shown, caps=(grow,), channel="sms", actions=("grow/c",)) is None


def test_a_message_that_a_sender_has_claimed_counts_and_never_lapses() -> None:
    claimed = replace(contact(AT - timedelta(hours=1)), state="sending", until=AT - timedelta(minutes=1))
    assert standing([claimed], AT) == (claimed,)


def test_a_message_that_waits_counts_from_its_send() -> None:
    """Asked on Sunday evening, sent on Monday morning: seven days later means seven days after Monday."""
    sent = replace(contact(AT), decided_at=AT - timedelta(hours=9))
    week = replace(ONE_A_DAY, per=Per(unit="day", count=7))
    assert broken(sent, caps=(week,), at=AT + timedelta(days=6, hours=15)) == 0
    assert broken(sent, caps=(week,), at=AT + timedelta(days=7)) is None
    assert in_force([sent], AT - timedelta(hours=1)) == (sent,)


def test_what_fills_a_cap_is_told_for_explaining() -> None:
    two = replace(ONE_A_DAY, at_most=2)
    here = [contact(AT + timedelta(hours=hours)) for hours in (-30, -20, -1, 23)]
    assert filling(two, here, AT, VIENNA) == tuple(here[1:3])
    assert filling(replace(two, per=Per(unit="day", calendar=True)), here, AT, VIENNA) == (here[2],)
