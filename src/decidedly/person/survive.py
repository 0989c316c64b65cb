"""Survivorship: of several values of one attribute the one that counts; those that lose are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from decidedly.core.dictionary import Attribute, Survives
from decidedly.core.person import Leaf, Person
from decidedly.core.provenance import Fact, How

_HOW: dict[How, int] = {"asked": 2, "given": 1, "learnt": 0}
UNION: Survives = "union"


def survivor(said: Sequence[Fact], attribute: Attribute) -> Fact:
    """The value that counts of these, at least one: criterion by criterion those that are best by it go on, and of what
    is left at the end the newest counts, ties by message id.

    Of a union the value is every item that was ever said, in the order in which it was said first, and the provenance
    is that of the newest word.
    """
    left = list(said)
    for criterion in attribute.survivorship:
        if criterion == UNION:
            break
        rank = _rank(criterion, attribute)
        best = max(map(rank, left))
        left = [fact for fact in left if rank(fact) == best]
    newest = max(left, key=_place)
    if UNION not in attribute.survivorship:
        return newest
    items: list[Any] = []
    for fact in sorted(left, key=_place):
        values = fact.value if isinstance(fact.value, list | tuple) else [fact.value]
        items += [value for value in values if value not in items]
    return replace(newest, value=items)


def others(leaves: Iterable[Leaf], person: Person) -> dict[str, tuple[Fact, ...]]:
    """Attribute id -> what else was said of it before the moment that the person is seen, the newest first."""
    known = tuple(leaves)
    found = {}
    for attribute, counts in person.facts.items():
        lost = [fact for fact in said_of(known, attribute, person.at) if fact.message_id != counts.message_id]
        if lost:
            found[attribute] = tuple(sorted(lost, key=_place, reverse=True))
    return found


def said_of(leaves: Iterable[Leaf], attribute: str, before: datetime) -> list[Fact]:
    """All that was said of an attribute before a moment."""
    return [fact for leaf in leaves for fact in leaf.facts.get(attribute, ()) if fact.provenance.at < before]


def _rank(criterion: Survives, attribute: Attribute) -> Callable[[Fact], Any]:
    match criterion:
        case "newest":
            return _place
        case "how":
            return lambda fact: _HOW[fact.provenance.how]
        case "confidence":
            return lambda fact: fact.provenance.confidence
        case "source":
            places = {source: -place for place, source in enumerate(attribute.sources)}
            return lambda fact: places.get(fact.provenance.source, -len(places))
        case _:
            return lambda fact: fact.value not in ("", [], (), {})


def _place(fact: Fact) -> tuple[datetime, str]:
    return fact.provenance.at, fact.message_id
