"""Recheck: whether a message may still go, at the moment of the send and not only at the decision."""

from __future__ import annotations

from datetime import datetime

from decidedly.core.dictionary import Purpose
from decidedly.core.ledger import Entry, Ledger
from decidedly.core.message import Message
from decidedly.person import consented
from decidedly.ports.reader import Stored


def reason_against(message: Message, stored: Stored, at: datetime, purpose: Purpose) -> str:
    """Why a message may not go now, in words for its note; "" where it may.

    A missing permission is a missing permission: of silence the purpose's lawful basis tells. A reservation that was
    released or has lapsed no longer stands for this contact, and another message may have taken its place under a cap.
    """
    if not consented(stored, purpose, message.channel, at):
        return f"no consent for {purpose.name} by {message.channel}"
    entry = entry_of(stored.own, message.decision_id)
    if entry is None or entry.state == "released":
        return "its reservation was released"
    if entry.state == "reserved" and entry.until is not None and entry.until <= at:
        return "its reservation has lapsed"
    return ""


def entry_of(ledger: Ledger, decision_id: str) -> Entry | None:
    """The contact that a decision reserved."""
    return next((entry for entry in ledger.entries if entry.id == decision_id), None)
