"""Contact ledger: the one account of contacts over all channels, one small row a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import msgspec

from decidedly.core.assignment import Assignment

State = Literal["reserved", "sending", "confirmed", "released"]


BOUNCE = "bounce"
"""The outcome of a message that reached nobody: its contact never was one."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One contact: one message or impression reaching the person, whatever number of actions it shows.

    id        : of the decision that reserved it, or of the event that reported it
    at        : when it reaches the person: of a message that waits for the end of quiet hours, when it is due
    state     : reserved at the decision; sending from the moment at which a sender claims it: it may have reached the
                person then, so that it counts until it is confirmed or released; confirmed; released
    until     : a reservation lapses then by itself, without a sweeper; None once it is claimed or confirmed
    exposures : actions shown in it
    actions   : their ids, best first
    topics    : those topics of theirs that a limit of the playbook in force was of, in small letters
    displaced_by : of a released one, the decision whose better message took its place; "" where none did
    decided_at : when it was reserved, where that was before `at`
    worth     : what the decision expected of it, less the cost of the contact, in major units of the brand's currency
    """

    id: str
    contact_class: str
    channel: str
    at: datetime
    state: State
    until: datetime | None = None
    exposures: int = 0
    actions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    worth: float = 0.0
    decided_at: datetime | None = None
    displaced_by: str = ""

    @property
    def known_at(self) -> datetime:
        """From when on the ledger knew of it."""
        return self.at if self.decided_at is None else self.decided_at


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """The latest outcome of its kind of an action, kept for cool-downs and for what bounced.

    action   : its id; "" where only the decision is known: then it is of all that the decision showed
    decision : id of the decision that showed it, "" where it is not known
    """

    outcome: str
    action: str
    at: datetime
    decision: str = ""

    @property
    def about(self) -> tuple[str, str]:
        """What it is the latest of: the outcome, and the action, or the decision where only that is known."""
        return self.outcome, self.action or f"decision:{self.decision}"


def with_marks(marks: Iterable[Mark], more: Iterable[Mark]) -> tuple[Mark, ...]:
    """Of each outcome to an action the latest, in canonical order, whatever the order in which they come."""
    latest: dict[tuple[str, str], Mark] = {}
    for mark in (*marks, *more):
        known = latest.get(mark.about)
        if known is None or (known.at, known.decision) < (mark.at, mark.decision):
            latest[mark.about] = mark
    return tuple(latest[about] for about in sorted(latest))


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """version: grows with each write. epoch: grows with consent changes and merges, voiding what was decided before."""

    leaf: str
    version: int = 0
    epoch: int = 0
    entries: tuple[Entry, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    marks: tuple[Mark, ...] = ()
