"""Card: one person's record laid out for a reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from decidedly.core.dictionary import Dictionary
from decidedly.core.event import Event
from decidedly.core.ledger import Entry
from decidedly.core.person import Person
from decidedly.core.provenance import Provenance
from decidedly.person.declared import aggregate_type


class CardFact(msgspec.Struct, frozen=True, kw_only=True):
    """attribute: its id; name: what rules call it; type: of the dictionary, in which the value is stored (money in
    minor units); provenance_id: message id of the event that said it."""

    attribute: str
    name: str
    type: str
    value: Any
    provenance: Provenance
    provenance_id: str


class CardConsent(msgspec.Struct, frozen=True, kw_only=True):
    channel: str
    granted: bool
    provenance: Provenance
    provenance_id: str


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """The record of one person as of `at`. recent: latest events, newest first. decisions: latest ids, newest first."""

    id: str
    at: datetime
    identifiers: tuple[str, ...]
    segments: tuple[str, ...]
    facts: tuple[CardFact, ...]
    consents: tuple[CardConsent, ...]
    recent: tuple[Event, ...]
    contacts: tuple[Entry, ...]
    decisions: tuple[str, ...]


def card(
    person: Person,
    dictionary: Dictionary,
    *,
    segments: Sequence[str],
    recent: Sequence[Event],
    contacts: Sequence[Entry],
    decisions: Sequence[str],
) -> Card:
    """Facts in the order of the dictionary, aggregates after the attributes, undeclared ones last."""
    names = {one.id: one.name for one in dictionary.attributes}
    names |= {one.id: one.name for one in dictionary.aggregates}
    types = {one.id: one.type for one in dictionary.attributes}
    types |= {one.id: aggregate_type(one, dictionary) for one in dictionary.aggregates}
    order = {id: place for place, id in enumerate(names)}
    facts = sorted(person.facts.items(), key=lambda item: (order.get(item[0], len(order)), item[0]))
    return Card(
        id=person.id,
        at=person.at,
        identifiers=tuple(map(str, person.identifiers)),
        segments=tuple(segments),
        facts=tuple(
            CardFact(
                attribute=id, name=names.get(id, id), type=types.get(id, "any"),
                value=fact.value, provenance=fact.provenance,
                provenance_id=fact.message_id,
            )
            for id, fact in facts
        ),
        consents=tuple(
            CardConsent(
                channel=channel, granted=said.granted, provenance=said.provenance, provenance_id=said.message_id
            )
            for channel, said in sorted(person.consents.items())
        ),
        recent=tuple(recent),
        contacts=tuple(contacts),
        decisions=tuple(decisions),
    )  # fmt: skip
