"""Memory: how much of the past a ledger keeps. What no limit can see any more goes with the next write."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from decidedly.core.ledger import Entry, Ledger
from decidedly.core.policy import ContactPolicy

LEAST = timedelta(days=90)
"""So long everything is kept, so that a limit which is published later finds what it counts."""
LET_GO = timedelta(days=3)
"""So long what was released or has lapsed is kept, for messages that are still being handed over."""


def memory_of(policy: ContactPolicy) -> timedelta:
    """How far back the limits of a contact policy look."""
    windows = [cap.per.longest for cap in policy.caps]
    pauses = [timedelta(days=pause.days) for pause in policy.cooldowns]
    return max([LEAST, *windows, *pauses])


def kept(ledger: Ledger, at: datetime, memory: timedelta) -> Ledger:
    """The ledger without what no limit can see any more as of a moment; the version stays."""
    entries = tuple(entry for entry in ledger.entries if not _gone(entry, at, memory))
    marks = tuple(mark for mark in ledger.marks if at - mark.at < memory)
    if len(entries) == len(ledger.entries) and len(marks) == len(ledger.marks):
        return ledger
    return replace(ledger, entries=entries, marks=marks)


def _gone(entry: Entry, at: datetime, memory: timedelta) -> bool:
    if entry.state in ("confirmed", "sending"):
        return at - entry.at >= memory
    end = entry.at if entry.until is None else max(entry.at, entry.until)
    return at - end >= LET_GO
