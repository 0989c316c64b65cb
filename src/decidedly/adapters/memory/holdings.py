"""What memory holds of somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from decidedly.adapters.memory.state import State
from decidedly.adapters.without import (
    counted,
    erasure_event,
    event_without,
    group_without,
    joined_once,
    laid,
    leaf_without,
    names_in,
    record_without,
    rests_on,
)
from decidedly.core.decision import DecisionRecord
from decidedly.core.derive import leaf_id
from decidedly.core.erasure import Erasure, Kept, Scrubbed, Tombstone, Whose
from decidedly.core.group import JOINED, traits_message
from decidedly.core.message import Message
from decidedly.core.seal import Seal
from decidedly.ports.journal import Logged


class MemoryHoldings:
    """Holdings port over dictionaries."""

    def __init__(self, state: State) -> None:
        self._state = state

    def events(self, leaves: Sequence[str], after: int = 0, limit: int = 1000) -> list[Logged]:
        with self._state.lock:
            return [one for one in self._state.events if one.leaf in leaves and one.offset > after][:limit]

    def decisions(self, leaves: Sequence[str], after: str = "", limit: int = 200) -> list[DecisionRecord]:
        with self._state.lock:
            found = [one for one in self._state.decisions.values() if one.leaf in leaves and one.id > after]
        return sorted(found, key=lambda one: one.id)[:limit]

    def messages(self, leaves: Sequence[str]) -> list[Message]:
        with self._state.lock:
            found = [one for one in self._state.outbox.values() if one.leaf in leaves]
        return sorted(found, key=lambda one: one.key)

    def leaves(self, after: str = "", limit: int = 1000) -> list[str]:
        state = self._state
        with state.lock:
            ids = {*state.leaves, *state.ledgers, *state.clusters, *(one.leaf for one in state.events)}
            ids |= {one.leaf for one in state.decisions.values()}
            ids |= {leaf for edge in state.edges.values() for leaf in edge.leaves}
        return sorted(id for id in ids if id > after)[:limit]

    def erase(self, erasure: Erasure, whose: Whose, seal: Seal) -> Erasure:
        state, leaves, erased = self._state, frozenset(whose.leaves), frozenset(whose.identifiers)
        removed, rewritten = Counter(erasure.removed), Counter(erasure.rewritten)
        with state.lock:
            once = _ever_joined(state, leaves)
            neighbours = {leaf for edge in state.edges.values() if not leaves.isdisjoint(edge.leaves)
                          for leaf in edge.leaves} - leaves  # fmt: skip
            events: list[Logged] = []
            messages: set[str] = set()
            said: set[str] = set()
            for logged in state.events:
                left = None if logged.leaf in leaves else event_without(logged.event, erased)
                if left is None:
                    messages.add(logged.event.message_id)
                    if logged.leaf in leaves and logged.event.kind == JOINED:
                        said.add(traits_message(logged.event.message_id))
                    self._keep("event", logged.event.kind, logged.event.at)
                    continue
                rewritten["store.events"] += left is not logged.event
                events.append(Logged(logged.offset, logged.leaf, left))
            mates, of_groups = self._erase_groups(leaves, events, said, removed, rewritten)
            messages |= of_groups
            told = erasure_event(erasure)
            if told.message_id not in state.message_ids:
                last = state.events[-1].offset if state.events else 0
                events.append(Logged(last + 1, leaf_id(told.identifiers[0]), told))
                state.message_ids.add(told.message_id)
            state.events[:] = events
            state.message_ids -= messages
            there = {logged.event.message_id: logged for logged in events}
            state.ahead = {id: there[id] for id in state.ahead if id in there}
            decisions: set[str] = set()
            for id, record in list(state.decisions.items()):
                rests = record.leaf in once | mates and rests_on(record, messages, {*decisions})
                kept = None if record.leaf in leaves or rests else record_without(record, erased)
                if kept is None:
                    decisions.add(id)
                    del state.decisions[id]
                    state.matured.discard(id)
                    self._keep("decision", record.ask.service, record.ask.at)
                elif kept is not record:
                    rewritten["store.decisions"] += 1
                    state.decisions[id] = kept
            outbox = [key for key, row in state.outbox.items() if row.leaf in leaves or row.decision_id in decisions]
            for key in outbox:
                del state.outbox[key]
            edges = [key for key, edge in state.edges.items() if not leaves.isdisjoint(edge.leaves)]
            for edge_key in edges:
                del state.edges[edge_key]
                state.unsettled.discard(edge_key)
            for edge_key, edge in state.edges.items():
                if names_in(edge, erased):
                    state.edges[edge_key] = replace(edge, refused="")
                    state.unsettled.add(edge_key)
                elif not neighbours.isdisjoint(edge.leaves):
                    state.unsettled.add(edge_key)
            for leaf in neighbours & state.leaves.keys():
                changed = leaf_without(state.leaves[leaf], erased)
                rewritten["store.leaves"] += changed is not state.leaves[leaf]
                state.leaves[leaf] = changed
            ledgers = [state.ledgers.pop(leaf) for leaf in leaves if leaf in state.ledgers]
            states = [state.leaves.pop(leaf) for leaf in leaves if leaf in state.leaves]
            for leaf in leaves & state.clusters.keys():
                for member in state.clusters[leaf].leaves if leaf in state.clusters else ():
                    state.clusters.pop(member, None)
            removed.update(
                {
                    "store.events": len(messages), "store.decisions": len(decisions), "store.outbox": len(outbox),
                    "store.edges": len(edges), "store.leaves": len(states), "store.ledgers": len(ledgers),
                    "store.assignments": sum(len(one.assignments) for one in ledgers),
                }
            )  # fmt: skip
            done = replace(erasure, removed=counted(removed), rewritten=counted(rewritten))
            state.erasures[done.id] = done
            for one in laid(whose, messages, decisions, seal):
                state.tombstones[one] = done.id
        return done

    def bury(self, erasure: Erasure, tombstones: Iterable[Tombstone]) -> None:
        with self._state.lock:
            self._state.erasures.setdefault(erasure.id, erasure)
            for one in tombstones:
                self._state.tombstones.setdefault(one, erasure.id)

    def write(self, erasure: Erasure) -> None:
        with self._state.lock:
            self._state.erasures[erasure.id] = erasure

    def erasures(self) -> list[Erasure]:
        with self._state.lock:
            return sorted(self._state.erasures.values(), key=lambda one: (one.at, one.id))

    def tombstones(self, erasure: str) -> list[Tombstone]:
        with self._state.lock:
            return sorted(one for one, id in self._state.tombstones.items() if id == erasure)

    def buried(self, tombstones: Iterable[Tombstone]) -> dict[Tombstone, datetime]:
        state = self._state
        with state.lock:
            return {one: state.erasures[state.tombstones[one]].at for one in tombstones if one in state.tombstones}

    def kept(self) -> list[Kept]:
        with self._state.lock:
            found = self._state.kept.items()
            return sorted(Kept(what=what, name=name, day=day, count=count) for (what, name, day), count in found)

    def scrub(self) -> Scrubbed:
        return Scrubbed(done=True)

    def _erase_groups(
        self, leaves: frozenset[str], events: list[Logged], said: set[str], removed: Counter[str],
        rewritten: Counter[str],
    ) -> tuple[set[str], set[str]]:  # fmt: skip
        """Take leaves out of their groups, and what they said of these. Leaves whose decisions may have read that, and
        ids of the groups' events that are gone."""
        state = self._state
        groups = {group for group, inside in state.groups.items() if not leaves.isdisjoint(inside)}
        empty = {group for group in groups if state.groups[group] <= leaves}
        said &= {logged.event.message_id for logged in events}
        gone = said | {logged.event.message_id for logged in events if logged.leaf in empty}
        events[:] = [logged for logged in events if logged.event.message_id not in gone]
        mates = {leaf for group in groups for leaf in state.groups[group]} if said else set()
        mates |= {other for leaf in mates & state.clusters.keys() for other in state.clusters[leaf].leaves}
        for group in groups:
            removed["store.memberships"] += len(state.groups[group] & leaves)
            state.groups[group] -= leaves
            if group in empty:
                del state.groups[group]
                removed["store.groups"] += state.leaves.pop(group, None) is not None
            elif group in state.leaves:
                left = group_without(state.leaves[group], said)
                rewritten["store.groups"] += left is not state.leaves[group]
                state.leaves[group] = left
        return mates - leaves, gone

    def _keep(self, what: str, name: str, at: datetime) -> None:
        self._state.kept[what, name, at.astimezone(UTC).date().isoformat()] += 1


def _ever_joined(state: State, leaves: frozenset[str]) -> set[str]:
    """Leaves that may have been one person with these, at one time or another."""
    found, frontier = set(leaves), set(leaves)
    while frontier:
        near = {
            leaf
            for edge in state.edges.values()
            if joined_once(edge) and not frontier.isdisjoint(edge.leaves)
            for leaf in edge.leaves
        }
        frontier = near - found
        found |= frontier
    return found - leaves
