"""Card: one person's record laid out for a reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from decidedly.core.consent import Consent, ConsentState
from decidedly.core.dictionary import Basis, Dictionary, Sensitivity
from decidedly.core.event import Event
from decidedly.core.ledger import Entry
from decidedly.core.own_rule import sentence
from decidedly.core.person import Person
from decidedly.core.provenance import Fact, Provenance
from decidedly.person.consent import state_of
from decidedly.person.declared import aggregate_type


class CardValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value that was said and does not count."""

    value: Any
    provenance: Provenance
    provenance_id: str


class CardFact(msgspec.Struct, frozen=True, kw_only=True):
    """attribute: its id; name: what rules call it; type: of the dictionary, in which the value is stored (money in
    minor units); provenance_id: message id of the event that said it; masked: there is a value that the caller may not
    see; others: what else was said of it, the newest first."""

    attribute: str
    name: str
    type: str
    value: Any
    provenance: Provenance
    provenance_id: str
    sensitivity: Sensitivity = "personal"
    masked: bool = False
    others: tuple[CardValue, ...] = ()


class CardConsent(msgspec.Struct, frozen=True, kw_only=True):
    """A permission. granted: whether it is a yes that counts at the moment of the card; state says more."""

    purpose: str
    channel: str
    granted: bool
    state: ConsentState
    basis: Basis
    provenance: Provenance
    provenance_id: str
    proof: str = ""
    text_version: str = ""
    expires_at: datetime | None = None
    confirm_by: datetime | None = None


class CardRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that the person set. says: what it is in plain words; words: how the person puts it, or ""."""

    rule: str
    says: str
    words: str
    provenance: Provenance
    provenance_id: str


class CardGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group that the person is in ("household:H1"), in which role, since when; provenance_id: message id of the event
    that said so last."""

    group: str
    role: str
    since: datetime | None
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
    own_rules: tuple[CardRule, ...] = ()
    groups: tuple[CardGroup, ...] = ()


def card(
    person: Person,
    dictionary: Dictionary,
    *,
    segments: Sequence[str],
    recent: Sequence[Event],
    contacts: Sequence[Entry],
    decisions: Sequence[str],
    others: Mapping[str, Sequence[Fact]] | None = None,
) -> Card:
    """Facts in the order of the dictionary, aggregates after the attributes, undeclared ones last.

    others : attribute id -> what else was said, as `person.others` finds it
    """
    names = {one.id: one.name for one in dictionary.readable}
    names |= {one.id: one.name for one in dictionary.aggregates}
    types = {one.id: one.type for one in dictionary.readable}
    types |= {one.id: aggregate_type(one, dictionary) for one in dictionary.aggregates}
    levels = {one.id: one.sensitivity for one in dictionary.readable}
    lost = others or {}
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
                provenance_id=fact.message_id, sensitivity=levels.get(id, "personal"),
                others=tuple(map(_value, lost.get(id, ()))),
            )
            for id, fact in facts
        ),
        consents=tuple(_consents(person)),
        recent=tuple(recent),
        contacts=tuple(contacts),
        decisions=tuple(decisions),
        own_rules=tuple(
            CardRule(
                rule=one.id, says=sentence(one.choice), words=one.words, provenance=one.provenance,
                provenance_id=one.message_id,
            )
            for one in person.own_rules
            if one.choice is not None
        ),
        groups=tuple(
            CardGroup(
                group=one.name, role=one.role, since=one.since, provenance=one.provenance, provenance_id=one.message_id
            )
            for one in person.groups
        ),
    )  # fmt: skip


def _value(fact: Fact) -> CardValue:
    return CardValue(value=fact.value, provenance=fact.provenance, provenance_id=fact.message_id)


def _consents(person: Person) -> Iterator[CardConsent]:
    """The words that count, by purpose and channel, and then those that wait for their confirmation."""
    for purpose, by_channel in sorted(person.consents.items()):
        for channel, said in sorted(by_channel.items()):
            yield _consent(said, purpose, channel, state_of(said, person.at))
    for said in person.pending:
        yield _consent(said, said.purpose, said.channel, state_of(said, person.at, pending=True))


def _consent(said: Consent, purpose: str, channel: str, state: ConsentState) -> CardConsent:
    return CardConsent(
        purpose=purpose,
        channel=channel,
        granted=state == "granted",
        state=state,
        basis=said.basis,
        provenance=said.provenance,
        provenance_id=said.message_id,
        proof=said.proof,
        text_version=said.text_version,
        expires_at=said.expires_at,
        confirm_by=said.confirm_by,
    )
