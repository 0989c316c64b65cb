"""Rows: a work as the database's rows, made before anything is locked."""

from __future__ import annotations

from typing import NamedTuple

from decidedly.adapters.blobs import CLUSTER, DECISION, EDGE, EVENT, LEAF, LEDGER
from decidedly.adapters.micros import to_micros
from decidedly.core.evidence import waits
from decidedly.core.identity import Edge
from decidedly.core.work import Work

EdgeKey = tuple[str, str, str]
EventRow = tuple[str, str, str, int, bytes]
DecisionRow = tuple[str, str, str, int, bytes, bool]
OutboxRow = tuple[str, str, str, str, int, str, str]
StateRow = tuple[str, int, bytes]


class EdgeRow(NamedTuple):
    key: EdgeKey
    settled: bool
    edge: Edge
    payload: bytes

    @property
    def waits(self) -> bool:
        return waits(self.edge)


class ClusterRow(NamedTuple):
    """payload: None for a leaf that is alone again."""

    leaves: tuple[str, ...]
    payload: bytes | None


class Rows(NamedTuple):
    """One work. expected: (leaf, version) of ledgers. A leaf or ledger is (id, version, state).

    groups      : (group, leaf)
    ahead, come : message ids of events whose time has not come, and of those whose time has
    answers     : (decision id, message id) of events that name a decision
    matured     : (decision id, how many events that name it were looked at)
    """

    person: str
    expected_leaf: int | None
    expected: tuple[tuple[str, int], ...]
    events: tuple[EventRow, ...]
    edges: tuple[EdgeRow, ...]
    clusters: tuple[ClusterRow, ...]
    leaf: StateRow | None
    ledgers: tuple[StateRow, ...]
    decision: DecisionRow | None
    outbox: tuple[OutboxRow, ...]
    ahead: tuple[str, ...]
    come: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    matured: tuple[tuple[str, int], ...]
    groups: tuple[tuple[str, str], ...] = ()

    def touched(self) -> set[str]:
        """Every leaf that the work depends on or changes."""
        found = {self.person, *(leaf for leaf, _ in self.expected), *(id for id, _, _ in self.ledgers)}
        if self.leaf is not None:
            found.add(self.leaf[0])
        for row in self.edges:
            found.update(row.key[:2])
        for cluster in self.clusters:
            found.update(cluster.leaves)
        return found


def rows_of(work: Work) -> Rows:
    """A work, every blob of it encoded."""
    record = work.record
    return Rows(
        person=work.person,
        expected_leaf=work.expect.leaf,
        expected=tuple(work.expect.ledgers.items()),
        events=tuple(
            (event.message_id, work.person, storable(event.kind), to_micros(event.at), EVENT.encode(event))
            for event in work.events
        ),
        edges=(
            *(EdgeRow(edge.key, False, edge, EDGE.encode(edge)) for edge in work.edges),
            *(EdgeRow(edge.key, True, edge, EDGE.encode(edge)) for edge in work.settled),
        ),
        clusters=tuple(
            ClusterRow(cluster.leaves, CLUSTER.encode(cluster) if len(cluster.leaves) > 1 else None)
            for cluster in work.clusters
        ),
        leaf=None if work.leaf is None else (work.leaf.id, work.leaf.version, LEAF.encode(work.leaf)),
        ledgers=tuple((ledger.leaf, ledger.version, LEDGER.encode(ledger)) for ledger in work.ledgers),
        decision=None
        if record is None
        else (
            record.id,
            record.leaf,
            record.ask.service,
            to_micros(record.ask.at),
            DECISION.encode(record),
            record.result == "no-action",
        ),
        outbox=tuple(
            (
                message.key,
                message.decision_id,
                message.leaf,
                message.channel,
                to_micros(message.due_at),
                message.state,
                storable(message.note),
            )
            for message in work.outbox
        ),
        ahead=tuple(event.message_id for event in work.events if event.ahead),
        come=work.come,
        answers=tuple((storable(event.decision_id), event.message_id) for event in work.events if event.decision_id),
        matured=tuple(work.matured.items()),
        groups=tuple((group, work.person) for group in work.groups),
    )


def storable(text: str) -> str:
    """A text as a column can hold it: PostgreSQL takes no NUL, and an index no text of thousands of letters.

    The whole text stands in the row's blob.
    """
    return text.replace("\0", "\ufffd")[:500]
