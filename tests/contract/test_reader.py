"""Contract of the reader: point reads of what was committed."""

from __future__ import annotations

from datetime import timedelta

from decidedly.core.decision import to_bytes
from decidedly.core.event import Edge
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Ledger
from decidedly.core.message import Message
from decidedly.core.person import Consent, Leaf, Pane
from decidedly.core.provenance import Fact, Provenance
from decidedly.core.work import Work
from tests.cases import NOON, YEAR, event, record
from tests.contract.conftest import Ports

PROVENANCE = Provenance(how="given", source="web", at=NOON + timedelta(microseconds=7), confidence=0.25, synthetic=True)


def person(id: str, *identifiers: Identifier) -> Work:
    edges = tuple(Edge(identifier=one, leaf=id, at=NOON, message_id="m") for one in identifiers)
    return Work(person=id, edges=edges, leaf=Leaf(id=id, version=1, identifiers=identifiers))


def test_nobody_is_known_at_first(ports: Ports) -> None:
    assert ports.reader.person((Identifier("loyalty", "1"),)) is None
    assert ports.reader.person(()) is None
    assert ports.reader.leaf("p1") is None
    assert ports.reader.leaves() == []
    assert ports.reader.decision("d1") is None


def test_a_leaf_comes_back_as_it_was(ports: Ports) -> None:
    leaf = Leaf(
        id="p1",
        version=3,
        identifiers=(Identifier("email", "ä@b.de"), Identifier("loyalty", "1")),
        facts={"age-band": (Fact(value="35-44", provenance=PROVENANCE, message_id="m1"),), "kids": ()},
        consents=(Consent(purpose="marketing", channel="sms", granted=False, provenance=PROVENANCE, message_id="m2"),),
        panes={"page": Pane(at=b"\1" * 8, key=b"\2" * 8, first=b"\0\0\0\0\1\0\0\0", columns={"a": b"\3" * 4})},
    )
    ports.store.commit([Work(person="p1", leaf=leaf)])
    stored = ports.reader.leaf("p1")
    assert stored is not None
    assert stored.leaf == leaf


def test_a_leaf_without_contacts_has_an_empty_ledger(ports: Ports) -> None:
    ports.store.commit([person("p1", Identifier("loyalty", "1"))])
    stored = ports.reader.person((Identifier("loyalty", "1"),))
    assert stored is not None
    assert stored.ledger == Ledger(leaf="p1")


def test_the_first_known_identifier_says_who_it_is(ports: Ports) -> None:
    loyalty, email, phone = Identifier("loyalty", "1"), Identifier("email", "a"), Identifier("phone", "2")
    ports.store.commit([person("p1", email), person("p2", phone)])
    for who, id in (((loyalty, email, phone), "p1"), ((phone, email), "p2"), ((email,), "p1")):
        stored = ports.reader.person(who)
        assert stored is not None
        assert stored.leaf.id == id
    assert ports.reader.person((Identifier("phone", "a"),)) is None


def test_leaves_page_in_order_of_ids(ports: Ports) -> None:
    ports.store.commit([person(id) for id in ("p3", "p1", "p2", "p4")])
    first = ports.reader.leaves(limit=3)
    assert [stored.leaf.id for stored in first] == ["p1", "p2", "p3"]
    assert [stored.leaf.id for stored in ports.reader.leaves(after="p3", limit=3)] == ["p4"]


def test_a_decision_comes_back_to_the_same_bytes(ports: Ports) -> None:
    decided = record("d1")
    ports.store.commit([Work(person="p1", record=decided)])
    stored = ports.reader.decision("d1")
    assert stored is not None
    assert to_bytes(stored) == to_bytes(decided)


def test_decided_tells_stored_decisions(ports: Ports) -> None:
    ports.store.commit([Work(person="p1", record=record(id)) for id in ("d1", "d2")])
    many = [f"x{number}" for number in range(2000)]
    assert ports.reader.decided(["d1", "d3", *many]) == {"d1"}
    assert ports.reader.decided([]) == set()


def test_decisions_of_a_person_come_newest_first(ports: Ports) -> None:
    hour = timedelta(hours=1)
    records = [record("d2", at=NOON), record("d1", at=NOON + hour), record("d3", at=NOON), record("d4", "p2")]
    ports.store.commit([Work(person=one.leaf, record=one) for one in records])
    assert [found.id for found in ports.reader.decisions_of("p1")] == ["d1", "d3", "d2"]
    assert [found.id for found in ports.reader.decisions_of("p1", limit=1)] == ["d1"]


def test_known_messages_tells_logged_events(ports: Ports) -> None:
    ports.store.commit([Work(person="p1", events=(event("page", NOON, "m1"), event("page", NOON, "m'2")))])
    many = [f"x{number}" for number in range(2000)]
    assert ports.reader.known_messages([*many, "m1", "m'2", "m3"]) == {"m1", "m'2"}


def test_messages_page_by_key_within_their_state(ports: Ports) -> None:
    rows = [
        Message(key=f"k{number}", decision_id="d", leaf="p1", channel="sms", due_at=YEAR, state=state)
        for number, state in enumerate(("waiting", "sent", "waiting", "waiting"))
    ]
    ports.store.commit([Work(person="p1", outbox=tuple(reversed(rows)))])
    assert [row.key for row in ports.reader.messages("waiting", limit=2)] == ["k0", "k2"]
    assert [row.key for row in ports.reader.messages("waiting", after="k2")] == ["k3"]
