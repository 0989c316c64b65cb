"""Merge: people's decisions on who is who, each an event, each exactly undone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from decidedly.capture import Graph, NotJoined, NotMerged, Word, merge, review, split, unmerge
from decidedly.core.errors import BadInput, NotFound
from decidedly.core.identifier import Identifier
from decidedly.core.person import Person
from decidedly.person import seen
from tests.cases import NOON
from tests.unit.capture.conftest import Hub, raw

HOUR = timedelta(hours=1)
ANN, BOB, CARD, DEVICE = (Identifier.parse(one) for one in ("loyalty:1", "loyalty:2", "email:e@x.de", "anonymous:a"))


def word(hours: int = 1, why: str = "") -> Word:
    return Word(at=NOON + hours * HOUR, actor="eve", why=why)


def graph(hub: Hub) -> Graph:
    return Graph(hub.store, hub.reader, hub.dictionary)


def person(hub: Hub, who: Identifier, hours: int = 100) -> Person:
    return seen(graph(hub).person(who), NOON + hours * HOUR, hub.dictionary)


@pytest.fixture
def two(hub: Hub) -> Hub:
    hub.capture(
        raw("identify", "i1", NOON - HOUR, "loyalty:1", **{"age-band": "35-44"}),
        raw("consent", "c1", NOON - HOUR, "loyalty:1", purpose="marketing", channel="sms", granted=True),
        raw("identify", "i2", NOON, "loyalty:2", **{"age-band": "19-24"}),
        raw("consent", "c2", NOON - 2 * HOUR, "loyalty:2", purpose="marketing", channel="sms", granted=False),
        raw("page", "p1", NOON, "loyalty:1"),
        raw("page", "p2", NOON, "loyalty:2 anonymous:a"),
    )
    return hub


def test_a_merge_makes_one_record_of_two_whatever_limits_say(two: Hub) -> None:
    merge(graph(two), ANN, BOB, word())
    one = person(two, ANN)
    assert one == person(two, BOB)
    assert [str(own) for own in one.identifiers] == ["loyalty:1", "loyalty:2", "anonymous:a"]
    assert one.value("age-band") == "19-24"
    assert one.consents["marketing"]["sms"].granted is False
    assert len(one.panes["page"].at) == 2 * 8


def test_a_merge_is_an_event_with_its_actor_and_reason(two: Hub) -> None:
    merge(graph(two), ANN, BOB, word(why="married name"))
    last = two.log[-1]
    assert (last.kind, last.source, last.properties["why"]) == ("merge", "eve", "married name")
    assert last.identifiers == (ANN, BOB)
    (edge,) = (edge for edge in two.reader.edges_of(edge_ends(two)) if edge.by == "person")
    assert (edge.at, edge.actor) == (NOON + HOUR, "eve")


def edge_ends(hub: Hub) -> tuple[str, ...]:
    return graph(hub).person(ANN).cluster.leaves


def test_before_its_moment_a_merge_is_not_seen(two: Hub) -> None:
    merge(graph(two), ANN, BOB, word(1))
    assert person(two, ANN, hours=1).identifiers == (ANN,)
    assert len(person(two, ANN, hours=2).identifiers) == 3


def test_taking_a_merge_back_gives_the_earlier_records_exactly(two: Hub) -> None:
    before = person(two, ANN), person(two, BOB)
    merge(graph(two), ANN, BOB, word(1))
    unmerge(graph(two), ANN, BOB, word(2))
    assert (person(two, ANN), person(two, BOB)) == before


def test_what_came_while_merged_stays_with_the_identifier_it_named(two: Hub) -> None:
    merge(graph(two), ANN, BOB, word(1))
    two.capture(raw("page", "p3", NOON, "loyalty:2"))
    unmerge(graph(two), ANN, BOB, word(2))
    assert len(person(two, ANN).panes["page"].at) == 8
    assert len(person(two, BOB).panes["page"].at) == 2 * 8


def test_what_an_event_joined_can_be_taken_back_and_stays_so(two: Hub) -> None:
    unmerge(graph(two), BOB, DEVICE, word())
    two.capture(raw("page", "p3", NOON + 2 * HOUR, "loyalty:2 anonymous:a"))
    assert person(two, BOB).identifiers == (BOB,)


def test_what_others_hold_together_is_not_taken_back_by_halves(two: Hub) -> None:
    two.capture(raw("page", "p3", NOON, "loyalty:2 email:e@x.de"), raw("page", "p4", NOON, "email:e@x.de anonymous:a"))
    before = graph(two).reader.edges_of(graph(two).person(BOB).cluster.leaves)
    with pytest.raises(NotJoined, match="by others too"):
        unmerge(graph(two), BOB, DEVICE, word())
    assert graph(two).reader.edges_of(graph(two).person(BOB).cluster.leaves) == before


def test_a_part_can_be_split_off_and_events_do_not_bring_it_back(two: Hub) -> None:
    two.capture(raw("page", "p3", NOON, "loyalty:2 email:e@x.de"), raw("page", "p4", NOON, "email:e@x.de anonymous:a"))
    split(graph(two), [CARD, DEVICE], word())
    two.capture(raw("page", "p5", NOON, "loyalty:2 email:e@x.de"))
    assert person(two, BOB).identifiers == (BOB,)
    assert person(two, CARD).identifiers == (CARD, DEVICE)


def test_a_split_can_be_taken_back_by_a_merge(two: Hub) -> None:
    split(graph(two), [DEVICE], word(1))
    two.capture(raw("page", "p3", NOON, "anonymous:a"))
    merge(graph(two), BOB, DEVICE, word(2))
    assert person(two, BOB).identifiers == (BOB, DEVICE)


@pytest.mark.parametrize("off", [(BOB, DEVICE), (BOB, ANN)])
def test_a_whole_person_or_two_cannot_be_split_off(two: Hub, off: tuple[Identifier, ...]) -> None:
    with pytest.raises(BadInput, match="cannot be split off"):
        split(graph(two), off, word())


def test_strangers_and_the_same_person_are_not_merged(two: Hub) -> None:
    with pytest.raises(NotFound, match="loyalty:9"):
        merge(graph(two), ANN, Identifier("loyalty", "9"), word())
    with pytest.raises(BadInput, match="one person already"):
        merge(graph(two), BOB, DEVICE, word())


def test_a_merge_that_cannot_stand_leaves_nothing(two: Hub) -> None:
    two.capture(raw("page", "p3", NOON, "loyalty:1 email:e@x.de"))
    split(graph(two), [CARD], word(1))
    two.capture(raw("page", "p4", NOON, "loyalty:2 email:e@x.de"))
    with pytest.raises(NotMerged, match="apart"):
        merge(graph(two), ANN, BOB, word(2))
    assert person(two, ANN).identifiers == (ANN,)
    assert [edge.by for _, edge in two.reader.reviews()] == []


def test_a_refused_link_waits_and_is_accepted_or_rejected(two: Hub) -> None:
    two.capture(raw("page", "p3", NOON, "loyalty:1 anonymous:a"))
    assert person(two, ANN).identifiers == (ANN,)
    ((number, edge),) = two.reader.reviews()
    assert "loyalty" in edge.refused
    review(graph(two), number, same=True, word=word())
    assert len(person(two, ANN).identifiers) == 3
    assert two.reader.reviews() == []


def test_a_rejected_link_stays_rejected(two: Hub) -> None:
    two.capture(raw("page", "p3", NOON, "loyalty:1 anonymous:a"))
    ((number, _),) = two.reader.reviews()
    review(graph(two), number, same=False, word=word())
    assert two.reader.reviews() == []
    two.capture(raw("page", "p4", NOON, "loyalty:1 anonymous:a"))
    assert two.reader.reviews() == []
    assert person(two, ANN).identifiers == (ANN,)
    with pytest.raises(NotFound, match=str(number)):
        review(graph(two), number, same=True, word=word(2))
