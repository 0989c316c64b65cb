"""The operators over plain values, exact and total: whatever has no result is null (DMN 1.5, 10.3.2.13 to 10.3.2.15).

The reference interpreter uses nothing else; compiled code calls these where the static types leave no faster way.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from .temporal import (
    Months,
    add_duration,
    add_months,
    identical,
    make_duration,
    make_months,
    nanoseconds_of,
    negative,
    position,
    same,
    since,
    sum_of,
)
from .values import DECIMAL, EXTENT_LIMIT, TEXT_LIMIT, Range, extent, finite, kind

_TEMPORAL = frozenset(["date", "date and time", "time", "days and time duration", "years and months duration"])

# Items that are compared each with each.
_MOST_COMPARED = 1_000
# Digits of a length that no duration has, in nanoseconds or months.
_LONGEST = 30


def equal(a: Any, b: Any) -> bool | None:
    """`=`: null equals null and nothing else; values of different kinds cannot be compared."""
    if isinstance(a, list | tuple | dict | Range) and max(extent(a), extent(b)) > EXTENT_LIMIT:
        return None
    return _equal(a, b)


def _equal(a: Any, b: Any) -> bool | None:
    if a is None or b is None:
        return a is b
    family = kind(a)
    if family != kind(b):
        return None
    if family == "number":
        return bool(float(a) == float(b)) if isinstance(a, float) or isinstance(b, float) else bool(a == b)
    if family == "list":
        return len(a) == len(b) and all(_equal(x, y) is True for x, y in zip(a, b, strict=True))
    if family == "context":
        return a.keys() == b.keys() and all(_equal(a[name], b[name]) is True for name in a)
    if family == "range":
        ends = a.low_closed == b.low_closed and a.high_closed == b.high_closed and (a.form or "..") == (b.form or "..")
        return ends and _equal(a.low, b.low) is True and _equal(a.high, b.high) is True
    return same(a, b) if family in _TEMPORAL and not _plain_order(a, b) else bool(a == b)


def _plain_order(a: Any, b: Any) -> bool:
    """Whether Python itself compares two temporal values of one kind as FEEL does."""
    of = type(a)
    if of is not type(b):
        return False
    return of in (date, timedelta, Months) or (of is datetime and a.tzinfo is b.tzinfo is UTC)


def is_same(a: Any, b: Any) -> bool:
    """is(): equal and of one kind; times and dates and times also have the same clock and zone."""
    family = kind(a)
    if family == kind(b) and family in _TEMPORAL:
        return identical(a, b)
    return equal(a, b) is True


def same_values(items: list[Any]) -> list[list[int]] | None:
    """The places of equal items, in the order of the first of each; null where that would take too long."""
    keys = [_key(item) for item in items]
    if None in keys:
        return _same_values_slowly(items)
    groups: dict[Any, list[int]] = {}
    for place, key in enumerate(keys):
        groups.setdefault(key, []).append(place)
    return list(groups.values())


def _key(value: Any) -> Any:
    """A key that is the same for values that are equal; null where only a comparison tells."""
    family = kind(value)
    if family in ("null", "boolean", "string"):
        return family, value
    # A real number equals exact ones that are not equal to one another.
    return (family, value) if isinstance(value, Decimal | int) else None


def _same_values_slowly(items: list[Any]) -> list[list[int]] | None:
    if len(items) > _MOST_COMPARED or len(items) * extent(items) > _MOST_COMPARED * _MOST_COMPARED * 10:
        return None
    groups: list[list[int]] = []
    for place, item in enumerate(items):
        found = next((group for group in groups if _equal(items[group[0]], item) is True), None)
        if found is None:
            groups.append([place])
        else:
            found.append(place)
    return groups


def unequal(a: Any, b: Any) -> bool | None:
    """`!=`"""
    return negation(equal(a, b))


def less(a: Any, b: Any) -> bool | None:
    """`<`"""
    family = kind(a)
    if family != kind(b):
        return None
    if family == "number":
        return bool(float(a) < float(b)) if isinstance(a, float) or isinstance(b, float) else bool(a < b)
    if family in _TEMPORAL and not _plain_order(a, b):
        ahead = position(a, b)
        return None if ahead is None else ahead < 0
    return bool(a < b) if family == "string" or family in _TEMPORAL else None


def at_most(a: Any, b: Any) -> bool | None:
    """`<=`"""
    return negation(less(b, a))


def greater(a: Any, b: Any) -> bool | None:
    """`>`"""
    return less(b, a)


def at_least(a: Any, b: Any) -> bool | None:
    """`>=`"""
    return negation(less(a, b))


def negation(value: Any) -> bool | None:
    """not(), with null for all that is neither true nor false."""
    return not value if isinstance(value, bool) else None


def conjunction(values: Iterable[Any]) -> bool | None:
    """Kleene's and: false wins, then null."""
    result: bool | None = True
    for value in values:
        if value is False:
            return False
        if value is not True:
            result = None
    return result


def disjunction(values: Iterable[Any]) -> bool | None:
    """Kleene's or: true wins, then null."""
    result: bool | None = False
    for value in values:
        if value is True:
            return True
        if value is not False:
            result = None
    return result


def between(value: Any, low: Any, high: Any, low_closed: bool = True, high_closed: bool = True) -> bool | None:
    """`between` and ranges: each bound is compared apart, so one null bound may still give false."""
    above = (at_least if low_closed else greater)(value, low)
    below = (at_most if high_closed else less)(value, high)
    return conjunction((above, below))


