"""Contract of the reader: point reads of what was committed."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from decidedly.core.consent import Consent
from decidedly.core.decision import to_bytes
from decidedly.core.derive import leaf_id
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Cluster, Edge
from decidedly.core.ledger import Ledger
from decidedly.core.message import Message
from decidedly.core.person import Leaf, Pane
from decidedly.core.provenance import Fact, Provenance
from decidedly.core.work import Work
from tests.cases import NOON, YEAR, event, record
from tests.contract.conftest import Ports

PROVENANCE = Provenance(how="given", source="web", at=NOON + timedelta(microseconds=7), confidence=0.25, synthetic=True)


def person(identifier: Identifier) -> Work:
    id = leaf_id(identifier)
    return Work(person=id, leaf=Leaf(id=id, version=1, identifiers=(identifier,)))


def joined(*identifiers: Identifier) -> Work:
    leaves = tuple(sorted(map(leaf_id, identifiers)))
    return Work(person=leaves[0], clusters=(Cluster(leaves=leaves),))


def test_nobody_is_known_at_first(ports: Ports) -> None:
    assert ports.reader.person((Identifier("loyalty", "1"),)) is None
    assert ports.reader.person(()) is None
    assert ports.reader.leaf("p1") is None
    assert ports.reader.people() == []
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
    assert (stored.leaf, stored.person, stored.leaves) == ("p1", "p1", (leaf,))


def test_a_leaf_without_contacts_has_an_empty_ledger(ports: Ports) -> None:
    one = Identifier("loyalty", "1")
    ports.store.commit([person(one)])
    stored = ports.reader.person((one,))
    assert stored is not None
    assert stored.ledgers == (Ledger(leaf=leaf_id(one)),)
    assert stored.own == stored.ledgers[0]
    assert stored.versions == {leaf_id(one): 0}


def test_the_first_known_identifier_says_who_it_is(ports: Ports) -> None:
    loyalty, email, phone = Identifier("loyalty", "1"), Identifier("email", "a"), Identifier("phone", "2")
    ports.store.commit([person(email), person(phone)])
    for who, known in (((loyalty, email, phone), email), ((phone, email), phone), ((email,), email)):
        stored = ports.reader.person(who)
        assert stored is not None
        assert stored.leaf == leaf_id(known)
    assert ports.reader.person((Identifier("phone", "a"),)) is None


def test_states_tell_leaves_one_by_one_known_or_not(ports: Ports) -> None:
    one, two, three = (Identifier("loyalty", name) for name in "123")
    ledger = Ledger(leaf=leaf_id(two), version=2)
    ports.store.commit([person(one), Work(person=ledger.leaf, ledgers=(ledger,)), joined(one, two)])
    states = ports.reader.states([leaf_id(one), leaf_id(two), leaf_id(three)])
    assert [states[leaf_id(name)].leaf is None for name in (one, two, three)] == [False, True, True]
    assert states[leaf_id(two)].ledger == ledger
    assert states[leaf_id(three)].ledger == Ledger(leaf=leaf_id(three))
    assert states[leaf_id(one)].person == states[leaf_id(two)].person == min(leaf_id(one), leaf_id(two))
    assert states[leaf_id(three)].person == leaf_id(three)
    assert len(ports.reader.states([f"p{number}" for number in range(2000)])) == 2000


def test_people_page_in_order_of_ids_each_whole_and_once(ports: Ports) -> None:
    some = [Identifier("loyalty", str(number)) for number in range(6)]
    ports.store.commit([*map(person, some), joined(*some[:3])])
    ids = sorted({min(map(leaf_id, some[:3])), *map(leaf_id, some[3:])})
    assert [stored.person for stored in ports.reader.people()] == ids
    assert sorted(len(stored.leaves) for stored in ports.reader.people()) == [1, 1, 1, 3]
    assert [stored.person for stored in ports.reader.people(after=ids[1], limit=1)] == ids[2:3]
    assert all(stored.leaf == stored.person for stored in ports.reader.people())


def test_joined_leaves_are_a_person_even_where_none_has_state(ports: Ports) -> None:
    one, two, three, four = (Identifier("loyalty", name) for name in "1234")
    ports.store.commit([person(three), joined(one, two), joined(three, four)])
    found = ports.reader.people()
    assert [stored.person for stored in found] == sorted(
        (min(leaf_id(one), leaf_id(two)), min(leaf_id(three), leaf_id(four)))
    )
    assert found == [ports.reader.leaf(stored.person) for stored in found]
    assert sorted(len(stored.leaves) for stored in found) == [0, 1]
    alone = [Cluster(leaves=(leaf_id(name),)) for name in (one, two)]
    ports.store.commit([Work(person=alone[0].person, clusters=tuple(alone))])
    assert [len(stored.leaves) for stored in ports.reader.people()] == [1]


def test_a_proposed_edge_waits_from_the_moment_it_is_written(ports: Ports) -> None:
    a, b = sorted(Identifier("loyalty", name) for name in "ab")
    proposed = Edge(a=a, b=b, at=NOON, message_id="m1", by="match", proposed=True)
    ports.store.commit([Work(person="p", edges=(proposed,))])
    ((number, edge),) = ports.reader.reviews()
    assert edge == proposed
    ports.store.commit([Work(person="p", settled=(proposed,))])
    assert ports.reader.reviews() == [(number, proposed)]
    ports.store.commit([Work(person="p", edges=(replace(proposed, proposed=False),))])
    assert ports.reader.reviews() == []


def test_an_edge_is_refused_only_once_it_was_found_to_be(ports: Ports) -> None:
    a, b = sorted(Identifier("loyalty", name) for name in "ab")
    written = Edge(a=a, b=b, at=NOON, message_id="m1")
    ports.store.commit([Work(person="p", edges=(written,))])
    assert ports.reader.reviews() == []
    ports.store.commit([Work(person="p", settled=(replace(written, refused="two numbers"),))])
    assert len(ports.reader.reviews()) == 1


def test_a_group_is_read_with_the_persons_that_ever_were_in_it(ports: Ports) -> None:
    a, b, c, d = (Identifier("loyalty", name) for name in "abcd")
    home, other = Identifier("group/household", "H1"), Identifier("group/household", "H2")
    named = Work(person=leaf_id(home), leaf=Leaf(id=leaf_id(home), version=1, identifiers=(home,)))
    members = [replace(person(one), groups=(leaf_id(home),)) for one in (a, b, c)]
    ports.store.commit([named, *members, person(d), joined(a, d)])
    ports.store.commit([Work(person=leaf_id(a), groups=(leaf_id(home), leaf_id(other)))])
    found = ports.reader.group(leaf_id(home))
    assert found.leaf == named.leaf
    assert not found.crowded
    ids = sorted([min(leaf_id(a), leaf_id(d)), leaf_id(b), leaf_id(c)])
    assert [stored.person for stored in found.persons] == [stored.leaf for stored in found.persons] == ids
    whole = next(stored for stored in found.persons if len(stored.leaves) == 2)
    assert whole == ports.reader.leaf(whole.person)
    assert [stored.person for stored in ports.reader.group(leaf_id(other)).persons] == [whole.person]
    nothing = ports.reader.group(leaf_id(Identifier("group/household", "H3")))
    assert (nothing.leaf, nothing.persons, nothing.crowded) == (None, (), False)


def test_a_group_of_more_leaves_than_are_read_is_crowded_and_nobody_is(ports: Ports) -> None:
    some = [Identifier("loyalty", str(number)) for number in range(4)]
    home = Identifier("group/account", "big")
    named = Work(person=leaf_id(home), leaf=Leaf(id=leaf_id(home), version=1, identifiers=(home,)))
    ports.store.commit([named, *(replace(person(one), groups=(leaf_id(home),)) for one in some)])
    assert len(ports.reader.group(leaf_id(home), most=4).persons) == 4
    found = ports.reader.group(leaf_id(home), most=3)
    assert (found.leaf, found.persons, found.crowded) == (named.leaf, (), True)


def test_groups_are_no_people(ports: Ports) -> None:
    one, home = Identifier("loyalty", "1"), Identifier("group/household", "H1")
    named = Work(person=leaf_id(home), leaf=Leaf(id=leaf_id(home), version=1, identifiers=(home,)))
    ports.store.commit([named, replace(person(one), groups=(leaf_id(home),))])
    assert [stored.person for stored in ports.reader.people()] == [leaf_id(one)]
    assert ports.reader.people(after=leaf_id(one)) == []
    assert ports.reader.groups() == ports.reader.groups(limit=1) == [leaf_id(home)]
    assert ports.reader.groups(after=leaf_id(home)) == []


def test_edges_that_wait_for_a_person_are_reviewed_in_the_order_they_came(ports: Ports) -> None:
    a, b, c = (Identifier("loyalty", name) for name in "abc")
    proposed = Edge(a=b, b=c, at=NOON, message_id="m2", by="match", proposed=True)
    refused = Edge(a=a, b=b, at=NOON + timedelta(hours=1), message_id="m1", refused="two numbers")
    fine = Edge(a=a, b=c, at=NOON, message_id="m3")
    apart = Edge(a=a, b=c, at=NOON, message_id="m4", by="person", apart=True)
    ports.store.commit([Work(person="p", settled=(one,)) for one in (refused, fine, proposed, apart)])
    first, second = ports.reader.reviews()
    assert (first[1], second[1]) == (refused, proposed)
    assert ports.reader.reviews(limit=1) == [first]
    assert ports.reader.reviews(after=first[0]) == [second]


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
    assert [found.id for found in ports.reader.decisions_of(["p1"])] == ["d1", "d3", "d2"]
    assert [found.id for found in ports.reader.decisions_of(["p1"], limit=1)] == ["d1"]


def test_decisions_between_two_moments_come_oldest_first(ports: Ports) -> None:
    hour = timedelta(hours=1)
    records = [record("d2", at=NOON), record("d1", at=NOON + hour), record("d3", at=NOON), record("d4", "p2")]
    ports.store.commit([Work(person=one.leaf, record=one) for one in records])
    assert [one.id for one in ports.reader.decisions_between(["p1", "p2"], NOON, NOON + hour)] == ["d2", "d3", "d4"]
    assert [one.id for one in ports.reader.decisions_between(["p1"], NOON + hour, NOON + 2 * hour)] == ["d1"]


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


def test_the_message_of_a_decision_is_found_by_it(ports: Ports) -> None:
    row = Message(key="d1", decision_id="d1", leaf="p1", channel="sms", due_at=YEAR, state="sent", note="")
    ports.store.commit([Work(person="p1", outbox=(row,))])
    assert ports.reader.messages_of(["d0", "d1"]) == {"d1": row}
    assert ports.reader.messages_of([]) == {}


def waiting(ports: Ports) -> list[str]:
    found = ports.reader.decisions_by("weekly-coupons", None, YEAR + timedelta(days=3650), matured=False)
    return [one.id for one in found]


def test_decisions_wait_for_outcomes_in_the_order_of_their_times(ports: Ports) -> None:
    hour = timedelta(hours=1)
    records = [record("d2", at=NOON), record("d1", at=NOON), record("d3", at=NOON + hour), record("d0", at=NOON - hour)]
    other = record("d4")
    records += [replace(other, ask=replace(other.ask, service="other")), replace(record("d5"), result="no-action")]
    ports.store.commit([Work(person=one.leaf, record=one) for one in records])
    assert waiting(ports) == ["d0", "d1", "d2", "d3"]

    def page(since: datetime | None, after: str = "", *, matured: bool = False) -> list[str]:
        found = ports.reader.decisions_by(
            "weekly-coupons", since, NOON + hour, matured=matured, after=after, limit=2
        )  # fmt: skip
        return [one.id for one in found]

    assert page(None) == ["d0", "d1"]
    assert page(NOON) == ["d1", "d2"]
    assert page(NOON, "d1") == ["d2"]
    assert page(NOON, matured=True) == ["d5"]


def test_a_matured_decision_waits_again_when_an_event_names_it(ports: Ports) -> None:
    ports.store.commit([Work(person="p1", record=record(id)) for id in ("d1", "d2")])
    ports.store.commit([Work(person="p1", matured={"d1": 0})])
    assert waiting(ports) == ["d2"]
    answer = replace(event("page", NOON, "m1"), decision_id="d1")
    ports.store.commit([Work(person="p1", events=(answer,))])
    assert waiting(ports) == ["d1", "d2"]


def test_a_decision_is_matured_only_by_who_has_seen_all_that_name_it(ports: Ports) -> None:
    ports.store.commit([Work(person="p1", record=record("d1"))])
    answers = tuple(replace(event("page", NOON, id), decision_id="d1") for id in ("m1", "m2"))
    ports.store.commit([Work(person="p1", events=answers)])
    ports.store.commit([Work(person="p1", matured={"d1": 1})])
    assert waiting(ports) == ["d1"]
    ports.store.commit([Work(person="p1", matured={"d1": 2, "d9": 0})])
    assert waiting(ports) == []


def test_of_a_leaf_with_thousands_of_links_some_can_be_read_with_all_that_was_said_of_it(ports: Ports) -> None:
    hub = Identifier("anonymous", "kiosk")
    linked = [_link(hub, Identifier("loyalty", str(number)), number) for number in range(20)]
    said = replace(_link(hub, Identifier("loyalty", "said"), 99), by="person")
    ports.store.commit([Work(person="p1", edges=(*linked, said))])
    leaf = leaf_id(hub)
    some = ports.reader.edges_of([leaf, leaf_id(Identifier("loyalty", "3"))], at_most=4)
    assert said in some
    assert linked[3] in some
    assert 5 <= len(some) <= 10
    assert some == sorted(some, key=lambda edge: edge.place)
    assert ports.reader.edges_of([leaf], at_most=20) == ports.reader.edges_of([leaf]) == [*linked, said]


def _link(one: Identifier, other: Identifier, minute: int) -> Edge:
    a, b = sorted((one, other))
    return Edge(a=a, b=b, at=NOON + timedelta(minutes=minute), message_id=f"m{minute}")
