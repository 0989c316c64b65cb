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
from decidedly.person import SHARED, Resolution, is_evidence, is_explicit, resolve
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
    besides  : of leaves that stay as they are, shared by too many
    """

    edges: list[Edge]
    changed: list[Edge]
    replaces: bool
    clusters: list[Cluster]
    ledgers: list[Ledger]
    besides: list[Ledger]

    @property
    def leaves(self) -> frozenset[str]:
        return frozenset(leaf for cluster in self.clusters for leaf in cluster.leaves)

    @property
    def expected(self) -> dict[str, int]:
        return {ledger.leaf: ledger.version for ledger in (*self.ledgers, *self.besides)}


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
    found = _around({leaf for edge in edges for leaf in edge.leaves}, reader, dictionary)
    changed = {edge.key: edge for edge in (*found.edges, *edges)}
    return resolve(changed.values(), dictionary)


def _groups(seeds: set[str], reader: Reader, dictionary: Dictionary, new: Sequence[Edge] = ()) -> list[_Group] | None:
    """The groups around these leaves, with edges that are not stored yet; None where the edges changed while they were
    read."""
    stored, whole, shared = _around(seeds, reader, dictionary, new)
    edges = _with(stored, new)
    if not edges:
        return []
    before = {edge.key: edge for edge in stored}
    resolution = resolve(edges, dictionary)
    # Who meets only at a shared identifier has nothing to do with each other.
    group_of = _connected(edge for edge in edges if shared.isdisjoint(edge.leaves))
    parts: dict[str, tuple[list[Edge], list[Cluster]]] = {}
    for edge in resolution.edges:
        if not whole.isdisjoint(edge.leaves):
            one, other = edge.leaves
            leaf = other if one in shared else one
            parts.setdefault(group_of.get(leaf, leaf), ([], []))[0].append(edge)
    for cluster in resolution.clusters:
        if whole.issuperset(cluster.leaves):
            parts.setdefault(group_of.get(cluster.person, cluster.person), ([], []))[1].append(cluster)
    states = reader.states(whole | shared)
    persons = {state.person for state in states.values()}.union(
        cluster.person for _, clusters in parts.values() for cluster in clusters
    )
    states.update(reader.states(persons - states.keys()))
    touching = (edge for edge in stored if not whole.isdisjoint(edge.leaves))
    if reader.edges_of(whole) != sorted(touching, key=lambda edge: edge.place):
        # Others wrote an edge before we read the versions, so these would not betray that we have not seen it.
        return None
    groups = []
    for settled, made in parts.values():
        ends = {leaf for edge in settled for leaf in edge.leaves}
        ids = {states[leaf].person for cluster in made for leaf in cluster.leaves} | {one.person for one in made}
        changed = [edge for edge in settled if before.get(edge.key) != edge]
        groups.append(
            _Group(
                edges=settled,
                changed=changed,
                replaces=any(edge.key in before for edge in changed),
                clusters=made,
                ledgers=[states[id].ledger for id in sorted(ids)],
                besides=[states[leaf].ledger for leaf in shared.intersection(ends)],
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


class _Read(NamedTuple):
    """What was read around some leaves.

    edges  : stored ones
    whole  : leaves all of whose edges they are
    shared : leaves of shared identifiers that join nobody, of whose edges they are enough to tell so
    """

    edges: list[Edge]
    whole: set[str]
    shared: set[str]


class _Ties:
    """What one leaf is linked with: by any edge, by evidence, by what somebody said; and by evidence that is stored as
    refused because one of its ends is shared."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.near: set[str] = set()
        self.evident: set[str] = set()
        self.said: set[str] = set()
        self.refused: set[str] = set()

    @property
    def too_many(self) -> bool:
        return 0 < self.limit < len(self.evident)


def _around(seeds: set[str], reader: Reader, dictionary: Dictionary, new: Sequence[Edge] = ()) -> _Read:
    """Every stored edge that reaches these leaves over any number of steps.

    new : edges between these leaves that are not stored yet; an identifier may become shared by them

    A shared identifier that joins nobody is not gone through, nor are all its edges read once they are settled so: it
    may have a hundred thousand.
    """
    found: dict[tuple[str, str, str], Edge] = {}
    whole: set[str] = set()
    shared: set[str] = set()
    most = max((one.shared_above for one in dictionary.namespaces), default=0)
    enough = most + 1 if most else 0
    frontier = set(seeds)
    while frontier:
        stored = reader.edges_of(frontier, enough)
        ties = _ties(frontier, stored, dictionary)
        known = {
            leaf
            for leaf, one in ties.items()
            if 0 < one.limit < len(one.refused) and not one.said and _is_alone(leaf, reader)
        }
        cut = {leaf for leaf, one in ties.items() if 0 < enough <= len(one.near)} - known
        if cut:
            stored = list({edge.key: edge for edge in (*stored, *reader.edges_of(cut))}.values())
        found.update((edge.key, edge) for edge in stored)
        shared |= known
        whole |= frontier - known
        if cut or new:
            ties, new = _ties(frontier, _with(stored, new), dictionary), ()
        frontier = {
            other
            for leaf, one in ties.items()
            for other in (one.said if one.too_many and _is_alone(leaf, reader) else one.near)
        }
        frontier -= whole | shared
    return _Read(list(found.values()), whole, shared)


def _ties(leaves: set[str], edges: Iterable[Edge], dictionary: Dictionary) -> dict[str, _Ties]:
    """The ties of those of these leaves that have edges."""
    found: dict[str, _Ties] = {}
    for edge in edges:
        ends = edge.leaves
        for identifier, one, other in ((edge.a, *ends), (edge.b, *ends[::-1])):
            if one not in leaves:
                continue
            ties = found.get(one)
            if ties is None:
                ties = found[one] = _Ties(dictionary.namespace(identifier.namespace).shared_above)
            ties.near.add(other)
            if is_evidence(edge):
                ties.evident.add(other)
                if SHARED in edge.refused:
                    ties.refused.add(other)
            elif edge.undone is None and (edge.apart or is_explicit(edge)):
                ties.said.add(other)
    return found


def _is_alone(leaf: str, reader: Reader) -> bool:
    """Whether a leaf is a person of its own, as it is stored."""
    stored = reader.leaf(leaf)
    return stored is None or len(stored.cluster.leaves) == 1


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
