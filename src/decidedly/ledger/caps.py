"""Caps: at most so many contacts in rolling days. Rolling, so that 23:00 and 00:00 are never two days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from decidedly.core.ledger import Entry
from decidedly.core.policy import Cap


def broken_cap(
    caps: Sequence[Cap], entries: Sequence[Entry], *, contact_class: str, channel: str, at: datetime
) -> int | None:
    """Index of the first cap that one more contact would break, or None.

    entries : the contacts that count, before `at` or after; one e-mail with sixteen coupons is one of them
    """
    for index, cap in enumerate(caps):
        if cap.contact_class != contact_class or cap.channel not in ("", channel):
            continue
        days = timedelta(days=cap.days)
        used = sum(
            entry.contact_class == cap.contact_class
            and cap.channel in ("", entry.channel)
            and abs(entry.at - at) < days
            for entry in entries
        )
        if used >= cap.at_most:
            return index
    return None
