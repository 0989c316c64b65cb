"""Who is who settled event by event, and decision by decision, is who is who by all edges at once."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.capture import Graph, NotJoined, NotMerged, Word, merge, review, split, unmerge
from decidedly.core.derive import leaf_id
from decidedly.core.dictionary import Namespace
from decidedly.core.errors import BadInput, NotFound
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Edge
from decidedly.person import resolve
from tests.cases import NOON, dictionary
from tests.unit.capture.conftest import Hub, raw

DICTIONARY = replace(
    dictionary(),
    namespaces=(
        Namespace(id="loyalty", at_most=1),
        Namespace(id="email", shared_above=2),
        Namespace(id="anonymous", shared_above=2),
    ),
    most_identifiers=6,
)
NAMES = [f"{space}:{value}" for space in ("loyalty", "email", "anonymous") for value in "abcd"]
LEAVES = [leaf_id(Identifier.parse(name)) for name in NAMES]

SOME = st.lists(st.sampled_from(NAMES), min_size=2, max_size=3, unique=True)
STEPS = st.lists(
    st.tuples(st.sampled_from(("event", "event", "event", "alias", "merge", "unmerge", "split", "review")), SOME,
              st.integers(0, 9), st.booleans()),
    max_size=14,
)  # fmt: skip


def take(hub: Hub, step: tuple[str, list[str], int, bool], number: int) -> None:
    what, names, second, same = step
    graph = Graph(hub.store, hub.reader, hub.dictionary)
    one, other, *_ = ids = [Identifier.parse(name) for name in names]
    word = Word(at=NOON + timedelta(seconds=number), actor="eve")
    with suppress(BadInput, NotFound, NotJoined, NotMerged):
        if what in ("event", "alias"):
            kind = "page" if what == "event" else what
            hub.capture(raw(kind, f"m{number}", NOON - timedelta(seconds=second), " ".join(names)))
        elif what == "merge":
            merge(graph, one, other, word)
        elif what == "unmerge":
            unmerge(graph, one, other, word)
        elif what == "split":
            split(graph, ids[: 1 + same], word)
        elif waiting := hub.reader.reviews():
            review(graph, waiting[second % len(waiting)][0], same=same, word=word)


def refusal(edge: Edge) -> tuple[tuple[str, ...], str]:
    """Why an edge is refused; where both its ends are shared, either may be named."""
    return edge.key, "shared" if "is shared" in edge.refused else edge.refused


@given(STEPS)
def test_settled_step_by_step_is_resolved_at_once(steps):
    hub = Hub()
    hub.dictionary = DICTIONARY
    numbers = count()
    for step in steps:
        take(hub, step, next(numbers))
    resolution = resolve(hub.reader.edges_of(LEAVES), DICTIONARY)
    assert list(map(refusal, hub.reader.edges_of(LEAVES))) == list(map(refusal, resolution.edges))
    for cluster in resolution.clusters:
        for leaf in cluster.leaves:
            stored = hub.reader.leaf(leaf)
            assert cluster == stored.cluster if stored else cluster.leaves == (leaf,)
    assert hub.reader.unsettled() == []
