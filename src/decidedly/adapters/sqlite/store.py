"""The unit of work on SQLite: one transaction, one fsync, each work whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from sqlite3 import Connection, IntegrityError

from decidedly.adapters.changes import Changes, Found
from decidedly.adapters.group_commit import GroupCommit
from decidedly.adapters.rows import EdgeKey, Rows, rows_of
from decidedly.adapters.sqlite.database import Database
from decidedly.adapters.sqlite.lookup import known, versions
from decidedly.adapters.sqlite.rows import insert_rows, values
from decidedly.core.work import Committed, Work

_AT_ONCE = 400


class SqliteStore:
    """Store port on SQLite.

    Works become rows before the database is locked. Each is checked before anything of it is written, inside the one
    write transaction, so that a stale work has nothing to take back. `close` closes the database for all readers too.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._group: GroupCommit[Rows, Committed] = GroupCommit(self._write)

    def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
        return self.commit_rows([rows_of(work) for work in works])

    def commit_rows(self, works: Sequence[Rows]) -> tuple[Committed, ...]:
        """Works that another process has made rows of."""
        return self._group.commit(works)

    def _write(self, works: Sequence[Rows]) -> tuple[Committed, ...]:
        try:
            return self._transaction(works, news=True)
        except IntegrityError:
            return self._transaction(works, news=False)

    def _transaction(self, works: Sequence[Rows], *, news: bool) -> tuple[Committed, ...]:
        """news: no event is in the log yet, as is nearly always so; raises IntegrityError where one is."""
        with self._database.writing() as writer:
            changes = Changes(_read(writer, works, news))
            why = [changes.take(rows) for rows in works]
            _write(writer, changes)
        return tuple(
            Committed(person=rows.person, result="stale" if reason else "done", why=reason)
            for rows, reason in zip(works, why, strict=True)
        )

    def close(self) -> None:
        self._database.close()


def _read(writer: Connection, works: Sequence[Rows], news: bool) -> Found:
    """What all the works depend on."""
    messages = () if news else chain.from_iterable((row[0] for row in rows.events) for rows in works)
    keys = [row.key for rows in works for row in rows.edges if not row.settled]
    return Found(
        leaves=versions(writer, "leaves", "id", [rows.person for rows in works if rows.expected_leaf is not None]),
        ledgers=versions(writer, "ledgers", "leaf", {leaf for rows in works for leaf, _ in rows.expected}),
        messages=known(writer, "events", "message_id", messages),
        decisions=known(writer, "decisions", "id", [rows.decision[0] for rows in works if rows.decision]),
        edges=_edges(writer, keys),
    )


def _edges(writer: Connection, keys: Sequence[EdgeKey]) -> dict[EdgeKey, bytes]:
    found: dict[EdgeKey, bytes] = {}
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        rows = writer.execute(
            f"SELECT e.a, e.b, e.sort, e.payload FROM ({values(len(some), 3)}) u"
            " JOIN edges e ON e.a = u.column1 AND e.b = u.column2 AND e.sort = u.column3",
            tuple(chain.from_iterable(some)),
        )
        found.update(((a, b, sort), payload) for a, b, sort, payload in rows)
    return found


def _write(writer: Connection, changes: Changes) -> None:
    # Events first: of one that is known, the index tells before anything else is written.
    insert_rows(writer, "events (message_id, leaf, kind, at, payload)", changes.events)
    if changes.ahead:
        writer.executemany(
            "INSERT INTO ahead (offset, at) SELECT offset, at FROM events WHERE message_id = ?",
            [(message,) for message in changes.ahead],
        )
    if changes.come:
        writer.executemany(
            "DELETE FROM ahead WHERE offset = (SELECT offset FROM events WHERE message_id = ?)",
            [(message,) for message in changes.come],
        )
    edges = [(*row.key, row.settled, row.waits, row.payload) for row in changes.edges.values()]
    replace = "DO UPDATE SET settled = excluded.settled, waits = excluded.waits, payload = excluded.payload"
    insert_rows(writer, "edges (a, b, sort, settled, waits, payload)", edges, f"ON CONFLICT (a, b, sort) {replace}")
    _write_clusters(writer, changes)
    replace = "DO UPDATE SET version = excluded.version, state = excluded.state"
    insert_rows(writer, "leaves (id, version, state)", [*changes.leaves.values()], f"ON CONFLICT (id) {replace}")
    insert_rows(writer, "ledgers (leaf, version, state)", [*changes.ledgers.values()], f"ON CONFLICT (leaf) {replace}")
    insert_rows(writer, "decisions (id, leaf, service, at, record, matured)", changes.decisions)
    replace = "DO UPDATE SET " + ", ".join(
        f"{column} = excluded.{column}" for column in ("decision_id", "leaf", "channel", "due_at", "state", "note")
    )
    insert_rows(
        writer,
        "outbox (key, decision_id, leaf, channel, due_at, state, note)",
        [*changes.outbox.values()],
        f"ON CONFLICT (key) {replace}",
    )
    insert_rows(writer, "memberships (group_id, leaf)", changes.groups, "ON CONFLICT DO NOTHING")
    _write_answers(writer, changes)


def _write_clusters(writer: Connection, changes: Changes) -> None:
    alone = [(leaf,) for leaf, person in changes.members.items() if person is None]
    gone = [(person,) for person, payload in changes.clusters.items() if payload is None]
    writer.executemany("DELETE FROM members WHERE leaf = ?", alone)
    writer.executemany("DELETE FROM clusters WHERE person = ?", gone)
    members = [(leaf, person) for leaf, person in changes.members.items() if person is not None]
    clusters = [(person, payload) for person, payload in changes.clusters.items() if payload is not None]
    insert_rows(writer, "members (leaf, person)", members, "ON CONFLICT (leaf) DO UPDATE SET person = excluded.person")
    insert_rows(
        writer, "clusters (person, payload)", clusters, "ON CONFLICT (person) DO UPDATE SET payload = excluded.payload"
    )


def _write_answers(writer: Connection, changes: Changes) -> None:
    if changes.answers:
        writer.executemany(
            "INSERT INTO answers (decision_id, offset) SELECT ?, offset FROM events WHERE message_id = ?",
            changes.answers,
        )
        writer.executemany(
            "UPDATE decisions SET matured = 0 WHERE id = ? AND matured = 1",
            {(decision_id,) for decision_id, _ in changes.answers},
        )
    if changes.matured:
        writer.executemany(
            "UPDATE decisions SET matured = 1 WHERE id = ?1"
            " AND (SELECT count(*) FROM answers WHERE decision_id = ?1) = ?2",
            changes.matured,
        )
