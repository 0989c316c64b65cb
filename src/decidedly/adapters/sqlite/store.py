"""The unit of work on SQLite: one transaction, one fsync, each work whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from sqlite3 import Connection

from decidedly.adapters.blobs import CLUSTER, DECISION, EDGE, EVENT, LEAF, LEDGER
from decidedly.adapters.evidence import kept, waits
from decidedly.adapters.group_commit import GroupCommit
from decidedly.adapters.micros import to_micros
from decidedly.adapters.sqlite.database import Database
from decidedly.adapters.sqlite.lookup import known, versions
from decidedly.adapters.sqlite.rows import insert_rows
from decidedly.core.decision import DecisionRecord
from decidedly.core.identity import Cluster, Edge
from decidedly.core.message import Message
from decidedly.core.work import Committed, Work

_REPLACE_EDGE = (
    "INSERT INTO edges (a, b, sort, settled, waits, payload) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (a, b, sort)"
    " DO UPDATE SET settled = excluded.settled, waits = excluded.waits, payload = excluded.payload"
)
_REPLACE_STATE = "DO UPDATE SET version = excluded.version, state = excluded.state"


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
        with self._database.writing() as writer:
            writing = _Writing(writer, works)
            answers = tuple(writing.take(work) for work in works)
            writing.finish()
        return answers

    def close(self) -> None:
        self._database.close()


class _Writing:
    """One transaction over many works. What they expect is looked up for all at once, and followed while they are
    taken; events, leaves and ledgers, of which there are many, are written for all at once."""

    def __init__(self, writer: Connection, works: Sequence[Work]) -> None:
        self._writer = writer
        expecting = [work.person for work in works if work.expect.leaf is not None]
        self._leaf_versions = versions(writer, "leaves", "id", expecting)
        self._ledger_versions = versions(
            writer, "ledgers", "leaf", {id for work in works for id in work.expect.ledgers}
        )
        ids = [event.message_id for work in works for event in work.events]
        self._known = known(writer, "events", "message_id", ids)
        self._events: list[tuple[str, str, str, int, bytes]] = []
        self._ahead: list[tuple[str]] = []
        self._come: list[tuple[str]] = []
        self._answers: list[tuple[str, str]] = []
        self._matured: list[tuple[str, int]] = []
        self._groups: list[tuple[str, str]] = []
        self._leaves: dict[str, tuple[str, int, bytes]] = {}
        self._ledgers: dict[str, tuple[str, int, bytes]] = {}

    def take(self, work: Work) -> Committed:
        why = self._stale(work)
        if why:
            return Committed(person=work.person, result="stale", why=why)
        if work.events:
            person = work.person
            self._known.update([event.message_id for event in work.events])
            self._events += [
                (event.message_id, person, event.kind, to_micros(event.at), EVENT.encode(event))
                for event in work.events
            ]
            self._ahead += [(event.message_id,) for event in work.events if event.ahead]
            self._answers += [(event.decision_id, event.message_id) for event in work.events if event.decision_id]
        self._matured += work.matured.items()
        self._come += [(message_id,) for message_id in work.come]
        for edge in work.edges:
            _write_edge(self._writer, edge)
        for edge in work.settled:
            self._writer.execute(_REPLACE_EDGE, (*edge.key, 1, waits(edge), EDGE.encode(edge)))
        for cluster in work.clusters:
            _write_cluster(self._writer, cluster)
        if work.leaf is not None:
            leaf = work.leaf
            self._leaves[leaf.id] = leaf.id, leaf.version, LEAF.encode(leaf)
            self._leaf_versions[leaf.id] = leaf.version
        if work.groups:
            self._groups += [(group, work.person) for group in work.groups]
        for ledger in work.ledgers:
            self._ledgers[ledger.leaf] = ledger.leaf, ledger.version, LEDGER.encode(ledger)
            self._ledger_versions[ledger.leaf] = ledger.version
        if work.record is not None:
            _write_decision(self._writer, work.record)
        for message in work.outbox:
            _write_message(self._writer, message)
        return Committed(person=work.person, result="done")

    def finish(self) -> None:
        """Write what waited for the last work."""
        insert_rows(self._writer, "events (message_id, leaf, kind, at, payload)", self._events)
        self._writer.executemany(
            "INSERT INTO ahead (offset, at) SELECT offset, at FROM events WHERE message_id = ?", self._ahead
        )
        self._writer.executemany(
            "DELETE FROM ahead WHERE offset = (SELECT offset FROM events WHERE message_id = ?)", self._come
        )
        self._write_answers()
        self._writer.executemany("INSERT OR IGNORE INTO memberships (group_id, leaf) VALUES (?, ?)", self._groups)
        leaves, ledgers = list(self._leaves.values()), list(self._ledgers.values())
        insert_rows(self._writer, "leaves (id, version, state)", leaves, f"ON CONFLICT (id) {_REPLACE_STATE}")
        insert_rows(self._writer, "ledgers (leaf, version, state)", ledgers, f"ON CONFLICT (leaf) {_REPLACE_STATE}")

    def _write_answers(self) -> None:
        if self._answers:
            self._writer.executemany(
                "INSERT INTO answers (decision_id, offset) SELECT ?, offset FROM events WHERE message_id = ?",
                self._answers,
            )
            self._writer.executemany(
                "UPDATE decisions SET matured = 0 WHERE id = ? AND matured = 1",
                {(decision_id,) for decision_id, _ in self._answers},
            )
        if self._matured:
            self._writer.executemany(
                "UPDATE decisions SET matured = 1 WHERE id = ?1"
                " AND (SELECT count(*) FROM answers WHERE decision_id = ?1) = ?2",
                self._matured,
            )

    def _stale(self, work: Work) -> str:
        expect = work.expect
        if expect.leaf is not None and self._leaf_versions.get(work.person, 0) != expect.leaf:
            return "the leaf moved"
        for leaf, version in expect.ledgers.items():
            if self._ledger_versions.get(leaf, 0) != version:
                return "a ledger moved"
        if work.events:
            ids = [event.message_id for event in work.events]
            if not self._known.isdisjoint(ids) or len(set(ids)) < len(ids):
                return "an event is known"
        if work.record is not None and known(self._writer, "decisions", "id", (work.record.id,)):
            return "the decision is known"
        return ""


def _write_decision(writer: Connection, record: DecisionRecord) -> None:
    writer.execute(
        "INSERT INTO decisions (id, leaf, service, at, record, matured) VALUES (?, ?, ?, ?, ?, ?)",
        (
            record.id,
            record.leaf,
            record.ask.service,
            to_micros(record.ask.at),
            DECISION.encode(record),
            record.result == "no-action",
        ),
    )


def _write_message(writer: Connection, message: Message) -> None:
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


def _write_edge(writer: Connection, edge: Edge) -> None:
    row = writer.execute("SELECT payload FROM edges WHERE (a, b, sort) = (?, ?, ?)", edge.key).fetchone()
    known = None if row is None else EDGE.decode(row[0])
    if kept(known, edge) is not known:
        writer.execute(_REPLACE_EDGE, (*edge.key, 0, waits(edge), EDGE.encode(edge)))


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
