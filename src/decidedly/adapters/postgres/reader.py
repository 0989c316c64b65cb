"""Point reads on PostgreSQL, each one statement in one round trip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from decidedly.adapters.blobs import CLUSTER, DECISION, EDGE, LEAF, LEDGER
from decidedly.adapters.micros import LONG_AGO, from_micros, to_micros
from decidedly.adapters.postgres.columns import of_texts
from decidedly.adapters.postgres.database import Database
from decidedly.core.decision import DecisionRecord
from decidedly.core.derive import GROUPS, PEOPLE, leaf_id
from decidedly.core.group import MOST_READ
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Cluster, Edge
from decidedly.core.ledger import Ledger
from decidedly.core.message import Message, MessageState
from decidedly.ports.reader import Gathered, LeafState, Stored

# Everything of the persons that `wanted` leaves belong to: one row a leaf, the cluster with the first.
_ALL_OF = """
    SELECT w.leaf, i.leaf, c.payload, l.state, g.state
    FROM wanted w
    LEFT JOIN members m ON m.leaf = w.leaf
    CROSS JOIN LATERAL (
        SELECT w.leaf AS leaf WHERE m.leaf IS NULL UNION ALL SELECT o.leaf FROM members o WHERE o.person = m.person
    ) i
    LEFT JOIN clusters c ON c.person = m.person AND c.person = i.leaf
    LEFT JOIN leaves l ON l.id = i.leaf
    LEFT JOIN ledgers g ON g.leaf = i.leaf
    ORDER BY w.place, i.leaf
"""
# Of the leaves that are asked for, the first of which anything is known.
_FIRST_KNOWN = f"""
    WITH wanted AS (
        SELECT u.leaf, u.place FROM unnest(%b::text[]) WITH ORDINALITY AS u (leaf, place)
        WHERE EXISTS (SELECT FROM leaves WHERE id = u.leaf) OR EXISTS (SELECT FROM members WHERE leaf = u.leaf)
        ORDER BY u.place LIMIT 1
    ) {_ALL_OF}
"""
# A person's id is the id of its first leaf.
_PEOPLE = f"""
    WITH wanted AS MATERIALIZED (
        SELECT leaf, leaf AS place FROM (
            (SELECT l.id AS leaf FROM leaves l WHERE l.id > %s
             AND NOT EXISTS (SELECT FROM members WHERE leaf = l.id) ORDER BY l.id LIMIT %s)
            UNION ALL (SELECT person FROM clusters WHERE person > %s ORDER BY person LIMIT %s)
        ) both_sorts ORDER BY leaf LIMIT %s
    ) {_ALL_OF}
"""
_STATES = """
    SELECT u.leaf, l.state, g.state, m.person FROM unnest(%b::text[]) AS u (leaf)
    LEFT JOIN leaves l ON l.id = u.leaf LEFT JOIN ledgers g ON g.leaf = u.leaf LEFT JOIN members m ON m.leaf = u.leaf
"""
# A row for the group itself, with the number of leaves that were found, then those of its persons.
_GROUP = f"""
    WITH found AS MATERIALIZED (SELECT leaf FROM memberships WHERE group_id = %s LIMIT %s),
    wanted AS MATERIALIZED (
        SELECT DISTINCT coalesce(m.person, f.leaf) AS leaf, coalesce(m.person, f.leaf) AS place
        FROM found f LEFT JOIN members m ON m.leaf = f.leaf WHERE (SELECT count(*) FROM found) <= %s
    )
    SELECT '', '', NULL::bytea, (SELECT state FROM leaves WHERE id = %s), NULL::bytea, (SELECT count(*) FROM found)
    UNION ALL SELECT its.*, 0 FROM ({_ALL_OF}) its
"""
_SOME_EDGES_OF = """
    SELECT DISTINCT number, payload FROM (
        SELECT e.* FROM unnest(%b::text[]) AS i (leaf), LATERAL (
            (SELECT number, payload FROM edges WHERE a = i.leaf AND sort = 'event' LIMIT %s)
            UNION ALL (SELECT number, payload FROM edges WHERE b = i.leaf AND sort = 'event' LIMIT %s)
        ) e
        UNION ALL SELECT number, payload FROM edges WHERE a = ANY(%b) AND sort <> 'event'
        UNION ALL SELECT number, payload FROM edges WHERE b = ANY(%b) AND sort <> 'event'
    ) found
"""
_EDGES_OF = """
    SELECT payload FROM edges WHERE a = ANY(%b)
    UNION ALL SELECT payload FROM edges WHERE b = ANY(%b) AND NOT a = ANY(%b)
"""
_MESSAGE = "SELECT key, decision_id, leaf, channel, due_at, state, note FROM outbox"
_MESSAGES = f"{_MESSAGE} WHERE state = %s AND key > %s ORDER BY key LIMIT %s"
_DECISIONS_BY = """
    SELECT record FROM decisions WHERE service = %s AND matured = (%s > 0) AND (at, id) > (%s, %s) AND at < %s
    ORDER BY at, id LIMIT %s
