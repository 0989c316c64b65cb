"""The data dictionary: what we may know, in which type, with a description."""

from __future__ import annotations

from typing import Literal

import msgspec

Root = Literal["person", "action", "candidate", "context"]
AggregateIs = Literal["count", "sum", "distinct", "days since last"]


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """One thing we may know of a person, an action, the pair of them (`candidate`) or the situation (`context`).

    id   : outlives the name ("age-band")
    name : what rules say ("age band")
    type : a FEEL type, as `feel.parse_type` reads it
    """

    id: str
    name: str
    of: Root
    type: str
    description: str = ""
    unit: str = ""
    sensitive: bool = False


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One property of an event kind. `keep`: kept as a column of the person's history."""

    name: str
    type: str
    description: str = ""
    required: bool = False
    keep: bool = False


class EventKind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of event. `also`: names by which trackers send it. `items`: property that lists the items of one event."""

    id: str
    name: str
    also: tuple[str, ...] = ()
    description: str = ""
    fields: tuple[Field, ...] = ()
    items: str = ""
    item_fields: tuple[Field, ...] = ()
    contact: str = ""  # the class of contact that this event was, or ""

    @property
    def columns(self) -> tuple[Field, ...]:
        """The kept fields, in order: of the items where the kind has items, else of the event."""
        return tuple(field for field in (self.item_fields if self.items else self.fields) if field.keep)


class Aggregate(msgspec.Struct, frozen=True, kw_only=True):
    """An attribute computed from history.

    root : "person" over everything; "candidate" only over items whose product is one of the action's
    what : the summed or counted item field, "" for whole events
    days : window before the moment of the ask, 0 for all time
    """

    id: str
    name: str
    root: Literal["person", "candidate"] = "person"
    is_: AggregateIs = msgspec.field(name="is")
    of: str
    what: str = ""
    days: int = 0
    description: str = ""


class Dictionary(msgspec.Struct, frozen=True, kw_only=True):
    """identifiers: namespaces, the most telling first. user_id: the namespace of a tracker's userId."""

    identifiers: tuple[str, ...]
    user_id: str
    attributes: tuple[Attribute, ...]
    events: tuple[EventKind, ...]
    aggregates: tuple[Aggregate, ...]

    def kind(self, name: str) -> EventKind | None:
        """The kind with this id or tracker's name."""
        return next((kind for kind in self.events if name == kind.id or name in kind.also), None)
