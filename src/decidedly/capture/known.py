"""Known: what is known of people, as a match compares it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from decidedly.core.dictionary import Dictionary
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Edge
from decidedly.core.person import Leaf
from decidedly.person import combine
from decidedly.ports.reader import Reader, Stored


class Known(msgspec.Struct, frozen=True):
    """Somebody as all evidence but matches tells: what a match joins are these, and each stays one whatever it was
    joined with, so that a match of everybody and one of a single record compare the same.

    id     : of its first leaf
    person : it is part of, by matches
    name   : its most telling identifier that has a record of its own
    said   : raw column -> text
    """

    id: str
    person: str
    leaves: tuple[str, ...]
    name: Identifier
    said: dict[str, str | None]


def known_of(
    everybody: Sequence[Stored], reader: Reader, dictionary: Dictionary, at: datetime, columns: Collection[str] = ()
) -> list[Known]:
    """All of these people that have a record, in order of persons and leaves. columns: that are wanted, or all."""
    matched = [stored for stored in everybody if any(edge.by == "match" for edge in stored.cluster.joins)]
    leaves = [leaf for stored in matched for leaf in stored.cluster.leaves]
    edges: dict[str, list[Edge]] = {}
    for edge in reader.edges_of(leaves) if leaves else ():
        for leaf in edge.leaves:
            edges.setdefault(leaf, []).append(edge)
    wanted = list(columns) or columns_of(dictionary)
    found = []
    for stored in everybody:
        for group, joins in _groups(stored, edges):
            own = [replace(leaf, panes={}, consents=(), own_rules=()) for leaf in stored.leaves if leaf.id in group]
            if own:
                found.append(_known(stored.person, own, group, joins, dictionary, at, wanted))
    return found


def columns_of(dictionary: Dictionary) -> list[str]:
    """Attributes by their ids, and the namespaces of addresses and numbers that people are known by."""
    attributes = (one.id for one in dictionary.attributes if one.of == "person")
    return [*attributes, *(f"{one}:" for one in known_by(dictionary))]


def known_by(dictionary: Dictionary) -> list[str]:
    """Namespaces of e-mail addresses and telephone numbers."""
    return [one for one in dictionary.identifiers if dictionary.namespace(one).form in ("email", "phone")]


def _groups(stored: Stored, edges: Mapping[str, Sequence[Edge]]) -> Iterable[tuple[tuple[str, ...], Sequence[Edge]]]:
    """The leaves of a person, those together that something but a match joins, and what joins them."""
    whole = stored.cluster.leaves
    if not any(edge.by == "match" for edge in stored.cluster.joins):
        return [(whole, stored.cluster.joins)]
    among = set(whole)
    joins = {
        edge.key: edge
        for leaf in whole
        for edge in edges.get(leaf, ())
        if edge.by != "match" and stands(edge) and among.issuperset(edge.leaves)
    }
    root = {leaf: leaf for leaf in whole}

    def find(leaf: str) -> str:
        while root[leaf] != leaf:
            leaf = root[leaf]
        return leaf

    for edge in joins.values():
        one, other = sorted(map(find, edge.leaves))
        root[other] = one
    groups: dict[str, tuple[list[str], list[Edge]]] = {}
    for leaf in whole:
        groups.setdefault(find(leaf), ([], []))[0].append(leaf)
    for edge in joins.values():
        groups[find(edge.leaves[0])][1].append(edge)
    return [(tuple(leaves), held) for leaves, held in groups.values()]


def stands(edge: Edge) -> bool:
    """Whether it says that two are one, and nothing speaks against it."""
    return edge.undone is None and not edge.apart and not edge.proposed and not edge.refused


def _known(
    of: str,
    leaves: Sequence[Leaf],
    group: tuple[str, ...],
    joins: Sequence[Edge],
    dictionary: Dictionary,
    at: datetime,
    columns: Sequence[str],
) -> Known:
    person = combine(leaves, at, dictionary, joins)
    said: dict[str, str | None] = {}
    for column in columns:
        if column.endswith(":"):
            said[column] = next((one.value for one in person.identifiers if f"{one.namespace}:" == column), None)
        else:
            value = person.value(column)
            said[column] = None if value is None or isinstance(value, (list, tuple, dict)) else str(value)
    own = [one for leaf in leaves for one in leaf.identifiers]
    order = {namespace: number for number, namespace in enumerate(dictionary.identifiers)}
    name = min(own, key=lambda one: (order.get(one.namespace, len(order)), one))
    return Known(group[0], of, group, name, said)
