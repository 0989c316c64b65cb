"""Model store: every trained model by its version, and which one is in force for a name."""

from __future__ import annotations

from typing import Protocol


class ModelStore(Protocol):
    def publish(self, name: str, version: str, blob: bytes) -> None:
        """Keep the model for ever under its version (a content hash) and put it in force under its name."""
        ...

    def get(self, version: str) -> bytes | None: ...

    def current(self, name: str) -> str | None:
        """Version of the model in force."""
        ...
