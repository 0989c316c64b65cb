"""Kept out: the reader and the store that know what was erased, so that it neither comes back nor is decided anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from decidedly.core.decision import DecisionRecord
from decidedly.core.erasure import Erased, Tombstone
from decidedly.core.group import MOST_READ
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Edge
from decidedly.core.message import Message, MessageState
from decidedly.core.seal import Seal, Sort
from decidedly.core.work import Committed, Work
from decidedly.ports.holdings import Holdings
from decidedly.ports.reader import Gathered, LeafState, Reader, Stored
from decidedly.ports.store import Store


class KeptOut:
    """Reader port over another. To those who ask, an erased message is one that the log knows already."""

    def __init__(self, reader: Reader, holdings: Holdings, seal: Seal) -> None:
        self._reader = reader
        self._holdings = holdings
        self._seal = seal
        self._any = False

    def decision(self, id: str) -> DecisionRecord | None:
        """Raises Erased for one whose person was erased."""
        found = self._reader.decision(id)
        if found is None and self._erased("decision", [id]):
            raise Erased(
                f"Decision '{id}' was of a person whose data was erased.",
                hint="What is left of it is its place in the counts: `decidedly person erasures`.",
            )
        return found

    def decided(self, ids: Iterable[str]) -> set[str]:
        ids = list(ids)
        return self._reader.decided(ids) | self._erased("decision", ids)

    def known_messages(self, message_ids: Iterable[str]) -> set[str]:
        ids = list(message_ids)
        return self._reader.known_messages(ids) | self.erased_messages(ids)

    def erased_messages(self, ids: Sequence[str]) -> set[str]:
        """Which of these messages were of a person whose data was erased."""
        return self._erased("message", ids)

    def _erased(self, sort: Sort, texts: Sequence[str]) -> set[str]:
        self._any = self._any or bool(self._holdings.erasures())
        if not self._any:
            return set()
        of = {Tombstone(sort, self._seal.of(sort, text)): text for text in texts}
        return {of[one] for one in self._holdings.buried(of)}

    # All else is asked as it is.

    def person(self, who: Sequence[Identifier]) -> Stored | None:
        return self._reader.person(who)

    def leaf(self, id: str) -> Stored | None:
        return self._reader.leaf(id)

    def states(self, ids: Iterable[str]) -> dict[str, LeafState]:
        return self._reader.states(ids)

    def people(self, after: str = "", limit: int = 500) -> list[Stored]:
        return self._reader.people(after, limit)

    def group(self, id: str, most: int = MOST_READ) -> Gathered:
        return self._reader.group(id, most)

    def groups(self, after: str = "", limit: int = 500) -> list[str]:
        return self._reader.groups(after, limit)

    def edges_of(self, leaves: Iterable[str], at_most: int = 0) -> list[Edge]:
        return self._reader.edges_of(leaves, at_most)

    def unsettled(self, limit: int = 1000) -> list[Edge]:
        return self._reader.unsettled(limit)

    def reviews(self, limit: int = 100, after: int = 0) -> list[tuple[int, Edge]]:
        return self._reader.reviews(limit, after)

    def decisions_of(self, leaves: Sequence[str], limit: int = 20) -> list[DecisionRecord]:
        return self._reader.decisions_of(leaves, limit)

    def decisions_between(self, leaves: Sequence[str], since: datetime, before: datetime) -> list[DecisionRecord]:
        return self._reader.decisions_between(leaves, since, before)

    def decisions_by(
        self, service: str, since: datetime | None, before: datetime, *, matured: bool, after: str = "",
        limit: int = 200,
    ) -> list[DecisionRecord]:  # fmt: skip
        return self._reader.decisions_by(service, since, before, matured=matured, after=after, limit=limit)

    def messages_of(self, decisions: Iterable[str]) -> dict[str, Message]:
        return self._reader.messages_of(decisions)

    def messages(self, state: MessageState, limit: int = 1000, after: str = "") -> list[Message]:
        return self._reader.messages(state, limit, after)


class Guarded:
    """Store port over another. A work with an erased message is as stale as one whose message the log holds."""

    def __init__(self, store: Store, reader: KeptOut) -> None:
        self._store = store
        self._reader = reader

    def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
        ids = [event.message_id for work in works for event in work.events]
        erased = self._reader.erased_messages(ids) if ids else set()
        if not erased:
            return self._store.commit(works)
        stale = [not erased.isdisjoint([event.message_id for event in work.events]) for work in works]
        written = iter(self._store.commit([work for work, out in zip(works, stale, strict=True) if not out]))
        return tuple(
            Committed(person=work.person, result="stale", why="an event was erased") if out else next(written)
            for work, out in zip(works, stale, strict=True)
        )

    def close(self) -> None:
        self._store.close()
