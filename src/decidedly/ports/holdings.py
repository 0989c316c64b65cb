"""Holdings: all that the operational store holds of somebody: to be handed out, and to be erased."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from decidedly.core.decision import DecisionRecord
from decidedly.core.erasure import Erasure, Kept, Scrubbed, Tombstone, Whose
from decidedly.core.message import Message
from decidedly.core.seal import Seal
from decidedly.ports.journal import Logged


class Holdings(Protocol):
    def events(self, leaves: Sequence[str], after: int = 0, limit: int = 1000) -> list[Logged]:
        """Events of these leaves with an offset above `after`, in order."""
        ...

    def decisions(self, leaves: Sequence[str], after: str = "", limit: int = 200) -> list[DecisionRecord]:
        """Decisions of these leaves with an id above `after`, in the order of their ids."""
        ...

    def messages(self, leaves: Sequence[str]) -> list[Message]:
        """Outbox rows of these leaves in every state, in the order of their keys."""
        ...

    def leaves(self, after: str = "", limit: int = 1000) -> list[str]:
        """Ids of the leaves of which anything is held, those above `after`, in order."""
        ...

    def erase(self, erasure: Erasure, whose: Whose, seal: Seal) -> Erasure:
        """Take out all of these leaves, durably and in one piece; the erasure with what it removed and rewrote.

        Events, state, ledgers, edges, decisions and outbox rows of theirs go; what others hold of their identifiers is
        rewritten without them: links, events that name both, decisions asked for both. Decisions of others that rest
        on what these leaves said, from a time when they were one person, go too. Edges of the others around are left
        unsettled. Tombstones stay, of the leaves, values, messages and decisions, and counts by day. The same erasure
        again adds to what it removed before.
        """
        ...

    def bury(self, erasure: Erasure, tombstones: Iterable[Tombstone]) -> None:
        """Write down an erasure that a restored store does not know. Its counts are kept where it is known."""
        ...

    def write(self, erasure: Erasure) -> None:
        """Replace what is known of an erasure."""
        ...

    def erasures(self) -> list[Erasure]:
        """In the order of their times."""
        ...

    def tombstones(self, erasure: str) -> list[Tombstone]:
        """Of one erasure, in order; one that a later erasure laid again is of that one."""
        ...

    def buried(self, tombstones: Iterable[Tombstone]) -> dict[Tombstone, datetime]:
        """Which of these are laid, and the time of the latest erasure that did."""
        ...

    def kept(self) -> list[Kept]:
        """The counts of what was erased."""
        ...

    def scrub(self) -> Scrubbed:
        """Overwrite what erased rows leave behind in the store's own files and, where it can, in its log."""
        ...
