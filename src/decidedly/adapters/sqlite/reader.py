"""Point reads on SQLite, each one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from decidedly.adapters.blobs import DECISION, LEAF, LEDGER
from decidedly.adapters.sqlite.database import Database, from_micros
from decidedly.adapters.sqlite.lookup import known
from decidedly.core.decision import DecisionRecord
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Ledger
from decidedly.core.message import Message, MessageState
from decidedly.ports.reader import Stored

_LEAF = "SELECT l.id, l.state, g.state FROM leaves l LEFT JOIN ledgers g ON g.leaf = l.id"
_OWNER = "(SELECT leaf FROM identifiers WHERE namespace = ? AND value = ?)"


class SqliteReader:
    """Reader port on SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def person(self, who: Sequence[Identifier]) -> Stored | None:
        if not who:
            return None
        keys = [part for identifier in who for part in (identifier.namespace, identifier.value)]
        row = self._database.reader.execute(_person(len(who)), keys).fetchone()
        return None if row is None else _stored(*row)

    def leaf(self, id: str) -> Stored | None:
        row = self._database.reader.execute(f"{_LEAF} WHERE l.id = ?", (id,)).fetchone()
        return None if row is None else _stored(*row)

    def leaves(self, after: str = "", limit: int = 500) -> list[Stored]:
        rows = self._database.reader.execute(f"{_LEAF} WHERE l.id > ? ORDER BY l.id LIMIT ?", (after, limit))
        return [_stored(*row) for row in rows]

    def decision(self, id: str) -> DecisionRecord | None:
        row = self._database.reader.execute("SELECT record FROM decisions WHERE id = ?", (id,)).fetchone()
        return None if row is None else DECISION.decode(row[0])

    def decided(self, ids: Iterable[str]) -> set[str]:
        return known(self._database.reader, "decisions", "id", ids)

    def decisions_of(self, leaf: str, limit: int = 20) -> list[DecisionRecord]:
        rows = self._database.reader.execute(
            "SELECT record FROM decisions WHERE leaf = ? ORDER BY at DESC, id DESC LIMIT ?", (leaf, limit)
        )
        return [DECISION.decode(row[0]) for row in rows]

    def known_messages(self, message_ids: Iterable[str]) -> set[str]:
        return known(self._database.reader, "events", "message_id", message_ids)

    def messages(self, state: MessageState, limit: int = 1000, after: str = "") -> list[Message]:
        rows = self._database.reader.execute(
            "SELECT key, decision_id, leaf, channel, due_at, state, note FROM outbox"
            " WHERE state = ? AND key > ? ORDER BY key LIMIT ?",
            (state, after, limit),
        )
        return [
            Message(
                key=key,
                decision_id=decision_id,
                leaf=leaf,
                channel=channel,
                due_at=from_micros(due_at),
                state=state,
                note=note,
            )
            for key, decision_id, leaf, channel, due_at, state, note in rows
        ]


def _stored(id: str, leaf: bytes, ledger: bytes | None) -> Stored:
    return Stored(LEAF.decode(leaf), Ledger(leaf=id) if ledger is None else LEDGER.decode(ledger))


@lru_cache(maxsize=64)
def _person(identifiers: int) -> str:
    # The first known identifier says who it is: COALESCE stops at it.
    owner = _OWNER if identifiers == 1 else f"COALESCE({', '.join([_OWNER] * identifiers)})"
    return f"{_LEAF} WHERE l.id = {owner}"
