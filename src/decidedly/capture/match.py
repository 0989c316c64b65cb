"""Match: people who are probably one, found among everybody; the sure ones are joined, others proposed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from decidedly.capture.merge import Graph
from decidedly.capture.settle import settle
from decidedly.core.derive import digest, leaf_id
from decidedly.core.dictionary import Dictionary, PersonRole
from decidedly.core.errors import BadInput
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Edge
from decidedly.core.work import Work
from decidedly.person import seen
from decidedly.ports.model_store import ModelStore
from decidedly.ports.reader import Stored

if TYPE_CHECKING:
    from decidedly.person.match import Thresholds

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

    Pairs that a person set apart, and matches that were taken back or wait for a decision already, are left alone.
    Raises BadInput where no attribute tells who people are.
    """
    # Splink and what it needs take a second to load, which no other command shall wait for.
    from decidedly.person.match import Thresholds, keep
    from decidedly.person.match import match as match_records

    everybody = _everybody(graph, progress)
    columns = _columns(everybody, graph.dictionary, at)
    roles = _roles(columns, graph.dictionary)
    if not {"given_name", "surname", "full_name", "email", "phone", "id"} & set(roles.values()):
        raise BadInput(
            "No attribute of people tells who they are: a name, an e-mail address, a telephone number.",
            hint='Give the attribute a role in dictionary/person.toml: role = "surname".',
        )
    apart, waiting = _decided(graph, everybody)
    found = match_records(columns, roles, thresholds=thresholds or Thresholds(), apart=(*apart, *waiting))
    names = [_name(stored, graph.dictionary) for stored in everybody]
    edges = [
        _edge(names[one.left], names[one.right], at, one.groups, one.reasons, proposed=not one.automatic)
        for one in found.found
    ]
    edges.sort(key=lambda edge: (-edge.confidence, edge.key))
    matched = Matched(people=len(everybody), roles=roles, edges=tuple(edges))
    if dry_run:
        return matched
    for start in range(0, len(edges), PAGE):
        some = edges[start : start + PAGE]
        graph.store.commit([Work(person=edge.leaves[0], edges=(edge,)) for edge in some])
        touched = {leaf for edge in some for leaf in edge.leaves}
        settle(touched, store=graph.store, reader=graph.reader, dictionary=graph.dictionary)
    return msgspec.structs.replace(matched, model=keep(models, found.model))


def _everybody(graph: Graph, progress: Callable[[int], None]) -> list[Stored]:
    out: list[Stored] = []
    while page := graph.reader.people(out[-1].person if out else "", PAGE):
        out += page
        progress(len(out))
    return [stored for stored in out if stored.leaves]


def _columns(everybody: Sequence[Stored], dictionary: Dictionary, at: datetime) -> dict[str, list[Any]]:
    """One row per person: attributes by their ids, and the addresses and numbers they are known by."""
    attributes = [one.id for one in dictionary.attributes if one.of == "person"]
    known_by = [one for one in dictionary.identifiers if dictionary.namespace(one).form in ("email", "phone")]
    out: dict[str, list[Any]] = {column: [] for column in (*attributes, *(f"{one}:" for one in known_by))}
    for stored in everybody:
        person = seen(stored, at, dictionary)
        for attribute in attributes:
            value = person.value(attribute)
            out[attribute].append(None if value is None or isinstance(value, (list, tuple, dict)) else str(value))
        for namespace in known_by:
            own = (one.value for one in person.identifiers if one.namespace == namespace)
            out[f"{namespace}:"].append(next(own, None))
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


def _decided(graph: Graph, everybody: Sequence[Stored]) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Rows that a person set apart or whose match was taken back, and rows whose match waits for a decision."""
    row = {leaf: number for number, stored in enumerate(everybody) for leaf in stored.cluster.leaves}
    apart: set[tuple[int, int]] = set()
    waiting: set[tuple[int, int]] = set()
    for start in range(0, len(everybody), PAGE):
        leaves = [leaf for stored in everybody[start : start + PAGE] for leaf in stored.cluster.leaves]
        for edge in graph.reader.edges_of(leaves):
            one, other = (row.get(leaf, -1) for leaf in edge.leaves)
            if one == other or min(one, other) < 0:
                continue
            if edge.apart and edge.undone is None:
                apart.add((one, other))
            elif edge.by == "match":
                (apart if edge.undone is not None else waiting).add((one, other))
    return apart, waiting


def _name(stored: Stored, dictionary: Dictionary) -> Identifier:
    """The most telling identifier of a person that has a record of its own."""
    own = [one for leaf in stored.leaves for one in leaf.identifiers]
    order = {namespace: number for number, namespace in enumerate(dictionary.identifiers)}
    return min(own, key=lambda one: (order.get(one.namespace, len(order)), one))


def _edge(
    one: Identifier, other: Identifier, at: datetime, confidence: float, reasons: Iterable[str], *, proposed: bool
) -> Edge:
    a, b = sorted((one, other))
    message_id = "i" + digest("match", at.isoformat(), leaf_id(a), leaf_id(b))
    return Edge(
        a=a, b=b, at=at, message_id=message_id, by="match", confidence=confidence, reasons=tuple(reasons),
        proposed=proposed,
    )  # fmt: skip
