"""What joins, what is refused, and the words for it."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from decidedly.core.derive import leaf_id
from decidedly.core.dictionary import Namespace
from decidedly.core.identifier import Identifier
from decidedly.core.identity import By, Edge, Undone
from decidedly.person import resolve
from decidedly.person.resolve import Resolution
from tests.cases import YEAR, dictionary

DICTIONARY = replace(
    dictionary(),
    namespaces=(Namespace(id="email", shared_above=2), Namespace(id="anonymous", shared_above=2)),
    most_identifiers=4,
)


def edge(one: str, other: str, second: int, by: By = "event", apart: bool = False, **more) -> Edge:
    a, b = sorted((Identifier.parse(one), Identifier.parse(other)))
    at = YEAR + timedelta(seconds=second)
    return Edge(a=a, b=b, at=at, message_id=f"m{second}", by=by, apart=apart, **more)


def together(resolution: Resolution, *identifiers: str) -> bool:
    leaves = {leaf_id(Identifier.parse(one)) for one in identifiers}
    return any(leaves <= set(cluster.leaves) for cluster in resolution.clusters)


def reasons(resolution: Resolution) -> list[str]:
    return [edge.refused for edge in resolution.edges if edge.refused]


def test_a_chain_of_events_is_one_person():
    found = resolve([edge("loyalty:1", "anonymous:x", 2), edge("email:a@b.de", "anonymous:x", 1)], DICTIONARY)
    assert together(found, "loyalty:1", "email:a@b.de", "anonymous:x")
    assert [len(cluster.joins) for cluster in found.clusters] == [2]


def test_the_earlier_of_two_logins_on_one_device_keeps_it():
    found = resolve([edge("loyalty:2", "anonymous:x", 2), edge("loyalty:1", "anonymous:x", 1)], DICTIONARY)
    assert together(found, "loyalty:1", "anonymous:x")
    assert not together(found, "loyalty:1", "loyalty:2")
    assert reasons(found) == ["would give one person two identifiers of loyalty: 1 and 2"]


def test_the_word_of_a_person_joins_two_loyalty_numbers():
    found = resolve([edge("loyalty:1", "loyalty:2", 1, by="person", actor="ann")], DICTIONARY)
    assert together(found, "loyalty:1", "loyalty:2")


def test_after_that_only_what_brings_no_third_number_joins():
    edges = [
        edge("loyalty:1", "loyalty:2", 1, by="person", actor="ann"),
        edge("loyalty:3", "phone:9", 2),
        edge("loyalty:1", "email:a@b.de", 3),
        edge("loyalty:2", "phone:9", 4),
    ]
    found = resolve(edges, DICTIONARY)
    assert together(found, "loyalty:1", "loyalty:2", "email:a@b.de")
    assert not together(found, "loyalty:1", "loyalty:3")
    assert reasons(found) == ["would give one person 3 identifiers of loyalty: 1, 2 and 3"]


def test_an_alias_of_two_numbers_says_that_they_are_one_person():
    assert together(resolve([edge("loyalty:1", "loyalty:2", 1, by="alias")], DICTIONARY), "loyalty:1", "loyalty:2")


def test_an_alias_of_an_anonymous_id_is_evidence_like_any_event():
    edges = [edge("loyalty:1", "anonymous:x", 1, by="alias"), edge("loyalty:2", "anonymous:x", 2, by="alias")]
    assert not together(resolve(edges, DICTIONARY), "loyalty:1", "loyalty:2")


def test_a_shared_device_joins_nobody():
    edges = [edge(f"loyalty:{number}", "anonymous:x", number) for number in (1, 2, 3)]
    found = resolve(edges, DICTIONARY)
    assert len(found.clusters) == 4
    assert reasons(found) == ["anonymous:x is shared: it is linked with more than 2 others"] * 3


def test_a_match_cannot_join_through_a_shared_address_but_a_person_can():
    family = [edge(f"loyalty:{number}", "email:a@b.de", number) for number in (1, 2, 3)]
    matched = edge("email:a@b.de", "phone:9", 4, by="match")
    assert not together(resolve([*family, matched], DICTIONARY), "email:a@b.de", "phone:9")
    said = edge("loyalty:3", "email:a@b.de", 5, by="person", actor="ann")
    found = resolve([*family, matched, said], DICTIONARY)
    assert together(found, "loyalty:3", "email:a@b.de")
    assert [one.refused == "" for one in found.edges] == [False, False, True, False, True]


def test_an_address_is_not_shared_by_the_same_neighbour_linked_twice_or_by_links_taken_back():
    undone = Undone(at=YEAR, actor="ann")
    edges = [
        edge("loyalty:1", "email:a@b.de", 1),
        edge("loyalty:1", "email:a@b.de", 2, by="match"),
        edge("phone:8", "email:a@b.de", 3),
        edge("phone:9", "email:a@b.de", 4, undone=undone),
    ]
    assert together(resolve(edges, DICTIONARY), "loyalty:1", "email:a@b.de", "phone:8")


def test_apart_holds_along_any_path_and_whenever_it_was_said():
    path = [edge("loyalty:1", "anonymous:x", 1), edge("email:a@b.de", "anonymous:x", 2)]
    apart = edge("loyalty:1", "email:a@b.de", 9, by="person", apart=True, actor="ann")
    found = resolve([*path, apart], DICTIONARY)
    assert not together(found, "loyalty:1", "email:a@b.de")
    assert reasons(found) == ["a person set email:a@b.de and loyalty:1 apart"]


def test_a_person_has_no_more_identifiers_than_the_most_whoever_says_so():
    edges = [edge(f"phone:{number}", "phone:0", number, by="person", actor="ann") for number in range(1, 6)]
    assert reasons(resolve(edges, DICTIONARY)) == ["would make one person of more than 4 identifiers"] * 2


def test_what_is_proposed_joins_nothing_and_is_not_refused():
    found = resolve([edge("loyalty:1", "email:a@b.de", 1, by="match", proposed=True)], DICTIONARY)
    assert len(found.clusters) == 2
    assert reasons(found) == []


def test_of_many_identifiers_a_reason_names_three():
    base = replace(DICTIONARY, most_identifiers=9)
    merged = [edge(f"loyalty:{number}", "loyalty:1", number, by="person", actor="ann") for number in (2, 3, 4)]
    found = resolve([*merged, edge("loyalty:5", "phone:9", 5), edge("loyalty:1", "phone:9", 6)], base)
    assert reasons(found) == ["would give one person 5 identifiers of loyalty: 1, 2, 3 and 2 more"]


def test_no_edges_are_nobody():
    assert resolve([], DICTIONARY) == Resolution(clusters=(), edges=())
