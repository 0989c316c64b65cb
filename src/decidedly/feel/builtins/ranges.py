"""Range functions (DMN 1.5, table 82), for points and ranges in either place."""

from typing import Any

from ..operators import at_most, conjunction, disjunction, equal, in_range, less
from ..types import ANY, BOOLEAN
from ..values import Range
from .registry import Param, builtin

_A, _B = Param("point1", ANY), Param("point2", ANY)
_RANGE, _POINT = Param("range", ANY), Param("point", ANY)


def _low(value: Any) -> tuple[Any, bool]:
    return (value.low, value.low_closed) if isinstance(value, Range) else (value, True)


def _high(value: Any) -> tuple[Any, bool]:
    return (value.high, value.high_closed) if isinstance(value, Range) else (value, True)


@builtin("before", [_A, _B], BOOLEAN)
def before(a: Any, b: Any) -> bool | None:
    """before([1..5], 6) = true"""
    (end, end_in), (start, start_in) = _high(a), _low(b)
    return less(end, start) if end_in and start_in else at_most(end, start)


@builtin("after", [_A, _B], BOOLEAN)
def after(a: Any, b: Any) -> bool | None:
    """after(6, [1..5]) = true"""
    return before(b, a)


@builtin("meets", [_A, _B], BOOLEAN)
def meets(a: Any, b: Any) -> bool | None:
    """meets([1..5], [5..10]) = true"""
    (end, end_in), (start, start_in) = _high(a), _low(b)
    return conjunction((equal(end, start), end_in and start_in))


@builtin("overlaps", [_A, _B], BOOLEAN)
def overlaps(a: Any, b: Any) -> bool | None:
    """overlaps([1..5], [3..8]) = true"""
    return conjunction((_not(before(a, b)), _not(before(b, a))))


@builtin("includes", [_RANGE, _POINT], BOOLEAN)
def includes(outer: Any, inner: Any) -> bool | None:
    """includes([1..10], 5) = true"""
    if not isinstance(inner, Range):
        return in_range(inner, outer)
    if not isinstance(outer, Range):
        return None
    low = disjunction((less(outer.low, inner.low), _same_end(outer.low, inner.low, outer.low_closed, inner.low_closed)))
    high = disjunction(
        (less(inner.high, outer.high), _same_end(outer.high, inner.high, outer.high_closed, inner.high_closed))
    )
    return conjunction((low, high))


@builtin("during", [_POINT, _RANGE], BOOLEAN)
def during(inner: Any, outer: Any) -> bool | None:
    """during(5, [1..10]) = true"""
    return includes(outer, inner)


@builtin("starts", [_POINT, _RANGE], BOOLEAN)
def starts(inner: Any, outer: Any) -> bool | None:
    """starts(1, [1..10]) = true"""
    (start, start_in), (low, low_in) = _low(inner), _low(outer)
    inside = includes(outer, inner) if isinstance(inner, Range) else low_in
    return conjunction((equal(start, low), start_in == low_in, inside))


@builtin("coincides", [_A, _B], BOOLEAN)
def coincides(a: Any, b: Any) -> bool | None:
    """coincides([1..5], [1..5]) = true"""
    return equal(a, b)


def _same_end(outer: Any, inner: Any, outer_closed: bool, inner_closed: bool) -> bool | None:
    return conjunction((equal(outer, inner), outer_closed or not inner_closed))


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value