def in_range(value: Any, bounds: Any) -> bool | None:
    """Whether a range holds a value; an end that is null is without limit, unless both are."""
    if not isinstance(bounds, Range) or value is None:
        return None
    if bounds.low is None and bounds.high is None:
        return None
    if bounds.form == "..":
        return between(value, bounds.low, bounds.high, bounds.low_closed, bounds.high_closed)
    if bounds.form == "!=":
        return unequal(value, bounds.low)
    above = True if bounds.low is None else (at_least if bounds.low_closed else greater)(value, bounds.low)
    below = True if bounds.high is None else (at_most if bounds.high_closed else less)(value, bounds.high)
    return conjunction((above, below))


def matches_test(value: Any, test: Any) -> bool | None:
    """`value in test` where only the values tell what is meant: a range, a list or a value."""
    if isinstance(test, Range):
        return in_range(value, test)
    if isinstance(test, list | tuple):
        if isinstance(value, list | tuple) and equal(value, test) is True:
            return True
        return any((in_range(value, i) if isinstance(i, Range) else equal(value, i)) is True for i in test)
    if isinstance(value, list | tuple) and not isinstance(test, list | tuple) and test is not None:
        return any(equal(test, item) is True for item in value)
    return equal(value, test)


def add(a: Any, b: Any) -> Any:
    """`+`: numbers, strings, durations, and a duration to a date or time."""
    match kind(a), kind(b):
        case "number", "number":
            return _arithmetic(a, b, DECIMAL.add, float.__add__)
        case "string", "string":
            return a + b if len(a) + len(b) <= TEXT_LIMIT else None
        case ("years and months duration", "years and months duration") | (
            "days and time duration",
            "days and time duration",
        ):
            return sum_of(a, b)
        case (("date" | "date and time" | "time"), "days and time duration"):
            return add_duration(a, b)
        case (("date" | "date and time"), "years and months duration"):
            return add_months(a, b.months)
        case (("days and time duration" | "years and months duration"), ("date" | "date and time" | "time")):
            return add(b, a)
        case _:
            return None


def subtract(a: Any, b: Any) -> Any:
    """`-`: as `+`, and the days and time duration between two dates or times."""
    match kind(a), kind(b):
        case "number", "number":
            return _arithmetic(a, b, DECIMAL.subtract, float.__sub__)
        case (("date" | "date and time"), ("date" | "date and time")) | ("time", "time"):
            return since(b, a)
        case _, ("days and time duration" | "years and months duration"):
            return add(a, negate(b))
        case _:
            return None


def multiply(a: Any, b: Any) -> Any:
    """`*`: numbers, and a duration by a number."""
    match kind(a), kind(b):
        case "number", "number":
            return _arithmetic(a, b, DECIMAL.multiply, float.__mul__)
        case (("days and time duration" | "years and months duration"), "number"):
            return _scaled(a, Decimal(b))
        case "number", ("days and time duration" | "years and months duration"):
            return _scaled(b, Decimal(a))
        case _:
            return None


def divide(a: Any, b: Any) -> Any:
    """`/`: numbers, a duration by a number, a duration by its like; by zero is null."""
    match kind(a), kind(b):
        case "number", "number":
            return None if b == 0 else _arithmetic(a, b, DECIMAL.divide, float.__truediv__)
        case (("days and time duration" | "years and months duration"), "number"):
            return None if b == 0 else _scaled(a, Decimal(b), DECIMAL.divide)
        case "days and time duration", "days and time duration":
            a, b = nanoseconds_of(a), nanoseconds_of(b)
            return finite(DECIMAL.divide(Decimal(a), Decimal(b))) if b else None
        case "years and months duration", "years and months duration":
            return None if not b.months else finite(DECIMAL.divide(Decimal(a.months), Decimal(b.months)))
        case _:
            return None


def power(a: Any, b: Any) -> Any:
    """`**`"""
    if kind(a) == kind(b) == "number":
        return _arithmetic(a, b, DECIMAL.power, _float_power)
    return None


def negate(a: Any) -> Any:
    """Unary `-`."""
    match kind(a):
        case "number":
            return -a if isinstance(a, float) else DECIMAL.minus(Decimal(a))
        case "days and time duration" | "years and months duration":
            return negative(a)
        case _:
            return None


def total(compute: Callable[[], Any]) -> Any:
    """The result, or null where Python's type is too small for it."""
    try:
        return compute()
    except (OverflowError, ValueError, ZeroDivisionError):
        return None


def _arithmetic(a: Any, b: Any, exact: Callable[[Any, Any], Any], binary: Callable[[float, float], float]) -> Any:
    # A real operand makes the result real: IEEE double in every backend, the reference included.
    if isinstance(a, float) or isinstance(b, float):
        return total(lambda: finite(binary(float(a), float(b))))
    return finite(exact(Decimal(a), Decimal(b)))


def _float_power(a: float, b: float) -> float:
    result = a**b
    return result if isinstance(result, float) else float("nan")


def _scaled(duration: Any, factor: Decimal, scale: Callable[[Decimal, Decimal], Decimal] = DECIMAL.multiply) -> Any:
    """A duration times or divided by a number, cut to whole months or nanoseconds towards zero."""
    months = isinstance(duration, Months)
    length = scale(Decimal(duration.months if months else nanoseconds_of(duration)), factor)
    if not length.is_finite() or length.adjusted() > _LONGEST:
        return None
    return make_months(int(length)) if months else make_duration(int(length))


COMPARISONS: dict[str, Callable[[Any, Any], bool | None]] = {
    "=": equal,
    "!=": unequal,
    "<": less,
    "<=": at_most,
    ">": greater,
    ">=": at_least,
}
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}
