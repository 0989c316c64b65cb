"""Project: the history of many people as one table of columns, for batch and training."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from decidedly.core.dictionary import Dictionary
from decidedly.core.person import Person
from decidedly.feel.sql.columns import arrow_type
from decidedly.feel.types import Date, DateTime, Time, Type
from decidedly.person.panes import EMPTY, Arrays, arrays
from decidedly.person.schema import Column, schema_of, type_of


def project(people: Iterable[Person], kind: str, dictionary: Dictionary) -> pa.Table:
    """One row per item that happened to these people, as of when they are seen, each one's in canonical order.

    person  : dictionary<int32, string>, the person's id; its dictionary holds every person given, in order
    key     : int64, key64 of the event's message id; rows of one event are adjacent
    at      : timestamp[us, UTC]
    columns : one per kept field: int64 (key64 of a string), int32, float64, days and times as `feel.sql.columns`
              holds them; null where nothing was said

    An event without items (an empty basket) has no row. Raises NotFound for an undeclared kind.
    """
    schema = schema_of(dictionary).kind(kind)
    ids: list[str] = []
    parts: list[Arrays] = []
    for person in people:
        ids.append(person.id)
        parts.append(arrays(person.panes.get(kind, EMPTY), schema))
    if not parts:
        parts.append(arrays(EMPTY, schema))
    counts = np.concatenate([np.diff(part.first) for part in parts])
    rows = [int(part.first[-1]) for part in parts]
    micros = np.concatenate([part.at * 1_000_000 + part.micros for part in parts])
    table = {
        "person": pa.DictionaryArray.from_arrays(
            np.repeat(np.arange(len(parts), dtype=np.int32), rows), pa.array(ids, pa.string())
        ),
        "key": np.repeat(np.concatenate([part.key for part in parts]), counts),
        "at": pa.array(np.repeat(micros, counts)).cast(pa.timestamp("us", "UTC")),
    }
    types = {field.name: type_of(field.type) for field in schema.kind.columns}
    for name, column in schema.columns.items():
        table[name] = _nullable(np.concatenate([part.columns[name] for part in parts]), column, types[name])
    return pa.table(table)


def _nullable(values: npt.NDArray[Any], column: Column, type_: Type) -> pa.Array:
    null = np.isnan(values) if column.dtype.kind == "f" else values == column.null
    found = pa.array(values, mask=null if null.any() else None)
    return found.cast(arrow_type(type_)) if isinstance(type_, Date | DateTime | Time) else found
