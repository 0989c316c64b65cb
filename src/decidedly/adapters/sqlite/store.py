"""The unit of work on SQLite: one transaction, one fsync, each work whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from sqlite3 import Connection

from decidedly.adapters.blobs import CLUSTER, DECISION, EDGE, EVENT, LEAF, LEDGER
from decidedly.adapters.evidence import kept, waits
from decidedly.adapters.group_commit import GroupCommit
from decidedly.adapters.micros import to_micros
from decidedly.adapters.sqlite.database import Database
from decidedly.adapters.sqlite.lookup import known
from decidedly.core.identity import Cluster, Edge
from decidedly.core.work import Committed, Work

_REPLACE_EDGE = (
    "INSERT INTO edges (a, b, sort, settled, waits, payload) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (a, b, sort)"
    " DO UPDATE SET settled = excluded.settled, waits = excluded.waits, payload = excluded.payload"
)


class SqliteStore:
    """Store port on SQLite.

    Each work is checked before anything of it is written, inside the one write transaction, so that a stale work
    has nothing to take back. `close` closes the database for all readers too.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._group: GroupCommit[Work, Committed] = GroupCommit(self._write)

    def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
        return self._group.commit(works)

    def _write(self, works: Sequence[Work]) -> tuple[Committed, ...]:
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
        ahead = [(event.message_id,) for event in work.events if event.ahead]
        writer.executemany("INSERT INTO ahead (offset, at) SELECT offset, at FROM events WHERE message_id = ?", ahead)
    if work.come:
        writer.executemany(
            "DELETE FROM ahead WHERE offset = (SELECT offset FROM events WHERE message_id = ?)",
            [(message_id,) for message_id in work.come],
        )
    for edge in work.edges:
        _write_edge(writer, edge)
    for edge in work.settled:
        writer.execute(_REPLACE_EDGE, (*edge.key, 1, waits(edge), EDGE.encode(edge)))
    for cluster in work.clusters:
        _write_cluster(writer, cluster)
    if work.leaf is not None:
        writer.execute(
            "INSERT INTO leaves (id, version, state) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state",
            (work.leaf.id, work.leaf.version, LEAF.encode(work.leaf)),
        )
    for ledger in work.ledgers:
        writer.execute(
            "INSERT INTO ledgers (leaf, version, state) VALUES (?, ?, ?)"
            " ON CONFLICT (leaf) DO UPDATE SET version = excluded.version, state = excluded.state",
            (ledger.leaf, ledger.version, LEDGER.encode(ledger)),
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


def _write_edge(writer: Connection, edge: Edge) -> None:
    row = writer.execute("SELECT payload FROM edges WHERE (a, b, sort) = (?, ?, ?)", edge.key).fetchone()
    known = None if row is None else EDGE.decode(row[0])
    if kept(known, edge) is not known:
        writer.execute(_REPLACE_EDGE, (*edge.key, 0, 0, EDGE.encode(edge)))


def _write_cluster(writer: Connection, cluster: Cluster) -> None:
    # Whoever was together with one of these before stands in another cluster of the same work.
    for leaf in cluster.leaves:
        writer.execute("DELETE FROM members WHERE leaf = ?", (leaf,))
        writer.execute("DELETE FROM clusters WHERE person = ?", (leaf,))
    if len(cluster.leaves) > 1:
        writer.executemany(
            "INSERT INTO members (leaf, person) VALUES (?, ?)", [(leaf, cluster.person) for leaf in cluster.leaves]
        )
        writer.execute(
            "INSERT INTO clusters (person, payload) VALUES (?, ?)", (cluster.person, CLUSTER.encode(cluster))
        )


def _stale(writer: Connection, work: Work) -> str:
    expect = work.expect
    if expect.leaf is not None and _version(writer, "leaves WHERE id", work.person) != expect.leaf:
        return "the leaf moved"
    for leaf, version in expect.ledgers.items():
        if _version(writer, "ledgers WHERE leaf", leaf) != version:
            return "a ledger moved"
    if work.events:
        ids = {event.message_id for event in work.events}
        if len(ids) < len(work.events) or known(writer, "events", "message_id", ids):
            return "an event is known"
    if work.record is not None and known(writer, "decisions", "id", (work.record.id,)):
        return "the decision is known"
    return ""


def _version(writer: Connection, where: str, id: str) -> int:
    row = writer.execute(f"SELECT version FROM {where} = ?", (id,)).fetchone()
    return 0 if row is None else int(row[0])
