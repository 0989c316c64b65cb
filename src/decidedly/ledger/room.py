"""Room: under a cap the best message wins, not the first. What is only reserved gives way to what is worth more."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from decidedly.core.ledger import Entry, Ledger
from decidedly.core.message import Message
from decidedly.core.policy import SERVICE_CLASS, Cap
from decidedly.ledger.caps import broken_cap, counts
from decidedly.ledger.windows import Calendar, near


def gives_way(entry: Entry, to: Entry) -> bool:
    """Whether a contact gives way to another: a marketing message to a service message, else the one that is worth
    less, of two worth the same the later one. What a sender has claimed never does."""
    if entry.state != "reserved":
        return False
    mine, other = ((one.contact_class == SERVICE_CLASS, one.worth) for one in (entry, to))
    return mine < other or (mine == other and (entry.at, entry.id) > (to.at, to.id))


def room_for(
    contact: Entry,
    caps: Sequence[Cap],
    entries: Sequence[Entry],
    calendar: Calendar,
    yields: Callable[[Entry], bool],
) -> tuple[Entry, ...] | None:
    """The reservations that must give way so that one more contact breaks no cap: () where none must, None where it
    has no room whatever gives way.

    entries : the contacts that stand, without the contact itself
    yields  : whether a contact may give way
    The cheapest go first, and none goes that could stay.
    """
    left, gone = list(entries), []
    while (index := broken_cap(caps, left, contact, calendar)) is not None:
        in_the_way = [
            entry
            for entry in left
            if yields(entry)
            and counts(caps[index], entry)
            and near(entry.at, contact.at, caps[index].per, calendar)
        ]  # fmt: skip
        if not in_the_way:
            return None
        cheapest = min(in_the_way, key=lambda entry: (entry.worth, entry.at, entry.id))
        left.remove(cheapest)
        gone.append(cheapest)
    for entry in sorted(gone, key=lambda entry: (-entry.worth, entry.at, entry.id)):
        if broken_cap(caps, [*left, entry], contact, calendar) is None:
            left.append(entry)
            gone.remove(entry)
    return tuple(sorted(gone, key=lambda entry: (entry.at, entry.id)))


def displace(ledger: Ledger, gone: Sequence[Entry], by: str) -> Ledger:
    """The ledger with these of its reservations released for a better message; the same ledger if it has none."""
    ids = {entry.id for entry in gone}
    if not any(entry.id in ids for entry in ledger.entries):
        return ledger
    entries = tuple(
        replace(entry, state="released", until=None, displaced_by=by) if entry.id in ids else entry
        for entry in ledger.entries
    )
    return replace(ledger, version=ledger.version + 1, entries=entries)


def displaced(gone: Sequence[Entry], ledgers: Sequence[Ledger], by: str) -> tuple[Message, ...]:
    """The outbox rows of reservations that gave way.

    ledgers : of the person, in one of which each of them stands
    """
    leaf_of = {entry.id: ledger.leaf for ledger in ledgers for entry in ledger.entries}
    return tuple(
        Message(
            key=entry.id,
            decision_id=entry.id,
            leaf=leaf_of[entry.id],
            channel=entry.channel,
            due_at=entry.at,
            state="displaced",
            note=f"a better message took its place: decision {by}",
        )
        for entry in gone
    )
