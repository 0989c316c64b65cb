"""Published playbooks in memory."""

from __future__ import annotations

from decidedly.core.playbook import Playbook, playbook_hash


class MemoryPlaybookStore:
    """Playbook store port over a dictionary."""

    def __init__(self) -> None:
        self._playbooks: dict[str, Playbook] = {}
        self._current: str | None = None

    def publish(self, playbook: Playbook) -> str:
        hash = playbook_hash(playbook)
        self._playbooks.setdefault(hash, playbook)
        self._current = hash
        return hash

    def get(self, hash: str) -> Playbook | None:
        return self._playbooks.get(hash)

    def current(self) -> str | None:
        return self._current
