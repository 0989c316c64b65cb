"""Published: playbooks, models and positions of imports over the two things that each database does for them: keep a
blob for ever under its hash, and let a name point to a text."""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from decidedly.adapters.blobs import PLAYBOOK
from decidedly.core.mapping import Position
from decidedly.core.playbook import Playbook, playbook_hash

Table = Literal["playbooks", "models"]

_PLAYBOOK = "playbook in force"


class Meta(Protocol):
    """Names of what is in force, and things kept for ever under their hash."""

    def keep(self, table: Table, key: str, blob: bytes, pointer: str) -> None:
        """Keep a blob under its key, if it is not there, and point to it; both or neither."""
        ...

    def kept(self, table: Table, key: str) -> bytes | None: ...

    def point(self, pointer: str, key: str) -> None:
        """Let a pointer name this key, durably before returning."""
        ...

    def pointed(self, pointer: str) -> str | None:
        """The key that a pointer names."""
        ...


class StoredPlaybooks:
    """Playbook store port."""

    def __init__(self, meta: Meta) -> None:
        self._meta = meta

    def publish(self, playbook: Playbook) -> str:
        hash = playbook_hash(playbook)
        self._meta.keep("playbooks", hash, PLAYBOOK.encode(playbook), _PLAYBOOK)
        return hash

    def get(self, hash: str) -> Playbook | None:
        blob = self._meta.kept("playbooks", hash)
        return None if blob is None else PLAYBOOK.decode(blob)

    def current(self) -> str | None:
        return self._meta.pointed(_PLAYBOOK)


class StoredModels:
    """Model store port."""

    def __init__(self, meta: Meta) -> None:
        self._meta = meta

    def publish(self, name: str, version: str, blob: bytes) -> None:
        self._meta.keep("models", version, blob, f"model in force: {name}")

    def get(self, version: str) -> bytes | None:
        return self._meta.kept("models", version)

    def current(self, name: str) -> str | None:
        return self._meta.pointed(f"model in force: {name}")


class StoredPositions:
    """Positions port: JSON in the table of what is in force."""

    def __init__(self, meta: Meta) -> None:
        self._meta = meta

    def get(self, name: str) -> Position | None:
        found = self._meta.pointed(f"import position: {name}")
        return None if found is None else msgspec.json.decode(found, type=Position)

    def set(self, name: str, position: Position) -> None:
        self._meta.point(f"import position: {name}", msgspec.json.encode(position).decode())
