"""Caps roll: what counts is the distance between two contacts, never the calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from decidedly.core.ledger import Entry
from decidedly.core.policy import Cap
from decidedly.ledger import broken_cap, in_force, standing

AT = datetime(2017, 10, 30, 12, tzinfo=UTC)
ONE_A_DAY = Cap(id="day", name="One a day", at_most=1, days=1)
THREE_IN_28 = Cap(id="weeks", name="Three in four weeks", at_most=3, days=28)


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
    *entries: Entry, caps: tuple[Cap, ...] = (ONE_A_DAY,), channel: str = "email", at: datetime = AT
) -> int | None:
    return broken_cap(caps, entries, contact_class="marketing", channel=channel, at=at)


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
    assert broken(contact(AT), caps=(replace(ONE_A_DAY, contact_class="service"),)) is None


def test_a_cap_over_all_channels_counts_every_channel() -> None:
    assert broken(contact(AT - timedelta(hours=1), channel="print"), channel="sms") == 0


@pytest.mark.parametrize(
    ("before", "now", "stands"), [("sms", "sms", 0), ("email", "sms", None), ("sms", "email", None)]
)
def test_a_channels_own_cap_counts_that_channel_alone(before: str, now: str, stands: int | None) -> None:
    by_sms = replace(ONE_A_DAY, channel="sms")
    assert broken(contact(AT - timedelta(hours=1), channel=before), caps=(by_sms,), channel=now) == stands


def test_the_first_broken_cap_is_named() -> None:
    weeks = replace(ONE_A_DAY, days=28)
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
