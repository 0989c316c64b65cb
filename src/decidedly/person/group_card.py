"""Group card: one group laid out for a reader."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec.structs import replace

from decidedly.core.dictionary import HIDDEN, GroupKind
from decidedly.core.group import Group
from decidedly.core.provenance import Provenance
from decidedly.person.card import CardFact


class CardMember(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a group. person: the id; provenance_id: message id of the event that said so last."""

    person: str
    identifiers: tuple[str, ...]
    role: str
    since: datetime | None
    provenance: Provenance
    provenance_id: str


class GroupCard(msgspec.Struct, frozen=True, kw_only=True):
    """A group as of `at`. told: whether its members are; of more than `most_members` nothing is told to anybody."""

    id: str
    name: str
    at: datetime
    traits: tuple[CardFact, ...]
    members: tuple[CardMember, ...]
    told: bool
    most_members: int


def group_card(group: Group, kind: GroupKind) -> GroupCard:
    """Traits in the order of the dictionary, members in the order in which they joined."""
    members = sorted(group.members or (), key=lambda one: (one.membership.since or group.at, one.person))
    return GroupCard(
        id=f"{group.kind}:{group.group}",
        name=kind.name,
        at=group.at,
        traits=tuple(
            CardFact(
                attribute=trait.id, name=trait.name, type=trait.type, value=fact.value, provenance=fact.provenance,
                provenance_id=fact.message_id, sensitivity=trait.sensitivity,
            )
            for trait in kind.traits
            if (fact := group.traits.get(trait.id)) is not None
        ),
        members=tuple(
            CardMember(
                person=one.person, identifiers=tuple(map(str, one.identifiers)), role=one.membership.role,
                since=one.membership.since, provenance=one.membership.provenance,
                provenance_id=one.membership.message_id,
            )
            for one in members
        ),
        told=group.members is not None,
        most_members=kind.most_members,
    )  # fmt: skip


def masked_group(card: GroupCard) -> GroupCard:
    """The card without the traits that are not for everybody."""
    hidden = (replace(one, value=None, masked=True) if one.sensitivity in HIDDEN else one for one in card.traits)
    return replace(card, traits=tuple(hidden))
