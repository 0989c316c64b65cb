"""Entries: a contact is reserved at the decision, confirmed at the send, released on failure, or lapses by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from decidedly.core.ledger import Entry, Ledger, Mark, with_marks


def standing(entries: Iterable[Entry], at: datetime) -> tuple[Entry, ...]:
    """The contacts that stand in the way of one more at a moment: confirmed, being sent or still reserved.

    Also those later than the moment: of two asks at about the same time the later may be written first, and the
    earlier must still not break a cap.
    """
    return tuple(
        entry
        for entry in entries
        if entry.state in ("confirmed", "sending")
        or (entry.state == "reserved" and (entry.until is None or entry.until > at))
    )


def in_force(entries: Iterable[Entry], at: datetime) -> tuple[Entry, ...]:
    """The contacts as they stood at a moment: none that was reserved after it."""
    return tuple(entry for entry in standing(entries, at) if entry.known_at <= at)


def marks_at(ledger: Ledger, at: datetime) -> tuple[Mark, ...]:
    """The outcomes until a moment, each about an action: one that names only a decision is about all that it showed."""
    shown = {entry.id: entry.actions for entry in ledger.entries}
    about = [
        msgspec.structs.replace(mark, action=action)
        for mark in ledger.marks
        if mark.at <= at
        for action in ((mark.action,) if mark.action else shown.get(mark.decision, ()))
    ]
    return with_marks((), about)


def reserve(ledger: Ledger, entry: Entry) -> Ledger:
    """The ledger with one more contact, in canonical order (time, id); a contact of the same id is replaced."""
    others = (other for other in ledger.entries if other.id != entry.id)
    entries = tuple(sorted((*others, entry), key=lambda one: (one.at, one.id)))
    return msgspec.structs.replace(ledger, version=ledger.version + 1, entries=entries)


def claim(ledger: Ledger, id: str, at: datetime) -> Ledger:
    """A sender takes the message on at a moment: from now on it may have reached the person, and counts from then."""
    claimed = next((entry for entry in ledger.entries if entry.id == id), None)
    if claimed is None:
        return msgspec.structs.replace(ledger, version=ledger.version + 1)
    return reserve(ledger, msgspec.structs.replace(claimed, at=at, state="sending", until=None))


def confirm(ledger: Ledger, id: str) -> Ledger:
    """The message went out: its reservation becomes lasting."""
    return _with_state(ledger, id, state="confirmed", until=None)


def release(ledger: Ledger, id: str) -> Ledger:
    """The message did not go out: its contact no longer counts."""
    return _with_state(ledger, id, state="released", until=None)


def _with_state(ledger: Ledger, id: str, **changes: object) -> Ledger:
    entries = tuple(msgspec.structs.replace(entry, **changes) if entry.id == id else entry for entry in ledger.entries)
    return msgspec.structs.replace(ledger, version=ledger.version + 1, entries=entries)
