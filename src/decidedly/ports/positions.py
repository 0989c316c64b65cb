"""Positions: how far each import, and each reader of the log, has come, kept with the events, so that a restored store
agrees with itself."""

from __future__ import annotations

from typing import Protocol

from decidedly.core.mapping import Position


class Positions(Protocol):
    def get(self, name: str) -> Position | None: ...

    def set(self, name: str, position: Position) -> None:
        """Replace a position, durably before returning."""
        ...
