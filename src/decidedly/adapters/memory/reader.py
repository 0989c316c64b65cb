"""Point reads in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from decidedly.adapters.memory.state import State
from decidedly.core.decision import DecisionRecord
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Ledger
from decidedly.core.message import Message, MessageState
from decidedly.ports.reader import Stored


class MemoryReader:
    """Reader port over dictionaries."""

    def __init__(self, state: State) -> None:
        self._state = state

    def person(self, who: Sequence[Identifier]) -> Stored | None:
        with self._state.lock:
            known = (self._state.identifiers[identifier] for identifier in who if identifier in self._state.identifiers)
            id = next(known, None)
            return None if id is None else self.leaf(id)

    def leaf(self, id: str) -> Stored | None:
        with self._state.lock:
            leaf = self._state.leaves.get(id)
            return None if leaf is None else Stored(leaf, self._state.ledgers.get(id, Ledger(leaf=id)))

    def leaves(self, after: str = "", limit: int = 500) -> list[Stored]:
        with self._state.lock:
            ids = sorted(id for id in self._state.leaves if id > after)[:limit]
            return [stored for id in ids if (stored := self.leaf(id)) is not None]

    def decision(self, id: str) -> DecisionRecord | None:
        with self._state.lock:
            return self._state.decisions.get(id)

    def decided(self, ids: Iterable[str]) -> set[str]:
        with self._state.lock:
            return self._state.decisions.keys() & set(ids)

    def decisions_of(self, leaf: str, limit: int = 20) -> list[DecisionRecord]:
        with self._state.lock:
            of_leaf = [record for record in self._state.decisions.values() if record.leaf == leaf]
        return sorted(of_leaf, key=lambda record: (record.ask.at, record.id), reverse=True)[:limit]

    def known_messages(self, message_ids: Iterable[str]) -> set[str]:
        with self._state.lock:
            return self._state.message_ids & set(message_ids)

    def messages(self, state: MessageState, limit: int = 1000, after: str = "") -> list[Message]:
        with self._state.lock:
            found = [message for message in self._state.outbox.values() if message.state == state]
        return sorted((message for message in found if message.key > after), key=lambda message: message.key)[:limit]
