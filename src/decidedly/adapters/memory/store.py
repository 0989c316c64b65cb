"""The unit of work in memory: the reference of what every store does."""

from __future__ import annotations

from collections.abc import Sequence

from decidedly.adapters.memory.state import State
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
            state.events.append(Logged(len(state.events) + 1, work.person, event))
            state.message_ids.add(event.message_id)
        for edge in work.edges:
            state.edges.append(edge)
            state.identifiers[edge.identifier] = edge.leaf
        if work.leaf is not None:
            state.leaves[work.leaf.id] = work.leaf
        if work.ledger is not None:
            state.ledgers[work.ledger.leaf] = work.ledger
        if work.record is not None:
            state.decisions[work.record.id] = work.record
        for message in work.outbox:
            state.outbox[message.key] = message
        return Committed(person=work.person, result="done")

    def _stale(self, work: Work) -> str:
        state = self._state
        if work.expect.leaf is not None:
            leaf = state.leaves.get(work.person)
            if work.expect.leaf != (0 if leaf is None else leaf.version):
                return "the leaf moved"
        if work.expect.ledger is not None:
            ledger = state.ledgers.get(work.person)
            if work.expect.ledger != (0 if ledger is None else ledger.version):
                return "the ledger moved"
        ids = {event.message_id for event in work.events}
        if len(ids) < len(work.events) or not state.message_ids.isdisjoint(ids):
            return "an event is known"
        if work.record is not None and work.record.id in state.decisions:
            return "the decision is known"
        if any(state.identifiers.get(edge.identifier, edge.leaf) != edge.leaf for edge in work.edges):
            return "an identifier has another leaf"
        return ""
