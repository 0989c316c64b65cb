"""The values for which a cell is true, as a set: the form in which the index and the checks of a table see a cell.

A region is a set of stored values of one column: null or not, and a union of intervals. Its bounds are cuts: (v, 0) is
just before the value v, so a single value is what lies between its own cut and that of the next value. Every stored
type has a next value (of a text, the text with a zero character after it) but for decimals: there (v, 1) is just after.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import ceil, floor, inf, nextafter
from typing import Any

import msgspec

from decidedly.feel import Months, tree
from decidedly.feel.tree import Literal, Local, Node
from decidedly.feel.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    REAL,
    STRING,
    TIME,
    Money,
    Number,
    Type,
)
from decidedly.feel.values import DECIMAL, finite

from .typed import INPUT

Cut = tuple[Any, int]

_FORMS: dict[Type, type] = {
    BOOLEAN: bool, STRING: str, REAL: float, DATE: date, DATE_TIME: datetime, TIME: time, DAYS: timedelta,
    MONTHS: Months,
}  # fmt: skip
_MOMENT = timedelta(microseconds=1)
_NEXT: dict[Type, Callable[[Any], Any]] = {
    BOOLEAN: lambda value: value + 1,
    STRING: lambda value: value + "\0",
    REAL: lambda value: nextafter(value, inf),
    DATE: lambda value: value + timedelta(days=1),
    DATE_TIME: lambda value: value + _MOMENT,
    TIME: lambda value: _next_time(value),
    DAYS: lambda value: value + _MOMENT,
    MONTHS: lambda value: Months(value.months + 1),
}
_FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Region(msgspec.Struct, frozen=True):
    """A set of values.

    cuts  : ascending; the set begins and ends at them in turns
    below : whether the set begins without a lower bound
    null  : whether it holds null
    """

    cuts: tuple[Cut, ...] = ()
    below: bool = False
    null: bool = False

    @property
    def empty(self) -> bool:
        return not (self.cuts or self.below or self.null)

    @property
    def all(self) -> bool:
        return self.below and self.null and not self.cuts

    def __contains__(self, value: Any) -> bool:
        """Whether a stored value lies in it."""
        if value is None:
            return self.null
        passed = sum(cut <= (value, 0) for cut in self.cuts)
        return self.below ^ (passed % 2 == 1)

    def __invert__(self) -> "Region":
        return Region(self.cuts, not self.below, not self.null)

    def __and__(self, other: "Region") -> "Region":
        return _combined(self, other, 2)

    def __or__(self, other: "Region") -> "Region":
        return _combined(self, other, 1)


NOTHING, NULL_ALONE, VALUES, EVERYTHING = Region(), Region(null=True), Region(below=True), Region((), True, True)


def _combined(a: Region, b: Region, needed: int) -> Region:
    """What lies in at least so many of the two."""
    null = a.null + b.null >= needed
    inside = a.below + b.below
    below = inside >= needed
    if not (a.cuts and b.cuts):
        # One of them is all or nothing beside null: the other or it is the result.
        if not a.cuts and not b.cuts:
            return Region((), below, null)
        bounded, whole = (a, b) if a.cuts else (b, a)
        if whole.below == (needed == 1):
            return Region((), whole.below, null)
        return Region(bounded.cuts, bounded.below, null)
    steps: dict[Cut, int] = {}
    for region in (a, b):
        step = -1 if region.below else 1
        for cut in region.cuts:
            steps[cut] = steps.get(cut, 0) + step
            step = -step
    cuts = []
    for cut in sorted(steps):
        before = inside >= needed
        inside += steps[cut]
        if (inside >= needed) is not before:
            cuts.append(cut)
    return Region(tuple(cuts), below, null)


def union(regions: Iterable[Region]) -> Region:
    """What lies in one of them."""
    found = NOTHING
    for region in regions:
        found |= region
    return found


def can_index(type_: Type) -> bool:
    """Whether columns of a type have regions: their values have one order and one equality."""
    return isinstance(type_, Number | Money) or type_ in _FORMS


def cut_after(value: Any, type_: Type) -> Cut | None:
    """The cut just after a stored value of a type; None where no value is greater."""
    if isinstance(type_, Number | Money):
        return (value, 1) if type_.scale is None else (value + 1, 0)
    try:
        return (_NEXT[type_](value), 0)
    except OverflowError:
        return None


def region_of(node: Node, type_: Type, truth: bool = True) -> Region | None:
    """The values of a column for which the condition of a cell is certainly true (or certainly false).

    None where the condition is of another form: it reads facts or computes.
    """
    match node:
        case Literal(value=value):
            return EVERYTHING if value is truth else NOTHING
        case tree.Not(of=of):
            return region_of(of, type_, not truth)
        case tree.And(parts=parts) | tree.Or(parts=parts):
            regions = [region_of(part, type_, truth) for part in parts]
            either = isinstance(node, tree.Or) == truth
            found = NOTHING if either else EVERYTHING
            for region in regions:
                if region is None:
                    return None
                found = found | region if either else found & region
            return found
        case tree.Compare(op=op, left=left, right=Literal(value=value)) if _is_input(left):
            return _compared(op, value, type_, truth)
        case tree.Compare(op=op, left=Literal(value=value), right=right) if _is_input(right):
            return _compared(_FLIPPED[op], value, type_, truth)
        case tree.Between(of=of, low=Literal(value=low), high=Literal(value=high)) if _is_input(of):
            above = _compared(">=" if node.low_closed else ">", low, type_, True)
            under = _compared("<=" if node.high_closed else "<", high, type_, True)
            if above is None or under is None or low is None or high is None:
                return None
            inside = above & under
            return inside if truth else VALUES & ~inside
        case tree.Member(of=of, values=values) if _is_input(of):
            equal = [_compared("=", value.value, type_, True) for value in values]
            if any(region is None for region in equal):
                return None
            found = union(region for region in equal if region is not None)
            return found if truth else ~found
    return None


def _is_input(node: Node) -> bool:
    return isinstance(node, Local) and node.number == INPUT


def _compared(op: str, value: Any, type_: Type, truth: bool) -> Region | None:
    if value is None:
        # Null equals null alone; every other comparison with it is null.
        if op not in ("=", "!="):
            return NOTHING
        return NULL_ALONE if (op == "=") is truth else VALUES
    cuts = cuts_of(value, type_)
    if cuts is None:
        return None
    before, after = cuts
    if op in ("=", "!="):
        same = Region(_bounds(before, after)) if before != after else NOTHING
        return same if (op == "=") is truth else ~same
    start = {"<": before, ">=": before, "<=": after, ">": after}[op]
    return Region(_bounds(start), below=(op in ("<", "<=")) is truth)


def _bounds(*cuts: Cut | None) -> tuple[Cut, ...]:
    return tuple(cut for cut in cuts if cut is not None)


def cuts_of(value: Any, type_: Type) -> tuple[Cut, Cut | None] | None:
    """The cuts before and after a plain value in the stored form of a column; equal where the column cannot hold it.

    None where the type has no regions or the value is not of it.
    """
    if isinstance(type_, Number | Money):
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            return None
        if type_.scale is None:
            return (Decimal(value), 0), (Decimal(value), 1)
        scaled = Decimal(value).scaleb(type_.scale, DECIMAL)
        return (ceil(scaled), 0), (floor(scaled) + 1, 0)
    if type_ == REAL and isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        value = finite(float(value))
    if type(value) is not _FORMS.get(type_):
        return None
    if isinstance(value, time | datetime) and (value.tzinfo is None) is (type_ == DATE_TIME):
        return None
    return (value, 0), cut_after(value, type_)


def _next_time(value: time) -> time:
    moment = datetime.combine(date.min, value) + _MOMENT
    if moment.date() > date.min:
        raise OverflowError("no time is later")
    return moment.time()
