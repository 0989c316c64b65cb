"""Export: all that is held of a person, part by part, so that a long history needs no more memory than a short one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from decidedly.core.assignment import Assignment
from decidedly.core.decision import DecisionRecord
from decidedly.core.derive import leaf_id
from decidedly.core.dictionary import Dictionary
from decidedly.core.errors import DecidedlyError
from decidedly.core.group import TOLD
from decidedly.core.identity import Edge
from decidedly.core.ledger import Entry
from decidedly.core.message import Message
from decidedly.core.outcome import Outcome
from decidedly.core.person import Leaf
from decidedly.core.provenance import Fact, Provenance
from decidedly.decide import Explanation
from decidedly.measure import Came, Standing
from decidedly.person import groups_at, traits_at
from decidedly.ports.holdings import Holdings
from decidedly.ports.quarantine import Quarantine
from decidedly.ports.reader import Reader, Stored
from decidedly.privacy.refused import names_in, pages

ANOTHER = "another person"
"""In the place of an identifier that is somebody else's."""


SEVERAL = "worked out from several people"
"""In the place of a value that tells of others too."""


class Head(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="person"):
    """Whose record it is, as of which moment. brand: who hands it out."""

    id: str
    at: datetime
    brand: str
    identifiers: tuple[str, ...]
    segments: tuple[str, ...]


class LinkPart(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="link"):
    """Why two identifiers are held to be of one person, or not. evidence: an event that carried both, an alias, a match
    or a person's decision; state: joins, proposed, refused, apart, undone."""

    one: str
    other: str
    evidence: str
    at: datetime
    named_by: str
    actor: str
    confidence: float
    reasons: tuple[str, ...]
    state: str


class FactPart(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="fact"):
    """One value that was ever said. counts: whether it is the one that decisions read; provenance_id: the event."""

    attribute: str
    name: str
    type: str
    value: Any
    counts: bool
    provenance: Provenance
    provenance_id: str


class DerivedPart(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="derived"):
    """A value worked out from the history."""

    attribute: str
    name: str
    type: str
    value: Any


class GroupPart(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="group"):
    """One word on the person in a group. said: joined or left; counts: whether it is by this word that the person is in
    it; traits: then also what is held of the group, id -> value. Who else is in it is not told."""

    kind: str
    group: str
    role: str
    said: str
    counts: bool
    traits: dict[str, Any]
    provenance: Provenance
    provenance_id: str


class ConsentPart(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="consent"):
    """One word about what we may do, as it was said."""

    consent: dict[str, Any]


class EventPart(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="event"):
    """One event of the log, whole."""

    event: dict[str, Any]


class RefusedPart(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="refused"):
    """An event that was refused and is kept until its sender is mended. body: as it came in."""

    kind: str
    received_at: datetime
    source: str
    body: str
    why: tuple[str, ...]


class ContactPart(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="contact"):
    """One message or impression, as the contact ledger counts it."""

    contact: Entry


class AssignmentPart(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="assignment"):
    """Which arm of an experiment the person is in."""

    assignment: Assignment


class MessagePart(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="message"):
    """A message of the outbox, and what became of it."""

    message: Message


class Reasoned(msgspec.Struct, frozen=True, kw_only=True):
    """An action that was chosen. probability: with which the rules in force chose it; reasons: for its rank."""

    action: str
    name: str
    chance: float
    probability: float
    reasons: tuple[str, ...]


