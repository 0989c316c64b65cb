"""Reader: point reads of the operational store, each at most one round trip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from decidedly.core.decision import DecisionRecord
from decidedly.core.identifier import Identifier
from decidedly.core.ledger import Ledger
from decidedly.core.message import Message, MessageState
from decidedly.core.person import Leaf


class Stored(msgspec.Struct, frozen=True):
    """A leaf and its ledger, read together. A leaf without contacts has an empty ledger of version 0."""

    leaf: Leaf
    ledger: Ledger


class Reader(Protocol):
    def person(self, who: Sequence[Identifier]) -> Stored | None:
        """Leaf and ledger of the first of these identifiers that is known; None if none is."""
        ...

    def leaf(self, id: str) -> Stored | None: ...

    def leaves(self, after: str = "", limit: int = 500) -> list[Stored]:
        """Leaves in the order of their ids, those after `after`: page through all with the last id."""
        ...

    def decision(self, id: str) -> DecisionRecord | None: ...

    def decided(self, ids: Iterable[str]) -> set[str]:
        """Which of these decisions are stored."""
        ...

    def decisions_of(self, leaf: str, limit: int = 20) -> list[DecisionRecord]:
        """Newest first."""
        ...

    def known_messages(self, message_ids: Iterable[str]) -> set[str]:
        """Which of these message ids the log holds."""
        ...

    def messages(self, state: MessageState, limit: int = 1000, after: str = "") -> list[Message]:
        """Outbox rows in a state, in the order of their keys, those after `after`."""
        ...
