"""Match: people who are probably one, found among everybody; the sure ones are joined, others proposed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from decidedly.capture.known import Known, columns_of, known_of
from decidedly.capture.merge import Graph
from decidedly.capture.settle import settle
from decidedly.core.derive import digest, leaf_id
from decidedly.core.dictionary import Dictionary, PersonRole
from decidedly.core.errors import BadInput
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Edge
from decidedly.core.work import Work
from decidedly.ports.model_store import ModelStore
from decidedly.ports.reader import Reader

if TYPE_CHECKING:
    from decidedly.person.match import Said, Thresholds

PAGE = 500
TELLING: frozenset[PersonRole] = frozenset({
    "given_name", "surname", "full_name", "birth", "sex", "street", "street2", "number", "address", "city", "postcode",
    "email", "phone",
})  # fmt: skip
"""Roles that an attribute's name and values may tell. Any other must be declared: what people do or like says little of
who they are, and would be taken for evidence."""


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """What a match found. edges: new ones, joining and proposed, the surest first. model: version of its parameters, ""
    in a dry run."""

    people: int
    roles: dict[str, PersonRole]
    edges: tuple[Edge, ...]
    model: str = ""


def match(
    graph: Graph,
    models: ModelStore,
    at: datetime,
    *,
    thresholds: Thresholds | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda people: None,
) -> Matched:
    """Compare everybody with everybody and write the edges, unless it is a dry run; then settle who is who.

    Pairs that a person set apart, and matches that were taken back or refused, are left alone; what waits for a
    decision is joined where it has become sure, and is not proposed again.

    thresholds : instead of the dictionary's
    Raises BadInput where no attribute tells who people are, or where the dictionary says that nobody is matched.
    """
    # Splink and what it needs take a second to load, which no other command shall wait for.
    from decidedly.person.match import keep
    from decidedly.person.match import match as match_records

    if graph.dictionary.matching.when == "off":
        raise BadInput(
            "The dictionary says that nobody is matched.", hint='dictionary/match.toml: when = "batch" or "live".'
        )
    everybody = _everybody(graph, at, progress)
    columns: dict[str, list[Any]] = {
        column: [known.said[column] for known in everybody] for column in columns_of(graph.dictionary)
    }
    roles = _roles(columns, graph.dictionary)
    if not {"given_name", "surname", "full_name", "email", "phone", "id"} & set(roles.values()):
        raise BadInput(
            "No attribute of people tells who they are: a name, an e-mail address, a telephone number.",
            hint='Give the attribute a role in dictionary/person.toml: role = "surname".',
        )
    said = said_of(everybody, graph.reader)
    found = match_records(
        columns, roles, thresholds=thresholds or thresholds_of(graph.dictionary), apart=said.apart, joined=said.joined,
        waiting=said.waiting,
    )  # fmt: skip
    edges = [
        edge_of(everybody[one.left], everybody[one.right], at, one.groups, one.reasons, proposed=not one.automatic)
        for one in found.found
    ]
    edges.sort(key=lambda edge: (-edge.confidence, edge.key))
    matched = Matched(people=len(everybody), roles=roles, edges=tuple(edges))
    if dry_run:
        return matched
    for start in range(0, len(edges), PAGE):
        write(graph, edges[start : start + PAGE])
    return msgspec.structs.replace(matched, model=keep(models, found.model))


def write(graph: Graph, edges: Sequence[Edge]) -> None:
    """The edges of a match, durable, and everybody around settled."""
    graph.store.commit([Work(person=edge.leaves[0], edges=(edge,)) for edge in edges])
    touched = {leaf for edge in edges for leaf in edge.leaves}
    settle(touched, store=graph.store, reader=graph.reader, dictionary=graph.dictionary)


def thresholds_of(dictionary: Dictionary) -> Thresholds:
    """As the dictionary says."""
    from decidedly.person.match import Thresholds

    return Thresholds(dictionary.matching.automatic, dictionary.matching.review)


def said_of(records: Sequence[Known], reader: Reader) -> Said:
    """What is known of pairs of these before they are compared, by their places: those whom a person set apart or whose
    match was taken back or refused; those who are one person; those whose match waits for a decision."""
    from decidedly.person.match import Said

    row = {leaf: number for number, known in enumerate(records) for leaf in known.leaves}
    apart: set[tuple[int, int]] = set()
    waiting: set[tuple[int, int]] = set()
    for start in range(0, len(records), PAGE):
        leaves = [leaf for known in records[start : start + PAGE] for leaf in known.leaves]
        for edge in reader.edges_of(leaves):
            one, other = sorted(row.get(leaf, -1) for leaf in edge.leaves)
            if one == other or one < 0:
                continue
            if _kept_apart(edge):
                apart.add((one, other))
            elif edge.by == "match" and edge.proposed:
                waiting.add((one, other))
    first: dict[str, int] = {}
    joined = [
        (first[known.person], number)
        for number, known in enumerate(records)
        if first.setdefault(known.person, number) != number
    ]
    return Said(sorted(apart), joined, sorted(waiting))


def _kept_apart(edge: Edge) -> bool:
    if edge.by == "match":
        return edge.undone is not None or bool(edge.refused)
    return edge.apart and edge.undone is None


def edge_of(
    one: Known, other: Known, at: datetime, confidence: float, reasons: Iterable[str], *, proposed: bool
) -> Edge:
    """Between the most telling identifiers of the two. The same two at the same moment make the same edge."""
    a, b = sorted((one.name, other.name))
    return Edge(
        a=a, b=b, at=at, message_id=_id(at, a, b), by="match", confidence=confidence, reasons=tuple(reasons),
        proposed=proposed,
    )  # fmt: skip


def _id(at: datetime, a: Identifier, b: Identifier) -> str:
    return "i" + digest("match", at.isoformat(), leaf_id(a), leaf_id(b))


def _everybody(graph: Graph, at: datetime, progress: Callable[[int], None]) -> list[Known]:
    out: list[Known] = []
    after, done = "", 0
    while page := graph.reader.people(after, PAGE):
        out += known_of(page, graph.reader, graph.dictionary, at)
        after, done = page[-1].person, done + len(page)
        progress(done)
    return out


def _roles(columns: dict[str, list[Any]], dictionary: Dictionary) -> dict[str, PersonRole]:
    """Those declared; of the others those that the names and values tell beyond doubt."""
    from decidedly.person.match import roles as inferred

    declared = {one.id: one.role for one in dictionary.attributes if one.of == "person" and one.role}
    told: dict[str, PersonRole] = {}
    for column, role in inferred(columns).items():
        form = dictionary.namespace(column[:-1]).form if column.endswith(":") else ""
        if form == "email" or form == "phone":
            told[column] = form
        elif column in declared:
            told[column] = declared[column] or "ignore"
        elif role in TELLING and role not in declared.values():
            told[column] = role
    return {column: role for column, role in told.items() if role != "ignore"}
