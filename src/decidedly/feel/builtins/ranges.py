"""Range functions (DMN 1.5, table 82), for points and ranges in either place.

An end of a range that is null is without limit. Null where two ends cannot be compared.
"""

import re
from collections.abc import Callable
from typing import Any

from ..operators import equal, in_range, less
from ..temporal import parse_date, parse_date_time, parse_duration, parse_temporal, parse_time
from ..types import ANY, BOOLEAN, STRING, RangeOf
from ..values import DECIMAL, Range, kind
from .registry import Param, builtin

_RANGE = RangeOf(ANY)
_POINTS = [Param("point1", ANY, says="point"), Param("point2", ANY, says="point")]
_RANGES = [Param("range1", _RANGE), Param("range2", _RANGE)]
_POINT_RANGE = [Param("point", ANY, says="point"), Param("range", _RANGE)]
_RANGE_POINT = [Param("range", _RANGE), Param("point", ANY, says="point")]


class _NoOrder(Exception):
    """Ends a comparison of ends that have no order."""


class _Ends:
    """A range, or a point as the range of itself, whose ends can be compared."""

    def __init__(self, value: Any) -> None:
        bounds = value if isinstance(value, Range) else Range(value, value)
        self.start, self.end = bounds.low, bounds.high
        self.start_in, self.end_in = bounds.low_closed, bounds.high_closed


def _order(a: Any, b: Any, a_none: int, b_none: int) -> int:
    """Less, equal or more than 0 as a stands to b; a null is beyond all, on the side given."""
    if a is None or b is None:
        return (a_none if a is None else 0) - (b_none if b is None else 0)
    if equal(a, b) is True:
        return 0
    found = less(a, b)
    if found is None:
        raise _NoOrder
    return -1 if found else 1


def _starts_at(a: _Ends, b: _Ends) -> int:
    return _order(a.start, b.start, -1, -1)


def _ends_at(a: _Ends, b: _Ends) -> int:
    return _order(a.end, b.end, 1, 1)


def _before(a: _Ends, b: _Ends) -> bool:
    order = _order(a.end, b.start, 1, -1)
    return order < 0 or (order == 0 and not (a.end_in and b.start_in))


def _meets(a: _Ends, b: _Ends) -> bool:
    return a.end_in and b.start_in and a.end is not None and _order(a.end, b.start, 1, -1) == 0


def _starts_within(outer: _Ends, inner: _Ends) -> bool:
    order = _starts_at(outer, inner)
    return order < 0 or (order == 0 and (outer.start_in or not inner.start_in))


def _ends_within(outer: _Ends, inner: _Ends) -> bool:
    order = _ends_at(inner, outer)
    return order < 0 or (order == 0 and (outer.end_in or not inner.end_in))


def _includes(outer: _Ends, inner: _Ends) -> bool:
    return _starts_within(outer, inner) and _ends_within(outer, inner)


def _starts(a: _Ends, b: _Ends) -> bool:
    return a.start_in == b.start_in and _starts_at(a, b) == 0 and _ends_within(b, a)


def _finishes(a: _Ends, b: _Ends) -> bool:
    return a.end_in == b.end_in and _ends_at(a, b) == 0 and _starts_within(b, a)


def _overlaps(a: _Ends, b: _Ends) -> bool:
    return not _before(a, b) and not _before(b, a)


def _overlaps_before(a: _Ends, b: _Ends) -> bool:
    order = _starts_at(a, b)
    earlier = order < 0 or (order == 0 and a.start_in and not b.start_in)
    return earlier and not _before(a, b) and _ends_within(b, a)


def _coincides(a: _Ends, b: _Ends) -> bool:
    alike = a.start_in == b.start_in and a.end_in == b.end_in
    return alike and _starts_at(a, b) == 0 and _ends_at(a, b) == 0


def _decide(test: Callable[[_Ends, _Ends], bool], a: Any, b: Any) -> bool | None:
    try:
        return test(_Ends(a), _Ends(b))
    except _NoOrder:
        return None


_EITHER = (_POINT_RANGE, _RANGE_POINT, _RANGES)


@builtin("before", _POINTS, BOOLEAN, also=_EITHER)
def before(a: Any, b: Any) -> bool | None:
    """before([1..5], 6) = true"""
    return _decide(_before, a, b)


@builtin("after", _POINTS, BOOLEAN, also=_EITHER)
def after(a: Any, b: Any) -> bool | None:
    """after(6, [1..5]) = true"""
    return _decide(_before, b, a)


