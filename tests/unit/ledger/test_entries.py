"""A contact is reserved, then confirmed or released: each once, however often it is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from decidedly.core.ledger import Entry, Ledger
from decidedly.ledger import confirm, release, reserve

AT = datetime(2017, 10, 30, 12, tzinfo=UTC)
FIRST = Entry(
    id="d1",
    contact_class="marketing",
    channel="email",
    at=AT,
    state="reserved",
    until=AT + timedelta(days=3),
    exposures=16,
)
EMPTY = Ledger(leaf="p1", version=4, epoch=2)


def test_a_reservation_is_one_entry_with_its_exposures() -> None:
    assert reserve(EMPTY, FIRST).entries == (FIRST,)


def test_reserving_again_replaces_the_same_contact() -> None:
    again = replace(FIRST, exposures=3)
    assert reserve(reserve(EMPTY, FIRST), again).entries == (again,)


def test_entries_stand_in_order_of_time_then_id_whatever_came_first() -> None:
    contacts = [FIRST, replace(FIRST, id="d0"), replace(FIRST, id="d9", at=AT - timedelta(days=1))]
    one = two = EMPTY
    for entry in contacts:
        one = reserve(one, entry)
    for entry in reversed(contacts):
        two = reserve(two, entry)
    assert [entry.id for entry in one.entries] == ["d9", "d0", "d1"]
    assert one.entries == two.entries


def test_each_write_is_a_new_version_of_the_same_epoch() -> None:
    written = [reserve(EMPTY, FIRST), confirm(EMPTY, "d1"), release(EMPTY, "d1")]
    assert [(ledger.version, ledger.epoch) for ledger in written] == [(5, 2)] * 3


def test_a_confirmed_contact_lasts() -> None:
    (entry,) = confirm(reserve(EMPTY, FIRST), "d1").entries
    assert entry == replace(FIRST, state="confirmed", until=None)


def test_a_released_contact_is_kept_as_released() -> None:
    (entry,) = release(reserve(EMPTY, FIRST), "d1").entries
    assert entry == replace(FIRST, state="released", until=None)


@pytest.mark.parametrize("settle", [confirm, release])
def test_settling_twice_is_settling_once(settle: type) -> None:
    once = settle(reserve(EMPTY, FIRST), "d1")
    assert settle(once, "d1").entries == once.entries


@pytest.mark.parametrize("settle", [confirm, release])
def test_settling_touches_no_other_contact(settle: type) -> None:
    other = replace(FIRST, id="d2")
    ledger = settle(reserve(reserve(EMPTY, FIRST), other), "d1")
    assert other in ledger.entries


@pytest.mark.parametrize("settle", [confirm, release])
def test_settling_an_unknown_contact_adds_none(settle: type) -> None:
    assert settle(EMPTY, "d1").entries == ()
