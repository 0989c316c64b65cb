"""Contract of the journal: the log in order of offsets."""

from __future__ import annotations

from datetime import timedelta

import pytest

from decidedly.core.work import Work
from tests.cases import NOON, event, order
from tests.contract.conftest import Ports

HOUR = timedelta(hours=1)


@pytest.fixture
def logged(ports: Ports) -> Ports:
    ports.store.commit(
        [
            Work(person="p1", events=(event("page", NOON, "a"), order(NOON - HOUR, "b", ("x", 5)))),
            Work(person="p2", events=(event("page", NOON + HOUR, "c"),)),
            Work(person="p1", events=(event("page", NOON + HOUR, "d", depth=0.5, tags=["ü", None, {"n": 1}]),)),
        ]
    )
    return ports


def test_events_come_in_the_order_of_their_offsets(logged: Ports) -> None:
    found = logged.journal.read()
    assert [one.event.message_id for one in found] == ["a", "order:b", "c", "d"]
    assert [one.leaf for one in found] == ["p1", "p1", "p2", "p1"]
    assert sorted({one.offset for one in found}) == [one.offset for one in found]


def test_an_event_comes_back_as_it_was(logged: Ports) -> None:
    assert logged.journal.read()[3].event == event("page", NOON + HOUR, "d", depth=0.5, tags=["ü", None, {"n": 1}])


def test_reading_goes_on_after_an_offset(logged: Ports) -> None:
    first = logged.journal.read(limit=2)
    rest = logged.journal.read(after=first[-1].offset)
    assert [one.event.message_id for one in rest] == ["c", "d"]


def test_kinds_can_be_chosen(logged: Ports) -> None:
    found = logged.journal.read(kinds=("order", "redemption"))
    assert [one.event.message_id for one in found] == ["order:b"]
    assert len(logged.journal.read(kinds=("page",), limit=2)) == 2


def test_a_persons_events_come_newest_first_and_strictly_before(logged: Ports) -> None:
    found = logged.journal.of_person(["p1"], NOON + HOUR)
    assert [one.event.message_id for one in found] == ["a", "order:b"]
    after = logged.journal.of_person(["p1"], NOON + HOUR + timedelta(microseconds=1), limit=2)
    assert [one.event.message_id for one in after] == ["d", "a"]
    both = logged.journal.of_person(["p1", "p2"], NOON + 2 * HOUR)
    assert [one.event.message_id for one in both] == ["d", "c", "a", "order:b"]


def test_counts_are_by_kind(logged: Ports) -> None:
    assert logged.journal.counts() == {"order": 1, "page": 3}
