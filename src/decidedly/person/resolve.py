"""Resolve: the edges of the identity graph into persons. What a person is follows from the set of edges alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from decidedly.core.derive import leaf_id
from decidedly.core.dictionary import Dictionary
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Cluster, Edge
from decidedly.person.join import Bar, Clusters

SHOWN = 3
"""Identifiers that a reason names; of more it says how many."""

SHARED = "is shared: it is linked with more than"
"""Part of why an edge of a shared identifier is refused."""


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """Persons, and what became of each edge.

    clusters : of every leaf that an edge names, single ones too, in order of persons
    edges    : all, in canonical order, `refused` as found: "" where it joins and where it does not take part
    """

    clusters: tuple[Cluster, ...]
    edges: tuple[Edge, ...]


def resolve(edges: Iterable[Edge], dictionary: Dictionary) -> Resolution:
    """Who is one person by these edges: whole components, so all edges that touch any of their leaves.

    Edges join in canonical order (`Edge.place`), whatever the order they come in.
    Undone and proposed ones take no part. An edge is refused

    - where it would put two leaves together that a person set apart: always, whenever that was said
    - where an identifier that it links is shared, unless the edge is explicit
    - where one person would have more identifiers of a namespace than `at_most`, unless the edge is explicit. After an
      explicit edge broke that limit, what brings nothing of the namespace still joins
    - where one person would have more than `most_identifiers`: always

    and is not refused after all where its leaves became one person by other edges.
    """
    ordered = sorted(edges, key=lambda edge: edge.place)
    # Leaves are numbered in the order of their ids, so that nothing hangs on the order in which edges name them.
    leaves = sorted((leaf_id(one), one) for one in {one for edge in ordered for one in (edge.a, edge.b)})
    ids = [id for id, _ in leaves]
    identifiers = [one for _, one in leaves]
    number = {one: place for place, one in enumerate(identifiers)}
    pairs = [(number[edge.a], number[edge.b]) for edge in ordered]
    names = sorted({one.namespace for one in identifiers})
    limits = [dictionary.namespace(name) for name in names]
    shared = _shared(ordered, pairs, identifiers, dictionary)
    clusters = Clusters(
        [names.index(one.namespace) for one in identifiers],
        [limit.at_most for limit in limits],
        dictionary.most_identifiers,
        [pair for edge, pair in zip(ordered, pairs, strict=True) if edge.apart and _takes_part(edge)],
    )
    refused = [""] * len(ordered)
    joins: list[int] = []
    for place, (edge, (a, b)) in enumerate(zip(ordered, pairs, strict=True)):
        if edge.apart or not _takes_part(edge):
            continue
        explicit = is_explicit(edge)
        if not explicit and (a in shared or b in shared):
            refused[place] = shared[a] if a in shared else shared[b]
            continue
        joined = clusters.join(a, b, explicit)
        if joined is True:
            joins.append(place)
        elif joined:
            refused[place] = _sentence(joined, identifiers, dictionary)
    for place, (a, b) in enumerate(pairs):
        if refused[place] and clusters.find(a) == clusters.find(b):
            refused[place] = ""
    settled = tuple(
        edge if edge.refused == why else replace(edge, refused=why) for edge, why in zip(ordered, refused, strict=True)
    )
    joined_by: dict[int, list[Edge]] = defaultdict(list)
    for place in joins:
        joined_by[clusters.find(pairs[place][0])].append(settled[place])
    roots = {clusters.find(leaf) for leaf in range(len(ids))}
    found = (
        Cluster(leaves=tuple(sorted(ids[leaf] for leaf in clusters.members(root))), joins=tuple(joined_by[root]))
        for root in roots
    )
    return Resolution(clusters=tuple(sorted(found, key=lambda one: one.person)), edges=settled)


def is_explicit(edge: Edge) -> bool:
    """Whether somebody said that the two are one person: a person's decision, or an alias from one id to another of
    the same namespace. An alias of an anonymous id is what trackers send at every log-in: evidence like any event."""
    return edge.by == "person" or (edge.by == "alias" and edge.a.namespace == edge.b.namespace)


def is_evidence(edge: Edge) -> bool:
    """Whether the edge counts where an identifier is shared by too many: what came together once, not taken back."""
    return _takes_part(edge) and not edge.apart and edge.by != "match" and not is_explicit(edge)


def _takes_part(edge: Edge) -> bool:
    return edge.undone is None and not edge.proposed


def _shared(
    edges: list[Edge], pairs: list[tuple[int, int]], identifiers: list[Identifier], dictionary: Dictionary
) -> dict[int, str]:
    """Why each leaf that too many others are linked with joins nobody."""
    neighbours: dict[int, set[int]] = defaultdict(set)
    for edge, (a, b) in zip(edges, pairs, strict=True):
        if is_evidence(edge):
            neighbours[a].add(b)
            neighbours[b].add(a)
    found: dict[int, str] = {}
    for leaf, others in neighbours.items():
        limit = dictionary.namespace(identifiers[leaf].namespace).shared_above
        if limit and len(others) > limit:
            # The limit, not the count: what is said of the earlier edges stays the same as more of them come.
            found[leaf] = f"{identifiers[leaf]} {SHARED} {limit} others"
    return found


def _sentence(bar: Bar, identifiers: list[Identifier], dictionary: Dictionary) -> str:
    those = [identifiers[leaf] for leaf in bar.leaves]
    if bar.limit == "apart":
        one, other = sorted(those)
        return f"a person set {one} and {other} apart"
    if bar.limit == "most":
        return f"would make one person of more than {dictionary.most_identifiers} identifiers"
    values = sorted(one.value for one in those)
    if len(values) > SHOWN:
        shown = f"{', '.join(values[:SHOWN])} and {len(values) - SHOWN} more"
    else:
        shown = f"{', '.join(values[:-1])} and {values[-1]}"
    count = "two" if len(values) == 2 else str(len(values))
    return f"would give one person {count} identifiers of {those[0].namespace}: {shown}"
