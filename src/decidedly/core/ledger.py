"""Contact ledger: the one account of contacts over all channels, one small row a person."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from decidedly.core.assignment import Assignment

State = Literal["reserved", "confirmed", "released"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One contact: one message or impression reaching the person, whatever number of actions it shows.

    id        : of the decision that reserved it, or of the event that reported it
    until     : a reservation lapses then by itself, without a sweeper; None once confirmed
    exposures : actions shown in it
    """

    id: str
    contact_class: str
    channel: str
    at: datetime
    state: State
    until: datetime | None = None
    exposures: int = 0


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """version: grows with each write. epoch: grows with consent changes and merges, voiding what was decided before."""

    leaf: str
    version: int = 0
    epoch: int = 0
    entries: tuple[Entry, ...] = ()
    assignments: tuple[Assignment, ...] = ()
