"""Kept out: the reader that knows what was erased, so that it neither comes back nor is decided anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from decidedly.core.decision import DecisionRecord
from decidedly.core.erasure import Erased, Tombstone
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Edge
from decidedly.core.message import Message, MessageState
from decidedly.core.seal import Seal, Sort
from decidedly.ports.holdings import Holdings
from decidedly.ports.reader import LeafState, Reader, Stored


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
        return self._reader.known_messages(ids) | self._erased("message", ids)

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

    def edges_of(self, leaves: Iterable[str]) -> list[Edge]:
        return self._reader.edges_of(leaves)

    def unsettled(self, limit: int = 1000) -> list[Edge]:
        return self._reader.unsettled(limit)

    def reviews(self, limit: int = 100, after: int = 0) -> list[tuple[int, Edge]]:
        return self._reader.reviews(limit, after)

    def decisions_of(self, leaves: Sequence[str], limit: int = 20) -> list[DecisionRecord]:
        return self._reader.decisions_of(leaves, limit)

    def decisions_by(
        self, service: str, since: datetime | None, before: datetime, *, matured: bool, after: str = "",
        limit: int = 200,
    ) -> list[DecisionRecord]:  # fmt: skip
        return self._reader.decisions_by(service, since, before, matured=matured, after=after, limit=limit)

    def messages_of(self, decisions: Iterable[str]) -> dict[str, Message]:
        return self._reader.messages_of(decisions)

    def messages(self, state: MessageState, limit: int = 1000, after: str = "") -> list[Message]:
        return self._reader.messages(state, limit, after)
