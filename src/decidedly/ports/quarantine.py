"""Quarantine: refused events kept whole, each once, in the order in which they first came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from decidedly.core.quarantine import Quarantined


class Filled(msgspec.Struct, frozen=True):
    """How much a quarantine holds."""

    events: int
    size: int


class Quarantine(Protocol):
    """most, most_bytes: how many events it may hold, and bytes of them."""

    most: int
    most_bytes: int

    def put(self, events: Sequence[Quarantined]) -> int:
        """Keep these, durably before returning; all or none. The number of those that were not there.

        One that is there keeps its first arrival, takes the new refusals, and counts how often it came
        (`Quarantined.again`). One that came no time (`times` 0) was only looked at again: where it was taken out
        meanwhile it stays out. Raises QuarantineFull where more would be held than may be; one that is there already
        always has room.
        """
        ...

    def get(self, id: str) -> Quarantined | None: ...

    def page(self, after: int = 0, limit: int = 100, kind: str = "", code: str = "") -> list[tuple[int, Quarantined]]:
        """Events each with its number, in the order in which they first came, those after a number; all kinds and
        codes where none is named."""
        ...

    def counts(self) -> dict[str, int]:
        """Number of events by code of refusal; one may have several."""
        ...

    def filled(self) -> Filled: ...

    def remove(self, ids: Iterable[str]) -> int:
        """Forget these, durably; the number of those that were there."""
        ...
