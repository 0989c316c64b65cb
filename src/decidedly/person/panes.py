"""Panes: the history of one leaf and kind as columns, in canonical order, cut at any moment by a bisection."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from math import floor
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from decidedly.core.derive import key64
from decidedly.core.errors import BadInput
from decidedly.core.person import Pane
from decidedly.person.schema import STRING_NULL, Column, KindSchema

EMPTY = Pane()


class Arrays(msgspec.Struct, frozen=True, eq=False):
    """A pane as arrays, without copies: events n, items m.

    at      : int64[n] unix seconds, rounded down
    micros  : int32[n] microseconds past `at`
    key     : int64[n]
    first   : int32[n + 1]
    columns : name -> [m] in the column's dtype
    """

    at: npt.NDArray[np.int64]
    micros: npt.NDArray[np.int32]
    key: npt.NDArray[np.int64]
    first: npt.NDArray[np.int32]
    columns: dict[str, npt.NDArray[Any]]


@lru_cache(maxsize=1 << 18)
def string_key(text: str | None) -> int:
    """key64 of a string, remembered; null is 0."""
    return STRING_NULL if text is None else key64(text)


def arrays(pane: Pane, schema: KindSchema) -> Arrays:
    """The pane's columns as this schema declares them; a column folded before it was declared is all null."""
    first = np.frombuffer(pane.first, "<i4")
    items = int(first[-1])
    at = np.frombuffer(pane.at, "<i8")
    return Arrays(
        at=at,
        micros=np.frombuffer(pane.micros, "<i4") if pane.micros else np.zeros(len(at), "<i4"),
        key=np.frombuffer(pane.key, "<i8"),
        first=first,
        columns={name: read_column(pane, column, items) for name, column in schema.columns.items()},
    )


def read_column(pane: Pane, column: Column, items: int) -> npt.NDArray[Any]:
    """One column of a pane with so many items, without a copy."""
    raw = pane.columns.get(column.name)
    if raw is None:
        return np.full(items, column.null, column.dtype)
    if len(raw) != items * column.dtype.itemsize:
        raise BadInput(
            f"Column '{column.name}' was folded under another type.",
            place=f"person history column '{column.name}'",
            hint="Give the changed field a new name, or rebuild the records from the log.",
        )
    return np.frombuffer(raw, column.dtype)


def union(panes: Sequence[Pane], schema: KindSchema) -> Pane:
    """All events of these panes once, in canonical order (at, key, item)."""
    parts = [arrays(pane, schema) for pane in panes]
    at = np.concatenate([part.at for part in parts])
    micros = np.concatenate([part.micros for part in parts])
    key = np.concatenate([part.key for part in parts])
    counts = np.concatenate([np.diff(part.first) for part in parts])
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in schema.columns}
    order = np.lexsort((key, micros, at))
    _, earliest = np.unique(key[order], return_index=True)
    if len(earliest) < len(order):
        order = order[np.sort(earliest)]
    if len(order) < len(at) or bool((order[1:] < order[:-1]).any()):
        starts = (np.cumsum(counts) - counts)[order]
        at, micros, key, counts = at[order], micros[order], key[order], counts[order]
        ends = np.cumsum(counts)
        items = np.arange(int(ends[-1])) + np.repeat(starts - (ends - counts), counts)
        columns = {name: values[items] for name, values in columns.items()}
    first = np.zeros(len(at) + 1, "<i4")
    np.cumsum(counts, out=first[1:])
    return Pane(
        at=at.tobytes(),
        micros=micros.tobytes() if micros.any() else b"",
        key=key.tobytes(),
        first=first.tobytes(),
        columns={name: values.tobytes() for name, values in columns.items()},
    )


def pick(pane: Pane, kept: npt.NDArray[np.bool_], schema: KindSchema) -> Pane:
    """The pane with only these of its events; kept: bool[events]."""
    whole = arrays(pane, schema)
    counts = np.diff(whole.first)
    items = np.repeat(kept, counts)
    first = np.zeros(int(kept.sum()) + 1, "<i4")
    np.cumsum(counts[kept], out=first[1:])
    micros = whole.micros[kept]
    return Pane(
        at=whole.at[kept].tobytes(),
        micros=micros.tobytes() if micros.any() else b"",
        key=whole.key[kept].tobytes(),
        first=first.tobytes(),
        columns={name: values[items].tobytes() for name, values in whole.columns.items()},
    )


def cut(pane: Pane, at: datetime) -> Pane:
    """The history strictly before `at`; the very same pane where nothing is later."""
    events = count_before(pane, at)
    if events * 8 == len(pane.at):
        return pane
    first = memoryview(pane.first).cast("i")
    items, total = first[events], first[len(first) - 1]
    micros = pane.micros[: events * 4]
    return Pane(
        at=pane.at[: events * 8],
        micros=micros if micros.strip(b"\0") else b"",
        key=pane.key[: events * 8],
        first=pane.first[: events * 4 + 4],
        columns={name: raw[: len(raw) // total * items] if total else b"" for name, raw in pane.columns.items()},
    )


def count_before(pane: Pane, at: datetime) -> int:
    """Number of events strictly before `at`."""
    if not pane.at:
        return 0
    times = memoryview(pane.at).cast("q")
    seconds, micros = floor(at.timestamp()), at.microsecond
    if times[len(times) - 1] < seconds:
        return len(times)
    low = bisect_left(times, seconds)
    if not micros:
        return low
    high = bisect_right(times, seconds, low)
    return bisect_left(memoryview(pane.micros).cast("i"), micros, low, high) if pane.micros else high


def first_item(pane: Pane, event: int) -> int:
    """Index of the first item of an event, or the number of items for one past the last event."""
    return int.from_bytes(pane.first[event * 4 : event * 4 + 4], "little")


def event_micros(pane: Pane, event: int) -> int:
    """When an event happened, in microseconds since 1970."""
    seconds = int.from_bytes(pane.at[event * 8 : event * 8 + 8], "little", signed=True)
    return seconds * 1_000_000 + int.from_bytes(pane.micros[event * 4 : event * 4 + 4], "little")
