"""Quiet hours that yield to another channel: the whole contact policy is run for that one, and only else is waited."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from decidedly.core.decision import to_bytes
from decidedly.core.policy import ContactPolicy, QuietHours
from decidedly.decide import replay
from tests.cases import event
from tests.shop import CONTACT, MONDAY, Shop, playbook

NIGHT = MONDAY + timedelta(hours=11)
MORNING = MONDAY + timedelta(hours=20)
YIELDING = QuietHours(
    id="sms-late", name="No SMS at night", channel="sms", start_minute=1200, end_minute=480, then="other channel"
)


def shop(*more: QuietHours, caps: int = 2, yes: tuple[str, ...] = ("email", "sms"), **facts: object) -> Shop:
    """Somebody to whom an SMS is worth twice an e-mail; on Monday at 23:00 their SMS is silent."""
    limits = ContactPolicy(caps=CONTACT.caps[:caps], quiet=(YIELDING, *more))
    one = Shop(playbook(contact=limits))
    one.meet(yes=yes, age_band="19-24", kids_count=2, **facts)
    return one


def sent_by(one: Shop) -> tuple[str, str]:
    """The channel of the decision at night, and the hour at which its message is due."""
    record = one.decide(at=NIGHT)
    assert to_bytes(replay(record, one.world().plan)) == to_bytes(record)
    due = [f"{message.due_at:%H:%M}" for message in one.reader.messages("waiting")]
    return record.channel, " ".join(due)


def test_by_day_the_better_channel_is_taken() -> None:
    assert shop().decide(at=MONDAY).channel == "sms"


def test_at_night_the_message_goes_at_once_by_the_other_channel() -> None:
    assert sent_by(shop()) == ("email", "23:00")


def test_the_channel_that_the_person_prefers_yields_too() -> None:
    one = shop()
    one.hear(event("identify", MONDAY - timedelta(days=1), "wish", preferred_channel="sms"))
    assert sent_by(one) == ("email", "23:00")


@pytest.mark.parametrize("why", ["consent", "cap", "quiet"])
def test_where_the_contact_policy_stops_the_other_channel_the_message_waits(why: str) -> None:
    late = QuietHours(id="email-late", name="No e-mail late", channel="email", start_minute=1320, end_minute=360)
    one = shop(late) if why == "quiet" else shop(yes=("sms",)) if why == "consent" else shop()
    if why == "cap":
        only = replace(
            CONTACT.caps[1], id="one-email", at_most=0, scope=replace(CONTACT.caps[1].scope, channel="email")
        )
        one.book = replace(one.book, contact=replace(one.book.contact, caps=(only,)))
    assert sent_by(one) == ("sms", "08:00")
