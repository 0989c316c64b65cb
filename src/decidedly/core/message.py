"""Message: a row of the outbox, waiting to be sent once."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

MessageState = Literal["waiting", "sent", "failed", "withheld", "displaced"]
"""displaced: a better message took its place before it was handed over."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """key: idempotency key, one per decision. due_at: not before, quiet hours considered. note: why it did not go."""

    key: str
    decision_id: str
    leaf: str
    channel: str
    due_at: datetime
    state: MessageState = "waiting"
    note: str = ""
