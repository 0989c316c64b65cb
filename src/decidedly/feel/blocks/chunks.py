"""Facts as columns: slices of Arrow or NumPy arrays, one block at a time, without a copy where that can be.

A fact of a root may be given as an Arrow array in the form of its type, as a NumPy array of reals, as a list of stored
values, or as one stored value for all rows.

    boolean  bool                        date                       date32
    string   string or a dictionary      date and time              timestamp[us, UTC]
    number(scale), money, number  int64  days and time duration     duration[us]
    real     float64                     years and months duration  int64, months
    time     time64[us]                  list                       list of its items

Anything else an Arrow array may hold (decimals, structs) is read as a list of stored values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from ..temporal import Months
from ..types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    REAL,
    STRING,
    TIME,
    ContextOf,
    ListOf,
    Money,
    Number,
    RangeOf,
    Type,
)
from ..values import Range, to_plain
from .columns import Coded, Column, Flags, Lists, Mask, Reals, Scaled, Ticks, Words, column_of, offsets_of, spread

_TICKS: dict[Type, tuple[pa.DataType, Any]] = {
    DATE: (pa.date32(), pa.int32()),
    DATE_TIME: (pa.timestamp("us", "UTC"), pa.int64()),
    TIME: (pa.time64("us"), pa.int64()),
    DAYS: (pa.duration("us"), pa.int64()),
    MONTHS: (pa.int64(), pa.int64()),
}
_SMALLEST = 127
"""Dictionaries with fewer entries have codes of one byte."""


class Source:
    """One fact of all rows, made ready once, and read block by block."""

    def __init__(self, type_: Type, given: Any) -> None:
        self.type, self.given = type_, given
        self.array: Any = None
        self.words: Words | None = None
        self.read: Read | None = None
        if isinstance(given, pa.ChunkedArray):
            given = given.combine_chunks() if given.num_chunks != 1 else given.chunk(0)
        if isinstance(given, pa.Array):
            self.array = given
            if type_ == STRING and not pa.types.is_dictionary(given.type):
                self.array = given.dictionary_encode()
            if type_ == STRING:
                self._words()

    def _words(self) -> None:
        entries = self.array.dictionary.to_pylist()
        if None in entries or len(set(entries)) < len(entries):
            self.array = self.array.cast(pa.string()).dictionary_encode()
            entries = self.array.dictionary.to_pylist()
        self.words = Words(entries)

    def column(self, start: int, end: int) -> Column:
        """The column of these rows."""
        if self.array is not None:
            if self.read is None:
                self.read = reader(self.type, self.array, self.words)
            return self.read(start, end)
        if isinstance(self.given, np.ndarray):
            return Reals(self.given[start:end].astype(np.float64, copy=False))
        if isinstance(self.given, list):
            return column_of(self.type, [to_plain(self.type, value) for value in self.given[start:end]])
        one = column_of(self.type, [to_plain(self.type, self.given)])
        return one.take(np.zeros(end - start, np.intp))

    def stored(self, start: int, end: int) -> list[Any]:
        """The stored values of these rows, as the row function takes them."""
        if self.array is not None:
            return stored_values(self.type, self.array.slice(start, end - start))
        if isinstance(self.given, list | np.ndarray):
            return list(self.given[start:end])
        return [self.given] * (end - start)


Read = Callable[[int, int], Column]


def reader(type_: Type, array: pa.Array, words: Words | None = None) -> Read:
    """Reads columns from rows of an Arrow array in the form of a type."""
    valid = _valid(array)
    if type_ == STRING and pa.types.is_string(array.type):
        array = array.dictionary_encode()
        words = Words(array.dictionary.to_pylist())
    if type_ == STRING and words is not None:
        return _coded(array.indices, words)
    if type_ == BOOLEAN and pa.types.is_boolean(array.type):
        truths = _bits(array.buffers()[1], array.offset)
        return lambda start, end: Flags(truths(start, end), valid(start, end))
    if type_ == REAL and pa.types.is_floating(array.type):
        return _reals(_raw(array.cast(pa.float64()), pa.float64()), valid)
    if isinstance(type_, Number | Money) and pa.types.is_integer(array.type):
        return _scaled(type_.scale or 0, array, valid)
    if type_ in _TICKS and array.type == _TICKS[type_][0]:
        ticks = _raw(array, _TICKS[type_][1])
        return lambda start, end: Ticks(type_, ticks[start:end], valid(start, end))
    if isinstance(type_, ListOf) and pa.types.is_list(array.type):
        return _lists(type_, array, valid)

    def one_by_one(start: int, end: int) -> Column:
        values = stored_values(type_, array.slice(start, end - start))
        return column_of(type_, [to_plain(type_, value) for value in values])

    return one_by_one


Valid = Callable[[int, int], Mask | None]


def _reals(values: Any, valid: Valid) -> Read:
    def read(start: int, end: int) -> Column:
        known, made = valid(start, end), values[start:end]
        return Reals(made if known is None else np.where(known, made, np.nan))

    return read


def _scaled(scale: int, array: pa.Array, valid: Valid) -> Read:
    """Whole numbers in the smallest type that holds all of the array: comparisons are fast in it."""
    if not pa.types.is_signed_integer(array.type):
        array = array.cast(pa.int64())
    values = _raw(array, array.type)
    # Over what stands under nulls too: the bounds need not be tight.
    bounds = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    kinds = (np.int8, np.int16, np.int32)
    fitting = (kind for kind in kinds if np.iinfo(kind).min <= bounds[0] and bounds[1] <= np.iinfo(kind).max)
    kind: Any = next(fitting, np.int64)
    return lambda start, end: Scaled(values[start:end].astype(kind, copy=False), scale, valid(start, end), bounds)


def _coded(indices: pa.Array, words: Words) -> Read:
    codes, valid = _raw(indices, indices.type), _valid(indices)
    kind: Any = np.int8 if len(words) < _SMALLEST else np.int64 if codes.dtype.kind == "u" else codes.dtype

    def read(start: int, end: int) -> Column:
        known, made = valid(start, end), codes[start:end].astype(kind, copy=False)
        return Coded(made if known is None else np.where(known, made, kind(-1)), words)

    return read


def _lists(type_: ListOf, array: pa.ListArray, valid: Valid) -> Read:
    ends = array.offsets.to_numpy().astype(np.intp)
    items = reader(type_.of, array.values)

    def read(start: int, end: int) -> Column:
        known = valid(start, end)
        first, last = int(ends[start]), int(ends[end])
        inner, offsets = items(first, last), ends[start : end + 1] - first
        if known is None:
            return Lists(offsets, inner)
        lengths = np.where(known, np.diff(offsets), 0)
        return Lists(offsets_of(lengths), inner.take(spread(offsets[:-1], lengths)), known)

    return read


def _valid(array: pa.Array) -> Valid:
    if not array.null_count:
        return lambda start, end: None
    buffer = array.buffers()[0]
    if buffer is None:
        known = ~np.asarray(array.is_null())
        return lambda start, end: known[start:end]
    return _bits(buffer, array.offset)


def _bits(buffer: Any, offset: int) -> Callable[[int, int], Mask]:
    packed = np.frombuffer(buffer, np.uint8)

    def read(start: int, end: int) -> Mask:
        first = (offset + start) // 8
        bits = np.unpackbits(packed[first : (offset + end + 7) // 8], bitorder="little")
        skipped = offset + start - first * 8
        return bits[skipped : skipped + end - start].view(np.bool_)

    return read


def _raw(array: pa.Array, type_: Any) -> Any:
    """The values of an array of numbers, whatever stands where it is null."""
    kind = np.dtype(type_.to_pandas_dtype())
    buffer = array.buffers()[1]
    if buffer is None:
        return np.zeros(len(array), kind)
    return np.frombuffer(buffer, kind)[array.offset : array.offset + len(array)]


def stored_values(type_: Type, array: pa.Array) -> list[Any]:
    """The values of an Arrow array in their stored form."""
    return [_stored(type_, value) for value in array.to_pylist()]


def _stored(type_: Type, value: Any) -> Any:
    if value is None:
        return None
    if type_ == MONTHS:
        return Months(value)
    if isinstance(type_, ListOf):
        return [_stored(type_.of, item) for item in value]
    if isinstance(type_, RangeOf):
        return Range(_stored(type_.of, value["low"]), _stored(type_.of, value["high"]), value["low_closed"],
                     value["high_closed"])  # fmt: skip
    if isinstance(type_, ContextOf):
        return {name: _stored(type_.field(name) or type_, item) for name, item in value.items()}
    return value
