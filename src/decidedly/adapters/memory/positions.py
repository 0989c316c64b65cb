"""Positions of imports in memory."""

from __future__ import annotations

from decidedly.core.mapping import Position


class MemoryPositions:
    """Positions port over a dictionary."""

    def __init__(self) -> None:
        self._positions: dict[str, Position] = {}

    def get(self, name: str) -> Position | None:
        return self._positions.get(name)

    def set(self, name: str, position: Position) -> None:
        self._positions[name] = position
