"""Source: rows of a file, a folder of files or a query, read in batches so that memory is bounded by the batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import msgspec

from decidedly.core.mapping import Cursor


class Part(msgspec.Struct, frozen=True):
    """One file, or the whole of a query.

    fingerprint : another one means that the content may have changed
    label       : what its rows are called by, "orders.csv"; no two parts of a source have the same
    """

    name: str
    fingerprint: str = ""
    label: str = "row"


class Broken(msgspec.Struct, frozen=True):
    """A row that could not be read. cells: what could be told of it."""

    number: int
    cells: dict[str, Any]
    code: str
    message: str
    hint: str = ""


class Batch(msgspec.Struct, frozen=True):
    """Some rows in order.

    numbers : of each row, from 1 in its part; those of `broken` lie between them
    rows    : values by column, as the source holds them: texts of a CSV file, numbers and times elsewhere
    share   : how much of the part is read, 0 to 1; 0 where it cannot be told
    """

    numbers: Sequence[int]
    rows: Sequence[dict[str, Any]]
    broken: tuple[Broken, ...] = ()
    share: float = 0.0


class Source(Protocol):
    @property
    def open_ended(self) -> bool:
        """Rows may have columns that `columns` does not name."""
        ...

    def parts(self) -> tuple[Part, ...]:
        """In the order in which they are to be read. Raises NotFound where there is none."""
        ...

    def columns(self) -> tuple[str, ...]:
        """Names of the columns. Raises BadInput where they cannot be read."""
        ...

    def batches(self, part: str, after: int = 0, since: Cursor | None = None) -> Iterator[Batch]:
        """The rows of a part with numbers above `after`. A query gives them in the order of its cursor column, from
        `since` on (rows without a cursor value too); files give all. Raises BadInput where reading must end.
        """
        ...


class Rejects(Protocol):
    """Where rejected rows go, so that they can be corrected and imported again."""

    def write(self, rows: Sequence[dict[str, Any]]) -> None: ...

    def sync(self) -> int:
        """Make durable what was written; the size so far."""
        ...
