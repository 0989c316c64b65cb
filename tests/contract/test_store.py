"""Contract of the store: one unit of work, all or nothing per person."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import Any

from decidedly.core.derive import leaf_id
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Cluster, Edge, Undone
from decidedly.core.ledger import Entry, Ledger
from decidedly.core.message import Message
from decidedly.core.person import Leaf
from decidedly.core.work import Expect, Work
from tests.cases import NOON, event, record
from tests.contract.conftest import Ports

LOYALTY = Identifier("loyalty", "1")
ENTRY = Entry(id="e", contact_class="marketing", channel="sms", at=NOON, state="reserved", until=NOON, exposures=16)


DEVICE, MAIL = Identifier("anonymous", "a"), Identifier("email", "e@x.de")


def edge(a: Identifier = DEVICE, b: Identifier = LOYALTY, hours: int = 0, **more: Any) -> Edge:
    a, b = sorted((a, b))
    return Edge(a=a, b=b, at=NOON + timedelta(hours=hours), message_id=f"m{hours}", **more)


def identified(identifier: Identifier) -> Work:
    """Somebody with one identifier."""
    id = leaf_id(identifier)
    return Work(person=id, leaf=Leaf(id=id, version=1, identifiers=(identifier,)))


def settled(*edges: Edge, **more: Any) -> Work:
    """These edges resolved, joining all of their leaves."""
    leaves = tuple(sorted({leaf for one in edges for leaf in one.leaves}))
    return Work(person=leaves[0], settled=edges, clusters=(Cluster(leaves=leaves, joins=edges),), **more)


def whole(leaf: str = "p1") -> Work:
    """A work with a part of every sort."""
    return Work(
        person=leaf,
        expect=Expect(leaf=0, ledgers={leaf: 0}),
        events=(event("page", NOON, f"{leaf}-m1"), event("page", NOON, f"{leaf}-m2")),
        edges=(edge(Identifier("loyalty", leaf), Identifier("email", leaf)),),
        leaf=Leaf(id=leaf, version=1, identifiers=(Identifier("loyalty", leaf),)),
        ledgers=(Ledger(leaf=leaf, version=1, epoch=3, entries=(ENTRY,)),),
        record=record(f"d-{leaf}", leaf),
        outbox=(Message(key=f"k-{leaf}", decision_id="d1", leaf=leaf, channel="sms", due_at=NOON),),
    )


def result(ports: Ports, *works: Work) -> list[str]:
    return [answer.result for answer in ports.store.commit(works)]


def assert_nothing_of(ports: Ports, leaf: str) -> None:
    assert ports.reader.leaf(leaf) is None
    assert ports.reader.unsettled() == []
    assert ports.reader.decision(f"d-{leaf}") is None
    assert ports.reader.messages("waiting") == []
    assert ports.journal.read() == []


def test_a_work_is_written_whole(ports: Ports) -> None:
    work = whole()
    assert result(ports, work) == ["done"]
    stored = ports.reader.leaf("p1")
    assert stored is not None
    assert (stored.leaves, stored.ledgers) == ((work.leaf,), work.ledgers)
    assert ports.reader.unsettled() == list(work.edges)
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
    result(ports, Work(person="p1", ledgers=(Ledger(leaf="p1", version=1),)))
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


def test_any_ledger_that_moved_makes_the_whole_work_stale(ports: Ports) -> None:
    result(ports, Work(person="p2", ledgers=(Ledger(leaf="p2", version=4),)))
    both = Expect(ledgers={"p1": 0, "p2": 3})
    assert result(ports, Work(person="p1", expect=both, leaf=Leaf(id="p1", version=1))) == ["stale"]
    assert ports.reader.leaf("p1") is None
    both = Expect(ledgers={"p1": 0, "p2": 4})
    assert result(ports, Work(person="p1", expect=both, leaf=Leaf(id="p1", version=1))) == ["done"]


def test_an_edge_waits_until_it_is_settled(ports: Ports) -> None:
    one = edge()
    result(ports, Work(person="p1", edges=(one,)))
    assert ports.reader.unsettled() == [one]
    result(ports, settled(one))
    assert ports.reader.unsettled() == []
    assert ports.reader.edges_of(one.leaves[:1]) == ports.reader.edges_of(one.leaves[1:]) == [one]


def test_later_evidence_of_an_event_adds_nothing(ports: Ports) -> None:
    one = edge(hours=1)
    result(ports, Work(person="p1", edges=(one,)), settled(one), Work(person="p1", edges=(edge(hours=2),)))
    assert ports.reader.unsettled() == []
    assert ports.reader.edges_of(one.leaves) == [one]


def test_earlier_evidence_of_an_event_takes_its_place_and_is_settled_anew(ports: Ports) -> None:
    one = edge(hours=1)
    result(ports, Work(person="p1", edges=(one,)), settled(one), Work(person="p1", edges=(edge(hours=0),)))
    assert ports.reader.unsettled() == ports.reader.edges_of(one.leaves) == [edge(hours=0)]


def test_what_was_undone_is_not_revived_by_an_event_but_by_a_person(ports: Ports) -> None:
    undone = edge(hours=1, undone=Undone(at=NOON, actor="ann"))
    result(ports, settled(undone), Work(person="p1", edges=(edge(hours=0),)))
    assert ports.reader.edges_of(undone.leaves) == [undone]
    taken_back = edge(hours=3, by="person", undone=Undone(at=NOON, actor="ann"))
    again = edge(hours=4, by="person")
    result(ports, settled(taken_back), Work(person="p1", edges=(again,)))
    assert ports.reader.edges_of(undone.leaves) == [undone, again]


def test_edges_of_a_pair_are_kept_by_sort_of_evidence(ports: Ports) -> None:
    both = [edge(hours=0), edge(hours=1, by="match", confidence=0.5, reasons=("same name",))]
    result(ports, Work(person="p1", edges=tuple(both)))
    assert ports.reader.edges_of(both[0].leaves) == both


def test_a_cluster_is_one_person_and_each_leaf_alone_again_after_it(ports: Ports) -> None:
    one, two = edge(DEVICE, LOYALTY), edge(MAIL, LOYALTY, 1)
    result(ports, identified(LOYALTY), identified(MAIL), settled(one, two))
    person = min(leaf_id(identifier) for identifier in (LOYALTY, MAIL, DEVICE))
    for identifier in (LOYALTY, MAIL, DEVICE):
        stored = ports.reader.person((identifier,))
        assert stored is not None
        assert stored.person == person
        assert stored.leaf == leaf_id(identifier)
        assert [leaf.id for leaf in stored.leaves] == sorted((leaf_id(LOYALTY), leaf_id(MAIL)))
        assert [ledger.leaf for ledger in stored.ledgers] == list(stored.cluster.leaves)
        assert stored.cluster.joins == (one, two)
    clusters = (Cluster(leaves=tuple(sorted(one.leaves)), joins=(one,)), Cluster(leaves=(leaf_id(MAIL),)))
    result(ports, Work(person=person, clusters=clusters))
    stored = ports.reader.person((DEVICE,))
    assert stored is not None
    assert stored.cluster == clusters[0]
    alone = ports.reader.person((MAIL,))
    assert alone is not None
    assert alone.cluster == clusters[1]
    result(ports, Work(person=person, clusters=tuple(Cluster(leaves=(leaf,)) for leaf in one.leaves)))
    assert ports.reader.person((DEVICE,)) is None


def test_a_stale_work_never_rolls_back_the_others(ports: Ports) -> None:
    moved = Work(person="p2", expect=Expect(leaf=7), leaf=Leaf(id="p2", version=8))
    assert result(ports, whole("p1"), moved, whole("p3")) == ["done", "stale", "done"]
    assert [stored.person for stored in ports.reader.people()] == ["p1", "p3"]


def test_later_works_of_a_commit_see_the_earlier_ones(ports: Ports) -> None:
    assert result(ports, whole("p1"), whole("p1")) == ["done", "stale"]


def test_works_without_expectations_replace(ports: Ports) -> None:
    result(ports, Work(person="p1", leaf=Leaf(id="p1", version=1)))
    assert result(ports, Work(person="p1", leaf=Leaf(id="p1", version=5))) == ["done"]
    stored = ports.reader.leaf("p1")
    assert stored is not None
    assert stored.leaves[0].version == 5


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
        results.extend(result(ports, Work(person="p1", expect=Expect(ledgers={"p1": 0}), ledgers=(ledger,))))

    threads = [Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["done"] + ["stale"] * 7