class Dropping(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that took something away, and how much (action x channel)."""

    stage: str
    rule: str
    source: str
    candidates: int


class DecisionPart(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="decision"):
    """One decision with its reasons in words, what came of it, and its whole record. summary: why it came out so;
    standing: whether it reached the person, who answered or not; null where that cannot be told any more."""

    id: str
    at: datetime
    service: str
    channel: str
    result: str
    summary: str
    chosen: tuple[Reasoned, ...]
    dropped_by: tuple[Dropping, ...]
    standing: Standing | None
    outcomes: tuple[Outcome, ...]
    record: DecisionRecord


Part = (
    Head | LinkPart | FactPart | DerivedPart | GroupPart | ConsentPart | EventPart | RefusedPart | ContactPart
    | AssignmentPart | MessagePart | DecisionPart
)  # fmt: skip
"""One line of an export; `part` says which it is."""

_encoder = msgspec.json.Encoder()


class Exporting(msgspec.Struct, frozen=True, kw_only=True):
    """What an export is made from. counting: attribute id -> the value that counts, aggregates included."""

    holdings: Holdings
    reader: Reader
    quarantine: Quarantine
    dictionary: Dictionary
    brand: str
    stored: Stored
    at: datetime
    segments: tuple[str, ...]
    counting: dict[str, Any]
    types: dict[str, str]
    explain: Callable[[DecisionRecord], Explanation]
    came: Callable[[DecisionRecord], Came]


def export(of: Exporting) -> Iterator[Part]:
    """Everything, in the order in which a reader wants it; within a part the oldest first."""
    leaves = of.stored.cluster.leaves
    known = [one for leaf in of.stored.leaves for one in leaf.identifiers]
    known += [one for edge in of.stored.cluster.joins for one in (edge.a, edge.b)]
    identifiers = tuple(sorted({str(one) for one in known}))
    yield Head(id=of.stored.person, at=of.at, brand=of.brand, identifiers=identifiers, segments=of.segments)
    for edge in of.reader.edges_of(leaves):
        yield _link(edge, frozenset(leaves))
    yield from _facts(of)
    yield from _groups(of)
    for leaf in of.stored.leaves:
        yield from _consents(leaf)
    after = 0
    while page := of.holdings.events(leaves, after):
        for logged in page:
            yield EventPart(event=msgspec.to_builtins(logged.event))
        after = page[-1].offset
    yield from _refused(of, {text for one in known for text in (one.value, str(one))})
    for ledger in of.stored.ledgers:
        for entry in ledger.entries:
            yield ContactPart(contact=entry)
        for assignment in ledger.assignments:
            yield AssignmentPart(assignment=assignment)
    for message in of.holdings.messages(leaves):
        yield MessagePart(message=message)
    last = ""
    while records := of.holdings.decisions(leaves, last):
        for record in records:
            yield _decision(record, of)
        last = records[-1].id


def to_line(part: Part) -> bytes:
    """One line of JSON."""
    return _encoder.encode(part) + b"\n"


_EVIDENCE = {
    "event": "an event carried both", "alias": "an alias", "match": "they match", "person": "a person decided",
}  # fmt: skip


def _link(edge: Edge, leaves: frozenset[str]) -> LinkPart:
    """Who is not this person stays unnamed."""
    one, other = (str(end) if leaf_id(end) in leaves else f"{end.namespace}: {ANOTHER}" for end in (edge.a, edge.b))
    inside = leaves.issuperset(edge.leaves)
    state = (
        "undone" if edge.undone is not None else "apart" if edge.apart else "proposed" if edge.proposed
        else "refused" if edge.refused else "joins"
    )  # fmt: skip
    return LinkPart(
        one=one,
        other=other,
        evidence=_EVIDENCE[edge.by],
        at=edge.at,
        named_by=edge.message_id,
        actor=edge.actor,
        confidence=edge.confidence,
        reasons=edge.reasons if inside else (),
        state=state,
    )


def _facts(of: Exporting) -> Iterator[Part]:
    names = {one.id: one.name for one in of.dictionary.readable}
    names |= {one.id: one.name for one in of.dictionary.aggregates}
    said = sorted(
        ((attribute, fact) for leaf in of.stored.leaves for attribute, facts in leaf.facts.items() for fact in facts),
        key=lambda one: (one[0], one[1].provenance.at, one[1].message_id),
    )
    for attribute, fact in said:
        counting = of.counting.get(attribute)
        yield FactPart(
            attribute=attribute,
            name=names.get(attribute, attribute),
            type=of.types.get(attribute, "any"),
            value=fact.value,
            counts=counting is not None and counting.message_id == fact.message_id,
            provenance=fact.provenance,
            provenance_id=fact.message_id,
        )
    held = {attribute for attribute, _ in said}
    told = {one.id for kind in of.dictionary.groups for one in kind.attributes}
    for attribute, fact in of.counting.items():
        if attribute not in held and attribute not in told and not fact.message_id.startswith(TOLD):
            yield DerivedPart(
                attribute=attribute,
                name=names.get(attribute, attribute),
                type=of.types.get(attribute, "any"),
                value=fact.value,
            )


def _groups(of: Exporting) -> Iterator[GroupPart]:
    words = sorted(
        (word for leaf in of.stored.leaves for word in leaf.memberships),
        key=lambda word: (word.provenance.at, word.message_id),
    )
    standing = {one.message_id for one in groups_at(of.stored.leaves, of.at, of.dictionary)}
    groups = of.reader.states({word.id for word in words if word.message_id in standing})
    for word in words:
        counts, kind = word.message_id in standing, of.dictionary.group(word.kind)
        traits = traits_at(groups[word.id].leaf, kind, of.at) if counts and kind is not None else {}
        yield GroupPart(
            kind=word.kind,
            group=word.group,
            role=word.role,
            said="left" if word.left else "joined",
            counts=counts,
            traits={id: fact.value for id, fact in traits.items()},
            provenance=word.provenance,
            provenance_id=word.message_id,
        )


def _own(record: DecisionRecord) -> DecisionRecord:
    """The record without what it read of several people: that they are in a group is told, and not what they do."""
    inputs = record.inputs
    facts = {id: _withheld(fact) for id, fact in inputs.facts.items()}
    opened = inputs.open_facts and {id: _withheld(fact) for id, fact in inputs.open_facts.items()}
    if facts == inputs.facts:
        return record
    return replace(record, inputs=replace(inputs, facts=facts, open_facts=opened))


def _withheld(fact: Fact) -> Fact:
    return replace(fact, value=SEVERAL) if fact.message_id.startswith(TOLD) else fact


def _consents(leaf: Leaf) -> Iterator[ConsentPart]:
    for word in leaf.consents:
        yield ConsentPart(consent=msgspec.to_builtins(word))


def _refused(of: Exporting, names: set[str]) -> Iterator[RefusedPart]:
    for page in pages(of.quarantine):
        for event in page:
            if not names.isdisjoint(names_in(event, of.dictionary.identifiers)):
                yield RefusedPart(
                    kind=event.kind,
                    received_at=event.received_at,
                    source=event.arrival.source,
                    body=event.arrival.body.decode(errors="replace"),
                    why=tuple(refusal.message for refusal in event.refusals),
                )


def _decision(record: DecisionRecord, of: Exporting) -> DecisionPart:
    chosen: tuple[Reasoned, ...] = ()
    dropped: tuple[Dropping, ...] = ()
    try:
        told = of.explain(record)
    except DecidedlyError as error:
        summary = f"Its reasons cannot be told any more: {error.message}"
    else:
        summary = told.summary
        won = [one for one in told.actions if one.status == "won"]
        chosen = tuple(
            Reasoned(
                action=one.action, name=one.name, chance=one.propensity or 0.0, probability=probability,
                reasons=tuple(reason.text for reason in one.reasons),
            )
            for one, probability in zip(won, record.probability, strict=True)
        )  # fmt: skip
        dropped = tuple(
            Dropping(stage=one.stage, rule=one.name, source=one.source, candidates=one.candidates)
            for one in told.dropped_by
        )
    try:
        came = of.came(record)
        standing, outcomes = came.standing, came.outcomes
    except DecidedlyError:  # as its reasons: the playbook that it names is not kept any more
        standing, outcomes = None, ()
    return DecisionPart(
        id=record.id,
        at=record.ask.at,
        service=record.ask.service,
        channel=record.channel,
        result=record.result,
        summary=summary,
        chosen=chosen,
        dropped_by=dropped,
        standing=standing,
        outcomes=outcomes,
        record=_own(record),
    )
