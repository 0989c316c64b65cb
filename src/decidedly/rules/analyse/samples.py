"""Values for examples: which values a column can have, one value of a region, and how a person writes it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from decidedly.feel import Months
from decidedly.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    REAL,
    STRING,
    TIME,
    ListOf,
    Money,
    Number,
    Type,
)
from decidedly.feel.values import to_plain

from ..regions import EVERYTHING, Region, can_index

ANYTHING = object()
"""Stands for the value of a column whose cells have no regions."""

_NIGHT = datetime(1, 1, 1, tzinfo=UTC)
_LEAST: dict[Type, Any] = {
    STRING: "", DATE: date.min, DATE_TIME: _NIGHT, TIME: time.min, DAYS: timedelta.min,
}  # fmt: skip
_USUAL: dict[Type, Any] = {
    BOOLEAN: False, STRING: "other", REAL: 0.0, DATE: date(2025, 1, 1), DATE_TIME: datetime(2025, 1, 1, 12, tzinfo=UTC),
    TIME: time(12), DAYS: timedelta(0), MONTHS: Months(0),
}  # fmt: skip


def domain(type_: Type) -> Region:
    """The values that a type has, with null: an interval outside holds nothing."""
    if type_ == BOOLEAN:
        return Region(((False, 0), (2, 0)), null=True)
    least = _LEAST.get(type_)
    return EVERYTHING if least is None else Region(((least, 0),), null=True)


def sample(region: Region, type_: Type) -> Any:
    """A stored value of a region, a usual one where there is; None where it has none but null."""
    if not can_index(type_):
        return ANYTHING if region.below else None
    return next((value for value in _candidates(region, type_) if value in region), None)


def oddness(value: Any, type_: Type) -> int:
    """0 for the usual value of a type, 2 for one that people rarely have: negative, empty, the first of all days."""
    if value is ANYTHING or value == usual(type_):
        return 0
    match value:
        case int() | float() | Decimal():
            odd = value < 0
        case date():
            odd = value.year < 1900
        case timedelta():
            odd = value < timedelta(0)
        case Months():
            odd = value.months < 0
        case _:
            odd = value == ""
    return 2 if odd else 1


def usual(type_: Type) -> Any:
    """A value of a type that needs no explanation."""
    return _USUAL.get(type_, Decimal(0) if getattr(type_, "scale", 0) is None else 0)


def _candidates(region: Region, type_: Type) -> Iterator[Any]:
    yield usual(type_)
    if type_ == BOOLEAN:
        yield True
        return
    lows = region.cuts[1::2] if region.below else region.cuts[::2]
    highs = region.cuts[::2] if region.below else region.cuts[1::2]
    for cut in lows:
        yield from _above(*cut, type_)
    for value, _ in highs:
        yield from _under(value, type_)
    for (low, _), (high, _) in zip(lows, highs if not region.below else highs[1:], strict=False):
        if isinstance(low, Decimal):
            yield (low + high) / 2


def _above(value: Any, side: int, type_: Type) -> Iterator[Any]:
    """The value that begins a segment, or a rounder one close above."""
    match value:
        case str():
            yield value.rstrip("\0") + ("a" if value.endswith("\0") else "")
        case float():
            yield from (float(ceil(value)), ceil(value * 10) / 10, ceil(value * 100) / 100)
        case datetime():
            yield from _total(value, timedelta(hours=1) if value.microsecond == 1 else timedelta(0))
        case Decimal() if side:
            yield value + 1
    yield value


def _under(value: Any, type_: Type) -> Iterator[Any]:
    match value:
        case str():
            yield ""
        case bool():
            yield False
        case int() | Decimal() | float():
            yield value - 1
        case date():
            yield from _total(value, timedelta(days=-1))
            yield from _total(value, timedelta(microseconds=-1))
        case timedelta():
            yield value - timedelta(days=1) if value > timedelta.min + timedelta(days=1) else timedelta.min
        case time():
            yield time.min
        case Months():
            yield Months(value.months - 1)


def _total(value: Any, by: timedelta) -> Iterator[Any]:
    try:
        yield value + by
    except OverflowError:
        return


def shown(value: Any, type_: Type) -> str:
    """A stored value as a person would write it in a cell."""
    plain = to_plain(type_, value)
    match plain:
        case None:
            return "not known"
        case bool():
            return "true" if plain else "false"
        case str():
            return f'"{plain}"'
        case Decimal() if isinstance(type_, Number | Money):
            return f"{plain:f}"
        case datetime():
            return plain.isoformat().replace("+00:00", "Z")
        case date() | time():
            return plain.isoformat()
        case timedelta():
            return f"{plain.total_seconds() / 86400:g} days"
        case Months():
            return f"{plain.months} months"
        case list():
            of = type_.of if isinstance(type_, ListOf) else ANY
            return f"[{', '.join(shown(item, of) for item in value)}]" if plain else "an empty list"
        case _:
            return str(plain)
