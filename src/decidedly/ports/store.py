"""Store: the one unit of work. Everything else only reads, or is outside the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from decidedly.core.work import Committed, Work


class Store(Protocol):
    def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
        """Write each work all or nothing, in the given order, durably before returning.

        One answer per work, in order. A stale work (an expected version moved, a message id or a decision id was
        already there) writes nothing and never rolls back the others. A
        crash leaves whole works only. Outbox rows replace the row of the same key; a leaf or ledger replaces its
        earlier version.
        """
        ...

    def close(self) -> None: ...
