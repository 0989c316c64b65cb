"""Quarantine: events that were refused, kept whole until the dictionary or the sender is mended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import msgspec

from decidedly.core.derive import digest
from decidedly.core.errors import DecidedlyError
from decidedly.core.refusal import Refusal

MOST = 100_000
"""Events that a quarantine holds at most."""
MOST_BYTES = 256 * 1024 * 1024
"""Bytes of events that it holds at most."""


class QuarantineFull(DecidedlyError):
    """The quarantine holds as much as it may: refused events are not kept any more, and their senders are told so."""

    code = "quarantine.full"

    @classmethod
    def beyond(cls, count: int, size: int) -> QuarantineFull:
        return cls(
            f"The quarantine is full: it holds {count} events, {size // 1024} KiB. Refused events could not be kept.",
            hint="Replay it, or drop what nobody will mend: decidedly quarantine list. Then send these events again.",
        )


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """One message as it came in.

    format   : how it is written, a name of `capture.FORMATS`: "segment", "event"
    body     : its own bytes, whole
    envelope : JSON of what stood around it and is read with it, such as the time and the context of its batch
    source   : who sent it
    """

    format: str
    body: bytes
    source: str
    envelope: bytes = b""

    @property
    def id(self) -> str:
        """The same for the same bytes of the same sender, whatever the batch they came in."""
        return "q" + digest("quarantine", self.format, self.source, self.body, size=12)


class Quarantined(msgspec.Struct, frozen=True, kw_only=True):
    """One refused event.

    kind        : of the event, "" where it could not be read
    received_at : when it first came, by the hub's clock; shift: how far that clock was ahead of the real time
    last_at     : when it came the last time; times: how often
    refusals    : everything wrong with it, as found the last time it was looked at
    """

    arrival: Arrival
    kind: str
    received_at: datetime
    last_at: datetime
    refusals: tuple[Refusal, ...]
    shift: timedelta = timedelta(0)
    times: int = 1

    @property
    def id(self) -> str:
        return self.arrival.id

    @property
    def size(self) -> int:
        """Bytes that count towards the limit."""
        return len(self.arrival.body) + len(self.arrival.envelope)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its refusals, each once, in order."""
        return tuple(sorted({refusal.code for refusal in self.refusals}))

    def mentions(self, values: Collection[str]) -> bool:
        """Whether one of these texts, such as a person's identifiers, stands in it as a whole value."""
        try:
            return any(
                _holds(msgspec.json.decode(part), values) for part in (self.arrival.body, self.arrival.envelope) if part
            )
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            whole = self.arrival.body + self.arrival.envelope
            return any(msgspec.json.encode(value) in whole for value in values)

    def again(self, known: Quarantined) -> Quarantined:
        """What is kept where it came before: the first arrival, with the newest reasons."""
        return Quarantined(
            arrival=known.arrival,
            kind=self.kind,
            received_at=known.received_at,
            last_at=max(known.last_at, self.last_at),
            refusals=self.refusals,
            shift=known.shift,
            times=known.times + self.times,
        )


def _holds(value: Any, values: Collection[str]) -> bool:
    match value:
        case dict():
            return any(name in values or _holds(one, values) for name, one in value.items())
        case list():
            return any(_holds(one, values) for one in value)
        case bool() | None:
            return False
        case _:
            return str(value) in values
