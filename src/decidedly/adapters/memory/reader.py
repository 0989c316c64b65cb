"""Point reads in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from decidedly.adapters.memory.state import State
from decidedly.core.decision import DecisionRecord
from decidedly.core.derive import PEOPLE, is_group, leaf_id
from decidedly.core.evidence import waits
from decidedly.core.group import MOST_READ
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Cluster, Edge
from decidedly.core.ledger import Ledger
from decidedly.core.message import Message, MessageState
from decidedly.ports.reader import Gathered, LeafState, Stored


class MemoryReader:
    """Reader port over dictionaries."""

    def __init__(self, state: State) -> None:
        self._state = state

    def person(self, who: Sequence[Identifier]) -> Stored | None:
        with self._state.lock:
            found = (self.leaf(leaf_id(identifier)) for identifier in who)
            return next((stored for stored in found if stored is not None), None)

    def leaf(self, id: str) -> Stored | None:
        state = self._state
        with state.lock:
            if id not in state.leaves and id not in state.clusters:
                return None
            cluster = state.clusters.get(id, Cluster(leaves=(id,)))
            return Stored(
                leaf=id,
                leaves=tuple(state.leaves[leaf] for leaf in cluster.leaves if leaf in state.leaves),
                ledgers=tuple(state.ledgers.get(leaf, Ledger(leaf=leaf)) for leaf in cluster.leaves),
                cluster=cluster,
            )

    def states(self, ids: Iterable[str]) -> dict[str, LeafState]:
        state = self._state
        with state.lock:
            return {
                id: LeafState(
                    leaf=state.leaves.get(id),
                    ledger=state.ledgers.get(id, Ledger(leaf=id)),
                    person=state.clusters[id].person if id in state.clusters else id,
                )
                for id in ids
            }

    def people(self, after: str = "", limit: int = 500) -> list[Stored]:
        state = self._state
        with state.lock:
            ids = {cluster.person for cluster in state.clusters.values()}
            ids.update(leaf for leaf in state.leaves if leaf not in state.clusters)
            chosen = sorted(id for id in ids if id > max(after, PEOPLE))[:limit]
            return [stored for id in chosen if (stored := self.leaf(id)) is not None]

    def group(self, id: str, most: int = MOST_READ) -> Gathered:
        state = self._state
        with state.lock:
            leaves = state.groups.get(id, ())
            crowded = len(leaves) > most
            ids = {state.clusters[leaf].person if leaf in state.clusters else leaf for leaf in leaves}
            found = (self.leaf(person) for person in sorted(ids)) if not crowded else ()
            persons = tuple(stored for stored in found if stored is not None and stored.leaves)
            return Gathered(id=id, leaf=state.leaves.get(id), persons=persons, crowded=crowded)

    def groups(self, after: str = "", limit: int = 500) -> list[str]:
        with self._state.lock:
            return sorted(id for id in self._state.leaves if is_group(id) and id > after)[:limit]

    def edges_of(self, leaves: Iterable[str], at_most: int = 0) -> list[Edge]:
        wanted = set(leaves)
        with self._state.lock:
            found = [edge for edge in self._state.edges.values() if not wanted.isdisjoint(edge.leaves)]
        if at_most:
            room = dict.fromkeys(wanted, at_most)
            found = [edge for edge in found if edge.by != "event" or _has_room(edge, room)]
        return sorted(found, key=lambda edge: edge.place)

    def unsettled(self, limit: int = 1000) -> list[Edge]:
        with self._state.lock:
            found = [self._state.edges[key] for key in self._state.unsettled]
        return sorted(found, key=lambda edge: edge.place)[:limit]

    def reviews(self, limit: int = 100, after: int = 0) -> list[tuple[int, Edge]]:
        state = self._state
        with state.lock:
            found = [(state.numbers[key], edge) for key, edge in state.edges.items() if waits(edge)]
        return sorted((one for one in found if one[0] > after), key=lambda one: one[0])[:limit]

    def decision(self, id: str) -> DecisionRecord | None:
        with self._state.lock:
            return self._state.decisions.get(id)

    def decided(self, ids: Iterable[str]) -> set[str]:
        with self._state.lock:
            return self._state.decisions.keys() & set(ids)

    def decisions_of(self, leaves: Sequence[str], limit: int = 20) -> list[DecisionRecord]:
        with self._state.lock:
            of_leaf = [record for record in self._state.decisions.values() if record.leaf in leaves]
        return sorted(of_leaf, key=lambda record: (record.ask.at, record.id), reverse=True)[:limit]

    def decisions_between(self, leaves: Sequence[str], since: datetime, before: datetime) -> list[DecisionRecord]:
        with self._state.lock:
            of_leaf = [
                record
                for record in self._state.decisions.values()
                if record.leaf in leaves and since <= record.ask.at < before
            ]
        return sorted(of_leaf, key=lambda record: (record.ask.at, record.id))

    def decisions_by(
        self, service: str, since: datetime | None, before: datetime, *, matured: bool, after: str = "",
        limit: int = 200,
    ) -> list[DecisionRecord]:  # fmt: skip
        with self._state.lock:
            of_service = [
                record
                for record in self._state.decisions.values()
                if record.ask.service == service and record.ask.at < before
                and (record.id in self._state.matured) == matured
                and (since is None or (record.ask.at, record.id) > (since, after))
            ]  # fmt: skip
        return sorted(of_service, key=lambda record: (record.ask.at, record.id))[:limit]

    def known_messages(self, message_ids: Iterable[str]) -> set[str]:
        with self._state.lock:
            return self._state.message_ids & set(message_ids)

    def messages_of(self, decisions: Iterable[str]) -> dict[str, Message]:
        with self._state.lock:
            return {id: self._state.outbox[id] for id in decisions if id in self._state.outbox}

    def messages(self, state: MessageState, limit: int = 1000, after: str = "") -> list[Message]:
        with self._state.lock:
            found = [message for message in self._state.outbox.values() if message.state == state]
        return sorted((message for message in found if message.key > after), key=lambda message: message.key)[:limit]


def _has_room(edge: Edge, room: dict[str, int]) -> bool:
    """Whether a leaf that the edge touches has not had its number of edges yet; it takes one of them."""
    wanted = [leaf for leaf in edge.leaves if room.get(leaf)]
    for leaf in wanted:
        room[leaf] -= 1
    return bool(wanted)
