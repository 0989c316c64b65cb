"""Sender: hands one rendered message over to the outside."""

from __future__ import annotations

from typing import Protocol

import msgspec


class Part(msgspec.Struct, frozen=True):
    """One part of a message: "text/html", "text/plain", "application/pdf", ..."""

    media_type: str
    body: bytes


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """key: the outbox row's idempotency key. to: address, number or postal lines, as the channel needs it."""

    key: str
    channel: str
    to: str
    sender: str
    subject: str
    parts: tuple[Part, ...]


class Sender(Protocol):
    def send(self, envelope: Envelope) -> str:
        """Hand over, and return the carrier's receipt. The same key twice is handed over once. Raises SendFailed."""
        ...
