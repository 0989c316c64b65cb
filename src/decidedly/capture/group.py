"""Group: what is wrong with an event about a group, and what such events say of the groups themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from decidedly.capture.permission import Wrong
from decidedly.core.derive import GROUP
from decidedly.core.dictionary import Dictionary, Field, GroupKind
from decidedly.core.event import Event
from decidedly.core.group import JOINED, LEFT, TRAITS
from decidedly.feel.diagnostics import did_you_mean
from decidedly.person.group import ID, KIND, ROLE, group_of, traits_event
from decidedly.person.normalize import LONGEST

FIELDS = (
    Field(name=ID, type="string", required=True),
    Field(name=KIND, type="string"),
    Field(name=ROLE, type="string"),
)
"""What an event about a group says of the membership."""


def kind_of(event: Event, dictionary: Dictionary) -> GroupKind | None:
    """The kind of group that an event is about."""
    return dictionary.group(group_of(event.properties, dictionary)[0]) if event.kind in (JOINED, LEFT) else None


def group_problems(said: dict[str, Any], dictionary: Dictionary) -> list[Wrong]:
    """What is wrong with an event about a group whose fields are of the right types."""
    named, group = group_of(said, dictionary)
    kind, role = dictionary.group(named), said.get(ROLE)
    if kind is None:
        known = [one.id for one in dictionary.groups]
        hint = did_you_mean(named, known) or f"There are: {', '.join(known)}."
        return [Wrong("event.group", f"There is no kind of group '{named}'.", KIND, hint)]
    found = []
    if isinstance(said.get(ID), str) and (not group or len(group) > LONGEST or not group.isprintable()):
        found.append(Wrong("event.group", f"A group's id has 1 to {LONGEST} printable characters.", ID))
    if isinstance(role, str) and role and role not in kind.roles:
        hint = did_you_mean(role, kind.roles) or f"Roles are: {', '.join(kind.roles) or 'none'}."
        found.append(Wrong("event.group", f"Nobody is '{role}' of a {kind.name}.", ROLE, hint))
    return found


def is_of_group(event: Event) -> bool:
    """Whether it is a group's own event, which we made and no sender can."""
    return event.kind == TRAITS and len(event.identifiers) == 1 and event.identifiers[0].namespace.startswith(GROUP)


def with_traits(events: Sequence[Event], dictionary: Dictionary) -> list[Event]:
    """These events and, behind each that says something of a group, the group's own."""
    return [one for event in events for one in (event, traits_event(event, dictionary)) if one is not None]
