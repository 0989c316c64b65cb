"""Contract of the store: one unit of work, all or nothing per person."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

from decidedly.core.event import Edge
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Entry, Ledger
from decidedly.core.message import Message
from decidedly.core.person import Leaf
from decidedly.core.work import Expect, Work
from tests.cases import NOON, event, record
from tests.contract.conftest import Ports

LOYALTY = Identifier("loyalty", "1")
ENTRY = Entry(id="e", contact_class="marketing", channel="sms", at=NOON, state="reserved", until=NOON, exposures=16)


def edge(leaf: str, identifier: Identifier = LOYALTY) -> Edge:
    return Edge(identifier=identifier, leaf=leaf, at=NOON, message_id="m1")


def whole(leaf: str = "p1") -> Work:
    """A work with a part of every sort."""
    return Work(
        person=leaf,
        expect=Expect(leaf=0, ledger=0),
        events=(event("page", NOON, f"{leaf}-m1"), event("page", NOON, f"{leaf}-m2")),
        edges=(edge(leaf, Identifier("loyalty", leaf)),),
        leaf=Leaf(id=leaf, version=1, identifiers=(Identifier("loyalty", leaf),)),
        ledger=Ledger(leaf=leaf, version=1, epoch=3, entries=(ENTRY,)),
        record=record(f"d-{leaf}", leaf),
        outbox=(Message(key=f"k-{leaf}", decision_id="d1", leaf=leaf, channel="sms", due_at=NOON),),
    )


def result(ports: Ports, *works: Work) -> list[str]:
    return [answer.result for answer in ports.store.commit(works)]


def assert_nothing_of(ports: Ports, leaf: str) -> None:
    assert ports.reader.leaf(leaf) is None
    assert ports.reader.person((Identifier("loyalty", leaf),)) is None
    assert ports.reader.decision(f"d-{leaf}") is None
    assert ports.reader.messages("waiting") == []
    assert ports.journal.read() == []


def test_a_work_is_written_whole(ports: Ports) -> None:
    work = whole()
    assert result(ports, work) == ["done"]
    stored = ports.reader.person((Identifier("loyalty", "p1"),))
    assert stored is not None
    assert (stored.leaf, stored.ledger) == (work.leaf, work.ledger)
    assert ports.reader.decision("d-p1") == work.record
    assert ports.reader.messages("waiting") == list(work.outbox)
    assert [logged.event for logged in ports.journal.read()] == list(work.events)


def test_no_work_is_no_answer(ports: Ports) -> None:
    assert ports.store.commit(()) == ()


def test_answers_name_their_person_in_order(ports: Ports) -> None:
    answers = ports.store.commit([whole("p2"), whole("p1")])
    assert [answer.person for answer in answers] == ["p2", "p1"]


def test_a_moved_leaf_makes_the_whole_work_stale(ports: Ports) -> None:
    result(ports, Work(person="p1", leaf=Leaf(id="p1", version=1)))
    answer = ports.store.commit([whole()])[0]
    assert answer.result == "stale"
    assert answer.why
    assert ports.journal.read() == []
    assert ports.reader.decision("d-p1") is None


def test_a_moved_ledger_makes_the_whole_work_stale(ports: Ports) -> None:
    result(ports, Work(person="p1", ledger=Ledger(leaf="p1", version=1)))
    assert result(ports, whole()) == ["stale"]
    assert_nothing_of(ports, "p1")


def test_expecting_a_leaf_that_is_not_there_is_stale(ports: Ports) -> None:
    assert result(ports, Work(person="p1", expect=Expect(leaf=4), leaf=Leaf(id="p1", version=5))) == ["stale"]
    assert ports.reader.leaf("p1") is None


def test_a_known_message_makes_the_whole_work_stale(ports: Ports) -> None:
    result(ports, Work(person="p9", events=(event("page", NOON, "p1-m2"),)))
    assert result(ports, whole()) == ["stale"]
    assert ports.reader.leaf("p1") is None
    assert len(ports.journal.read()) == 1


def test_one_message_twice_in_a_work_makes_it_stale(ports: Ports) -> None:
    twice = event("page", NOON, "m")
    assert result(ports, Work(person="p1", events=(twice, twice))) == ["stale"]
    assert ports.journal.read() == []


def test_a_known_decision_makes_the_whole_work_stale(ports: Ports) -> None:
    result(ports, Work(person="p9", record=record("d-p1", "p9")))
    assert result(ports, whole()) == ["stale"]
    stored = ports.reader.decision("d-p1")
    assert stored is not None
    assert stored.leaf == "p9"
    assert ports.reader.leaf("p1") is None


def test_an_identifier_of_another_leaf_makes_the_whole_work_stale(ports: Ports) -> None:
    result(ports, Work(person="p9", edges=(edge("p9"),), leaf=Leaf(id="p9", version=1)))
    assert result(ports, Work(person="p1", edges=(edge("p1"),), leaf=Leaf(id="p1", version=1))) == ["stale"]
    stored = ports.reader.person((LOYALTY,))
    assert stored is not None
    assert stored.leaf.id == "p9"


def test_more_evidence_for_the_same_edge_is_welcome(ports: Ports) -> None:
    result(ports, Work(person="p1", edges=(edge("p1"),), leaf=Leaf(id="p1", version=1)))
    assert result(ports, Work(person="p1", edges=(edge("p1"),))) == ["done"]


def test_a_stale_work_never_rolls_back_the_others(ports: Ports) -> None:
    moved = Work(person="p2", expect=Expect(leaf=7), leaf=Leaf(id="p2", version=8))
    assert result(ports, whole("p1"), moved, whole("p3")) == ["done", "stale", "done"]
    assert [stored.leaf.id for stored in ports.reader.leaves()] == ["p1", "p3"]


def test_later_works_of_a_commit_see_the_earlier_ones(ports: Ports) -> None:
    assert result(ports, whole("p1"), whole("p1")) == ["done", "stale"]


def test_works_without_expectations_replace(ports: Ports) -> None:
    result(ports, Work(person="p1", leaf=Leaf(id="p1", version=1)))
    assert result(ports, Work(person="p1", leaf=Leaf(id="p1", version=5))) == ["done"]
    stored = ports.reader.leaf("p1")
    assert stored is not None
    assert stored.leaf.version == 5


def test_an_outbox_row_replaces_the_row_of_its_key(ports: Ports) -> None:
    later = NOON + timedelta(hours=1)
    row = Message(key="k", decision_id="d", leaf="p1", channel="sms", due_at=NOON)
    sent = Message(key="k", decision_id="d", leaf="p1", channel="sms", due_at=later, state="sent", note="ok")
    result(ports, Work(person="p1", outbox=(row,)))
    result(ports, Work(person="p1", outbox=(sent,)))
    assert ports.reader.messages("waiting") == []
    assert ports.reader.messages("sent") == [sent]


def test_of_concurrent_works_with_one_version_exactly_one_is_done(ports: Ports) -> None:
    results: list[str] = []

    def write(number: int) -> None:
        ledger = Ledger(leaf="p1", version=1, epoch=number)
        results.extend(result(ports, Work(person="p1", expect=Expect(ledger=0), ledger=ledger)))

    threads = [Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["done"] + ["stale"] * 7
