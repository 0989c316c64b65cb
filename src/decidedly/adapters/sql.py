"""What sources of SQL share: the statement, and Arrow batches into rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa

from decidedly.core.mapping import Cursor, From
from decidedly.ports.source import Batch

ROWS = 5000


def select_of(from_: From) -> str:
    """What stands behind FROM: the table, or the query in brackets."""
    if from_.table:
        return ".".join(quoted(name) for name in from_.table.split("."))
    return f"(\n{from_.query.strip().rstrip(';')}\n) AS taken"


def since_of(from_: From, since: Cursor | None) -> str:
    """The rows in the order of the cursor, from `since` on; those without a cursor value too, so that they are told.

    Rows of one event stand together, as long as they have the same cursor value.
    """
    sql = f"SELECT * FROM {select_of(from_)}"
    order = [quoted(name) for name in from_.together]
    if from_.cursor is None:
        return f"{sql} ORDER BY {', '.join(order)}" if order else sql
    column = quoted(from_.cursor.text)
    if since is not None:
        # A literal without a type takes that of the column, which no parameter of a driver does everywhere.
        sql += f" WHERE {column} >= {since.text if since.kind == 'number' else literal(since.text)} OR {column} IS NULL"
    return f"{sql} ORDER BY {', '.join(dict.fromkeys([column, *order]))}"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def columns_of(schema: pa.Schema) -> tuple[str, ...]:
    return tuple(schema.names)


def batches_of(reader: pa.RecordBatchReader) -> Iterator[Batch]:
    """The rows of a result, numbered from 1, at most `ROWS` at a time."""
    done = 0
    plain = {field.name: change for field in reader.schema if (change := _plain(field)) is not None}
    for cells in reader:
        for start in range(0, cells.num_rows, ROWS):
            rows = cells.slice(start, ROWS).to_pylist()
            for name, change in plain.items():
                for row in rows:
                    if row[name] is not None:
                        row[name] = change(row[name])
            yield Batch(range(done + 1, done + len(rows) + 1), rows)
            done += len(rows)


def _plain(field: pa.Field) -> Callable[[Any], Any] | None:
    """How a value that Arrow carries as a text of its own kind becomes a plain one."""
    kind = (field.metadata or {}).get(b"POSTGRESQL:type", b"").decode()
    if kind == "numeric":
        return Decimal
    if kind in ("json", "jsonb") or "arrow.json" in str(field.type):
        return lambda value: msgspec.json.decode(value) if isinstance(value, str) else value
    return str if "arrow.uuid" in str(field.type) else None
