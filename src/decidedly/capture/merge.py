"""Merge: what people decide about who is who. Each decision is an event and writes edges; any can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from decidedly.capture.settle import settle, tried
from decidedly.core.derive import digest, leaf_id
from decidedly.core.dictionary import Dictionary
from decidedly.core.errors import BadInput, DecidedlyError, NotFound
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Cluster, Edge, Undone
from decidedly.core.work import Work
from decidedly.person import Resolution
from decidedly.ports.reader import Reader, Stored
from decidedly.ports.store import Store


class NotJoined(DecidedlyError):
    """A merge that is to be taken back does not stand, or is not what holds the two together."""

    code = "identity.not-joined"


class NotMerged(DecidedlyError):
    """A rule that nobody may override keeps the two apart."""

    code = "identity.not-merged"


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """Who decided on who is who, when and why."""

    at: datetime
    actor: str
    why: str = ""


class Graph(msgspec.Struct, frozen=True):
    """The identity graph of a hub."""

    store: Store
    reader: Reader
    dictionary: Dictionary

    def person(self, identifier: Identifier) -> Stored:
        stored = self.reader.person((identifier,))
        if stored is None:
            raise NotFound(f"Nobody is known as {identifier}.", hint="Write namespace:value, e.g. loyalty:1029.")
        return stored

    def cluster(self, identifier: Identifier) -> Cluster:
        """Who is one person with this identifier: it alone where nobody is known by it."""
        stored = self.reader.person((identifier,))
        return Cluster(leaves=(leaf_id(identifier),)) if stored is None else stored.cluster

    def tried(self, edges: Sequence[Edge]) -> Resolution:
        """Who would be who if these edges were written; nothing is."""
        return tried(edges, reader=self.reader, dictionary=self.dictionary)


def merge(graph: Graph, one: Identifier, other: Identifier, word: Word) -> Cluster:
    """Two known persons become one from now on, whatever limits say; the person they are.

    Raises NotFound, BadInput where the two are one already, NotMerged where they cannot be made one.
    """
    first, second = graph.person(one), graph.person(other)
    if first.person == second.person:
        raise BadInput(f"{one} and {other} are one person already.", place="identifiers")
    a, b = sorted((one, other))
    edge = Edge(a=a, b=b, at=word.at, message_id=_id("merge", word, a, b), by="person", actor=word.actor)
    refused = next(own.refused for own in graph.tried((edge,)).edges if own.key == edge.key)
    if refused:
        raise NotMerged(
            f"{one} and {other} cannot be one person: {refused}.",
            hint="Take that back first: merge the two that were set apart, or split what is too large.",
        )
    _write(graph, "merge", (a, b), (edge,), word)
    return graph.cluster(one)


def unmerge(graph: Graph, one: Identifier, other: Identifier, word: Word) -> tuple[Cluster, Cluster]:
    """Take back what joins these two identifiers directly; the persons they are then.

    Raises NotFound, NotJoined where nothing joins them directly, or something else joins them still (nothing changes).
    """
    stored = graph.person(one)
    leaves = {leaf_id(one), leaf_id(other)}
    edges = _standing(graph.reader.edges_of(stored.cluster.leaves))
    taken_back = _taken_back([edge for edge in edges if set(edge.leaves) == leaves], word)
    if not taken_back:
        raise NotJoined(f"Nothing joins {one} and {other} directly.", hint="`decidedly identity show` tells what does.")
    if any(leaves <= set(cluster.leaves) for cluster in graph.tried(taken_back).clusters):
        raise NotJoined(f"{one} and {other} are joined by others too.", hint="Split one off: decidedly identity split.")
    a, b = sorted((one, other))
    _write(graph, "unmerge", (a, b), taken_back, word)
    return graph.cluster(one), graph.cluster(other)


def split(graph: Graph, off: Sequence[Identifier], word: Word) -> tuple[Cluster, ...]:
    """These identifiers of one person become a person of their own, and stay so whatever events say later.

    Everything that joined the two sides is taken back and the two ends are set apart. Raises NotFound, BadInput.
    """
    if not off:
        raise BadInput("Nobody is named who shall be split off.", place="identifiers")
    stored = graph.person(off[0])
    ours = {leaf_id(identifier) for identifier in off}
    theirs = set(stored.cluster.leaves) - ours
    if not ours <= set(stored.cluster.leaves) or not theirs:
        whole = "they are the whole person" if not theirs else "they are not of one person"
        raise BadInput(f"These identifiers cannot be split off: {whole}.", place="identifiers")
    cut = [
        edge
        for edge in _standing(graph.reader.edges_of(ours))
        if len(ours.intersection(edge.leaves)) == 1 and len(theirs.intersection(edge.leaves)) == 1
    ]
    ends = {(edge.a, edge.b) for edge in cut}
    apart = [_apart(a, b, word) for a, b in sorted(ends)]
    _write(graph, "split", off, (*_taken_back([edge for edge in cut if edge.by != "person"], word), *apart), word)
    persons = {cluster.person: cluster for cluster in (graph.cluster(off[0]), *_of(graph, theirs))}
    return tuple(persons[id] for id in sorted(persons))


def review(graph: Graph, number: int, *, same: bool, word: Word) -> Edge:
    """Decide on an edge that waits: the two are one person, or they are two and stay so. Raises NotFound."""
    edge = next((edge for own, edge in graph.reader.reviews(1, number - 1) if own == number), None)
    if edge is None:
        raise NotFound(f"Nothing with the number {number} waits for a decision.", hint="decidedly identity review")
    if not same:
        _write(graph, "split", (edge.a, edge.b), (*_taken_back([edge], word), _apart(edge.a, edge.b, word)), word)
    elif edge.proposed:
        accepted = replace(edge, proposed=False, at=word.at, actor=word.actor)
        _write(graph, "merge", (edge.a, edge.b), (accepted,), word)
    else:
        merge(graph, edge.a, edge.b, word)
    return edge


def _write(graph: Graph, kind: str, of: Sequence[Identifier], edges: Iterable[Edge], word: Word) -> None:
    """The decision into the log with its edges, durable, and everybody around settled."""
    edges = tuple(edges)
    event = Event(
        message_id=_id(kind, word, *of),
        kind=kind,
        at=word.at,
        received_at=word.at,
        identifiers=tuple(of),
        source=word.actor,
        properties={"why": word.why, "links": [f"{edge.a} {edge.b} {edge.by}" for edge in edges]},
    )
    leaf = leaf_id(of[0])
    (answer,) = graph.store.commit((Work(person=leaf, events=(event,), edges=edges),))
    if answer.result == "stale":
        raise BadInput("This very decision has been taken down before.", place="at")
    touched = {end for edge in edges for end in edge.leaves} | {leaf}
    settle(touched, store=graph.store, reader=graph.reader, dictionary=graph.dictionary)


def _id(kind: str, word: Word, *of: Identifier) -> str:
    return "i" + digest(kind, word.at.isoformat(), word.actor, *map(str, of))


def _apart(a: Identifier, b: Identifier, word: Word) -> Edge:
    message_id = _id("split", word, a, b)
    return Edge(a=a, b=b, at=word.at, message_id=message_id, by="person", actor=word.actor, apart=True)


def _taken_back(edges: Iterable[Edge], word: Word) -> tuple[Edge, ...]:
    undone = Undone(at=word.at, actor=word.actor, why=word.why)
    return tuple(replace(edge, undone=undone) for edge in edges)


def _standing(edges: Iterable[Edge]) -> list[Edge]:
    """Edges that join, or would if their leaves were not together already."""
    return [edge for edge in edges if edge.undone is None and not (edge.apart or edge.proposed or edge.refused)]


def _of(graph: Graph, leaves: Iterable[str]) -> list[Cluster]:
    return [stored.cluster for leaf in sorted(leaves) if (stored := graph.reader.leaf(leaf)) is not None]
