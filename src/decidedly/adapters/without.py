"""Without: nouns of others, with somebody's identifiers taken out. One rule for all adapters."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

import msgspec
from msgspec.structs import replace

from decidedly.core.ask import Ask
from decidedly.core.decision import DecisionRecord
from decidedly.core.erasure import Erasure, Tombstone, Whose
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Edge
from decidedly.core.person import Leaf
from decidedly.core.seal import Seal


def traces(identifiers: Collection[Identifier]) -> list[bytes]:
    """Bytes, one of which is in every blob that names one of these identifiers; others may hold them too."""
    return [pattern for one in identifiers for pattern in (msgspec.msgpack.encode(one), str(one).encode())]


def erasure_event(erasure: Erasure) -> Event:
    """The log tells that somebody was erased, not who; being last, it keeps offsets from being given twice."""
    return Event(
        message_id=f"erasure:{erasure.id}",
        kind="erasure",
        at=erasure.at,
        received_at=erasure.at,
        identifiers=(Identifier("erasure", erasure.id),),
        source=erasure.by,
    )


def event_without(event: Event, erased: Collection[Identifier]) -> Event | None:
    """The event without these identifiers, the same one where it names none of them; None where it names no other."""
    left = tuple(one for one in event.identifiers if one not in erased)
    links = event.properties.get("links")
    properties = event.properties
    if isinstance(links, list) and any(_names(link, erased) for link in links):
        properties = {**properties, "links": [link for link in links if not _names(link, erased)]}
    if not left:
        return None
    if left == event.identifiers and properties is event.properties:
        return event
    return replace(event, identifiers=left, properties=properties)


def leaf_without(leaf: Leaf, erased: Collection[Identifier]) -> Leaf:
    """The leaf without links to these identifiers, a version on; the same where it has none."""
    links = tuple(link for link in leaf.links if link.identifier not in erased)
    return leaf if links == leaf.links else replace(leaf, links=links, version=leaf.version + 1)


def group_without(leaf: Leaf, messages: Collection[str]) -> Leaf:
    """A group's leaf without what these events said of it, a version on; the same where they said nothing."""
    kept = ((id, tuple(one for one in said if one.message_id not in messages)) for id, said in leaf.facts.items())
    facts = {id: said for id, said in kept if said}
    return leaf if facts == leaf.facts else replace(leaf, facts=facts, version=leaf.version + 1)


def record_without(record: DecisionRecord, erased: Collection[Identifier]) -> DecisionRecord | None:
    """The decision asked for nobody of these, the same where it was not; None where it was asked for nobody else.

    Whom an ask names is read before the kernel runs: the record replays as before.
    """
    ask: Ask = record.ask
    left = tuple(one for one in ask.who if one not in erased)
    if not left or _names(ask.ask_id, erased):
        return None
    return record if left == ask.who else replace(record, ask=replace(ask, who=left))


def rests_on(record: DecisionRecord, messages: Collection[str], decisions: Collection[str]) -> bool:
    """Whether a decision read what one of these messages or decisions said."""
    inputs = record.inputs
    ids = (*(fact.message_id for fact in inputs.facts.values()), *inputs.consent_ids.values())
    return any(id in messages for id in ids) or any(
        entry.id in messages or entry.id in decisions for entry in inputs.contacts
    )


def names_in(edge: Edge, erased: Collection[Identifier]) -> bool:
    """Whether the reason for which an edge was refused names one of these identifiers, or may."""
    return any(one.value in edge.refused for one in erased)


def laid(whose: Whose, messages: Iterable[str], decisions: Iterable[str], seal: Seal) -> set[Tombstone]:
    """The tombstones of an erasure."""
    found = {Tombstone("leaf", seal.of("leaf", leaf)) for leaf in whose.leaves}
    found |= {Tombstone("value", seal.of("value", value)) for value in whose.values}
    found |= {Tombstone("message", seal.of("message", id)) for id in messages}
    return found | {Tombstone("decision", seal.of("decision", id)) for id in decisions}


def counted(counts: Mapping[str, int]) -> dict[str, int]:
    """Places in their order, those without a count left out."""
    return {place: count for place, count in sorted(counts.items()) if count}


def joined_once(edge: Edge) -> bool:
    """Whether its two may have been one person at some time."""
    return not (edge.apart or edge.proposed or edge.refused)


def _names(text: object, erased: Collection[Identifier]) -> bool:
    return isinstance(text, str) and any(re.search(rf"(?<!\w){re.escape(str(one))}(?!\w)", text) for one in erased)
