"""Eligibility by hand in NumPy: blocks in the cache, dictionary codes, narrow integers, shared conditions once.

Tuned for the columns of `bench/rules_blocks.py`: all are kept in the narrowest type, so that a condition is one or two
passes over one or two bytes a person; memberships of a few are equalities joined, of many a table look-up.
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
        self.values: dict[str, Any] = {}
        self.valid: dict[str, Any] = {}
        self.codes: dict[str, dict[str, int]] = {}
        self.places: dict[str, Any] = {}
        for name, array in columns.items():
            self._keep(name, array)
        self.conditions = list(dict.fromkeys(condition for offer in wanted for condition in offer))
        self.offers = [[self.conditions.index(condition) for condition in offer] for offer in wanted]
        self.tables = {
            place: self._table(column, value)
            for place, (column, op, value) in enumerate(self.conditions)
            if op == "in" and len(value) > 5
        }

    def _keep(self, name: str, array: pa.Array) -> None:
        valid = None if not array.null_count else ~np.asarray(array.is_null())
        if pa.types.is_dictionary(array.type):
            self.codes[name] = {word: place for place, word in enumerate(array.dictionary.to_pylist())}
            self.values[name] = np.asarray(array.indices.fill_null(-1)).astype(np.int8)
            # NumPy looks up fastest by its own type of places; the one after the last word is null.
            self.places[name] = np.asarray(array.indices.fill_null(len(array.dictionary))).astype(np.intp)
            self.valid[name] = valid
            return
        if pa.types.is_boolean(array.type):
            self.values[name] = np.asarray(array.fill_null(False))
            self.valid[name] = None
            return
        values = np.asarray(array.cast(pa.int32()) if pa.types.is_date(array.type) else array.fill_null(0))
        if values.dtype.kind == "i":
            low, high = int(values.min()), int(values.max())
            narrow = next(t for t in (np.int8, np.int16, np.int32, np.int64)
                          if np.iinfo(t).min <= low and high <= np.iinfo(t).max)  # fmt: skip
            values = values.astype(narrow)
        self.values[name], self.valid[name] = values, valid

    def _table(self, column: str, words: tuple[str, ...]) -> Any:
        table = np.zeros(len(self.codes[column]) + 1, np.bool_)
        table[[self.codes[column][word] for word in words]] = True
        return table

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
        held = np.empty((len(self.conditions), end - start), np.bool_)
        other = np.empty(end - start, np.bool_)
        for place, (column, op, value) in enumerate(self.conditions):
            self._condition(place, column, op, value, slice(start, end), held[place], other)
        matrix = np.empty((len(self.offers), end - start), np.bool_)
        for row, places in zip(matrix, self.offers, strict=True):
            np.logical_and(held[places[0]], held[places[1]], out=row)
            for place in places[2:]:
                np.logical_and(row, held[place], out=row)
        return np.array([np.count_nonzero(row) for row in matrix])

    def _condition(self, place: int, column: str, op: str, value: Any, rows: slice, out: Any, other: Any) -> None:
        values, valid = self.values[column][rows], self.valid[column]
        if op == "is":
            out[:] = values
            return
        if op == "in":
            if place in self.tables:
                np.take(self.tables[place], self.places[column][rows], out=out, mode="clip")
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
        # In FEEL null is certainly different from a value; it is neither less nor more.
        if valid is not None and op != "!=" and not (column in self.codes and op == "="):
            np.logical_and(out, valid[rows], out=out)
