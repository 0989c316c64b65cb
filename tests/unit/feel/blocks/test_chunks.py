"""Facts in Arrow and NumPy arrays are read as the row function reads their stored values."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from decidedly.feel import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    INTEGER,
    MONTHS,
    REAL,
    STRING,
    TIME,
    ContextOf,
    ListOf,
    Months,
    Name,
    Number,
    Range,
    RangeOf,
    Scope,
    Type,
    compile_expression,
    money,
    to_plain,
)
from decidedly.feel.blocks import compile_blocks
from decidedly.feel.blocks.chunks import Source

NOON = datetime(2017, 10, 30, 12, tzinfo=UTC)
ARRAYS: dict[str, tuple[Type, pa.Array, list[Any]]] = {
    "truth": (BOOLEAN, pa.array([True, None, False] * 7), [True, None, False]),
    "whole": (INTEGER, pa.array([2**62, None, -1] * 7), [2**62, None, -1]),
    "small": (INTEGER, pa.array([1, None, -1] * 7, pa.int8()), [1, None, -1]),
    "scaled": (Number(2), pa.array([1234, None, -1] * 7), [1234, None, -1]),
    "money": (money("USD"), pa.array([1234, None, -1] * 7), [1234, None, -1]),
    "real": (REAL, pa.array([0.1, None, float("nan")] * 7), [0.1, None, None]),
    "text": (STRING, pa.array(["a", None, "é"] * 7), ["a", None, "é"]),
    "coded": (STRING, pa.array(["a", None, "é"] * 7).dictionary_encode(), ["a", None, "é"]),
    "doubled": (
        STRING,
        pa.DictionaryArray.from_arrays(pa.array([0, 1, 2] * 7, pa.uint8()), pa.array(["a", None, "a"])),
        ["a", None, "a"],
    ),
    "date": (DATE, pa.array([date.max, None, date.min] * 7), [date.max, None, date.min]),
    "moment": (DATE_TIME, pa.array([NOON, None, NOON] * 7, pa.timestamp("us", "UTC")), [NOON, None, NOON]),
    "clock": (TIME, pa.array([time.max, None, time(0)] * 7, pa.time64("us")), [time.max, None, time(0)]),
    "length": (DAYS, pa.array([timedelta(1), None, timedelta(-1)] * 7), [timedelta(1), None, timedelta(-1)]),
    "months": (MONTHS, pa.array([13, None, -1] * 7), [Months(13), None, Months(-1)]),
    "texts": (ListOf(STRING), pa.array([["a", None], None, []] * 7), [["a", None], None, []]),
    "numbers": (ListOf(INTEGER), pa.array([[1, None], None, []] * 7), [[1, None], None, []]),
    "context": (
        ContextOf((("n", INTEGER), ("s", STRING))),
        pa.array([{"n": 1, "s": None}, None, {"n": None, "s": "a"}] * 7),
        [{"n": 1, "s": None}, None, {"n": None, "s": "a"}],
    ),
    "range": (
        RangeOf(INTEGER),
        pa.array([{"low": 1, "high": None, "low_closed": True, "high_closed": False}, None, None] * 7),
        [Range(1, None, True, False), None, None],
    ),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_is_read_in_slices_as_its_stored_values(name: str) -> None:
    type_, array, values = ARRAYS[name]
    expected = [to_plain(type_, value) for value in values * 7]
    chunked = pa.chunked_array([array.slice(0, 5), array.slice(5)])
    for given in (array, pa.concat_arrays([array, array]).slice(21), chunked, values * 7):
        source = Source(type_, given)
        for start, end in ((0, 21), (3, 20), (9, 10), (5, 5)):
            assert source.column(start, end).plain() == expected[start:end]
            stored = [to_plain(type_, value) for value in source.stored(start, end)]
            assert stored == expected[start:end]


def test_one_value_stands_for_all_rows_and_numpy_arrays_are_reals() -> None:
    scope = Scope.of({"a": [Name("p", REAL)], "b": [Name("w", REAL)]}, bare=["a", "b"])
    compiled, _ = compile_expression("p * w > 1", scope)
    assert compiled is not None
    facts = {"a": {"p": np.array([0.5, 1.0, np.nan, 3.0])}, "b": {"w": 2.0}}
    found = list(compile_blocks([compiled], scope).true(facts, 4, block=3))
    assert [start for start, _ in found] == [0, 3]
    assert np.concatenate([matrix for _, matrix in found], axis=1).tolist() == [[False, True, False, True]]
