"""Fold: events into a leaf, a pure set union, so that every order of arrival gives the same record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from decidedly.core.consent import ALL, Confirmation, Consent
from decidedly.core.derive import is_group
from decidedly.core.dictionary import AUTOMATED, MARKETING, PROFILING, Dictionary, EventKind
from decidedly.core.event import Event
from decidedly.core.group import JOINED, LEFT, Membership
from decidedly.core.ledger import BOUNCE, Entry, Ledger, Mark, with_marks
from decidedly.core.own_rule import OwnRule, choice_of
from decidedly.core.person import Leaf
from decidedly.core.policy import COOLING
from decidedly.core.preference import PREFERENCE_IDS
from decidedly.core.provenance import Fact
from decidedly.person.append import append
from decidedly.person.group import fold_group, words_of
from decidedly.person.machine import by_machine, parted
from decidedly.person.panes import EMPTY
from decidedly.person.said import fact_value, once, provenance_of
from decidedly.person.schema import Schema, schema_of

IDENTIFY = "identify"
CONSENT = "consent"
CONFIRMED = "consent-confirmed"
PREFERENCE = "preference"
OWN_RULE = "own-rule"


def fold(leaf: Leaf, events: Sequence[Event], dictionary: Dictionary) -> Leaf:
    """The leaf with these events in it, its version one higher; the same leaf if none of them says anything of it.

    Any order and grouping of the events, and any event folded twice, gives the same leaf apart from `version`.
    Events of undeclared kinds are left out: they stay in the log. The events must have passed `capture.validate`.

    facts    : properties of an `identify` event that are attributes of persons; null says nothing. Of a `preference`
               event those that are preferences; null takes one back
    consents : of `consent` events {purpose, channel ("all": every channel), granted, and `CONSENT_FIELDS`}, and of
               unsubscribes
    own_rules : of `own-rule` events {rule, choice, ...: see `core.own_rule.choice_of`}
    memberships : of `group` and `group-left` events {group_id, group_kind, role}; of a group's own leaf only what was
               said of its traits is folded
    confirmations : of `consent-confirmed` events {consent: message id of the `consent` event}
    panes    : every declared kind, with its kept columns; responses of machines under a kind of their own

    Raises BadInput where a number does not fit its column.
    """
    if is_group(leaf.id):
        return fold_group(leaf, events, dictionary)
    schema = schema_of(dictionary)
    by_kind: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        kind = _kind_of(event, schema)
        if kind in schema.kinds:
            by_kind[kind].append(event)
    if not by_kind:
        return leaf
    panes = dict(leaf.panes)
    for kind, of_kind in by_kind.items():
        panes[kind] = append(panes.get(kind, EMPTY), of_kind, schema.kinds[kind])
    for response in schema.responses:
        if response.id in by_kind or response.by_machine in by_kind:
            parted(panes, response, schema.kinds[response.id])
    return replace(
        leaf,
        version=leaf.version + 1,
        facts=_facts(leaf.facts, (*by_kind.get(IDENTIFY, ()), *by_kind.get(PREFERENCE, ())), schema),
        consents=_consents(leaf.consents, [*by_kind.get(CONSENT, ()), *_unsubscribes(by_kind, schema)], dictionary),
        confirmations=_confirmations(leaf.confirmations, by_kind.get(CONFIRMED, ())),
        own_rules=_own_rules(leaf.own_rules, by_kind.get(OWN_RULE, ())),
        memberships=_memberships(leaf.memberships, by_kind, dictionary),
        panes={kind: panes[kind] for kind in sorted(panes)},
    )


def fold_contacts(ledger: Ledger, events: Sequence[Event], dictionary: Dictionary) -> Ledger:
    """The ledger with what these events say of contacts; the same ledger if they say nothing of any.

    A kind with a contact class is a confirmed contact. One that answers a decision confirms the entry which that
    decision reserved, so that one message counts once; so does an impression, and a bounce releases it for good.
    Answers after which something may have to be silent leave a mark, unless software gave them. A word about consent
    advances the epoch: what was decided before it is void. Version one higher where anything changed.
    """
    schema = schema_of(dictionary)
    entries = {entry.id: entry for entry in ledger.entries}
    epoch, marks = ledger.epoch, list(ledger.marks)
    for event in events:
        known = schema.kinds.get(event.kind)
        if event.kind in (CONSENT, CONFIRMED, OWN_RULE) or (known is not None and unsubscribes(event, known.kind)):
            epoch += 1
        if known is None:
            continue
        means = known.kind.means
        reserved = entries.get(event.decision_id or event.message_id)
        if known.kind.contact or (means == "impression" and reserved is not None and not by_machine(event)):
            contact = _contact(reserved, event, known.kind.contact)
            entries[contact.id] = contact
        if means == BOUNCE or (means in COOLING and not by_machine(event)):
            marks += _marks(event, means)
    kept = ledger.marks if len(marks) == len(ledger.marks) else with_marks((), marks)
    for mark in kept:
        if mark.outcome == BOUNCE and mark.decision in entries:
            entries[mark.decision] = replace(entries[mark.decision], state="released", until=None)
    ordered = tuple(sorted(entries.values(), key=lambda entry: (entry.at, entry.id)))
    if epoch == ledger.epoch and ordered == ledger.entries and kept == ledger.marks:
        return ledger
    return replace(ledger, version=ledger.version + 1, epoch=epoch, entries=ordered, marks=kept)


def _marks(event: Event, outcome: str) -> list[Mark]:
    """One for each action that the event names; else one for its decision, if it names that."""
    told = event.properties.get("action", event.properties.get("actions"))
    named = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    actions = [one for one in named if isinstance(one, str) and one]
    if outcome == BOUNCE or not actions:
        actions = [""] if event.decision_id else []
    return [Mark(outcome=outcome, action=action, at=event.at, decision=event.decision_id) for action in actions]


def unsubscribes(event: Event, kind: EventKind) -> bool:
    """Whether the event takes consent back: a person's unsubscribe, or one that may be a person's."""
    return kind.response == "unsubscribe" and not by_machine(event)


def _kind_of(event: Event, schema: Schema) -> str:
    """The kind that the event is kept under."""
    known = schema.kinds.get(event.kind)
    return known.kind.by_machine if known is not None and known.kind.response and by_machine(event) else event.kind


def _unsubscribes(by_kind: dict[str, list[Event]], schema: Schema) -> Iterable[Event]:
    """Unsubscribes as words about consent: of their channel, or of all where they name none."""
    for kind in schema.responses:
        for event in by_kind.get(kind.id, ()) if kind.response == "unsubscribe" else ():
            purpose, channel = event.properties.get("purpose"), event.properties.get("channel") or event.channel
            said = {
                "purpose": purpose if isinstance(purpose, str) and purpose else MARKETING,
                "channel": channel if isinstance(channel, str) and channel else ALL,
                "granted": False,
            }
            yield replace(event, properties=said)


def _contact(reserved: Entry | None, event: Event, contact_class: str) -> Entry:
    if reserved is None:
        id = event.decision_id or event.message_id
        return Entry(
            id=id, contact_class=contact_class, channel=event.channel, at=event.at, state="confirmed", until=None
        )
    at = min(reserved.at, event.at) if reserved.until is None else event.at
    return replace(reserved, at=at, state="confirmed", until=None)


def _facts(facts: dict[str, tuple[Fact, ...]], events: Sequence[Event], schema: Schema) -> dict[str, tuple[Fact, ...]]:
    if not events:
        return facts
    said: dict[str, list[Fact]] = defaultdict(list)
    for event in events:
        provenance = provenance_of(event)
        for name, value in event.properties.items():
            type_ = schema.attributes.get(name)
            if event.kind == PREFERENCE and name not in PREFERENCE_IDS:
                continue
            if type_ is not None and (value is not None or event.kind == PREFERENCE):
                fact = Fact(value=fact_value(value, type_), provenance=provenance, message_id=event.message_id)
                said[name].append(fact)
    if not said:
        return facts
    merged = dict(facts)
    for name, new in said.items():
        merged[name] = once(merged.get(name, ()), new)
    return {name: merged[name] for name in sorted(merged)}


def _consents(
    consents: tuple[Consent, ...], events: Sequence[Event], dictionary: Dictionary
) -> tuple[Consent, ...]:  # fmt: skip
    if not events:
        return consents
    by_id = {consent.message_id: consent for consent in consents}
    for event in events:
        by_id[event.message_id] = _consent(event, dictionary)
    return tuple(sorted(by_id.values(), key=_place_in_time))


def _consent(event: Event, dictionary: Dictionary) -> Consent:
    said = event.properties
    purpose, channel = said.get("purpose", MARKETING), said.get("channel", ALL)
    if purpose in (PROFILING, AUTOMATED):
        channel = ALL  # how we decide is no matter of channels
    declared = dictionary.purpose(purpose)
    confirm_by = _moment(said.get("confirm_by"))
    needs = said.get("double_opt_in")
    if needs is None:
        needs = bool(declared.double_opt_in) and (channel == ALL or bool({channel, ALL} & {*declared.double_opt_in}))
    if needs and confirm_by is None:
        confirm_by = event.at + timedelta(days=declared.confirm_within_days)
    return Consent(
        purpose=purpose,
        channel=channel,
        granted=said["granted"],
        provenance=provenance_of(event),
        message_id=event.message_id,
        basis=said.get("basis") or "consent",
        proof=said.get("proof") or "",
        text_version=said.get("text_version") or "",
        expires_at=_moment(said.get("expires_at")),
        confirm_by=confirm_by,
    )


def _confirmations(known: tuple[Confirmation, ...], events: Sequence[Event]) -> tuple[Confirmation, ...]:
    if not events:
        return known
    by_id = {one.message_id: one for one in known}
    for event in events:
        consent, provenance = event.properties["consent"], provenance_of(event)
        by_id[event.message_id] = Confirmation(consent=consent, provenance=provenance, message_id=event.message_id)
    return tuple(sorted(by_id.values(), key=_place_in_time))


def _own_rules(known: tuple[OwnRule, ...], events: Iterable[Event]) -> tuple[OwnRule, ...]:
    by_id = {one.message_id: one for one in known}
    for event in events:
        said = event.properties
        by_id[event.message_id] = OwnRule(
            id=said["rule"],
            choice=choice_of(said),
            words=said.get("words") or "",
            provenance=provenance_of(event),
            message_id=event.message_id,
        )
    return tuple(sorted(by_id.values(), key=_place_in_time))


def _memberships(
    known: tuple[Membership, ...], by_kind: dict[str, list[Event]], dictionary: Dictionary
) -> tuple[Membership, ...]:  # fmt: skip
    events = (*by_kind.get(JOINED, ()), *by_kind.get(LEFT, ())) if dictionary.groups else ()
    return words_of(known, events, dictionary) if events else known


def _moment(text: str | None) -> datetime | None:
    """A moment as events write it; one without a zone is UTC."""
    if not text:
        return None
    at = datetime.fromisoformat(text)
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    try:
        return aware.astimezone(UTC)
    except OverflowError:  # on the first or last day of all
        return aware


def _place_in_time(said: Fact | Consent | Confirmation | OwnRule) -> tuple[datetime, str]:
    return said.provenance.at, said.message_id