"""


class PostgresReader:
    """Reader port on PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def person(self, who: Sequence[Identifier]) -> Stored | None:
        return self._first([leaf_id(identifier) for identifier in who])

    def leaf(self, id: str) -> Stored | None:
        return self._first([id])

    def states(self, ids: Iterable[str]) -> dict[str, LeafState]:
        return {
            id: LeafState(
                leaf=None if leaf is None else LEAF.decode(leaf),
                ledger=Ledger(leaf=id) if ledger is None else LEDGER.decode(ledger),
                person=person or id,
            )
            for id, leaf, ledger, person in self._database.rows(_STATES, (of_texts(list(ids)),))
        }

    def people(self, after: str = "", limit: int = 500) -> list[Stored]:
        start = max(after, PEOPLE)
        rows = self._database.rows(_PEOPLE, (start, limit, start, limit, limit))
        return [_stored(id, list(its)) for id, its in groupby(rows, key=lambda row: str(row[0]))]

    def group(self, id: str, most: int = MOST_READ) -> Gathered:
        (_, _, _, state, _, found), *rows = self._database.rows(_GROUP, (id, most + 1, most, id))
        rows.sort(key=itemgetter(0, 1))
        each = ((str(person), [row[:5] for row in its]) for person, its in groupby(rows, key=itemgetter(0)))
        return Gathered(
            id=id,
            leaf=None if state is None else LEAF.decode(state),
            persons=tuple(one for person, its in each if (one := _stored(person, its)).leaves),
            crowded=found > most,
        )

    def groups(self, after: str = "", limit: int = 500) -> list[str]:
        rows = self._database.rows(
            "SELECT id FROM leaves WHERE id > %s AND id < %s ORDER BY id LIMIT %s", (max(after, GROUPS), PEOPLE, limit)
        )
        return [id for (id,) in rows]

    def edges_of(self, leaves: Iterable[str], at_most: int = 0) -> list[Edge]:
        ids = of_texts(list(leaves))
        if at_most:
            some = self._database.rows(_SOME_EDGES_OF, (ids, at_most, at_most, ids, ids))
            rows = [(payload,) for _, payload in some]
        else:
            rows = self._database.rows(_EDGES_OF, (ids, ids, ids))
        return sorted((EDGE.decode(payload) for (payload,) in rows), key=lambda edge: edge.place)

    def unsettled(self, limit: int = 1000) -> list[Edge]:
        rows = self._database.rows("SELECT payload FROM edges WHERE NOT settled ORDER BY number LIMIT %s", (limit,))
        return sorted((EDGE.decode(payload) for (payload,) in rows), key=lambda edge: edge.place)

    def reviews(self, limit: int = 100, after: int = 0) -> list[tuple[int, Edge]]:
        rows = self._database.rows(
            "SELECT number, payload FROM edges WHERE waits AND number > %s ORDER BY number LIMIT %s", (after, limit)
        )
        return [(number, EDGE.decode(payload)) for number, payload in rows]

    def decision(self, id: str) -> DecisionRecord | None:
        rows = self._database.rows("SELECT record FROM decisions WHERE id = %s", (id,))
        return DECISION.decode(rows[0][0]) if rows else None

    def decided(self, ids: Iterable[str]) -> set[str]:
        rows = self._database.rows("SELECT id FROM decisions WHERE id = ANY(%b)", (of_texts(list(ids)),))
        return {id for (id,) in rows}

    def decisions_of(self, leaves: Sequence[str], limit: int = 20) -> list[DecisionRecord]:
        rows = self._database.rows(
            "SELECT record FROM decisions WHERE leaf = ANY(%b) ORDER BY at DESC, id DESC LIMIT %s",
            (of_texts(leaves), limit),
        )
        return [DECISION.decode(record) for (record,) in rows]

    def decisions_between(self, leaves: Sequence[str], since: datetime, before: datetime) -> list[DecisionRecord]:
        rows = self._database.rows(
            "SELECT record FROM decisions WHERE leaf = ANY(%b) AND at >= %s AND at < %s ORDER BY at, id",
            (of_texts(leaves), to_micros(since), to_micros(before)),
        )
        return [DECISION.decode(record) for (record,) in rows]

    def decisions_by(
        self, service: str, since: datetime | None, before: datetime, *, matured: bool, after: str = "",
        limit: int = 200,
    ) -> list[DecisionRecord]:  # fmt: skip
        least = LONG_AGO if since is None else to_micros(since)
        rows = self._database.rows(_DECISIONS_BY, (service, int(matured), least, after, to_micros(before), limit))
        return [DECISION.decode(record) for (record,) in rows]

    def known_messages(self, message_ids: Iterable[str]) -> set[str]:
        rows = self._database.rows(
            "SELECT message_id FROM events WHERE message_id = ANY(%b)", (of_texts(list(message_ids)),)
        )
        return {id for (id,) in rows}

    def messages_of(self, decisions: Iterable[str]) -> dict[str, Message]:
        rows = self._database.rows(f"{_MESSAGE} WHERE key = ANY(%b)", (of_texts(list(decisions)),))
        return {row[0]: _message(row) for row in rows}

    def messages(self, state: MessageState, limit: int = 1000, after: str = "") -> list[Message]:
        return [_message(row) for row in self._database.rows(_MESSAGES, (state, after, limit))]

    def _first(self, leaves: list[str]) -> Stored | None:
        rows = self._database.rows(_FIRST_KNOWN, (of_texts(leaves),))
        return _stored(rows[0][0], rows) if rows else None


def _message(row: tuple[Any, ...]) -> Message:
    key, decision_id, leaf, channel, due_at, state, note = row
    return Message(
        key=key, decision_id=decision_id, leaf=leaf, channel=channel, due_at=from_micros(due_at), state=state, note=note
    )


def _stored(id: str, rows: list[tuple[Any, ...]]) -> Stored:
    cluster = next((CLUSTER.decode(payload) for _, _, payload, _, _ in rows if payload is not None), None)
    return Stored(
        leaf=id,
        leaves=tuple(LEAF.decode(state) for _, _, _, state, _ in rows if state is not None),
        ledgers=tuple(Ledger(leaf=leaf) if ledger is None else LEDGER.decode(ledger) for _, leaf, _, _, ledger in rows),
        cluster=cluster or Cluster(leaves=(id,)),
    )
