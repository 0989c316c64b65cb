"""Under a cap the best message wins: what is only reserved and worth less gives way, as little of it as must."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from decidedly.core.ledger import Entry, Ledger
from decidedly.core.policy import Cap, ContactScope, Per
from decidedly.ledger import Calendar, displace, displaced, gives_way, room_for

AT = datetime(2017, 10, 30, 12, tzinfo=UTC)
UTC_WEEKS = Calendar(ZoneInfo("UTC"))
HOUR = timedelta(hours=1)


def entry(id: str, worth: float, hours: float = 0, **changes: object) -> Entry:
    made = Entry(
        id=id, contact_class="marketing", channel="email", at=AT + hours * HOUR, state="reserved",
        until=AT + 99 * HOUR, worth=worth,
    )  # fmt: skip
    return replace(made, **changes)


def cap(at_most: int, days: int = 1, **scope: str) -> Cap:
    per = Per(unit="day", count=days)
    return Cap(id=f"{at_most} in {days}", name="", at_most=at_most, per=per, scope=ContactScope(**scope))


def room(contact: Entry, *others: Entry, caps: tuple[Cap, ...] = (cap(1),)) -> list[str] | None:
    gone = room_for(contact, caps, others, UTC_WEEKS, lambda other: gives_way(other, contact))
    return None if gone is None else [one.id for one in gone]


def test_nothing_gives_way_where_there_is_room() -> None:
    assert room(entry("new", 1)) == []
    assert room(entry("new", 1), entry("old", 9, hours=-24)) == []


def test_what_is_worth_less_gives_way_and_what_is_worth_more_does_not() -> None:
    assert room(entry("new", 2), entry("old", 1)) == ["old"]
    assert room(entry("new", 1), entry("old", 2)) is None


def test_of_two_worth_the_same_the_later_gives_way() -> None:
    assert room(entry("new", 1, hours=1), entry("old", 1)) is None
    assert room(entry("new", 1, hours=-1), entry("old", 1)) == ["old"]


@pytest.mark.parametrize("state", ["sending", "confirmed"])
def test_what_was_handed_over_never_gives_way(state: str) -> None:
    assert room(entry("new", 9), entry("old", 1, state=state)) is None


def test_the_cheapest_gives_way() -> None:
    others = [entry("b", 2, hours=-2), entry("a", 1, hours=-3), entry("c", 3, hours=-1)]
    assert room(entry("new", 9), *others, caps=(cap(3),)) == ["a"]
    assert room(entry("new", 9), *others, caps=(cap(2),)) == ["a", "b"]


def test_as_many_caps_as_are_broken_take_what_is_theirs_and_no_more() -> None:
    caps = (cap(2), cap(1, channel="sms"))
    others = [entry("mail", 1, hours=-2), entry("text", 2, hours=-1, channel="sms")]
    assert room(entry("new", 9, channel="sms"), *others, caps=caps) == ["text"]


def test_what_lies_outside_the_window_stays() -> None:
    others = [entry("far", 1, hours=-24), entry("near", 2, hours=-23)]
    assert room(entry("new", 9), *others) == ["near"]


def test_service_comes_first_whatever_it_is_worth() -> None:
    both = (replace(cap(1), with_service=True),)
    assert room(entry("new", 0, contact_class="service"), entry("old", 9), caps=both) == ["old"]
    assert room(entry("new", 9), entry("old", 0, contact_class="service"), caps=both) is None


def test_what_gives_way_is_released_and_names_what_took_its_place() -> None:
    kept, gone = entry("kept", 3), entry("gone", 1)
    ledger = Ledger(leaf="p1", version=3, entries=(gone, kept))
    after = displace(ledger, [gone], "new")
    assert after.version == 4
    assert after.entries == (replace(gone, state="released", until=None, displaced_by="new"), kept)
    assert displace(ledger, [entry("other", 1)], "new") is ledger
    (row,) = displaced([gone], [Ledger(leaf="p0"), ledger], "new")
    assert (row.key, row.leaf, row.state, row.due_at) == ("gone", "p1", "displaced", gone.at)
