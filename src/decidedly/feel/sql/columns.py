"""Facts as the columns that SQL reads, and back: what `forms` asks of each type, in Arrow.

Facts of a type that no expression reads as SQL are kept too, for the row function: an exact number without a scale as
its text, anything else as JSON. A value that is not of its type is null.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa

from ..temporal.wide import Months
from ..types import (
    AnyType,
    Boolean,
    ContextOf,
    Date,
    DateTime,
    DaysDuration,
    ListOf,
    Money,
    MonthsDuration,
    Number,
    RangeOf,
    Real,
    String,
    Time,
    Type,
)
from ..values import Range, finite

# Wider than 64 bits: the longest duration has 67 bits of microseconds.
_LONG = pa.decimal128(38, 0)
_MICRO = timedelta(microseconds=1)
_SIMPLE: dict[type[Type], tuple[pa.DataType, type | tuple[type, ...]]] = {
    Boolean: (pa.bool_(), bool),
    String: (pa.string(), str),
    Real: (pa.float64(), (float, int)),
    Date: (pa.date32(), date),
    DateTime: (pa.timestamp("us"), datetime),
    Time: (pa.time64("us"), time),
    DaysDuration: (_LONG, timedelta),
    MonthsDuration: (pa.int64(), Months),
}


def arrow_type(type_: Type) -> pa.DataType:
    """The type of a column of facts."""
    match type_:
        case Number(scale=int()) | Money(scale=int()):
            return pa.int64()
        case ListOf(of=of) if not isinstance(of, AnyType):
            return pa.list_(arrow_type(of))
        case RangeOf(of=of):
            ends = [("low", arrow_type(of)), ("high", arrow_type(of))]
            return pa.struct([*ends, ("low_closed", pa.bool_()), ("high_closed", pa.bool_())])
        case ContextOf(fields=fields, closed=True) if fields:
            return pa.struct([(name, arrow_type(of)) for name, of in fields])
    return _SIMPLE[type(type_)][0] if type(type_) in _SIMPLE else pa.string()


def column(type_: Type, values: Iterable[Any]) -> pa.Array:
    """Stored values as a column."""
    return pa.array([_held(type_, value) for value in values], arrow_type(type_))


def facts(type_: Type, values: pa.Array | pa.ChunkedArray) -> list[Any]:
    """The stored values of a column: the inverse of `column`."""
    return [_fact(type_, value) for value in values.to_pylist()]


def _held(type_: Type, value: Any) -> Any:
    if value is None:
        return None
    match type_:
        case Number(scale=int()) | Money(scale=int()):
            return value if isinstance(value, int) and not isinstance(value, bool) else None
        case ListOf(of=of) if not isinstance(of, AnyType):
            return [_held(of, item) for item in value] if isinstance(value, list | tuple) else None
        case RangeOf(of=of):
            ends = {"low": _held(of, value.low), "high": _held(of, value.high)}
            return ends | {"low_closed": value.low_closed, "high_closed": value.high_closed}
        case ContextOf(fields=fields, closed=True) if fields:
            return {name: _held(of, value.get(name)) for name, of in fields} if isinstance(value, dict) else None
        case Number() | Money():
            return str(value)
    if type(type_) not in _SIMPLE:
        return msgspec.json.encode(value).decode()
    if not isinstance(value, _SIMPLE[type(type_)][1]):
        return None
    return _simple(type_, value)


def _simple(type_: Type, value: Any) -> Any:
    match type_:
        case Real():
            return finite(float(value))
        case DateTime():
            return value.astimezone(UTC).replace(tzinfo=None)
        case DaysDuration():
            return value // _MICRO
        case MonthsDuration():
            return value.months
    return value


def _fact(type_: Type, value: Any) -> Any:
    if value is None:
        return None
    match type_:
        case Number(scale=int()) | Money(scale=int()):
            return value
        case ListOf(of=of) if not isinstance(of, AnyType):
            return [_fact(of, item) for item in value]
        case RangeOf(of=of):
            return Range(_fact(of, value["low"]), _fact(of, value["high"]), value["low_closed"], value["high_closed"])
        case ContextOf(fields=fields, closed=True) if fields:
            return {name: _fact(of, value[name]) for name, of in fields}
        case Number() | Money():
            return Decimal(value)
        case DateTime():
            return value.replace(tzinfo=UTC)
        case DaysDuration():
            return int(value) * _MICRO
        case MonthsDuration():
            return Months(value)
    return value if type(type_) in _SIMPLE else msgspec.json.decode(value)
