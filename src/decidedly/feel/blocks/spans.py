"""Range functions over columns: points and ranges compared by their ends, as numbers of one order.

An end that is null is without limit. Every function is what its definition over single values says, with masks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..types import DATE, DATE_TIME, DAYS, MONTHS, REAL, STRING, TIME, Money, Number, RangeOf, Type
from .columns import Column, Flags, Mask, Spans
from .compare import ordered


class _NoForm(Exception):
    """Ends a comparison of columns that have no common order."""


class _Ends:
    """The ends of ranges, or points as the ranges of themselves."""

    def __init__(self, of: Column) -> None:
        if isinstance(of, Spans):
            self.start, self.end, self.start_in, self.end_in = of.low, of.high, of.low_closed, of.high_closed
        else:
            self.start = self.end = of
            self.start_in = self.end_in = np.ones(len(of), np.bool_)


def _order(a: Column, b: Column, a_none: int, b_none: int) -> Any:
    """Less, equal or more than 0 as a stands to b; a null is beyond all, on the side given."""
    keys = ordered(a, b)
    if keys is None:
        raise _NoForm
    x, y = keys
    with np.errstate(invalid="ignore"):
        found = (x > y).astype(np.int8) - (x < y)
    a_nulls, b_nulls = a.nulls, b.nulls
    return np.where(a_nulls | b_nulls, a_none * a_nulls.astype(np.int8) - b_none * b_nulls.astype(np.int8), found)


def _starts_at(a: _Ends, b: _Ends) -> Any:
    return _order(a.start, b.start, -1, -1)


def _ends_at(a: _Ends, b: _Ends) -> Any:
    return _order(a.end, b.end, 1, 1)


def _before(a: _Ends, b: _Ends) -> Mask:
    order = _order(a.end, b.start, 1, -1)
    return np.asarray((order < 0) | ((order == 0) & ~(a.end_in & b.start_in)))


def _meets(a: _Ends, b: _Ends) -> Mask:
    return np.asarray(a.end_in & b.start_in & ~a.end.nulls & (_order(a.end, b.start, 1, -1) == 0))


def _starts_within(outer: _Ends, inner: _Ends) -> Mask:
    order = _starts_at(outer, inner)
    return np.asarray((order < 0) | ((order == 0) & (outer.start_in | ~inner.start_in)))


def _ends_within(outer: _Ends, inner: _Ends) -> Mask:
    order = _ends_at(inner, outer)
    return np.asarray((order < 0) | ((order == 0) & (outer.end_in | ~inner.end_in)))


def _includes(outer: _Ends, inner: _Ends) -> Mask:
    return _starts_within(outer, inner) & _ends_within(outer, inner)


def _starts(a: _Ends, b: _Ends) -> Mask:
    return np.asarray((a.start_in == b.start_in) & (_starts_at(a, b) == 0) & _ends_within(b, a))


def _finishes(a: _Ends, b: _Ends) -> Mask:
    return np.asarray((a.end_in == b.end_in) & (_ends_at(a, b) == 0) & _starts_within(b, a))


def _overlaps(a: _Ends, b: _Ends) -> Mask:
    return ~_before(a, b) & ~_before(b, a)


def _overlaps_before(a: _Ends, b: _Ends) -> Mask:
    order = _starts_at(a, b)
    earlier = (order < 0) | ((order == 0) & a.start_in & ~b.start_in)
    return np.asarray(earlier & ~_before(a, b) & _ends_within(b, a))


def _coincides(a: _Ends, b: _Ends) -> Mask:
    alike = (a.start_in == b.start_in) & (a.end_in == b.end_in)
    return np.asarray(alike & (_starts_at(a, b) == 0) & (_ends_at(a, b) == 0))


# Name -> the test, and whether its sides are the other way round.
_TESTS: dict[str, tuple[Callable[[_Ends, _Ends], Mask], bool]] = {
    "before": (_before, False), "after": (_before, True), "meets": (_meets, False), "met by": (_meets, True),
    "overlaps": (_overlaps, False), "overlaps before": (_overlaps_before, False),
    "overlaps after": (_overlaps_before, True), "finishes": (_finishes, False), "finished by": (_finishes, True),
    "includes": (_includes, False), "during": (_includes, True), "starts": (_starts, False),
    "started by": (_starts, True), "coincides": (_coincides, False),
}  # fmt: skip
RELATIONS = tuple(_TESTS)


def related(name: str, a: Column, b: Column) -> Column | None:
    """A range function of two columns; None where they have no form for that."""
    if name in ("includes", "during"):
        span, inner = (a, b) if name == "includes" else (b, a)
        if not isinstance(inner, Spans):
            return _holds(span, inner)
    if name == "coincides" and isinstance(a, Spans) != isinstance(b, Spans):
        return None
    test, swapped = _TESTS[name]
    try:
        made = test(_Ends(b), _Ends(a)) if swapped else test(_Ends(a), _Ends(b))
    except _NoForm:
        return None
    nulls = a.nulls | b.nulls
    return Flags(made, ~nulls) if nulls.any() else Flags(made)


def _holds(span: Column, point: Column) -> Column | None:
    """Whether ranges hold points: null where a range is without any limit."""
    if not isinstance(span, Spans) or ordered(span.low, point) is None or ordered(span.high, point) is None:
        return None
    ends = _Ends(span)
    found = _includes(ends, _Ends(point))
    nulls = (span.low.nulls & span.high.nulls) | span.nulls | point.nulls
    return Flags(found, ~nulls)


def relatable(name: str, types: Sequence[Type]) -> bool:
    """Whether a range function has a form for these static types."""
    ranges = [isinstance(type_, RangeOf) for type_ in types]
    if name == "coincides" and ranges[0] != ranges[1]:
        return False
    ends = [type_.of if isinstance(type_, RangeOf) else type_ for type_ in types]
    numbers = [isinstance(end, Number | Money) or end == REAL for end in ends]
    return all(numbers) or (ends[0] == ends[1] and ends[0] in _ORDERED)


_ORDERED = (STRING, DATE, DATE_TIME, TIME, DAYS, MONTHS)
