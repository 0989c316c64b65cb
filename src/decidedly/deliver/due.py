"""Due: the waiting messages whose time has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from decidedly.core.message import Message
from decidedly.ports.reader import Reader


def due(reader: Reader, at: datetime, *, chunk: int = 500) -> Iterator[list[Message]]:
    """The messages that are due at a moment, in the order of their keys, a list of at most `chunk` at a time."""
    after = ""
    while waiting := reader.messages("waiting", limit=chunk, after=after):
        after = waiting[-1].key
        if ready := [message for message in waiting if message.due_at <= at]:
            yield ready
