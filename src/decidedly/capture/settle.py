"""Settle: who is who around some leaves, worked out from the edges and written down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from decidedly.core.dictionary import Dictionary
from decidedly.core.errors import DecidedlyError
from decidedly.core.identity import Cluster, Edge
from decidedly.core.ledger import Ledger
from decidedly.core.work import Expect, Work
from decidedly.person import Resolution, is_evidence, is_explicit, resolve
from decidedly.ports.reader import Reader
from decidedly.ports.store import Store

ATTEMPTS = 32
"""How often one group of leaves is worked out again while others change it."""


class Unsettled(DecidedlyError):
    """Others kept changing who is who; the evidence is stored, and is worked out with the next that comes."""

    code = "identity.contended"


def settle(leaves: Iterable[str], *, store: Store, reader: Reader, dictionary: Dictionary) -> None:
    """Work out the persons around these leaves from all edges that reach them, and commit who is who.

    Safe to repeat, and with others at work: what another worker changed meanwhile is read again. The ledgers of the
    persons concerned advance their epoch, so that no decision rests on who they were. Raises Unsettled.
    """
    seeds = set(leaves)
    for _ in range(ATTEMPTS):
        found = _works(seeds, reader, dictionary)
        if found is None:
            continue
        works, groups = found
        answers = store.commit(works) if works else ()
        seeds = {
            leaf for group, answer in zip(groups, answers, strict=True) if answer.result == "stale" for leaf in group
        }
        if not seeds:
            return
    raise Unsettled(
        f"Who is who among {len(seeds)} identifiers could not be written: others keep changing it.",
        hint="It is worked out with the next event of theirs, or at the next start.",
    )


def settle_rest(*, store: Store, reader: Reader, dictionary: Dictionary) -> int:
    """Settle what a crash left over; the number of edges."""
    total = 0
    while rest := reader.unsettled():
        settle({leaf for edge in rest for leaf in edge.leaves}, store=store, reader=reader, dictionary=dictionary)
        total += len(rest)
    return total


def tried(edges: Sequence[Edge], *, reader: Reader, dictionary: Dictionary) -> Resolution:
    """Who would be who if these edges were written; nothing is."""
    found, _ = _around({leaf for edge in edges for leaf in edge.leaves}, reader, dictionary)
    changed = {edge.key: edge for edge in (*found, *edges)}
    return resolve(changed.values(), dictionary)


def _works(seeds: set[str], reader: Reader, dictionary: Dictionary) -> tuple[list[Work], list[frozenset[str]]] | None:
    """One work for each group of leaves that edges of any sort connect, and the group; None where the edges changed
    while they were read."""
    edges, whole = _around(seeds, reader, dictionary)
    if not edges:
        return [], []
    resolution = resolve(edges, dictionary)
    clusters = [cluster for cluster in resolution.clusters if whole.issuperset(cluster.leaves)]
    group_of = _groups(edges)
    parts: dict[str, tuple[list[Edge], list[Cluster]]] = {}
    for edge in resolution.edges:
        if not whole.isdisjoint(edge.leaves):
            parts.setdefault(group_of[edge.leaves[0]], ([], []))[0].append(edge)
    for cluster in clusters:
        parts.setdefault(group_of[cluster.person], ([], []))[1].append(cluster)
    states = reader.states(whole)
    persons = {state.person for state in states.values()}.union(cluster.person for cluster in clusters)
    states.update(reader.states(persons - states.keys()))
    if reader.edges_of(whole) != sorted(edges, key=lambda edge: edge.place):
        # Others wrote an edge before we read the versions, so these would not betray that we have not seen it.
        return None
    works, groups = [], []
    for settled, made in parts.values():
        group = frozenset(leaf for cluster in made for leaf in cluster.leaves)
        ids = sorted({states[leaf].person for leaf in group} | {cluster.person for cluster in made})
        ledgers = [states[id].ledger for id in ids]
        works.append(
            Work(
                person=ids[0],
                expect=Expect(ledgers={ledger.leaf: ledger.version for ledger in ledgers}),
                settled=tuple(settled),
                clusters=tuple(made),
                ledgers=tuple(_advanced(ledger) for ledger in ledgers),
            )
        )
        groups.append(group)
    return works, groups


def _advanced(ledger: Ledger) -> Ledger:
    return replace(ledger, version=ledger.version + 1, epoch=ledger.epoch + 1)


def _around(seeds: set[str], reader: Reader, dictionary: Dictionary) -> tuple[list[Edge], set[str]]:
    """Every edge that reaches these leaves, over any number of steps, and the leaves all of whose edges are among them.

    A shared identifier that joins nobody is not gone through: it may have thousands of neighbours.
    """
    found: dict[tuple[str, str, str], Edge] = {}
    whole: set[str] = set()
    frontier = set(seeds)
    while frontier:
        fresh = reader.edges_of(frontier)
        found.update((edge.key, edge) for edge in fresh)
        whole |= frontier
        near = {leaf for edge in fresh for leaf in edge.leaves} - whole
        frontier = near - _beyond_shared(frontier, fresh, reader, dictionary) if near else near
    return list(found.values()), whole


def _beyond_shared(leaves: set[str], edges: list[Edge], reader: Reader, dictionary: Dictionary) -> set[str]:
    """Leaves that are reached from these only over evidence of an identifier that is shared by so many that it joins
    nobody, and had joined nobody: whatever else these are does not change who is who here."""
    neighbours: dict[str, set[str]] = {}
    evident: dict[str, set[str]] = {}
    said: dict[str, set[str]] = {}
    limits: dict[str, int] = {}
    for edge in edges:
        for one, other in (edge.leaves, edge.leaves[::-1]):
            if one in leaves:
                neighbours.setdefault(one, set()).add(other)
                if is_evidence(edge):
                    evident.setdefault(one, set()).add(other)
                elif edge.undone is None and (edge.apart or is_explicit(edge)):
                    said.setdefault(one, set()).add(other)
        for identifier, leaf in zip((edge.a, edge.b), edge.leaves, strict=True):
            limits[leaf] = dictionary.namespace(identifier.namespace).shared_above
    closed = {
        id
        for id, near in evident.items()
        if 0 < limits[id] < len(near) and ((stored := reader.leaf(id)) is None or len(stored.cluster.leaves) == 1)
    }
    through = {leaf for id, near in neighbours.items() for leaf in (said.get(id, ()) if id in closed else near)}
    return {leaf for id in closed for leaf in neighbours[id]} - through


def _groups(edges: list[Edge]) -> dict[str, str]:
    """Leaf -> one leaf of all that edges of any sort connect it with."""
    parent: dict[str, str] = {}

    def root(leaf: str) -> str:
        while parent.setdefault(leaf, leaf) != leaf:
            parent[leaf] = parent[parent[leaf]]
            leaf = parent[leaf]
        return leaf

    for edge in edges:
        a, b = edge.leaves
        parent[root(a)] = root(b)
    return {leaf: root(leaf) for leaf in parent}
