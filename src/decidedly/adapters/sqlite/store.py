"""The unit of work on SQLite: one transaction, one fsync, each work whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from sqlite3 import Connection

from decidedly.adapters.blobs import DECISION, EVENT, LEAF, LEDGER
from decidedly.adapters.sqlite.database import Database, to_micros
from decidedly.adapters.sqlite.lookup import known
from decidedly.core.work import Committed, Work


class SqliteStore:
    """Store port on SQLite.

    Each work is checked before anything of it is written, inside the one write transaction, so that a stale work
    has nothing to take back. `close` closes the database for all readers too.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
        with self._database.write_lock:
            writer = self._database.writer
            writer.execute("BEGIN IMMEDIATE")
            try:
                answers = tuple(_commit(writer, work) for work in works)
                writer.execute("COMMIT")
            except BaseException:
                if writer.in_transaction:
                    writer.execute("ROLLBACK")
                raise
        return answers

    def close(self) -> None:
        self._database.close()


def _commit(writer: Connection, work: Work) -> Committed:
    why = _stale(writer, work)
    if why:
        return Committed(person=work.person, result="stale", why=why)
    if work.events:
        writer.executemany(
            "INSERT INTO events (message_id, leaf, kind, at, payload) VALUES (?, ?, ?, ?, ?)",
            [
                (event.message_id, work.person, event.kind, to_micros(event.at), EVENT.encode(event))
                for event in work.events
            ],
        )
    for edge in work.edges:
        key = edge.identifier.namespace, edge.identifier.value, edge.leaf
        writer.execute(
            "INSERT INTO edges (namespace, value, leaf, at, message_id) VALUES (?, ?, ?, ?, ?)",
            (*key, to_micros(edge.at), edge.message_id),
        )
        writer.execute("INSERT OR IGNORE INTO identifiers (namespace, value, leaf) VALUES (?, ?, ?)", key)
    if work.leaf is not None:
        writer.execute(
            "INSERT INTO leaves (id, version, state) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state",
            (work.leaf.id, work.leaf.version, LEAF.encode(work.leaf)),
        )
    if work.ledger is not None:
        writer.execute(
            "INSERT INTO ledgers (leaf, version, state) VALUES (?, ?, ?)"
            " ON CONFLICT (leaf) DO UPDATE SET version = excluded.version, state = excluded.state",
            (work.ledger.leaf, work.ledger.version, LEDGER.encode(work.ledger)),
        )
    if work.record is not None:
        record = work.record
        writer.execute(
            "INSERT INTO decisions (id, leaf, service, at, record) VALUES (?, ?, ?, ?, ?)",
            (record.id, record.leaf, record.ask.service, to_micros(record.ask.at), DECISION.encode(record)),
        )
    for message in work.outbox:
        writer.execute(
            "INSERT OR REPLACE INTO outbox (key, decision_id, leaf, channel, due_at, state, note)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                message.key,
                message.decision_id,
                message.leaf,
                message.channel,
                to_micros(message.due_at),
                message.state,
                message.note,
            ),
        )
    return Committed(person=work.person, result="done")


def _stale(writer: Connection, work: Work) -> str:
    expect = work.expect
    if expect.leaf is not None and _version(writer, "leaves WHERE id", work.person) != expect.leaf:
        return "the leaf moved"
    if expect.ledger is not None and _version(writer, "ledgers WHERE leaf", work.person) != expect.ledger:
        return "the ledger moved"
    if work.events:
        ids = {event.message_id for event in work.events}
        if len(ids) < len(work.events) or known(writer, "events", "message_id", ids):
            return "an event is known"
    if work.record is not None and known(writer, "decisions", "id", (work.record.id,)):
        return "the decision is known"
    for edge in work.edges:
        owner = writer.execute(
            "SELECT leaf FROM identifiers WHERE namespace = ? AND value = ?",
            (edge.identifier.namespace, edge.identifier.value),
        ).fetchone()
        if owner is not None and owner[0] != edge.leaf:
            return "an identifier has another leaf"
    return ""


def _version(writer: Connection, where: str, id: str) -> int:
    row = writer.execute(f"SELECT version FROM {where} = ?", (id,)).fetchone()
    return 0 if row is None else int(row[0])
