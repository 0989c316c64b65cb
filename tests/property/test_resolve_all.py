"""Everybody resolved from arrays are the persons, and the edges refused, that each is edge by edge."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from decidedly.core.identifier import Identifier
from decidedly.core.identity import Edge
from decidedly.person import is_explicit, resolve
from decidedly.person.resolve_all import JOINED, Edges, components, resolve_all
from tests.property.test_identity import LIMITED, graphs

NAMES = sorted(LIMITED.identifiers)
LIMITS = [LIMITED.namespace(name) for name in NAMES]
REASONS = {"apart": 1, "is shared": 2, "would give": 3, "would make": 4}


def columns(edges: list[Edge]) -> tuple[Edges, np.ndarray, list[str], list[Edge]]:
    """Edges that join or are refused as arrays, the namespaces and ids of the leaves, and the edges in those rows."""
    part = [edge for edge in sorted(edges, key=lambda edge: edge.place) if edge.undone is None and not edge.proposed]
    named: dict[str, Identifier] = {}
    for edge in edges:
        named.update(zip(edge.leaves, (edge.a, edge.b), strict=True))
    ids = sorted(named)
    pairs = np.array([[ids.index(leaf) for leaf in edge.leaves] for edge in part], np.int32).reshape(-1, 2)
    rows = [row for row, edge in enumerate(part) if not edge.apart]
    kept = [part[row] for row in rows]
    arrays = Edges(
        a=pairs[rows, 0],
        b=pairs[rows, 1],
        at=np.array([int(edge.at.timestamp()) for edge in kept], np.int64),
        explicit=np.array([is_explicit(edge) for edge in kept], np.bool_),
        match=np.array([edge.by == "match" for edge in kept], np.bool_),
        apart=pairs[[row for row, edge in enumerate(part) if edge.apart]],
    )
    return arrays, np.array([NAMES.index(named[id].namespace) for id in ids], np.uint8), ids, kept


@given(graphs())
def test_everybody_at_once_is_each_alone(edges):
    arrays, namespace, ids, kept = columns(edges)
    person, verdict = resolve_all(arrays, namespace, LIMITS, LIMITED.most_identifiers)
    resolution = resolve(edges, LIMITED)
    expected = {leaf: cluster.person for cluster in resolution.clusters for leaf in cluster.leaves}
    assert {id: ids[one] for id, one in zip(ids, person, strict=True)} == expected
    refused = {edge.key: edge.refused for edge in resolution.edges}
    reasons = [next((code for words, code in REASONS.items() if words in refused[edge.key]), JOINED) for edge in kept]
    assert verdict.tolist() == reasons


@given(st.integers(1, 60).flatmap(lambda n: st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)))))
def test_components_are_the_least_leaves_that_can_be_reached(pairs):
    leaves = max((max(pair) for pair in pairs), default=0) + 1
    a, b = np.array(pairs, np.int32).reshape(-1, 2).T
    least = list(range(leaves))
    for _ in range(leaves):
        for one, other in pairs:
            least[one] = least[other] = min(least[one], least[other])
    assert components(a, b, leaves).tolist() == least


def test_a_long_path_and_a_large_star_are_one_component():
    steps = np.random.default_rng(0).permutation(5000).astype(np.int32)
    assert not components(steps[:-1], steps[1:], 5000).any()
    hub = np.full(4999, 4999, np.int32)
    assert not components(hub, np.arange(4999, dtype=np.int32), 5000).any()
