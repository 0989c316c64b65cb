"""Group: a household, an account: persons around whom something is known together, each in a role."""

from __future__ import annotations

from datetime import datetime

import msgspec

from decidedly.core.derive import GROUP, digest, leaf_id
from decidedly.core.identifier import Identifier
from decidedly.core.provenance import Fact, Provenance

JOINED, LEFT, TRAITS = "group", "group-left", "group/traits"
"""Kinds of events: somebody is in a group, somebody left one; and what the first said of the group itself."""
MOST_MEMBERS, MOST_READ = 200, 500
"""Members that a kind of group may have at most; identifiers of those who ever were in it that one look reads at most.
Of a group with more nothing is told of its members: each costs a decision about a tenth of a millisecond."""
TOLD = "group:"
"""Begins the provenance ids of what was worked out from several members."""
_TRAITS = "group-traits:"


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """One word on a person in a group, or what counts of all of them at a moment.

    kind, group : the sort of group ("household") and which one ("H1")
    role        : "" where none was said
    left        : the person is no longer in it
    since       : of what counts: when the person came in; None of a single word
    """

    kind: str
    group: str
    provenance: Provenance
    message_id: str
    role: str = ""
    left: bool = False
    since: datetime | None = None

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.group}"

    @property
    def id(self) -> str:
        """Id under which the group's own state is kept."""
        return group_id(self.kind, self.group)


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A group as of `at`.

    traits  : trait id -> the value that counts
    members : those who are in it, by their persons' ids, rising; None where there are too many to be told
    """

    kind: str
    group: str
    at: datetime
    traits: dict[str, Fact] = {}
    members: tuple[Member, ...] | None = ()


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a group. identifiers: the most telling first."""

    person: str
    membership: Membership
    identifiers: tuple[Identifier, ...] = ()


def group_identifier(kind: str, group: str) -> Identifier:
    """What names a group in the log: its namespace is no person's."""
    return Identifier(GROUP + kind, group)


def group_id(kind: str, group: str) -> str:
    return leaf_id(group_identifier(kind, group))


def traits_message(message_id: str) -> str:
    """Message id of the group's own event that an event of this id makes."""
    return _TRAITS + digest("group", message_id)
