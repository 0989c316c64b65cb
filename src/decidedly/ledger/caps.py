"""Caps: at most so many contacts of a scope in a window. One e-mail with sixteen coupons is one contact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from fnmatch import fnmatchcase

from decidedly.core.ledger import Entry
from decidedly.core.policy import SERVICE_CLASS, Cap, ContactScope
from decidedly.ledger.windows import Calendar, fullest, together


def of_message(scope: ContactScope, *, contact_class: str, channel: str, with_service: bool = False) -> bool:
    """Whether a scope takes in messages of this class and channel, if they show what it names."""
    of_class = (
        scope.contact_class == contact_class if scope.contact_class else with_service or contact_class != SERVICE_CLASS
    )
    return of_class and scope.channel in ("", channel)


def counts(cap: Cap, entry: Entry) -> bool:
    """Whether a contact is one of those that a cap is of."""
    scope = cap.scope
    return (
        of_message(
            scope, contact_class=entry.contact_class, channel=entry.channel, with_service=cap.with_service
        )
        and (not scope.topic or scope.topic.lower() in entry.topics)
        and (not scope.action or any(fnmatchcase(id, scope.action) for id in entry.actions))
    )  # fmt: skip


def counted(cap: Cap, entries: Iterable[Entry]) -> list[Entry]:
    """The contacts that a cap is of."""
    return [entry for entry in entries if counts(cap, entry)]


def is_full(cap: Cap, entries: Iterable[Entry], at: datetime, calendar: Calendar) -> bool:
    """Whether one more contact of the cap's scope at a moment would be one too many.

    entries : the contacts that stand, before the moment or after it
    """
    moments = [entry.at for entry in counted(cap, entries)]
    return together(moments, at, cap.per, calendar) >= cap.at_most


def filling(cap: Cap, entries: Iterable[Entry], at: datetime, calendar: Calendar) -> tuple[Entry, ...]:
    """The contacts of the fullest window that holds a moment, in order: those by which a cap is full, to be told."""
    mine = sorted(counted(cap, entries), key=lambda entry: (entry.at, entry.id))
    places = fullest([entry.at for entry in mine], at, cap.per, calendar)
    return tuple(mine[place] for place in places)


def broken_cap(caps: Sequence[Cap], entries: Sequence[Entry], contact: Entry, calendar: Calendar) -> int | None:
    """Index of the first cap that one more contact would break, or None.

    contact : as it would be reserved; caps of what a message shows go by its actions and topics
    """
    for index, cap in enumerate(caps):
        if counts(cap, contact) and is_full(cap, entries, contact.at, calendar):
            return index
    return None
