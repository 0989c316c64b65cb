"""Contract of the holdings: all of somebody, handed out page by page, and erased in one piece."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from decidedly.core.assignment import Assignment
from decidedly.core.decision import to_bytes
from decidedly.core.derive import leaf_id
from decidedly.core.erasure import Erasure, Tombstone, Whose
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Cluster, Edge, Undone
from decidedly.core.ledger import Ledger
from decidedly.core.message import Message
from decidedly.core.person import Leaf, Link
from decidedly.core.provenance import Fact
from decidedly.core.seal import Seal
from decidedly.core.work import Expect, Work
from tests.cases import NOON, event, record
from tests.contract.conftest import Ports

SEAL = Seal(b"k" * 32)
ANN, MAIL, DEVICE, BOB = (
    Identifier("loyalty", "4711"), Identifier("email", "ann@x.example"), Identifier("anonymous", "kiosk"),
    Identifier("loyalty", "9"),
)  # fmt: skip
A, M, D, B = (leaf_id(one) for one in (ANN, MAIL, DEVICE, BOB))
WHOSE = Whose(leaves=(A, M), identifiers=(MAIL, ANN), values=("ann@x.example", "4711"))
ERASURE = Erasure(id="e1", at=NOON, by="officer", why="asked for", key=SEAL.check.hex())


def edge(one: Identifier, other: Identifier, message_id: str, **more: object) -> Edge:
    a, b = sorted((one, other))
    return Edge(a=a, b=b, at=NOON, message_id=message_id, **more)  # type: ignore[arg-type]


def fill(ports: Ports) -> None:
    """Ann, known by a number and an address; Bob, who used the same kiosk, and whom an edge with Ann was refused."""
    joins = edge(ANN, MAIL, "m1")
    kiosk = edge(BOB, DEVICE, "b1")
    both = edge(ANN, DEVICE, "m2", refused="would give one person two identifiers of loyalty: 4711 and 9")
    other = edge(Identifier("email", "x@y.example"), BOB, "b9", refused="a person set loyalty:4711 and loyalty:9 apart")
    told = edge(BOB, MAIL, "b2", refused="would give one person two identifiers of loyalty: 4711 and 9")
    named = replace(event("page", NOON, "b2", "loyalty:9", name="shoes"), identifiers=(BOB, MAIL))
    links = (Link(identifier=MAIL, at=NOON, message_id="b2"), Link(identifier=DEVICE, at=NOON, message_id="b1"))
    mixed = record("d-mixed", B)
    mixed = replace(mixed, ask=replace(mixed.ask, who=(BOB, MAIL)))
    answers = ports.store.commit(
        [
            Work(
                person=A,
                events=(
                    event("page", NOON, "m1", "loyalty:4711", name="Ann"),
                    event("order", NOON, "m2", "loyalty:4711"),
                ),
                edges=(joins, both),
                leaf=Leaf(
                    id=A, version=1, identifiers=(ANN,), links=(Link(identifier=MAIL, at=NOON, message_id="m1"),)
                ),
                ledgers=(Ledger(leaf=A, version=1, assignments=(Assignment(experiment="x", arm="b", at=NOON),)),),
                record=record("d-ann", A),
                outbox=(Message(key="d-ann", decision_id="d-ann", leaf=A, channel="sms", due_at=NOON),),
            ),
            Work(
                person=B,
                events=(event("page", NOON, "b1", "loyalty:9"), named),
                edges=(kiosk, other, told),
                leaf=Leaf(id=B, version=1, identifiers=(BOB,), links=links),
                ledgers=(Ledger(leaf=B, version=1, epoch=2),),
                record=record("d-bob", B),
                outbox=(Message(key="d-bob", decision_id="d-bob", leaf=B, channel="sms", due_at=NOON),),
            ),
            Work(person=B, record=mixed),
            Work(
                person=A,
                settled=(joins, both, kiosk, other, told),
                clusters=(Cluster(leaves=tuple(sorted((A, M))), joins=(joins,)),),
            ),
        ]
    )
    assert {answer.result for answer in answers} == {"done"}


def test_all_of_somebody_is_read_page_by_page(ports: Ports) -> None:
    fill(ports)
    holdings = ports.holdings
    first = holdings.events([A, M], limit=1)
    assert [one.event.message_id for one in first + holdings.events([A, M], first[0].offset)] == ["m1", "m2"]
    assert [one.id for one in holdings.decisions([B], limit=1)] == ["d-bob"]
    assert [one.id for one in holdings.decisions([B], "d-bob")] == ["d-mixed"]
    assert [one.key for one in holdings.messages([A, B])] == ["d-ann", "d-bob"]
    assert set(holdings.leaves()) >= {A, M, B, D}
    assert holdings.leaves(after=max(holdings.leaves())) == []


def test_nothing_of_the_erased_is_left(ports: Ports) -> None:
    fill(ports)
    done = ports.holdings.erase(ERASURE, WHOSE, SEAL)
    assert done.removed == {
        "store.assignments": 1, "store.decisions": 1, "store.edges": 3, "store.events": 2, "store.leaves": 1,
        "store.ledgers": 1, "store.outbox": 1,
    }  # fmt: skip
    assert done.rewritten == {"store.decisions": 1, "store.events": 1, "store.leaves": 1}
    assert not {A, M} & set(ports.holdings.leaves())
    assert ports.reader.leaf(A) is None
    assert ports.reader.leaf(M) is None
    assert ports.reader.edges_of([A, M]) == []
    assert ports.reader.decision("d-ann") is None
    assert [one.key for one in ports.reader.messages("waiting")] == ["d-bob"]
    assert ports.holdings.events([A, M]) == []


def test_what_is_of_others_stays_without_the_identifiers_of_the_erased(ports: Ports) -> None:
    fill(ports)
    before = ports.reader.decision("d-bob")
    ports.holdings.erase(ERASURE, WHOSE, SEAL)
    stored = ports.reader.leaf(B)
    assert stored is not None
    assert [link.identifier for link in stored.leaves[0].links] == [DEVICE]
    assert stored.leaves[0].version == 2
    assert stored.ledgers[0].epoch == 2
    assert [one.event.identifiers for one in ports.holdings.events([B])] == [(BOB,), (BOB,)]
    assert [one.event.message_id for one in ports.holdings.events([B])] == ["b1", "b2"]
    after = ports.reader.decision("d-bob")
    assert before is not None
    assert after is not None
    assert to_bytes(after) == to_bytes(before)
    mixed = ports.reader.decision("d-mixed")
    assert mixed is not None
    assert mixed.ask.who == (BOB,)


def test_edges_around_the_erased_wait_to_be_settled_and_name_nobody_erased(ports: Ports) -> None:
    fill(ports)
    ports.holdings.erase(ERASURE, WHOSE, SEAL)
    waiting = ports.reader.unsettled()
    assert {one.message_id for one in waiting} == {"b1", "b9"}
    assert not any("4711" in one.refused for one in waiting)


def test_a_decision_that_rests_on_the_erased_goes_though_it_is_of_another_leaf(ports: Ports) -> None:
    """The two were one person when it was decided, and are not any more."""
    undone = edge(ANN, BOB, "k1", by="person", undone=Undone(at=NOON, actor="me"))
    said = Fact(value="Ann", provenance=record("x").inputs.facts["age-band"].provenance, message_id="m1")
    merged = record("d-merged", B)
    merged = replace(merged, inputs=replace(merged.inputs, facts={"first-name": said}))
    fill(ports)
    ports.store.commit([Work(person=B, settled=(undone,)), Work(person=B, record=merged)])
    ports.holdings.erase(ERASURE, WHOSE, SEAL)
    assert [one.id for one in ports.holdings.decisions([B])] == ["d-bob", "d-mixed"]


def test_tombstones_stay_and_tell_nothing_without_the_key(ports: Ports) -> None:
    fill(ports)
    ports.holdings.erase(ERASURE, WHOSE, SEAL)
    asked = {
        Tombstone(sort, SEAL.of(sort, text)): text  # type: ignore[arg-type]
        for sort, text in (
            ("leaf", A), ("leaf", M), ("value", "Ann@X.example "), ("message", "m1"), ("decision", "d-ann"),
            ("leaf", B), ("message", "b1"), ("decision", "d-bob"), ("value", "m1"),
        )
    }  # fmt: skip
    found = ports.holdings.buried(asked)
    assert sorted(asked[one] for one in found) == sorted([A, M, "Ann@X.example ", "m1", "d-ann"])
    assert set(found.values()) == {NOON}
    assert len(ports.holdings.tombstones("e1")) == 7
    other = Seal(b"o" * 32)
    assert ports.holdings.buried([Tombstone("leaf", other.of("leaf", A))]) == {}
    assert ports.holdings.buried([]) == {}


def test_counts_stay_by_kind_and_by_service(ports: Ports) -> None:
    fill(ports)
    before = ports.journal.counts()
    ports.holdings.erase(ERASURE, WHOSE, SEAL)
    assert ports.journal.counts() == before | {"erasure": 1}
    day = NOON.date().isoformat()
    assert [(one.what, one.name, one.day, one.count) for one in ports.holdings.kept()] == [
        ("decision", "weekly-coupons", day, 1), ("event", "order", day, 1), ("event", "page", day, 1),
    ]  # fmt: skip


def test_offsets_are_given_once(ports: Ports) -> None:
    ports.store.commit([Work(person=B, events=(event("page", NOON, "b1", "loyalty:9"),))])
    ports.store.commit([Work(person=A, events=(event("page", NOON, "m1", "loyalty:4711"),))])
    last = ports.journal.read()[-1].offset
    ports.holdings.erase(ERASURE, WHOSE, SEAL)
    ports.store.commit([Work(person=B, events=(event("page", NOON, "b3", "loyalty:9"),))])
    later = ports.journal.read(after=last)
    assert [one.event.kind for one in later] == ["erasure", "page"]
    assert ports.journal.read()[0].event.message_id == "b1"


def test_the_same_erasure_again_changes_nothing(ports: Ports) -> None:
    fill(ports)
    once = ports.holdings.erase(ERASURE, WHOSE, SEAL)
    tombstones = ports.holdings.tombstones("e1")
    assert ports.holdings.erase(once, WHOSE, SEAL) == once
    assert ports.holdings.tombstones("e1") == tombstones
    assert [one.id for one in ports.holdings.erasures()] == ["e1"]


def test_work_that_read_before_the_erasure_is_stale_after_it(ports: Ports) -> None:
    fill(ports)
    ports.holdings.erase(ERASURE, WHOSE, SEAL)
    late = Work(person=A, expect=Expect(leaf=1, ledgers={A: 1}), leaf=Leaf(id=A, version=2, identifiers=(ANN,)))
    assert [one.result for one in ports.store.commit([late])] == ["stale"]
    assert ports.reader.leaf(A) is None


def test_an_erasure_is_written_down_and_buried_again(ports: Ports) -> None:
    later = replace(ERASURE, id="e2", at=NOON + timedelta(hours=1))
    ports.holdings.bury(later, [Tombstone("leaf", b"1" * 16)])
    ports.holdings.bury(replace(later, by="somebody else"), [Tombstone("leaf", b"1" * 16)])
    ports.holdings.write(replace(ERASURE, done=True))
    assert ports.holdings.erasures() == [replace(ERASURE, done=True), later]
    assert ports.holdings.tombstones("e2") == [Tombstone("leaf", b"1" * 16)]


@pytest.mark.parametrize("events", [0, 3])
def test_scrubbing_is_done_whatever_the_store_holds(ports: Ports, events: int) -> None:
    ports.store.commit([Work(person=B, events=tuple(event("page", NOON, f"b{n}", "loyalty:9") for n in range(events)))])
    assert ports.holdings.scrub().done
    assert len(ports.journal.read()) == events
