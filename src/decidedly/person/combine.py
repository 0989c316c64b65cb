"""Combine: leaves into the one person, as seen at one time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec.structs import replace

from decidedly.core.dictionary import Dictionary
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Edge
from decidedly.core.person import Leaf, Pane, Person
from decidedly.core.provenance import Fact
from decidedly.person.consent import consents_of, pending_of
from decidedly.person.group import groups_at
from decidedly.person.joined import joined
from decidedly.person.own_rules import own_rules_of
from decidedly.person.panes import cut, union
from decidedly.person.schema import schema_of
from decidedly.person.survive import said_of, survivor
from decidedly.ports.reader import Stored


def seen(stored: Stored, at: datetime, dictionary: Dictionary, wanted: Collection[str] | None = None) -> Person:
    """The person as of `at`: of the leaves that were joined to the one asked for by evidence from before `at`."""
    leaves, joins = leaves_at(stored, at)
    return combine(leaves, at, dictionary, joins, id=stored.leaf, wanted=wanted)


def persons_at(stored: Stored, at: datetime) -> list[Stored]:
    """The persons that these leaves were as of `at`, each asked for by a leaf of its own: several, where some were
    joined later."""
    if len(stored.cluster.leaves) == 1:
        return [stored]
    together = joined(edge for edge in stored.cluster.joins if edge.at < at)
    rest, found = {leaf.id for leaf in stored.leaves}, []
    while rest:
        asked = min(rest)
        found.append(replace(stored, leaf=asked))
        rest -= together.with_(asked)
    return found


def leaves_at(stored: Stored, at: datetime) -> tuple[Sequence[Leaf], Sequence[Edge]]:
    """The leaves that were joined to the one asked for by evidence from before `at`, and the edges that join them."""
    joins = [edge for edge in stored.cluster.joins if edge.at < at]
    if len(stored.cluster.leaves) == 1:
        return stored.leaves, joins
    together = joined(joins).with_(stored.leaf)
    return [leaf for leaf in stored.leaves if leaf.id in together], [
        edge for edge in joins if edge.leaves[0] in together
    ]


def combine(
    leaves: Sequence[Leaf], at: datetime, dictionary: Dictionary, joins: Sequence[Edge] = (), *, id: str = "",
    wanted: Collection[str] | None = None,
) -> Person:  # fmt: skip
    """The person that these leaves make up, as of `at`: nothing that happened at or after `at` is in it.

    Of several values of an attribute the newest counts, ties by message id, unless the dictionary says otherwise. Of
    several words about a permission the newest counts among leaves that were joined when it was said; of words from
    before that, the strictest.

    joins  : the edges that join the leaves
    id     : of the leaf asked for, for a person of whom nothing is known; else the first of the leaves' ids
    wanted : attributes without which the facts are of no use to who asks; None for all
    """
    facts: dict[str, Fact] = {}
    for leaf in leaves:
        for attribute, said in leaf.facts.items():
            if wanted is not None and attribute not in wanted:
                continue
            newest = _newest(said, at)
            if newest is not None:
                held = facts.get(attribute)
                if held is None or _later(newest, held):
                    facts[attribute] = newest
    for attribute, rule in schema_of(dictionary).ruled.items():
        if attribute in facts:
            facts[attribute] = survivor(said_of(leaves, attribute, at), rule)
    return Person(
        id=min([leaf.id for leaf in leaves] + [end for edge in joins for end in edge.leaves], default=id),
        at=at,
        known=bool(leaves),
        identifiers=_identifiers(leaves, joins, dictionary),
        facts=facts,
        consents=consents_of(leaves, at, joined(joins)),
        pending=pending_of(leaves, at),
        own_rules=own_rules_of(leaves, at),
        panes=_panes(leaves, at, dictionary),
        groups=groups_at(leaves, at, dictionary) if dictionary.groups else (),
    )


def _identifiers(leaves: Sequence[Leaf], joins: Sequence[Edge], dictionary: Dictionary) -> tuple[Identifier, ...]:
    """Each once, the most telling first."""
    found = {one for leaf in leaves for one in leaf.identifiers}.union(*((edge.a, edge.b) for edge in joins))
    if len(found) < 2:
        return tuple(found)
    rank = {namespace: place for place, namespace in enumerate(dictionary.identifiers)}
    return tuple(sorted(found, key=lambda one: (rank.get(one.namespace, len(rank)), one)))


def _panes(leaves: Sequence[Leaf], at: datetime, dictionary: Dictionary) -> dict[str, Pane]:
    if len(leaves) == 1:
        return {kind: cut(pane, at) for kind, pane in leaves[0].panes.items()}
    schema = schema_of(dictionary)
    kinds = sorted({kind for leaf in leaves for kind in leaf.panes if kind in schema.kinds})
    return {
        kind: union([cut(leaf.panes[kind], at) for leaf in leaves if kind in leaf.panes], schema.kinds[kind])
        for kind in kinds
    }


def _newest(said: tuple[Fact, ...], at: datetime) -> Fact | None:
    return next((fact for fact in reversed(said) if fact.provenance.at < at), None)


def _later(a: Fact, b: Fact) -> bool:
    return (a.provenance.at, a.message_id) > (b.provenance.at, b.message_id)