@builtin("meets", _RANGES, BOOLEAN)
def meets(a: Range, b: Range) -> bool | None:
    """meets([1..5], [5..10]) = true"""
    return _decide(_meets, a, b)


@builtin("met by", _RANGES, BOOLEAN)
def met_by(a: Range, b: Range) -> bool | None:
    """met by([5..10], [1..5]) = true"""
    return _decide(_meets, b, a)


@builtin("overlaps", _RANGES, BOOLEAN)
def overlaps(a: Range, b: Range) -> bool | None:
    """overlaps([1..5], [3..8]) = true"""
    return _decide(_overlaps, a, b)


@builtin("overlaps before", _RANGES, BOOLEAN)
def overlaps_before(a: Range, b: Range) -> bool | None:
    """overlaps before([1..5], [3..8]) = true"""
    return _decide(_overlaps_before, a, b)


@builtin("overlaps after", _RANGES, BOOLEAN)
def overlaps_after(a: Range, b: Range) -> bool | None:
    """overlaps after([3..8], [1..5]) = true"""
    return _decide(_overlaps_before, b, a)


@builtin("finishes", _POINT_RANGE, BOOLEAN, also=[_RANGES])
def finishes(a: Any, b: Range) -> bool | None:
    """finishes(10, [1..10]) = true"""
    return _decide(_finishes, a, b)


@builtin("finished by", _RANGE_POINT, BOOLEAN, also=[_RANGES])
def finished_by(a: Range, b: Any) -> bool | None:
    """finished by([1..10], 10) = true"""
    return _decide(_finishes, b, a)


@builtin("includes", _RANGE_POINT, BOOLEAN, also=[_RANGES])
def includes(outer: Range, inner: Any) -> bool | None:
    """includes([1..10], 5) = true"""
    return _decide(_includes, outer, inner) if isinstance(inner, Range) else in_range(inner, outer)


@builtin("during", _POINT_RANGE, BOOLEAN, also=[_RANGES])
def during(inner: Any, outer: Range) -> bool | None:
    """during(5, [1..10]) = true"""
    return includes(outer, inner)


@builtin("starts", _POINT_RANGE, BOOLEAN, also=[_RANGES])
def starts(a: Any, b: Range) -> bool | None:
    """starts(1, [1..10]) = true"""
    return _decide(_starts, a, b)


@builtin("started by", _RANGE_POINT, BOOLEAN, also=[_RANGES])
def started_by(a: Range, b: Any) -> bool | None:
    """started by([1..10], 1) = true"""
    return _decide(_starts, b, a)


@builtin("coincides", _POINTS, BOOLEAN, also=[_RANGES])
def coincides(a: Any, b: Any) -> bool | None:
    """coincides([1..5], [1..5]) = true"""
    if isinstance(a, Range) != isinstance(b, Range):
        return None
    return _decide(_coincides, a, b)


# One end: a number, a string, or a date or time as an at-literal or a function of one text.
_END = r"""\s*(-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,4})?|@?"(?:[^"\\]|\\.)*"|
        (?:date\ and\ time|date|time|duration)\s*\(\s*"[^"\\]*"\s*\))\s*"""
_LITERAL = re.compile(rf"\s*([\[(\]])(?:{_END})?\.\.(?:{_END})?([\])\[])\s*", re.VERBOSE | re.ASCII | re.DOTALL)
_PARSERS: dict[str, Callable[[str], Any]] = {
    "date": parse_date,
    "time": parse_time,
    "date and time": parse_date_time,
    "duration": parse_duration,
}


@builtin("range", [Param("from", STRING)], _RANGE)
def range_(text: str) -> Range | None:
    """range("[18..21)") = [18..21)"""
    match = _LITERAL.fullmatch(text) if len(text) <= 1_000 else None
    if match is None:
        return None
    opening, low, high, closing = match.groups()
    ends = [None if part is None else _end(part) for part in (low, high)]
    low_closed, high_closed = opening == "[", closing == "]"
    if (ends[0] is None and (low is not None or low_closed)) or (ends[1] is None and (high is not None or high_closed)):
        return None
    if None not in ends and kind(ends[0]) != kind(ends[1]):
        return None
    return None if ends == [None, None] else Range(ends[0], ends[1], low_closed, high_closed)


def _end(text: str) -> Any:
    if text[0] == "@":
        return parse_temporal(text[2:-1])
    if text[0] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    if text[-1] == ")":
        name, _, rest = text.partition("(")
        return _PARSERS[" ".join(name.split())](rest.strip(' \t\n\r)"'))
    return DECIMAL.create_decimal(text)
