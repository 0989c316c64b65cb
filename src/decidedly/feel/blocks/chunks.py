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
            return from_arrow(self.type, self.array.slice(start, end - start), self.words)
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


def from_arrow(type_: Type, array: pa.Array, words: Words | None = None) -> Column:
    """A column of an Arrow array in the form of a type."""
    valid = _valid(array)
    if type_ == STRING and words is not None:
        return Coded(_codes(array.indices, len(words)), words)
    if type_ == STRING and pa.types.is_string(array.type):
        encoded = array.dictionary_encode()
        return Coded(_codes(encoded.indices, 2**20), Words(encoded.dictionary.to_pylist()))
    if type_ == BOOLEAN and pa.types.is_boolean(array.type):
        return Flags(_bits(array.buffers()[1], array.offset, len(array)), valid)
    if type_ == REAL and pa.types.is_floating(array.type):
        values = _raw(array.cast(pa.float64()), pa.float64())
        return Reals(values if valid is None else np.where(valid, values, np.nan))
    if isinstance(type_, Number | Money) and pa.types.is_integer(array.type):
        whole = array if array.type in (pa.int64(), pa.int32(), pa.int16(), pa.int8()) else array.cast(pa.int64())
        return Scaled(_raw(whole, whole.type), type_.scale or 0, valid)
    if type_ in _TICKS and array.type == _TICKS[type_][0]:
        return Ticks(type_, _raw(array, _TICKS[type_][1]).astype(np.int64, copy=False), valid)
    if isinstance(type_, ListOf) and pa.types.is_list(array.type):
        return _lists(type_, array, valid)
    return column_of(type_, [to_plain(type_, value) for value in stored_values(type_, array)])


def _lists(type_: ListOf, array: pa.ListArray, valid: Mask | None) -> Lists:
    ends = array.offsets.to_numpy().astype(np.intp)
    starts, lengths = ends[:-1], np.diff(ends)
    items = from_arrow(type_.of, array.values)
    if valid is not None:
        lengths = np.where(valid, lengths, 0)
    if valid is None:
        places: Any = np.arange(ends[0], ends[-1])
    else:
        places = spread(starts, lengths)
    return Lists(offsets_of(lengths), items.take(places), valid)


def _valid(array: pa.Array) -> Mask | None:
    if not array.null_count:
        return None
    buffer = array.buffers()[0]
    return ~np.asarray(array.is_null()) if buffer is None else _bits(buffer, array.offset, len(array))


def _bits(buffer: Any, offset: int, length: int) -> Mask:
    first = offset // 8
    packed = np.frombuffer(buffer, np.uint8)[first : (offset + length + 7) // 8]
    bits = np.unpackbits(packed, bitorder="little")[offset - first * 8 : offset - first * 8 + length]
    return bits.view(np.bool_)


def _raw(array: pa.Array, type_: Any) -> Any:
    """The values of an array of numbers, whatever stands where it is null."""
    kind = np.dtype(type_.to_pandas_dtype())
    buffer = array.buffers()[1]
    if buffer is None:
        return np.zeros(len(array), kind)
    return np.frombuffer(buffer, kind)[array.offset : array.offset + len(array)]


def _codes(indices: pa.Array, kinds: int) -> Any:
    codes, valid = _raw(indices, indices.type), _valid(indices)
    if kinds < _SMALLEST:
        codes = codes.astype(np.int8, copy=False)
    elif codes.dtype.kind == "u":
        codes = codes.astype(np.int64)
    return codes if valid is None else np.where(valid, codes, codes.dtype.type(-1))


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
