"""Group: what events say of who is in which group, and of the groups themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from decidedly.core.derive import GROUP
from decidedly.core.dictionary import Attribute, Dictionary, GroupKind
from decidedly.core.event import Event
from decidedly.core.group import JOINED, LEFT, TRAITS, Membership, group_identifier, traits_message
from decidedly.core.person import Leaf
from decidedly.core.provenance import Fact
from decidedly.person.said import fact_value, once, provenance_of
from decidedly.person.schema import remembered, type_of
from decidedly.person.survive import survivor

ID, KIND, ROLE = "group_id", "group_kind", "role"
SAYS = (ID, KIND, ROLE)
"""Properties of an event that are of the membership, not of the group."""


def group_of(said: Mapping[str, Any], dictionary: Dictionary) -> tuple[str, str]:
    """(kind, group) that an event names: by `group_kind`, as "household:H1", or of the kind declared first. "" for what
    it does not name."""
    named, kind = said.get(ID), said.get(KIND)
    group = named.strip() if isinstance(named, str) else ""
    prefix, colon, rest = group.partition(":")
    if colon and rest and (prefix == kind or (not kind and dictionary.group(prefix))):
        return prefix, rest
    return str(kind) if kind else next((one.id for one in dictionary.groups), ""), group


def words_of(known: tuple[Membership, ...], events: Iterable[Event], dictionary: Dictionary) -> tuple[Membership, ...]:
    """All words on a person in groups, with those of these events."""
    by_id = {word.message_id: word for word in known}
    for event in events:
        kind, group = group_of(event.properties, dictionary)
        role = event.properties.get(ROLE)
        by_id[event.message_id] = Membership(
            kind=kind, group=group, role=role or "", left=event.kind == LEFT, provenance=provenance_of(event),
            message_id=event.message_id,
        )  # fmt: skip
    return tuple(sorted(by_id.values(), key=_place))


def groups_at(leaves: Iterable[Leaf], at: datetime, dictionary: Dictionary) -> tuple[Membership, ...]:
    """The groups that a person is in just before a moment, the latest joined first.

    Words count in the order of their times, ties by message id, whichever leaf they are of. Of a kind of which a person
    is in one at a time, joining another leaves the one before; a word without a role keeps the role.
    """
    said = [word for leaf in leaves for word in leaf.memberships if word.provenance.at < at]
    if not said:
        return ()
    kinds = {one.id: one for one in dictionary.groups}
    standing: dict[tuple[str, str], Membership] = {}
    for word in sorted(said, key=_place):
        kind, key = kinds.get(word.kind), (word.kind, word.group)
        if kind is None:
            continue
        before = standing.pop(key, None)
        if word.left:
            continue
        if kind.one_at_a_time:
            standing = {other: one for other, one in standing.items() if other[0] != word.kind}
        since = word.provenance.at if before is None else before.since
        standing[key] = replace(word, role=word.role or (before.role if before else ""), since=since)
    return tuple(sorted(standing.values(), key=_joined, reverse=True))


def traits_event(event: Event, dictionary: Dictionary) -> Event | None:
    """The event of the group itself that an event about one of its members makes; None where it says nothing of it."""
    if event.kind != JOINED:
        return None
    said = {name: value for name, value in event.properties.items() if name not in SAYS and value is not None}
    kind, group = group_of(event.properties, dictionary)
    if not said or dictionary.group(kind) is None or not group:
        return None
    return replace(
        event,
        message_id=traits_message(event.message_id),
        kind=TRAITS,
        identifiers=(group_identifier(kind, group),),
        properties=said,
        channel="",
        decision_id="",
    )


def fold_group(leaf: Leaf, events: Sequence[Event], dictionary: Dictionary) -> Leaf:
    """A group's leaf with what these events say of its traits, as `fold` does for persons."""
    traits = _traits(dictionary).get(leaf.identifiers[0].namespace.removeprefix(GROUP), {})
    said: dict[str, list[Fact]] = defaultdict(list)
    for event in events if traits else ():
        provenance = provenance_of(event)
        for name, value in event.properties.items():
            if event.kind == TRAITS and name in traits and value is not None:
                kept = fact_value(value, type_of(traits[name].type))
                said[name].append(Fact(value=kept, provenance=provenance, message_id=event.message_id))
    if not said:
        return leaf
    facts = dict(leaf.facts)
    for name, new in said.items():
        facts[name] = once(facts.get(name, ()), new)
    return replace(leaf, version=leaf.version + 1, facts={name: facts[name] for name in sorted(facts)})


def traits_at(leaf: Leaf | None, kind: GroupKind, at: datetime) -> dict[str, Fact]:
    """Trait id -> the value that counts just before a moment."""
    found = {}
    for trait in kind.traits:
        said = [fact for fact in (leaf.facts.get(trait.id, ()) if leaf else ()) if fact.provenance.at < at]
        if said:
            found[trait.id] = survivor(said, trait)
    return found


@remembered
def _traits(dictionary: Dictionary) -> dict[str, dict[str, Attribute]]:
    return {kind.id: {trait.id: trait for trait in kind.traits} for kind in dictionary.groups}


def _place(word: Membership) -> tuple[datetime, str]:
    return word.provenance.at, word.message_id


def _joined(one: Membership) -> tuple[datetime, str]:
    assert one.since is not None
    return one.since, one.name
