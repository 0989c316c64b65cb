"""Published playbooks on PostgreSQL."""

from __future__ import annotations

from decidedly.adapters.blobs import PLAYBOOK
from decidedly.adapters.postgres.database import Database
from decidedly.adapters.postgres.meta import keep, pointed
from decidedly.core.playbook import Playbook, playbook_hash

_IN_FORCE = "playbook in force"


class PostgresPlaybookStore:
    """Playbook store port on PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self, playbook: Playbook) -> str:
        hash = playbook_hash(playbook)
        keep(self._database, "playbooks", hash, PLAYBOOK.encode(playbook), _IN_FORCE)
        return hash

    def get(self, hash: str) -> Playbook | None:
        rows = self._database.rows("SELECT tree FROM playbooks WHERE hash = %s", (hash,))
        return PLAYBOOK.decode(rows[0][0]) if rows else None

    def current(self) -> str | None:
        return pointed(self._database, _IN_FORCE)
