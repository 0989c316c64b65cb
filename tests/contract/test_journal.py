"""Contract of the journal: the log in order of offsets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from decidedly.core.work import Expect, Work
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


def test_the_end_of_the_log_is_its_last_offset(ports: Ports) -> None:
    assert ports.journal.end() == 0
    ports.store.commit([Work(person="p1", events=(event("page", NOON, "a"), event("page", NOON, "b")))])
    assert ports.journal.end() == ports.journal.read()[-1].offset
    assert ports.journal.read(after=ports.journal.end()) == []


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


def test_kinds_of_a_persons_events_can_be_chosen(logged: Ports) -> None:
    found = logged.journal.of_person(("p1",), NOON + 2 * HOUR, kinds=("order", "redemption"))
    assert [one.event.message_id for one in found] == ["order:b"]


def test_events_dated_ahead_are_due_when_their_time_comes_until_a_record_has_them(ports: Ports) -> None:
    later, soon = (
        replace(event("page", NOON + hours * HOUR, name), flags=("undeclared-field", "future"))
        for hours, name in ((3, "later"), (1, "soon"))
    )
    ports.store.commit([Work(person="p1", events=(later, event("page", NOON, "now"), soon))])
    due = ports.journal.due
    assert due(NOON + HOUR) == []
    assert [one.event for one in due(NOON + HOUR + timedelta(microseconds=1))] == [soon]
    assert [one.event for one in due(NOON + 9 * HOUR)] == [soon, later]
    assert [one.event for one in due(NOON + 9 * HOUR, limit=1)] == [soon]
    stale = Work(person="p1", expect=Expect(leaf=7), come=("soon",))
    assert ports.store.commit([stale])[0].result == "stale"
    assert len(due(NOON + 9 * HOUR)) == 2
    ports.store.commit([Work(person="p1", come=("soon", "now", "nothing"))])
    assert [one.event for one in due(NOON + 9 * HOUR)] == [later]
    assert len(ports.journal.read()) == 3


def test_events_are_found_by_the_decision_that_they_name(ports: Ports) -> None:
    seen = replace(event("page", NOON, "a"), decision_id="d1")
    other = replace(event("page", NOON - HOUR, "b", person="loyalty:2"), decision_id="d1")
    another = replace(event("page", NOON, "c"), decision_id="d2")
    ports.store.commit([Work(person="p1", events=(seen, event("page", NOON, "d")))])
    ports.store.commit([Work(person="p2", events=(other,)), Work(person="p1", events=(another,))])
    assert [(one.leaf, one.event) for one in ports.journal.answers(["d1"])] == [("p1", seen), ("p2", other)]
    assert [one.event.message_id for one in ports.journal.answers(["d2", "d1", "d3"])] == ["a", "b", "c"]
    assert ports.journal.answers(["", "d3"]) == []


def test_events_between_two_moments_come_in_the_order_of_their_times(logged: Ports) -> None:
    found = logged.journal.between(["p1", "p2"], NOON, NOON + 2 * HOUR)
    assert [one.event.message_id for one in found] == ["a", "c", "d"]
    assert logged.journal.between(["p1"], NOON - HOUR, NOON) == [logged.journal.read(kinds=("order",))[0]]
    pages = logged.journal.between(["p1"], NOON - HOUR, NOON + HOUR, ("page",))
    assert [one.event.message_id for one in pages] == ["a"]
