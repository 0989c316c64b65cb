"""Published playbooks on SQLite."""

from __future__ import annotations

from decidedly.adapters.blobs import PLAYBOOK
from decidedly.adapters.sqlite.database import Database
from decidedly.adapters.sqlite.meta import keep, pointed
from decidedly.core.playbook import Playbook, playbook_hash

_IN_FORCE = "playbook in force"


class SqlitePlaybookStore:
    """Playbook store port on SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self, playbook: Playbook) -> str:
        hash = playbook_hash(playbook)
        keep(self._database, "playbooks", hash, PLAYBOOK.encode(playbook), _IN_FORCE)
        return hash

    def get(self, hash: str) -> Playbook | None:
        row = self._database.reader.execute("SELECT tree FROM playbooks WHERE hash = ?", (hash,)).fetchone()
        return None if row is None else PLAYBOOK.decode(row[0])

    def current(self) -> str | None:
        return pointed(self._database, _IN_FORCE)
