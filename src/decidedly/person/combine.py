"""Combine: leaves into the one person, as seen at one time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from decidedly.core.dictionary import Dictionary
from decidedly.core.person import Consent, Leaf, Pane, Person
from decidedly.core.provenance import Fact
from decidedly.person.fold import ALL_CHANNELS, MARKETING
from decidedly.person.panes import cut, union
from decidedly.person.schema import schema_of


def combine(leaves: Sequence[Leaf], at: datetime, dictionary: Dictionary) -> Person:
    """The person that these leaves make up, as of `at`: nothing that happened at or after `at` is in it.

    Of several values of an attribute the newest counts, ties by message id. No leaf at all gives an unknown person
    with the id "". The id is that of the leaf first in order of ids.
    """
    facts: dict[str, Fact] = {}
    consents: dict[str, Consent] = {}
    for leaf in leaves:
        for attribute, said in leaf.facts.items():
            newest = _newest(said, at)
            if newest is not None:
                held = facts.get(attribute)
                if held is None or _later(newest, held):
                    facts[attribute] = newest
        for consent in leaf.consents:
            if consent.purpose in (MARKETING, ALL_CHANNELS) and consent.provenance.at < at:
                word = consents.get(consent.channel)
                if word is None or _later(consent, word):
                    consents[consent.channel] = consent
    whole = consents.get(ALL_CHANNELS)
    if whole is not None:
        consents = {channel: whole if _later(whole, word) else word for channel, word in consents.items()}
    return Person(
        id=min((leaf.id for leaf in leaves), default=""),
        at=at,
        known=bool(leaves),
        identifiers=leaves[0].identifiers
        if len(leaves) == 1
        else tuple(sorted({identifier for leaf in leaves for identifier in leaf.identifiers})),
        facts=facts,
        consents=consents,
        panes=_panes(leaves, at, dictionary),
    )


def consent_for(person: Person, channel: str) -> Consent | None:
    """The newest word about marketing by this channel, one about all channels included; None if none was said."""
    return person.consents.get(channel) or person.consents.get(ALL_CHANNELS)


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


def _later(a: Fact | Consent, b: Fact | Consent) -> bool:
    return (a.provenance.at, a.message_id) > (b.provenance.at, b.message_id)
