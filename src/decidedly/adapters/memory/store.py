"""The unit of work in memory: the reference of what every store does."""

from __future__ import annotations

from collections.abc import Sequence

from decidedly.adapters.memory.state import State
from decidedly.core.evidence import kept
from decidedly.core.identity import Edge
from decidedly.core.work import Committed, Work
from decidedly.ports.journal import Logged


class MemoryStore:
    """Store port over dictionaries."""

    def __init__(self, state: State) -> None:
        self._state = state

    def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
        with self._state.lock:
            return tuple(self._commit(work) for work in works)

    def close(self) -> None:
        """Nothing to release: what is in memory goes with the state."""

    def _commit(self, work: Work) -> Committed:
        why = self._stale(work)
        if why:
            return Committed(person=work.person, result="stale", why=why)
        state = self._state
        for event in work.events:
            last = state.events[-1].offset if state.events else 0
            state.events.append(Logged(last + 1, work.person, event))
            state.message_ids.add(event.message_id)
            if event.ahead:
                state.ahead[event.message_id] = state.events[-1]
            state.matured.discard(event.decision_id)
        for message_id in work.come:
            state.ahead.pop(message_id, None)
        for edge in work.edges:
            self._write_edge(edge)
        for edge in work.settled:
            state.edges[edge.key] = edge
            state.numbers.setdefault(edge.key, len(state.numbers) + 1)
            state.unsettled.discard(edge.key)
        for cluster in work.clusters:
            for leaf in cluster.leaves:
                if len(cluster.leaves) > 1:
                    state.clusters[leaf] = cluster
                else:
                    state.clusters.pop(leaf, None)
        if work.leaf is not None:
            state.leaves[work.leaf.id] = work.leaf
        for group in work.groups:
            state.groups.setdefault(group, set()).add(work.person)
        for ledger in work.ledgers:
            state.ledgers[ledger.leaf] = ledger
        if work.record is not None:
            state.decisions[work.record.id] = work.record
            if work.record.result == "no-action":
                state.matured.add(work.record.id)
        for decision, count in work.matured.items():
            if sum(logged.event.decision_id == decision for logged in state.events) == count:
                state.matured.add(decision)
        for message in work.outbox:
            state.outbox[message.key] = message
        return Committed(person=work.person, result="done")

    def _write_edge(self, edge: Edge) -> None:
        state, key = self._state, edge.key
        known = state.edges.get(key)
        if kept(known, edge) is not known:
            state.edges[key] = edge
            state.numbers.setdefault(key, len(state.numbers) + 1)
            state.unsettled.add(key)

    def _stale(self, work: Work) -> str:
        state = self._state
        if work.expect.leaf is not None:
            leaf = state.leaves.get(work.person)
            if work.expect.leaf != (0 if leaf is None else leaf.version):
                return "the leaf moved"
        for id, version in work.expect.ledgers.items():
            ledger = state.ledgers.get(id)
            if version != (0 if ledger is None else ledger.version):
                return "a ledger moved"
        ids = {event.message_id for event in work.events}
        if len(ids) < len(work.events) or not state.message_ids.isdisjoint(ids):
            return "an event is known"
        if work.record is not None and work.record.id in state.decisions:
            return "the decision is known"
        return ""
