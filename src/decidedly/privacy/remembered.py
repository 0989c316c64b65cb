"""Remembered: of many texts those that name somebody who was erased and has not come back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from decidedly.core.derive import leaf_id
from decidedly.core.erasure import Tombstone
from decidedly.core.errors import BadInput
from decidedly.core.identifier import Identifier
from decidedly.core.seal import Sort
from decidedly.privacy.places import Places


def remembered(places: Places, sort: Sort, texts: Iterable[str]) -> dict[str, datetime]:
    """Those of the ids or values that were erased, and when the last time. Who came back as a leaf is left out."""
    of = {Tombstone(sort, places.seal.of(sort, text)): text for text in texts}
    found = {of[one]: at for one, at in places.holdings.buried(of).items()}
    if sort == "leaf" and found:
        there = {id for id, state in places.reader.states(list(found)).items() if state.leaf is not None}
        return {id: at for id, at in found.items() if id not in there}
    return found


def named(places: Places, column: str, texts: Collection[str]) -> set[str]:
    """Those of a column's texts that name an erased person.

    A leaf's id or `namespace:value` does so in any column, an address or number with a sign that tells it (@, +) too; a
    bare value only where the column is called like its namespace.
    """
    leaves = {text: text for text in texts}
    for text in texts:
        if (identifier := _identifier(text)) is not None:
            leaves[text] = leaf_id(identifier)
        elif column in places.namespaces:
            leaves[text] = leaf_id(Identifier(column, text))
    erased = remembered(places, "leaf", set(leaves.values()))
    telling = [text for text in texts if "@" in text or text.startswith("+")]
    return {text for text, leaf in leaves.items() if leaf in erased} | set(_not_back(places, telling))


def erased_of(places: Places, texts: Collection[str]) -> set[str]:
    """Those of the texts, each an identifier or an address by itself, that name an erased person."""
    leaves = {text: leaf_id(identifier) for text in texts if (identifier := _identifier(text)) is not None}
    erased = remembered(places, "leaf", set(leaves.values()))
    return {text for text, leaf in leaves.items() if leaf in erased} | set(_not_back(places, texts))


def _not_back(places: Places, values: Collection[str]) -> Iterable[str]:
    """Erased values, those left out by which somebody is known again."""
    for value in remembered(places, "value", values):
        again = [leaf_id(Identifier(namespace, value)) for namespace in places.namespaces]
        if not any(state.leaf is not None for state in places.reader.states(again).values()):
            yield value


def _identifier(text: str) -> Identifier | None:
    try:
        return Identifier.parse(text)
    except BadInput:
        return None
