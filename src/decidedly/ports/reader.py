"""Reader: point reads of the operational store, each at most one round trip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from decidedly.core.decision import DecisionRecord
from decidedly.core.group import MOST_READ
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Cluster, Edge
from decidedly.core.ledger import Ledger
from decidedly.core.message import Message, MessageState
from decidedly.core.person import Leaf


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """All of one person, read together.

    leaf    : id of the leaf that was asked for; it may have no state of its own yet
    leaves  : those of the person that have state, in order of ids
    ledgers : of every leaf of the person, in order of ids; one without contacts is empty, of version 0
    cluster : the person's leaves, with the edges that join them
    """

    leaf: str
    leaves: tuple[Leaf, ...]
    ledgers: tuple[Ledger, ...]
    cluster: Cluster

    @property
    def person(self) -> str:
        return self.cluster.person

    @property
    def versions(self) -> dict[str, int]:
        """Versions of the ledgers by leaf, for a work that depends on all of them."""
        return {ledger.leaf: ledger.version for ledger in self.ledgers}

    @property
    def own(self) -> Ledger:
        """The ledger of the leaf that was asked for: what is decided is written there."""
        return next(ledger for ledger in self.ledgers if ledger.leaf == self.leaf)

    @classmethod
    def nobody(cls, leaf: str) -> Stored:
        """Somebody of whom nothing is known yet."""
        return cls(leaf=leaf, leaves=(), ledgers=(Ledger(leaf=leaf),), cluster=Cluster(leaves=(leaf,)))


class LeafState(msgspec.Struct, frozen=True, kw_only=True):
    """One leaf by itself. leaf: None where it has no state yet; person: id of the person that it is part of."""

    leaf: Leaf | None
    ledger: Ledger
    person: str


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """All of a group, read together.

    leaf    : what was said of the group itself; None where nothing was
    persons : those who are or ever were in it, in order of ids, each asked for by its own; none where `crowded`
    crowded : more leaves than were to be read are or ever were in it
    """

    id: str
    leaf: Leaf | None
    persons: tuple[Stored, ...]
    crowded: bool = False


class Reader(Protocol):
    def person(self, who: Sequence[Identifier]) -> Stored | None:
        """The person of the first of these identifiers that is known; None if none is."""
        ...

    def leaf(self, id: str) -> Stored | None:
        """The person that a leaf belongs to; None if nothing is known of the leaf."""
        ...

    def states(self, ids: Iterable[str]) -> dict[str, LeafState]:
        """Each of these leaves by itself, known or not, read together."""
        ...

    def people(self, after: str = "", limit: int = 500) -> list[Stored]:
        """Persons in the order of their ids, those after `after`: page through all with the last id. Each is asked for
        by its own id. They are those that `leaf` finds, without the groups: somebody joined is a person, whether any
        leaf has state or not."""
        ...

    def group(self, id: str, most: int = MOST_READ) -> Gathered:
        """A group by its id, known or not, with the persons of at most so many leaves that ever were in it."""
        ...

    def groups(self, after: str = "", limit: int = 500) -> list[str]:
        """Ids of groups of which something was said, those after `after`, in order."""
        ...

    def edges_of(self, leaves: Iterable[str], at_most: int = 0) -> list[Edge]:
        """Every edge that touches one of these leaves, undone and refused ones too, in canonical order.

        at_most : of a leaf that more events than this link with others only some of their edges, at least so many;
                  0 for all
        """
        ...

    def unsettled(self, limit: int = 1000) -> list[Edge]:
        """Edges that were written but not resolved yet, in canonical order."""
        ...

    def reviews(self, limit: int = 100, after: int = 0) -> list[tuple[int, Edge]]:
        """Edges that wait for a person's decision, each with its number, in order of those: proposed ones from the
        moment they are written, settled or not, and refused ones once they were found to be."""
        ...

    def decision(self, id: str) -> DecisionRecord | None: ...

    def decided(self, ids: Iterable[str]) -> set[str]:
        """Which of these decisions are stored."""
        ...

    def decisions_of(self, leaves: Sequence[str], limit: int = 20) -> list[DecisionRecord]:
        """Newest first."""
        ...

    def decisions_between(self, leaves: Sequence[str], since: datetime, before: datetime) -> list[DecisionRecord]:
        """All decisions of these leaves that were asked for from `since` on and before `before`, oldest first."""
        ...

    def decisions_by(
        self, service: str, since: datetime | None, before: datetime, *, matured: bool, after: str = "",
        limit: int = 200,
    ) -> list[DecisionRecord]:  # fmt: skip
        """Decisions of one service that were asked for from `since` on and before `before`, in the order of time and
        id; those that wait for outcomes, or those that are `matured` (see `Work.matured`).

        after : id of the last one of the page before, which was asked for at `since`
        """
        ...

    def known_messages(self, message_ids: Iterable[str]) -> set[str]:
        """Which of these message ids the log holds."""
        ...

    def messages_of(self, decisions: Iterable[str]) -> dict[str, Message]:
        """The outbox rows of these decisions, by decision."""
        ...

    def messages(self, state: MessageState, limit: int = 1000, after: str = "") -> list[Message]:
        """Outbox rows in a state, in the order of their keys, those after `after`."""
        ...
