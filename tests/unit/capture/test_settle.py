"""Settling around an identifier that thousands share: what is read of it does not grow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from msgspec.structs import replace

from decidedly.adapters.memory import MemoryReader, State
from decidedly.capture import Graph, Word, review
from decidedly.core.derive import leaf_id
from decidedly.core.dictionary import Namespace
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Edge
from decidedly.person import resolve
from tests.cases import NOON, dictionary
from tests.unit.capture.conftest import Hub, raw

KIOSK = Identifier("anonymous", "kiosk")
LIMIT = 5


class CountingReader(MemoryReader):
    """A reader that counts the edges it hands out."""

    edges = 0

    def edges_of(self, leaves: Iterable[str], at_most: int = 0) -> list[Edge]:
        found = super().edges_of(leaves, at_most)
        self.edges += len(found)
        return found


def kiosk() -> tuple[Hub, CountingReader]:
    hub = Hub(state=State())
    hub.reader = reader = CountingReader(hub.state)
    hub.dictionary = replace(dictionary(), namespaces=(Namespace(id="anonymous", shared_above=LIMIT),))
    return hub, reader


def log_in(hub: Hub, people: Iterable[int]) -> None:
    """Each by a body of its own."""
    for number in people:
        hub.capture(raw("page", f"m{number}", NOON - timedelta(minutes=number), f"loyalty:{number} {KIOSK}"))


def edges_read(hub: Hub, reader: CountingReader, people: Iterable[int]) -> int:
    reader.edges = 0
    log_in(hub, people)
    return reader.edges


def everything(hub: Hub) -> list[Edge]:
    return hub.reader.edges_of([leaf_id(KIOSK)])


def test_the_hundredth_log_in_at_a_kiosk_reads_no_more_edges_than_the_tenth() -> None:
    hub, reader = kiosk()
    log_in(hub, range(10))
    assert edges_read(hub, reader, range(10, 20)) == edges_read(hub, reader, range(100, 110)) <= 10 * (LIMIT + 3)
    assert everything(hub) == list(resolve(everything(hub), hub.dictionary).edges)
    assert all(len(stored.cluster.leaves) == 1 for stored in hub.reader.people())
    assert hub.reader.unsettled() == []


def test_many_who_log_in_at_a_kiosk_in_one_body_are_settled_with_their_events() -> None:
    hub, reader = kiosk()
    log_in(hub, range(10))
    reader.edges = 0
    hub.capture(*(raw("page", f"m{number}", who=f"loyalty:{number} {KIOSK}") for number in range(10, 60)))
    assert reader.edges < 4 * 50
    assert everything(hub) == list(resolve(everything(hub), hub.dictionary).edges)
    assert hub.reader.unsettled() == []


def test_a_kiosk_that_is_shared_no_more_is_settled_anew() -> None:
    hub, _ = kiosk()
    log_in(hub, range(LIMIT + 3))
    for second in range(3):
        number, _ = hub.reader.reviews()[0]
        graph = Graph(hub.store, hub.reader, hub.dictionary)
        review(graph, number, same=False, word=Word(at=NOON + timedelta(seconds=second), actor="eve"))
    assert not any("is shared" in edge.refused for edge in everything(hub))
    assert everything(hub) == list(resolve(everything(hub), hub.dictionary).edges)
    assert sum(len(stored.cluster.leaves) == 2 for stored in hub.reader.people()) == 1
