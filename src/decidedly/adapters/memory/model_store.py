"""Trained models in memory."""

from __future__ import annotations


class MemoryModelStore:
    """Model store port over a dictionary."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}
        self._current: dict[str, str] = {}

    def publish(self, name: str, version: str, blob: bytes) -> None:
        self._blobs.setdefault(version, blob)
        self._current[name] = version

    def get(self, version: str) -> bytes | None:
        return self._blobs.get(version)

    def current(self, name: str) -> str | None:
        return self._current.get(name)
