"""Eligibility by hand in NumPy: blocks in the cache, dictionary codes, narrow integers, shared conditions once.

Tuned for the columns of `bench/rules_blocks.py`: each block is read from the same Arrow buffers once, brought to the
narrowest type, and kept in memory that is used again, so that a condition is one or two passes over one or two bytes a
person; memberships of a few are equalities joined, of many a look-up in a table of bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

_EPOCH = date(1970, 1, 1)
_APPLY: dict[str, Callable[..., Any]] = {
    "=": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip


class NumpyEligibility:
    """wanted : the conditions of each offer as (column, operator, value)"""

    def __init__(self, columns: dict[str, pa.Array], wanted: list[list[Any]], block: int) -> None:
        self.block, self.people = block, len(columns["age"])
        self.columns: dict[str, tuple[Any, Any, Any]] = {}
        self.codes: dict[str, dict[str, int]] = {}
        for name, array in columns.items():
            self._keep(name, array)
        self.conditions = list(dict.fromkeys(condition for offer in wanted for condition in offer))
        self.offers = [[self.conditions.index(condition) for condition in offer] for offer in wanted]
        # Memory that is used again for each block stays in the cache.
        self.memory = [np.empty((*rows, block), np.bool_) for rows in ((len(self.conditions),), (), (len(wanted),))]
        self.tables = {
            place: self._table(column, value)
            for place, (column, op, value) in enumerate(self.conditions)
            if op == "in" and len(value) > 4
        }

    def _keep(self, name: str, array: pa.Array) -> None:
        """Views of the Arrow buffers, and the narrowest type that each block is brought to."""
        bits = None if not array.null_count else np.frombuffer(array.buffers()[0], np.uint8)
        if pa.types.is_dictionary(array.type):
            self.codes[name] = {word: place for place, word in enumerate(array.dictionary.to_pylist())}
            array = array.indices
            bits = None if not array.null_count else np.frombuffer(array.buffers()[0], np.uint8)
        if pa.types.is_boolean(array.type):
            self.columns[name] = np.frombuffer(array.buffers()[1], np.uint8), None, bits
            return
        kind = np.dtype({pa.date32(): np.int32}.get(array.type) or array.type.to_pandas_dtype())
        values = np.frombuffer(array.buffers()[1], kind)[: len(array)]
        narrow: Any = None
        if kind.kind == "i":
            low, high = min(int(values.min()), -1), int(values.max())
            narrow = next(t for t in (np.int8, np.int16, np.int32, np.int64)
                          if np.iinfo(t).min <= low and high <= np.iinfo(t).max)  # fmt: skip
        self.columns[name] = values, narrow, bits

    def _load(self, name: str, start: int, end: int) -> tuple[Any, Any]:
        """The values of a block, and where they are not null: None where all are, or where null is a code."""
        values, narrow, bits = self.columns[name]
        valid = None if bits is None else _unpacked(bits, start, end)
        if values.dtype == np.uint8:
            made = _unpacked(values, start, end)
            return (made if valid is None else made & valid), None
        made = values[start:end] if narrow is None else values[start:end].astype(narrow)
        if name in self.codes and valid is not None:
            return np.where(valid, made, narrow(-1)), None
        return made, valid

    def _table(self, column: str, words: tuple[str, ...]) -> bytes:
        table = np.zeros(256, np.bool_)
        table[[self.codes[column][word] for word in words]] = True
        return table.tobytes()

    def _stored(self, column: str, value: Any) -> Any:
        if column in self.codes:
            return self.codes[column][value]
        if isinstance(value, date):
            return (value - _EPOCH).days
        return value * 100 if column == "spend" else value

    def slices(self) -> list[Callable[[], Any]]:
        """One after the other they go through all people, each returning the counts of a block."""
        return [lambda start=start: self._block(start, min(start + self.block, self.people))
                for start in range(0, self.people, self.block)]  # fmt: skip

    def _block(self, start: int, end: int) -> Any:
        held, other, matrix = (memory[..., : end - start] for memory in self.memory)
        loaded = {name: self._load(name, start, end) for name in self.columns}
        for place, (column, op, value) in enumerate(self.conditions):
            self._condition(place, column, op, value, *loaded[column], held[place], other)
        for row, places in zip(matrix, self.offers, strict=True):
            np.logical_and(held[places[0]], held[places[1]], out=row)
            for place in places[2:]:
                np.logical_and(row, held[place], out=row)
        return np.array([np.count_nonzero(row) for row in matrix])

    def _condition(
        self, place: int, column: str, op: str, value: Any, values: Any, valid: Any, out: Any, other: Any
    ) -> None:
        if op == "is":
            out[:] = values
            return
        if op == "in":
            if place in self.tables:
                # By bytes: NumPy would look up by eight bytes a row.
                out[:] = np.frombuffer(values.tobytes().translate(self.tables[place]), np.bool_)
                return
            codes = [self.codes[column][word] for word in value]
            np.equal(values, codes[0], out=out)
            for code in codes[1:]:
                np.equal(values, code, out=other)
                np.logical_or(out, other, out=out)
            return
        if op == "between":
            np.greater_equal(values, self._stored(column, value[0]), out=out)
            np.less_equal(values, self._stored(column, value[1]), out=other)
            np.logical_and(out, other, out=out)
        else:
            _APPLY[op](values, self._stored(column, value), out=out)
        if valid is not None:
            np.logical_and(out, valid, out=out)


def _unpacked(bits: Any, start: int, end: int) -> Any:
    return np.unpackbits(bits[start // 8 : (end + 7) // 8], bitorder="little")[: end - start].view(np.bool_)
