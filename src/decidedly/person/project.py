"""Project: the history of many leaves as one table of columns, for batch and training."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from decidedly.core.dictionary import Dictionary
from decidedly.core.person import Leaf
from decidedly.person.panes import EMPTY, Arrays, arrays, cut
from decidedly.person.schema import Column, schema_of


def project(leaves: Iterable[Leaf], kind: str, dictionary: Dictionary, before: datetime) -> pa.Table:
    """One row per item that happened strictly before `before`, leaves in the order given, each in canonical order.

    leaf    : dictionary<int32, string>, the leaf's id; its dictionary holds every leaf given, in order
    key     : int64, key64 of the event's message id; rows of one event are adjacent
    at      : timestamp[us, UTC]
    columns : one per kept field: int64 (key64 of a string), int32 or float64; null where nothing was said

    An event without items (an empty basket) has no row. Raises NotFound for an undeclared kind.
    """
    schema = schema_of(dictionary).kind(kind)
    ids: list[str] = []
    parts: list[Arrays] = []
    for leaf in leaves:
        ids.append(leaf.id)
        parts.append(arrays(cut(leaf.panes.get(kind, EMPTY), before), schema))
    if not parts:
        parts.append(arrays(EMPTY, schema))
    counts = np.concatenate([np.diff(part.first) for part in parts])
    rows = [int(part.first[-1]) for part in parts]
    micros = np.concatenate([part.at * 1_000_000 + part.micros for part in parts])
    table = {
        "leaf": pa.DictionaryArray.from_arrays(
            np.repeat(np.arange(len(parts), dtype=np.int32), rows), pa.array(ids, pa.string())
        ),
        "key": np.repeat(np.concatenate([part.key for part in parts]), counts),
        "at": pa.array(np.repeat(micros, counts)).cast(pa.timestamp("us", "UTC")),
    }
    for name, column in schema.columns.items():
        table[name] = _nullable(np.concatenate([part.columns[name] for part in parts]), column)
    return pa.table(table)


def _nullable(values: npt.NDArray[Any], column: Column) -> pa.Array:
    null = np.isnan(values) if column.dtype.kind == "f" else values == column.null
    return pa.array(values, mask=null if null.any() else None)
