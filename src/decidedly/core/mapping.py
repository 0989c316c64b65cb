"""Mapping: what the rows of a file or a query become. And how far an import has come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

import msgspec

from decidedly.core.policy import Text
from decidedly.core.provenance import How
from decidedly.feel.diagnostics import Place

Format = Literal["csv", "json-lines", "parquet", "excel"]
Unit = Literal["major", "minor"]
KeyBy = Literal["columns", "content", "row"]

ROW, CODE, MESSAGE, HINT, TEXT = (
    "decidedly row", "decidedly code", "decidedly message", "decidedly hint", "decidedly text",
)  # fmt: skip
"""Columns that a file of rejected rows has beside the original ones."""
REJECTED = (ROW, CODE, MESSAGE, HINT)


class From(msgspec.Struct, frozen=True, kw_only=True):
    """Where the rows are.

    file      : path or pattern, relative to the mapping file, "" for a query
    format    : None: by the file's ending
    delimiter : of CSV; "" finds out, "spaces" is any run of blanks
    columns   : names for a file without a heading line, else empty
    skip      : lines above the heading
    url       : of a database; `variable`: name of the environment variable that holds it
    cursor    : column by which a later run takes only what is new
    together  : columns whose equal values make one event: a database orders by them
    overlap   : how far behind the newest value the next run begins: a lapse of time, or a number
    """

    file: str = ""
    format: Format | None = None
    delimiter: str = ""
    encoding: str = "utf-8"
    sheet: str = ""
    columns: tuple[str, ...] = ()
    skip: int = 0
    url: str = ""
    variable: str = ""
    table: str = ""
    query: str = ""
    cursor: Text | None = None
    together: tuple[str, ...] = ()
    overlap: timedelta | int = 0


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """How the values are written.

    dates : a pattern of YYYY, YY, MM, DD, hh, mm, ss, or "" for ISO 8601, which is always understood
    zone  : of times that name none
    """

    decimal: str = "."
    dates: str = ""
    zone: str = "UTC"
    yes: tuple[str, ...] = ("true", "yes", "y", "ja", "j", "oui", "o", "si", "sí", "sì", "s", "t", "1", "x")
    no: tuple[str, ...] = ("false", "no", "n", "nein", "non", "f", "0")
    empty: tuple[str, ...] = ("",)


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """One value of an event: of a column, or the same for every row.

    column : name of the column, with the place where the mapping says it; None where `constant` holds
    words  : what single texts mean ("m" -> "male"); a text that is not among them is refused
    unit   : whether an amount of money is in whole units ("major") or cents ("minor")
    dates  : instead of the mapping's pattern; "unix seconds", "unix milliseconds" for numbers
    split  : what separates the members of a list, "" for a list in JSON
    """

    column: Text | None = None
    constant: Any = None
    words: dict[str, Any] = {}
    unit: Unit = "major"
    dates: str = ""
    zone: str = ""
    split: str = ""
    place: Place = Place()


class EventMapping(msgspec.Struct, frozen=True, kw_only=True):
    """The event that a row, or all rows with the same key, become.

    id         : unique in the mapping; part of the message id
    key        : columns that tell one event from all others of this id
    key_by     : what the message id is made of: the key columns, the whole row, or file and row number
    at         : when it happened
    who        : namespace -> identifier
    fields     : property -> value
    items      : property of an item -> value; each row of the same key is then one item
    items_from : column that lists the items of one row, "" where each row is an item
    needs      : columns without which the row has no such event
    only       : column -> texts of which it must hold one, else the row has no such event
    """

    id: str
    kind: str
    key: tuple[Text, ...] = ()
    key_by: KeyBy = "columns"
    at: Value
    who: dict[str, Value]
    fields: dict[str, Value] = {}
    items: dict[str, Value] = {}
    items_from: Text | None = None
    needs: tuple[Text, ...] = ()
    only: tuple[tuple[Text, tuple[str, ...]], ...] = ()
    channel: Value | None = None
    decision: Value | None = None
    how: How = "given"
    confidence: float = 1.0
    synthetic: bool = False

    @property
    def grouped(self) -> bool:
        """Whether several rows make one event."""
        return bool(self.items) and self.items_from is None


class Mapping(msgspec.Struct, frozen=True, kw_only=True):
    """name: under it the position is kept, and it begins every message id. source: of the events' provenance."""

    name: str
    source: str
    from_: From
    written: Written = Written()
    events: tuple[EventMapping, ...] = ()
    file: str = ""

    @property
    def identifying(self) -> dict[str, str]:
        """Column -> the namespace of whose identifiers it is."""
        said = ((namespace, value) for event in self.events for namespace, value in event.who.items())
        return {value.column.text: namespace for namespace, value in said if value.column is not None}


class Cursor(msgspec.Struct, frozen=True, order=True):
    """A value of the cursor column as text, and what it is: times in ISO 8601, numbers in decimal digits."""

    kind: Literal["number", "time", "text"]
    text: str


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """How far an import has come; all before it is durable.

    part     : file being read, "" for a query; row: how many of its rows are done, of the log the last offset
    since    : newest cursor value of what is done
    finished : file -> its fingerprint when it was done
    rejected : file of this run's rejected rows, "" where the last run came to its end; size: its bytes so far
    """

    part: str = ""
    fingerprint: str = ""
    row: int = 0
    since: Cursor | None = None
    finished: dict[str, str] = {}
    rejected: str = ""
    size: int = 0
