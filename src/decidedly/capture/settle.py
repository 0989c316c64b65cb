"""Settle: who is who around some leaves, worked out from the edges and written down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from decidedly.core.dictionary import Dictionary
from decidedly.core.errors import DecidedlyError
from decidedly.core.evidence import kept
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


class _Group(NamedTuple):
    """Leaves that edges of any sort connect, worked out.

    edges    : resolved
    changed  : of these the ones that are new, or come out otherwise than they are stored
    replaces : whether one of those changed is stored already
    clusters : the persons that they make up
    ledgers  : of those persons, and of whom the leaves are of now, as they were read
    """

    edges: list[Edge]
    changed: list[Edge]
    replaces: bool
    clusters: list[Cluster]
    ledgers: list[Ledger]

    @property
    def leaves(self) -> frozenset[str]:
        return frozenset(leaf for cluster in self.clusters for leaf in cluster.leaves)

    @property
    def expected(self) -> dict[str, int]:
        return {ledger.leaf: ledger.version for ledger in self.ledgers}


def settle(leaves: Iterable[str], *, store: Store, reader: Reader, dictionary: Dictionary) -> None:
    """Work out the persons around these leaves from all edges that reach them, and commit who is who.

    Safe to repeat, and with others at work: what another worker changed meanwhile is read again. The ledgers of the
    persons concerned advance their epoch, so that no decision rests on who they were. Raises Unsettled.
    """
    seeds = set(leaves)
    for _ in range(ATTEMPTS):
        groups = _groups(seeds, reader, dictionary)
        if groups is None:
            continue
        works = [
            Work(
                person=group.ledgers[0].leaf,
                expect=Expect(ledgers=group.expected),
                settled=tuple(group.edges),
                clusters=tuple(group.clusters),
                ledgers=tuple(map(_advanced, group.ledgers)),
            )
            for group in groups
        ]
        answers = store.commit(works) if works else ()
        stale = (group for group, answer in zip(groups, answers, strict=True) if answer.result == "stale")
        seeds = {leaf for group in stale for leaf in group.leaves}
        if not seeds:
            return
    raise Unsettled(
        f"Who is who among {len(seeds)} identifiers could not be written: others keep changing it.",
        hint="It is worked out with the next event of theirs, or at the next start.",
    )


def settled_with(works: Sequence[Work], *, reader: Reader, dictionary: Dictionary) -> list[Work]:
    """The works with who is who by their edges, so that one commit writes the evidence and what follows from it.

    Only where that hangs on the edges of one work and changes no edge that is stored: others keep their edges, and
    `settle` comes after their commit. A work that has its edges settled so is stale where others changed who is who
    since it was read.
    """
    by_key = {edge.key: number for number, work in enumerate(works) for edge in work.edges}
    if not by_key:
        return list(works)
    new = [edge for work in works for edge in work.edges]
    groups = _groups({leaf for edge in new for leaf in edge.leaves}, reader, dictionary, new) or []
    settled = list(works)
    for group in groups:
        owners = {by_key[edge.key] for edge in group.edges if edge.key in by_key}
        if len(owners) > 1 or group.replaces or not group.changed:
            continue
        (number,) = owners
        settled[number] = _joined(settled[number], group)
    return settled


def _joined(work: Work, group: _Group) -> Work:
    """The work with a group that hangs on its edges alone. Only the persons at the ends of its edges change."""
    ends = {leaf for edge in group.changed for leaf in edge.leaves}
    clusters = [cluster for cluster in group.clusters if not ends.isdisjoint(cluster.leaves)]
    concerned = {leaf for cluster in clusters for leaf in cluster.leaves}
    own = {ledger.leaf: ledger for ledger in work.ledgers}
    advanced = {
        ledger.leaf: replace(own[ledger.leaf], epoch=own[ledger.leaf].epoch + 1)
        if ledger.leaf in own
        else _advanced(ledger)
        for ledger in group.ledgers
        if ledger.leaf in concerned
    }
    keys = {edge.key for edge in group.changed}
    return replace(
        work,
        expect=replace(work.expect, ledgers={**group.expected, **work.expect.ledgers}),
        edges=tuple(edge for edge in work.edges if edge.key not in keys),
        settled=(*work.settled, *group.changed),
        clusters=(*work.clusters, *clusters),
        ledgers=tuple({**own, **advanced}.values()),
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


def _groups(seeds: set[str], reader: Reader, dictionary: Dictionary, new: Sequence[Edge] = ()) -> list[_Group] | None:
    """The groups around these leaves, with edges that are not stored yet; None where the edges changed while they were
    read."""
    stored, whole = _around(seeds, reader, dictionary, new)
    edges = _with(stored, new)
    if not edges:
        return []
    before = {edge.key: edge for edge in stored}
    resolution = resolve(edges, dictionary)
    group_of = _connected(edges)
    parts: dict[str, tuple[list[Edge], list[Cluster]]] = {}
    for edge in resolution.edges:
        if not whole.isdisjoint(edge.leaves):
            parts.setdefault(group_of[edge.leaves[0]], ([], []))[0].append(edge)
    for cluster in resolution.clusters:
        if whole.issuperset(cluster.leaves):
            parts.setdefault(group_of[cluster.person], ([], []))[1].append(cluster)
    states = reader.states(whole)
    persons = {state.person for state in states.values()}.union(
        cluster.person for _, clusters in parts.values() for cluster in clusters
    )
    states.update(reader.states(persons - states.keys()))
    if reader.edges_of(whole) != sorted(stored, key=lambda edge: edge.place):
        # Others wrote an edge before we read the versions, so these would not betray that we have not seen it.
        return None
    groups = []
    for settled, made in parts.values():
        ids = {states[leaf].person for cluster in made for leaf in cluster.leaves} | {one.person for one in made}
        changed = [edge for edge in settled if before.get(edge.key) != edge]
        groups.append(
            _Group(
                edges=settled,
                changed=changed,
                replaces=any(edge.key in before for edge in changed),
                clusters=made,
                ledgers=[states[id].ledger for id in sorted(ids)],
            )
        )
    return groups


def _with(stored: Sequence[Edge], new: Sequence[Edge]) -> list[Edge]:
    """The edges as they are once the new ones are written."""
    if not new:
        return list(stored)
    edges = {edge.key: edge for edge in stored}
    for edge in new:
        edges[edge.key] = kept(edges.get(edge.key), edge)
    return list(edges.values())


def _advanced(ledger: Ledger) -> Ledger:
    return replace(ledger, version=ledger.version + 1, epoch=ledger.epoch + 1)


def _around(
    seeds: set[str], reader: Reader, dictionary: Dictionary, new: Sequence[Edge] = ()
) -> tuple[list[Edge], set[str]]:
    """Every stored edge that reaches these leaves over any number of steps, and the leaves all of whose edges they are.

    new : edges between these leaves that are not stored yet; an identifier may become shared by them

    A shared identifier that joins nobody is not gone through: it may have thousands of neighbours.
    """
    found: dict[tuple[str, str, str], Edge] = {}
    whole: set[str] = set()
    frontier = set(seeds)
    while frontier:
        fresh = reader.edges_of(frontier)
        found.update((edge.key, edge) for edge in fresh)
        whole |= frontier
        fresh, new = _with(fresh, new), ()
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


def _connected(edges: Iterable[Edge]) -> dict[str, str]:
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
