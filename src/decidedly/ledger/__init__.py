"""The contact ledger's verbs: which contacts count, which limit stands in the way, reserve, confirm, release."""

from decidedly.ledger.caps import broken_cap
from decidedly.ledger.combined import combined
from decidedly.ledger.entries import confirm, in_force, release, reserve, standing
from decidedly.ledger.quiet import quiet_until

__all__ = ["broken_cap", "combined", "confirm", "in_force", "quiet_until", "release", "reserve", "standing"]
