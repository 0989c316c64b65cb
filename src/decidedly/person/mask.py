"""Mask: secrets and special categories are left out of what is shown, unless the caller may see them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from msgspec.structs import replace

from decidedly.core.dictionary import Dictionary, EventKind
from decidedly.core.event import Event
from decidedly.person.card import Card, CardFact
from decidedly.person.fold import IDENTIFY

MASKED = "(masked)"


def masked_card(card: Card, dictionary: Dictionary) -> Card:
    """The card without the values that are not for everybody; that something is known is still told, and by whom."""
    hidden = dictionary.hidden
    return replace(
        card,
        facts=tuple(_fact(fact) if fact.attribute in hidden else fact for fact in card.facts),
        recent=tuple(masked_event(event, dictionary) for event in card.recent),
    )


def masked_event(event: Event, dictionary: Dictionary) -> Event:
    """The event with those properties masked that the dictionary declares as not for everybody."""
    kind = dictionary.kind(event.kind)
    hidden = {*_fields(kind), *(dictionary.hidden if event.kind == IDENTIFY else ())}
    properties = masked(event.properties, hidden)
    if kind is not None and kind.items and isinstance(event.properties.get(kind.items), list | tuple):
        items = {field.name for field in kind.item_fields if field.is_hidden}
        properties[kind.items] = [
            masked(item, items) if isinstance(item, dict) else item for item in event.properties[kind.items]
        ]
    return replace(event, properties=properties)


def masked(values: Mapping[str, Any], hidden: Collection[str]) -> dict[str, Any]:
    """The values with those masked whose names are hidden; what is null stays so."""
    return {name: MASKED if name in hidden and value is not None else value for name, value in values.items()}


def _fields(kind: EventKind | None) -> set[str]:
    return {field.name for field in kind.fields if field.is_hidden} if kind else set()


def _fact(fact: CardFact) -> CardFact:
    return replace(fact, value=None, masked=True, others=tuple(replace(one, value=None) for one in fact.others))
