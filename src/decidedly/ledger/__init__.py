"""The contact ledger's verbs: which contacts count, which limit stands in the way, reserve, confirm, release."""

from decidedly.ledger.caps import broken_cap, counted, counts, filling, is_full, of_message
from decidedly.ledger.combined import combined
from decidedly.ledger.entries import claim, confirm, in_force, marks_at, release, reserve, standing
from decidedly.ledger.memory import kept, memory_of
from decidedly.ledger.quiet import quiet_until
from decidedly.ledger.room import displace, displaced, gives_way, room_for
from decidedly.ledger.windows import Calendar, together, weekday_number

__all__ = [
    "Calendar",
    "broken_cap",
    "claim",
    "combined",
    "confirm",
    "counted",
    "counts",
    "displace",
    "displaced",
    "filling",
    "gives_way",
    "in_force",
    "is_full",
    "kept",
    "marks_at",
    "memory_of",
    "of_message",
    "quiet_until",
    "release",
    "reserve",
    "room_for",
    "standing",
    "together",
    "weekday_number",
]
