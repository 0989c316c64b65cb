"""Values: at which values of a fact a rule's answer can turn, from what is written in the rule, the nearest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import ceil, floor, inf, nextafter
from typing import Any

from decidedly.feel import Reference, to_plain
from decidedly.feel.tree import And, Fact, If, Literal, Named, Node, Not, Or, children, references
from decidedly.feel.types import BOOLEAN, DATE, DATE_TIME, REAL, STRING, ListOf, Money, Number, Type
from decidedly.rules import CompiledTable

OTHER = ""
"""Stands for a text that no rule names."""
_FAR = 1e18
_JOINS = (And, Or, Not, If, Named)


def compared(
    tree: Node | None, table: CompiledTable | None, reference: Reference, facts: Mapping[str, Mapping[str, Any]]
) -> list[Any]:
    """What a rule compares a fact with: the values that are written beside it, and other facts as they are, plain.

    facts : by root and id, as rules read them
    """
    found: list[Any] = []
    if tree is not None:
        for node in _comparisons(tree, reference):
            found += _operands(node, reference, facts)
    for place, column in enumerate(table.columns if table is not None else ()):
        if reference in references(column.tree) and table is not None:
            for node in (column.tree, *(row[place] for row in table.typed.cells)):
                found += _operands(node, reference, facts)
    return found


def _comparisons(tree: Node, reference: Reference) -> Iterator[Node]:
    """The smallest parts of a condition that compare a fact with something."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _JOINS):
            waiting.extend(children(node))
        elif reference in references(node):
            yield node


def _operands(node: Node, reference: Reference, facts: Mapping[str, Mapping[str, Any]]) -> Iterator[Any]:
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Literal):
            yield here.value
        elif isinstance(here, Fact) and here.reference != reference:
            other = here.reference
            value = to_plain(other.type, facts.get(other.root, {}).get(other.id))
            yield from value if isinstance(value, list) else [value]
        waiting.extend(children(here))


def values(type_: Type, written: Iterable[Any], now: Any) -> tuple[Any, ...]:
    """The values of a fact, in stored form, between which all answers of a rule that compares it lie; nearest first.

    written : plain, as `compared` gives them; now: the fact as it is, left out
    """
    found: dict[Any, Any] = {}
    for value in (*_turning(type_, list(written), now), None):
        if value != now:
            found.setdefault(repr(value), value)
    return tuple(sorted(found.values(), key=lambda value: distance(now, value)))


def distance(before: Any, after: Any) -> float:
    """How far apart two values are: numbers by their difference, days in days, else 1; not to know a thing is farthest,
    and what was not known is nearest where it is smallest."""
    if after is None:
        return inf
    if isinstance(after, bool) or isinstance(before, bool):
        return 1.0
    if isinstance(after, int | float | Decimal):
        start = before if isinstance(before, int | float | Decimal) else 0
        return abs(float(after) - float(start))
    if isinstance(after, datetime):
        return (
            abs(after - before).total_seconds() / 86_400 if isinstance(before, datetime) else _FAR - after.timestamp()
        )
    if isinstance(after, date):
        return float(abs((after - before).days)) if type(before) is date else _FAR - after.toordinal()
    if isinstance(after, list | tuple):
        return float(len(set(map(repr, after)) ^ set(map(repr, before or ()))))
    return 2.0 if after == OTHER else 1.0


def _turning(type_: Type, written: list[Any], now: Any) -> Iterator[Any]:
    if isinstance(type_, ListOf):
        have = list(now or ())
        for item in written:
            if _fits(type_.of, item):
                yield [one for one in have if one != item] if item in have else [*have, item]
                yield [item]
        yield []
        return
    if type_ == BOOLEAN:
        yield from (True, False)
        return
    fitting = [value for value in written if _fits(type_, value)]
    if fitting and now is None and (isinstance(type_, Number | Money) or type_ == REAL):
        yield 0.0 if type_ == REAL else 0  # from where the distance of what is not known is measured
    for value in fitting:
        yield from _around(type_, value)
    if type_ == STRING:
        yield OTHER


def _fits(type_: Type, value: Any) -> bool:
    if isinstance(type_, Number | Money) or type_ == REAL:
        return isinstance(value, Decimal | int | float) and not isinstance(value, bool)
    if type_ == DATE_TIME:
        return isinstance(value, datetime)
    if type_ == DATE:
        return type(value) is date
    return isinstance(value, str if type_ == STRING else time | timedelta)


def _around(type_: Type, value: Any) -> Iterator[Any]:
    """A value and its neighbours: an answer can turn at it, just under it or just over it."""
    if isinstance(type_, Number | Money):
        if type_.scale is None:
            yield from (Decimal(value), Decimal(value) - 1, Decimal(value) + 1)
            return
        scaled = Decimal(str(value)).scaleb(type_.scale)
        yield from range(floor(scaled) - 1, ceil(scaled) + 2)
    elif type_ == REAL:
        yield from (float(value), nextafter(float(value), -inf), nextafter(float(value), inf))
    elif isinstance(value, datetime):
        yield from (value, value - timedelta(microseconds=1), value + timedelta(microseconds=1))
    elif isinstance(value, date):
        yield from (value, value - timedelta(days=1), value + timedelta(days=1))
    else:
        yield value
