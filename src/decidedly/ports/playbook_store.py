"""Playbook store: every published playbook by its hash, and which one is in force."""

from __future__ import annotations

from typing import Protocol

from decidedly.core.playbook import Playbook


class PlaybookStore(Protocol):
    def publish(self, playbook: Playbook) -> str:
        """Keep the playbook for ever under its hash, put it in force, return the hash."""
        ...

    def get(self, hash: str) -> Playbook | None: ...

    def current(self) -> str | None:
        """Hash of the playbook in force."""
        ...
