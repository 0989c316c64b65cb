"""List functions that give one value of a whole list (DMN 1.5, table 78).

Null where an item is null or of another kind, and of no items where none has a value.
"""

from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any

from ..operators import add, divide, greater, less, multiply, same_values
from ..types import (
    DATE,
    DATE_TIME,
    DAYS,
    INTEGER,
    MONTHS,
    NUMBER,
    REAL,
    STRING,
    ListOf,
    Money,
    Number,
    Real,
    Type,
    at_scale,
    plain_type,
)
from ..values import DECIMAL, LIST_LIMIT, finite, kind
from .lists import LIST, is_scaled, items_of
from .registry import Native, builtin

# Squares of differences are summed with room to spare and rounded once.
_WIDE = Context(prec=120, Emin=-999999, Emax=999999, traps=[])


def item_type(types: tuple[Type, ...]) -> Type:
    """The type of one item of the first argument."""
    return plain_type(items_of(types[0]))


def _number_type(types: tuple[Type, ...]) -> Type:
    return REAL if isinstance(items_of(types[0]), Real) else NUMBER


def _numbers(items: list[Any]) -> bool:
    return bool(items) and all(kind(item) == "number" for item in items)


# Stored values that Python compares as the operators do.
_ORDERED_BY_PYTHON = (STRING, REAL, DATE, DATE_TIME, DAYS, MONTHS)


def _native_extreme(run: Callable[[Any], Any]) -> Callable[[tuple[Type, ...]], Native | None]:
    def extreme(items: Any) -> Any:
        return None if not items or None in items else run(items)

    def native(types: tuple[Type, ...]) -> Native | None:
        of = items_of(types[0])
        plain = is_scaled(of) or of in _ORDERED_BY_PYTHON
        return Native(types, of, extreme, total=False) if plain else None

    return native


@builtin("min", [LIST], item_type, gather="items", native=_native_extreme(min))
def min_(items: list[Any]) -> Any:
    """min(3, 1, 2) = 1"""
    return _extreme(items, less)


@builtin("max", [LIST], item_type, gather="items", native=_native_extreme(max))
def max_(items: list[Any]) -> Any:
    """max([3, 1, 2]) = 3"""
    return _extreme(items, greater)


def _extreme(items: list[Any], better: Callable[[Any, Any], bool | None]) -> Any:
    if not items or less(items[0], items[0]) is None:
        return None
    best = items[0]
    for item in items[1:]:
        wins = better(item, best)
        if wins is None:
            return None
        best = item if wins else best
    return best


def _native_sum(types: tuple[Type, ...]) -> Native | None:
    of = items_of(types[0])
    if not isinstance(of, Number | Money) or of.scale is None:
        return None
    wide = at_scale(of, of.scale, of.digits + len(str(LIST_LIMIT)))
    return Native(types, wide, _sum_exact, total=False) if wide.scale is not None else None


def _sum_exact(items: Any) -> Any:
    return None if not items or None in items else sum(items)


@builtin("sum", [LIST], item_type, gather="items", native=_native_sum)
def sum_(items: list[Any]) -> Any:
    """sum(1, 2.5) = 3.5"""
    if not _numbers(items):
        return None
    total: Any = items[0]
    for item in items[1:]:
        total = add(total, item)
    return total


@builtin("product", [LIST], _number_type, gather="items")
def product(items: list[Any]) -> Any:
    """product([2, 3, 4]) = 24"""
    if not _numbers(items):
        return None
    total: Any = items[0]
    for item in items[1:]:
        total = multiply(total, item)
    return total


@builtin("mean", [LIST], item_type, gather="items")
def mean(items: list[Any]) -> Any:
    """mean([1, 2, 6]) = 3"""
    return divide(sum_(items), Decimal(len(items)))


@builtin("median", [LIST], item_type, gather="items")
def median(items: list[Any]) -> Any:
    """median(8, 2, 5, 7) = 6"""
    if not _numbers(items):
        return None
    ordered = sorted(items)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return divide(add(ordered[middle - 1], ordered[middle]), Decimal(2))


@builtin("stddev", [LIST], item_type, gather="items")
def stddev(items: list[Any]) -> Any:
    """decimal(stddev(2, 4, 7, 5), 4) = 2.0817"""
    # The deviation of a sample: the squares are divided by one less than their number.
    if not _numbers(items) or len(items) < 2:
        return None
    exact = [Decimal(item) for item in items]
    total = Decimal(0)
    for item in exact:
        total = _WIDE.add(total, item)
    middle = _WIDE.divide(total, Decimal(len(exact)))
    squares = Decimal(0)
    for item in exact:
        difference = _WIDE.subtract(item, middle)
        squares = _WIDE.add(squares, _WIDE.multiply(difference, difference))
    found = _WIDE.sqrt(_WIDE.divide(squares, Decimal(len(exact) - 1)))
    if any(isinstance(item, float) for item in items):
        return finite(float(found))
    return finite(DECIMAL.plus(found))


def _mode_type(types: tuple[Type, ...]) -> Type:
    return ListOf(item_type(types))


@builtin("mode", [LIST], _mode_type, gather="items")
def mode(items: list[Any]) -> list[Any] | None:
    """mode([6, 1, 9, 6, 1]) = [1, 6]"""
    if not items:
        return []
    groups = same_values(items) if _numbers(items) else None
    if groups is None:
        return None
    most = max(map(len, groups))
    return sorted(items[places[0]] for places in groups if len(places) == most)


def _native_count(types: tuple[Type, ...]) -> Native:
    return Native(types, INTEGER, len)


@builtin("count", [LIST], INTEGER, total=True, native=_native_count)
def count(items: list[Any]) -> int:
    """count(["a", null]) = 2"""
    return len(items)
