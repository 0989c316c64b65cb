"""Rows of facts as the table of columns that SQL reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta
from typing import Any

import pyarrow as pa

from decidedly.feel import ContextOf, ListOf, Money, Number, RangeOf, Type
from decidedly.feel.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    REAL,
    STRING,
    TIME,
)

# Wider than a column need be: the longest duration has 67 bits of microseconds.
_LONG = pa.decimal128(38, 0)
_SIMPLE = {
    BOOLEAN: pa.bool_(), STRING: pa.string(), REAL: pa.float64(), DATE: pa.date32(), DATE_TIME: pa.timestamp("us"),
    TIME: pa.time64("us"), DAYS: _LONG, MONTHS: pa.int64(),
}  # fmt: skip


def arrow_type(type_: Type) -> pa.DataType:
    """The type of a column of facts."""
    match type_:
        case Number(scale=int()) | Money():
            return pa.int64()
        case ListOf(of=of):
            return pa.list_(arrow_type(of))
        case RangeOf(of=of):
            ends = [("low", arrow_type(of)), ("high", arrow_type(of))]
            return pa.struct([*ends, ("low_closed", pa.bool_()), ("high_closed", pa.bool_())])
        case ContextOf(fields=fields):
            return pa.struct([(name, arrow_type(of)) for name, of in fields])
    return _SIMPLE.get(type_, pa.null())


def held(type_: Type, value: Any) -> Any:
    """A stored value as its column holds it."""
    if value is None:
        return None
    if type_ == DAYS:
        return value // timedelta(microseconds=1)
    if type_ == MONTHS:
        return value.months
    if type_ == DATE_TIME:
        return value.astimezone(UTC).replace(tzinfo=None)
    match type_:
        case ListOf(of=of):
            return [held(of, item) for item in value]
        case RangeOf(of=of):
            ends = {"low": held(of, value.low), "high": held(of, value.high)}
            return ends | {"low_closed": value.low_closed, "high_closed": value.high_closed}
        case ContextOf(fields=fields):
            return {name: held(of, value.get(name)) for name, of in fields}
    return value


def table_of(types: Mapping[str, Type], rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """The rows as columns by id, with their `place`."""
    columns = {"place": pa.array(range(len(rows)))}
    for id_, type_ in types.items():
        into = arrow_type(type_)
        if into != pa.null():
            columns[id_] = pa.array([held(type_, row.get(id_)) for row in rows], into)
    return pa.table(columns)
