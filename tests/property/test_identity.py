"""Who is one person follows from the set of edges alone, keeps every limit, and forgets what was undone."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.core.derive import leaf_id
from decidedly.core.dictionary import Dictionary, Namespace
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Edge, Undone
from decidedly.person import resolve
from decidedly.person.resolve import Resolution, is_explicit
from tests.cases import YEAR, dictionary

LIMITED: Dictionary = replace(
    dictionary(),
    namespaces=(
        Namespace(id="loyalty", at_most=1),
        Namespace(id="email", at_most=2, shared_above=4),
        Namespace(id="anonymous", shared_above=3),
    ),
    most_identifiers=7,
)
FREE: Dictionary = replace(dictionary(), namespaces=(Namespace(id="loyalty"),))
UNDONE = Undone(at=YEAR, actor="ann")

IDENTIFIERS = [
    Identifier(namespace, str(value)) for namespace in ("loyalty", "email", "phone", "anonymous") for value in range(4)
]


@st.composite
def graphs(
    draw: st.DrawFn, evidence: tuple[str, ...] = ("event", "event", "event", "alias", "match", "person")
) -> list[Edge]:
    """Edges among a few identifiers, one per pair and sort of evidence, with ties in time and message id."""
    edges: dict[tuple[str, ...], Edge] = {}
    for number in range(draw(st.integers(0, 25))):
        a, b = sorted(draw(st.lists(st.sampled_from(IDENTIFIERS), min_size=2, max_size=2, unique=True)))
        by = draw(st.sampled_from(evidence))
        edge = Edge(
            a=a,
            b=b,
            at=YEAR + timedelta(seconds=draw(st.integers(0, 5))),
            message_id=f"m{draw(st.integers(0, number))}",
            by=by,  # type: ignore[arg-type]
            apart=by == "person" and draw(st.booleans()),
            proposed=by == "match" and draw(st.booleans()),
            undone=UNDONE if draw(st.integers(0, 6)) == 0 else None,
            refused=draw(st.sampled_from(("", "", "for some earlier reason"))),
        )
        edges[edge.key] = edge
    return list(edges.values())


def persons(resolution: Resolution) -> list[tuple[str, ...]]:
    return [cluster.leaves for cluster in resolution.clusters]


def namespace_counts(resolution: Resolution) -> list[Counter[str]]:
    namespace = {leaf_id(one): one.namespace for one in IDENTIFIERS}
    return [Counter(namespace[leaf] for leaf in leaves) for leaves in persons(resolution)]


@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(edges, random):
    shuffled = list(edges)
    random.shuffle(shuffled)
    assert resolve(shuffled, LIMITED) == resolve(edges, LIMITED)


@given(graphs())
def test_resolving_again_what_was_resolved_changes_nothing(edges):
    once = resolve(edges, LIMITED)
    assert resolve(once.edges, LIMITED) == once


@given(graphs())
def test_persons_are_a_partition_of_the_leaves(edges):
    leaves = sorted({leaf for edge in edges for leaf in edge.leaves})
    found = persons(resolve(edges, LIMITED))
    assert sorted(leaf for person in found for leaf in person) == leaves
    assert found == sorted(found)
    assert all(list(person) == sorted(person) for person in found)


@given(graphs())
def test_persons_resolve_alone_as_they_do_among_others(edges):
    resolution = resolve(edges, LIMITED)
    component = component_of(edges)
    for name in set(component.values()):
        part = resolve([edge for edge in edges if component[edge.leaves[0]] == name], LIMITED)
        assert all(edge in resolution.edges for edge in part.edges)
        assert all(cluster in resolution.clusters for cluster in part.clusters)


@given(graphs(), st.data())
def test_merges_undone_in_any_order_are_as_if_never_made(edges, data):
    chosen = data.draw(st.lists(st.sampled_from(edges), unique_by=lambda edge: edge.key)) if edges else []
    keys = {edge.key for edge in chosen}
    never = [edge for edge in edges if edge.key not in keys]
    now = list(never) + [replace(edge, undone=None) for edge in chosen]
    for edge in data.draw(st.permutations(chosen)):
        now = [replace(one, undone=UNDONE) if one.key == edge.key else one for one in now]
        resolve(now, LIMITED)
    lonely = {leaf for edge in chosen for leaf in edge.leaves} - {leaf for edge in never for leaf in edge.leaves}
    with_undone, without = resolve(now, LIMITED), resolve(never, LIMITED)
    assert tuple(edge for edge in with_undone.edges if edge.key not in keys) == without.edges
    assert tuple(one for one in with_undone.clusters if not lonely & set(one.leaves)) == without.clusters
    assert all(one.leaves == (one.person,) for one in with_undone.clusters if lonely & set(one.leaves))


@given(graphs(evidence=("event", "alias", "match")).map(lambda edges: [e for e in edges if not is_explicit(e)]))
def test_no_evidence_short_of_an_explicit_word_breaks_a_limit(edges):
    for counts in namespace_counts(resolve(edges, LIMITED)):
        assert counts["loyalty"] <= 1
        assert counts["email"] <= 2
        assert counts.total() <= 7


@given(graphs())
def test_nothing_makes_a_person_of_more_identifiers_than_the_most(edges):
    assert all(len(person) <= 7 for person in persons(resolve(edges, LIMITED)))


@given(graphs())
def test_whom_a_person_set_apart_are_never_one(edges):
    together = {pair for person in persons(resolve(edges, FREE)) for pair in combinations(person, 2)}
    for edge in edges:
        if edge.apart and edge.undone is None:
            assert tuple(sorted(edge.leaves)) not in together


@given(graphs())
def test_a_refused_edge_has_a_reason_and_two_persons_and_any_other_that_takes_part_has_one(edges):
    resolution = resolve(edges, LIMITED)
    person = {leaf: cluster.person for cluster in resolution.clusters for leaf in cluster.leaves}
    for edge in resolution.edges:
        takes_part = edge.undone is None and not edge.proposed and not edge.apart
        one, other = (person[leaf] for leaf in edge.leaves)
        assert bool(edge.refused) == (takes_part and one != other)


@given(graphs())
def test_the_joins_of_a_person_make_up_exactly_its_leaves_without_a_spare(edges):
    for cluster in resolve(edges, LIMITED).clusters:
        assert len(cluster.joins) == len(cluster.leaves) - 1
        reached = {cluster.leaves[0]} | {leaf for edge in cluster.joins for leaf in edge.leaves}
        assert reached == set(cluster.leaves)
        assert [edge.place for edge in cluster.joins] == sorted(edge.place for edge in cluster.joins)


@given(graphs())
def test_without_limits_persons_are_the_connected_components(edges):
    free = [edge for edge in edges if edge.undone is None and not edge.proposed and not edge.apart]
    component = component_of(free)
    expected = sorted(
        tuple(sorted(leaf for leaf in component if component[leaf] == one)) for one in set(component.values())
    )
    unlimited = replace(FREE, most_identifiers=1000)
    assert persons(resolve(free, unlimited)) == expected


def component_of(edges: list[Edge]) -> dict[str, str]:
    """Leaf -> least leaf of its connected component, by spreading the least along every edge until nothing changes."""
    least = {leaf: leaf for edge in edges for leaf in edge.leaves}
    changed = True
    while changed:
        changed = False
        for edge in edges:
            low = min(least[leaf] for leaf in edge.leaves)
            for leaf in edge.leaves:
                changed |= least[leaf] != low
                least[leaf] = low
    return least
