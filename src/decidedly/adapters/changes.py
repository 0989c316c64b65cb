"""Changes: what the works of one commit come to, each judged after those before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from decidedly.adapters.blobs import EDGE
from decidedly.adapters.rows import (
    ClusterRow,
    DecisionRow,
    EdgeKey,
    EdgeRow,
    EventRow,
    OutboxRow,
    Rows,
    StateRow,
)
from decidedly.core.evidence import kept


class Found:
    """What the database held of all that the works depend on, after their leaves were locked."""

    def __init__(
        self,
        leaves: Mapping[str, int],
        ledgers: Mapping[str, int],
        messages: Iterable[str],
        decisions: Iterable[str],
        edges: Mapping[EdgeKey, bytes],
    ) -> None:
        self.leaves = dict(leaves)
        self.ledgers = dict(ledgers)
        self.messages = set(messages)
        self.decisions = set(decisions)
        self.edges = {key: EDGE.decode(payload) for key, payload in edges.items()}


class Changes:
    """The rows to write, gathered work by work: each key once, with its last state."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self.events: list[EventRow] = []
        self.edges: dict[EdgeKey, EdgeRow] = {}
        self.leaves: dict[str, StateRow] = {}
        self.ledgers: dict[str, StateRow] = {}
        self.decisions: list[DecisionRow] = []
        self.outbox: dict[str, OutboxRow] = {}
        self.members: dict[str, str | None] = {}
        self.clusters: dict[str, bytes | None] = {}
        self.ahead: list[str] = []
        self.come: list[str] = []
        self.answers: list[tuple[str, str]] = []
        self.matured: list[tuple[str, int]] = []
        self.groups: list[tuple[str, str]] = []

    def take(self, rows: Rows) -> str:
        """Take a work in, or say why it is stale: then nothing of it is taken."""
        why = self._stale(rows)
        if why:
            return why
        found = self._found
        self.events.extend(rows.events)
        found.messages.update(row[0] for row in rows.events)
        self.ahead.extend(rows.ahead)
        self.come.extend(rows.come)
        self.answers.extend(rows.answers)
        self.matured.extend(rows.matured)
        self.groups.extend(rows.groups)
        for edge in rows.edges:
            self._take_edge(edge)
        for cluster in rows.clusters:
            self._take_cluster(cluster)
        if rows.leaf is not None:
            self.leaves[rows.leaf[0]] = rows.leaf
            found.leaves[rows.leaf[0]] = rows.leaf[1]
        for ledger in rows.ledgers:
            self.ledgers[ledger[0]] = ledger
            found.ledgers[ledger[0]] = ledger[1]
        if rows.decision is not None:
            self.decisions.append(rows.decision)
            found.decisions.add(rows.decision[0])
        for message in rows.outbox:
            self.outbox[message[0]] = message
        return ""

    def _stale(self, rows: Rows) -> str:
        found = self._found
        if rows.expected_leaf is not None and found.leaves.get(rows.person, 0) != rows.expected_leaf:
            return "the leaf moved"
        if any(found.ledgers.get(leaf, 0) != version for leaf, version in rows.expected):
            return "a ledger moved"
        ids = {row[0] for row in rows.events}
        if len(ids) < len(rows.events) or not found.messages.isdisjoint(ids):
            return "an event is known"
        if rows.decision is not None and rows.decision[0] in found.decisions:
            return "the decision is known"
        return ""

    def _take_edge(self, row: EdgeRow) -> None:
        known = self._found.edges.get(row.key)
        if row.settled or kept(known, row.edge) is not known:
            self._found.edges[row.key] = row.edge
            self.edges[row.key] = row

    def _take_cluster(self, row: ClusterRow) -> None:
        # Whoever was together with one of these before stands in another cluster of the same work.
        together = row.payload is not None
        for leaf in row.leaves:
            self.members[leaf] = row.leaves[0] if together else None
            self.clusters[leaf] = None
        self.clusters[row.leaves[0]] = row.payload
