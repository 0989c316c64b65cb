"""Values that Python lacks, and the two forms of every value: stored (by type) and plain (exact, in major units)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

import msgspec

from .temporal.wide import Months, WideDate, WideDateTime, WideDuration, WideTime, combine
from .types import (
    AnyType,
    Boolean,
    ContextOf,
    Date,
    DateTime,
    DaysDuration,
    FunctionOf,
    ListOf,
    Money,
    MonthsDuration,
    NullType,
    Number,
    RangeOf,
    Real,
    String,
    Time,
    Type,
)

LIST_LIMIT = 10_000
"""Longest list, and LIST_LIMIT * 10 the longest string, that an expression may build; beyond it is null."""
TEXT_LIMIT = LIST_LIMIT * 10

EXTENT_LIMIT = 1_000_000
"""Most parts, nested ones included, of a value that is compared, flattened or written as a text; beyond it is null."""
_DEPTH_LIMIT = 60

# IEEE 754 decimal128, as the standard asks (DMN 1.5, 10.3.2.3.1). Without traps: results that are not finite are null.
DECIMAL = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, capitals=1, clamp=1, flags=[], traps=[])


class Range(msgspec.Struct, frozen=True):
    """From low to high; None leaves an end open without a limit.

    In decision models the form tells ranges apart (DMN 1.5, 10.3.2.7): ".." was written with two ends, of which neither
    may be null, "<" and the like with one alone.
    """

    low: Any
    high: Any
    low_closed: bool = True
    high_closed: bool = True
    form: str = ""


class Function(msgspec.Struct, frozen=True):
    """A function as a value: a literal, a business knowledge model, a built-in's bare name.

    run   : takes the list of plain arguments in the order of `names`, gives the plain result; never raises, and gives
            null where the number or the types of the arguments do not fit
    needed: how many arguments it must have at least, by default one for each name
    """

    names: tuple[str, ...]
    types: tuple[Type, ...]
    run: Callable[[list[Any]], Any]
    returns: Type = AnyType()
    needed: int = -1


def finite(value: Any) -> Any:
    """The value, or null where it is a number that is infinite or not a number."""
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    return value if not isinstance(value, float) or value - value == 0 else None


def extent(value: Any) -> int:
    """How many parts a value has, each counted as often as it occurs; more than EXTENT_LIMIT where it is nested deeply.

    Lists that are built of one another share their parts, so a value that takes little memory may be endless to walk.
    """
    return _extent(value, 0, {})


def _extent(value: Any, depth: int, known: dict[int, int]) -> int:
    if isinstance(value, list | tuple):
        parts: Any = value
    elif isinstance(value, dict):
        parts = value.values()
    elif isinstance(value, Range):
        parts = (value.low, value.high)
    else:
        return 1
    if depth > _DEPTH_LIMIT:
        return EXTENT_LIMIT + 1
    if id(value) not in known:
        known[id(value)] = 1 + sum(_extent(part, depth + 1, known) for part in parts)
    return known[id(value)]


def kind(value: object) -> str:
    """The family of a plain value; values of different families are never equal and never ordered."""
    found = _FAMILIES.get(type(value))
    if found is None:
        # A subclass, such as an enumeration of strings.
        found = next((family for of, family in _FAMILIES.items() if isinstance(value, of)), "unknown")
    return found


_FAMILIES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    str: "string",
    int: "number",
    float: "number",
    Decimal: "number",
    datetime: "date and time",
    WideDateTime: "date and time",
    date: "date",
    WideDate: "date",
    time: "time",
    WideTime: "time",
    timedelta: "days and time duration",
    WideDuration: "days and time duration",
    Months: "years and months duration",
    list: "list",
    tuple: "list",
    dict: "context",
    Range: "range",
    Function: "function",
}


def fits(type_: Type, value: object) -> bool:
    """Whether a plain value, not null, is of the kind of a type; a range and a list are checked inside."""
    match type_:
        case AnyType():
            return True
        case NullType():
            return value is None
        case Real():
            return kind(value) == "number"
        case Number() | Money():
            return kind(value) == "number" and not isinstance(value, float)
        case ListOf(of=of):
            return isinstance(value, list | tuple) and all(item is None or fits(of, item) for item in value)
        case RangeOf(of=of):
            return isinstance(value, Range) and all(end is None or fits(of, end) for end in (value.low, value.high))
        case ContextOf(fields=fields):
            return isinstance(value, dict) and all(value.get(n) is None or fits(t, value[n]) for n, t in fields)
        case FunctionOf(parameters=parameters):
            return isinstance(value, Function) and (not parameters or len(value.names) == len(parameters))
        case _:
            return kind(value) == _KINDS[type(type_)]


def coerced(type_: Type, value: Any) -> Any:
    """A plain value, not null, where a type is wanted; null where it does not conform (DMN 1.5, 10.3.2.9.4).

    A value may stand for a list of one, a list of one for its item, and a date for its midnight in UTC.
    """
    if isinstance(type_, Number):
        # A function of numbers takes real ones too.
        type_ = Real()
    if kind(value) == "number" and finite(value) is None:
        return None
    if fits(type_, value):
        return value
    if isinstance(type_, ListOf) and not isinstance(value, list | tuple):
        item = coerced(type_.of, value)
        return None if item is None else [item]
    if isinstance(value, list | tuple) and len(value) == 1 and not isinstance(type_, ListOf):
        return None if value[0] is None else coerced(type_, value[0])
    if isinstance(type_, DateTime) and kind(value) == "date":
        return combine(value, time(tzinfo=UTC))
    return None


_KINDS = {
    Boolean: "boolean",
    String: "string",
    Date: "date",
    DateTime: "date and time",
    Time: "time",
    DaysDuration: "days and time duration",
    MonthsDuration: "years and months duration",
}


def to_plain(type_: Type, value: Any) -> Any:
    """A stored value in plain form: a number as Decimal, an amount in major units, a list as list.

    >>> to_plain(Money("USD"), 1234)
    Decimal('12.34')
    """
    if value is None:
        return None
    match type_:
        case Number(scale=scale) | Money(scale=scale):
            plain = Decimal(value)
            return plain.scaleb(-scale, DECIMAL) if scale else plain
        case Real():
            return finite(value)
        case ListOf(of=of):
            return [to_plain(of, item) for item in value]
        case RangeOf(of=of):
            ends = to_plain(of, value.low), to_plain(of, value.high)
            return Range(*ends, value.low_closed, value.high_closed, value.form)
        case ContextOf():
            return {name: to_plain(type_.field(name) or AnyType(), item) for name, item in value.items()}
        case AnyType():
            return _plain_any(value, {})
        case _:
            return value


def _plain_any(value: Any, known: dict[int, Any]) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, list | tuple | dict):
        return finite(value)
    # What occurs twice is made once: see `extent`.
    if id(value) not in known:
        known[id(value)] = (
            {name: _plain_any(item, known) for name, item in value.items()}
            if isinstance(value, dict)
            else [_plain_any(item, known) for item in value]
        )
    return known[id(value)]


def from_plain(type_: Type, value: Any) -> Any:
    """A plain value in the stored form of a type; null where it cannot be held exactly or is of another kind.

    >>> from_plain(Money("USD"), Decimal("12.34"))
    1234
    """
    if value is None or not fits(type_, value):
        return None
    match type_:
        case Number(scale=int(scale)) | Money(scale=int(scale)):
            scaled = Decimal(value).scaleb(scale, DECIMAL)
            whole = int(scaled)
            return whole if whole == scaled else None
        case Real():
            return finite(float(value))
        case ListOf(of=of):
            return [from_plain(of, item) for item in value]
        case RangeOf(of=of):
            ends = from_plain(of, value.low), from_plain(of, value.high)
            return Range(*ends, value.low_closed, value.high_closed, value.form)
        case ContextOf():
            return {name: from_plain(type_.field(name) or AnyType(), item) for name, item in value.items()}
        case _:
            return value


def stored_alike(a: Type, b: Type) -> bool:
    """Whether values of both types are stored the same way."""
    match a, b:
        case (Number() | Money(), Number() | Money()):
            return a.scale == b.scale
        case (Number() | Money(), AnyType()) | (AnyType(), Number() | Money()):
            return a == b or (getattr(a, "scale", getattr(b, "scale", None)) is None and isinstance(b, AnyType))
        case (ListOf(of=x), ListOf(of=y)) | (RangeOf(of=x), RangeOf(of=y)):
            return stored_alike(x, y)
        case ContextOf(), ContextOf():
            return all(stored_alike(t, b.field(n) or AnyType()) for n, t in a.fields)
        case ((ListOf(of=x) | RangeOf(of=x)), AnyType()):
            return stored_alike(x, b)
        case ContextOf(), AnyType():
            return all(stored_alike(t, b) for _, t in a.fields)
        case NullType(), _:
            return True
        case _, AnyType():
            return True
        case _:
            return a == b


def converter(found: Type, wanted: Type) -> Callable[[Any], Any] | None:
    """Turns a stored value, not null, of one type into the stored form of another; None where nothing changes."""
    if stored_alike(found, wanted):
        return None
    match found, wanted:
        case (
            (Number(scale=int(scale)) | Money(scale=int(scale))),
            (Number(scale=None) | Money(scale=None) | AnyType()),
        ):
            return lambda value: Decimal(value).scaleb(-scale, DECIMAL)
        case ((Number(scale=int(scale)) | Money(scale=int(scale))), Real()):
            # int / int is rounded once, as float(Decimal) is.
            power = 10**scale
            return lambda value: value / power
        case (Number(scale=None), Real()):
            return float
        case _:
            return lambda value: from_plain(wanted, to_plain(found, value))
