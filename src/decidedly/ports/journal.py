"""Journal: the event log, append-only, each event at one offset."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from decidedly.core.event import Event


class Logged(msgspec.Struct, frozen=True):
    offset: int
    leaf: str
    event: Event


class Journal(Protocol):
    def read(self, after: int = 0, limit: int = 1000, kinds: tuple[str, ...] = ()) -> list[Logged]:
        """Events with an offset above `after`, in order; all kinds if none is named."""
        ...

    def of_person(
        self, leaves: Sequence[str], before: datetime, limit: int = 50, kinds: tuple[str, ...] = ()
    ) -> list[Logged]:
        """The latest events of a person's leaves that happened before `before`, newest first; all kinds if none is
        named."""
        ...

    def answers(self, decisions: Sequence[str]) -> list[Logged]:
        """Events that name one of these decisions, whoever they are of, in the order of their offsets."""
        ...

    def between(
        self, leaves: Sequence[str], since: datetime, before: datetime, kinds: tuple[str, ...] = ()
    ) -> list[Logged]:
        """All events of a person's leaves that happened from `since` on and before `before`, in the order of their
        times; all kinds if none is named."""
        ...

    def due(self, before: datetime, limit: int = 1000) -> list[Logged]:
        """Events dated ahead (`Event.ahead`) that happened before `before` and are part of no record yet (no work
        named them in `come`), in the order of their times."""
        ...

    def end(self) -> int:
        """The offset of the last event, 0 without any: whoever read up to here has read all that was there."""
        ...

    def counts(self) -> dict[str, int]:
        """Number of events by kind, those included that were erased since."""
        ...
