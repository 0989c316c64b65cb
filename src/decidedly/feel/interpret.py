"""The reference interpreter: slow, exact, and the oracle for every backend.

It walks the typed tree over plain values with the operators of the standard in decimal128, whatever the static types
say. `trace` is the same walk that also notes which facts were read with which values, and where null arose.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec

from . import operators, tree
from .bounds import CALL_LIMIT, CALL_STEPS, bounded, budget, growth, weight
from .functions import builtin_function, invoke, plain_number, run_builtin
from .scope import Reference
from .temporal import PROPERTIES, is_date, is_date_time, part_of, stored
from .tree import Node, Span
from .types import (
    ANY,
    ContextOf,
    FunctionOf,
    ListOf,
    Money,
    NullType,
    Number,
    RangeOf,
    Real,
    Type,
    conforms,
)
from .values import LIST_LIMIT, Function, Range, coerced, fits, kind, to_plain

_DAY = timedelta(days=1)


class Trace(msgspec.Struct, frozen=True):
    """What an evaluation gave, read (facts with their plain values), and where null arose from values that were not."""

    value: Any
    read: tuple[tuple[Reference, Any], ...]
    nulls: tuple[Span, ...]


def evaluate(
    node: Node, facts: Mapping[str, Mapping[str, Any]], inputs: Mapping[int, Any] | None = None, *, plain: bool = False
) -> Any:
    """The plain value of a tree over facts by root and id.

    facts  : in the stored form of their types; with `plain` they are plain values already
    inputs : the plain values of free locals
    """
    return trace(node, facts, inputs, plain=plain).value


def trace(
    node: Node, facts: Mapping[str, Mapping[str, Any]], inputs: Mapping[int, Any] | None = None, *, plain: bool = False
) -> Trace:
    """As `evaluate`, with the facts read and the places where null arose."""
    walk = _Walk(facts, dict(inputs or {}), plain=plain)

    def exhausted() -> None:
        walk.nulls.append(node.at)

    value = bounded(lambda: walk.value(node), exhausted)
    return Trace(value, tuple(walk.read.items()), tuple(walk.nulls))


class _Walk:
    def __init__(self, facts: Mapping[str, Mapping[str, Any]], local: dict[int, Any], *, plain: bool) -> None:
        self.facts = facts
        self.plain = plain
        self.local = local
        self.read: dict[Reference, Any] = {}
        self.nulls: list[Span] = []

    def value(self, node: Node) -> Any:
        return _RULES[type(node)](self, node)

    def fact(self, node: tree.Fact) -> Any:
        reference = node.reference
        if reference not in self.read:
            found = self.facts.get(reference.root, {}).get(reference.id)
            self.read[reference] = found if self.plain else to_plain(reference.type, found)
        return self.read[reference]

    # Loops

    def each(self, number: int, over: Node, body: Node) -> list[Any] | None:
        """What the body gives for each item; null where there is no list."""
        items = self.items(over)
        return None if items is None else self.turns(number, items, body)

    def items(self, over: Node) -> list[Any] | None:
        found = self.value(over)
        return None if found is None else as_list(found)

    def turns(self, number: int, items: list[Any], body: Node) -> list[Any]:
        left = budget()
        if left.loops:
            left.take(len(items) * weight(body))
        left.loops += 1
        try:
            results = []
            for item in items:
                self.local[number] = item
                results.append(self.value(body))
        finally:
            left.loops -= 1
        return results

    def loop(self, node: tree.For) -> Any:
        results: list[Any] = []
        return results if self.go_through(node, results) else None

    def go_through(self, node: tree.For, results: list[Any]) -> bool:
        """Adds what the loop gives to the results; false where a list is none, or the results are too many."""
        items = self.items(node.over)
        if items is None:
            return False
        left = budget()
        if left.loops:
            left.take(len(items) * weight(node.body))
        left.loops += 1
        try:
            for item in items:
                self.local[node.number] = item
                if node.partial:
                    self.local[node.partial] = list(results)
                if node.flat and isinstance(node.body, tree.For):
                    if not self.go_through(node.body, results):
                        return False
                else:
                    results.append(self.value(node.body))
        finally:
            left.loops -= 1
        return len(results) <= LIST_LIMIT or not node.flat

    def quantified(self, node: tree.Quantified) -> Any:
        results = self.each(node.number, node.over, node.body)
        if results is None:
            return None
        return operators.conjunction(results) if node.every else operators.disjunction(results)

    def filter(self, node: tree.Filter) -> Any:
        items = self.items(node.over)
        if items is None:
            return None
        if node.condition.type == ANY:
            # A number is a position, the same for every item.
            self.local[node.number] = items[0] if items else None
            first = self.value(node.condition)
            if kind(first) == "number":
                return item_at(items, first)
        kept = self.turns(node.number, items, node.condition)
        return [item for item, keep in zip(items, kept, strict=True) if keep is True]

    # Names of one's own

    def entries(self, node: tree.Entries) -> Any:
        made = {}
        for place, (name, value) in enumerate(zip(node.names, node.values, strict=True)):
            made[name] = self.value(value)
            if node.numbers and node.numbers[place]:
                self.local[node.numbers[place]] = made[name]
        return made

    def lookup(self, node: tree.Lookup) -> Any:
        item = self.value(node.item)
        if isinstance(item, dict) and node.name in item:
            return item[node.name]
        # Values that have parts, such as dates, are no contexts: their parts are read by a path alone.
        return self.value(node.otherwise)

    def function(self, node: tree.Lambda) -> Function:
        captured = dict(self.local)

        def body(arguments: list[Any]) -> Any:
            left = budget()
            left.take(CALL_STEPS)
            if left.calls >= CALL_LIMIT:
                self.nulls.append(node.at)
                return None
            outer, self.local = self.local, captured | dict(zip(node.numbers, arguments, strict=True))
            left.calls += 1
            try:
                return self.value(node.body)
            finally:
                self.local = outer
                left.calls -= 1

        def run(arguments: list[Any]) -> Any:
            taken = taken_by(node.types, arguments)
            return None if taken is None else bounded(lambda: body(taken))

        made = Function(node.names, node.types, run, node.body.type)
        if node.own:
            captured[node.own] = made
        return made

    # The rest: its parts are computed, then combined

    def combined(self, node: Node) -> Any:
        parts = [self.value(child) for child in tree.children(node)]
        result = _COMBINED[type(node)](node, parts)
        if result is None:
            if None not in parts:
                self.nulls.append(node.at)
        elif isinstance(node, tree.Call | tree.Arithmetic):
            left = budget()
            if left.loops:
                left.take(growth(result))
        return result


def taken_by(types: tuple[Type, ...], arguments: list[Any]) -> list[Any] | None:
    """Arguments as parameters of these types take them; null where their number or a type does not fit."""
    if len(arguments) != len(types):
        return None
    taken = [None if value is None else coerced(t, value) for t, value in zip(types, arguments, strict=True)]
    lost = any(now is None and was is not None for now, was in zip(taken, arguments, strict=True))
    return None if lost else taken


_RULES: dict[type[Node], Callable[[_Walk, Any], Any]] = {
    tree.Literal: lambda walk, node: node.value,
    tree.Fact: _Walk.fact,
    tree.Local: lambda walk, node: walk.local.get(node.number),
    tree.Named: lambda walk, node: walk.value(node.of),
    tree.And: lambda walk, node: operators.conjunction(walk.value(part) for part in node.parts),
    tree.Or: lambda walk, node: operators.disjunction(walk.value(part) for part in node.parts),
    tree.If: lambda walk, node: widened(
        node.type, walk.value(node.then if walk.value(node.condition) is True else node.otherwise)
    ),
    tree.For: _Walk.loop,
    tree.Quantified: _Walk.quantified,
    tree.Filter: _Walk.filter,
    tree.Entries: _Walk.entries,
    tree.Lookup: _Walk.lookup,
    tree.Lambda: _Walk.function,
    tree.BuiltIn: lambda walk, node: builtin_function(node.name),
}
_COMBINED: dict[type[Node], Callable[[Any, list[Any]], Any]] = {
    tree.Arithmetic: lambda node, parts: operators.ARITHMETIC[node.op](*parts),
    tree.Compare: lambda node, parts: operators.COMPARISONS[node.op](*parts),
    tree.Negate: lambda node, parts: operators.negate(*parts),
    tree.Not: lambda node, parts: operators.negation(*parts),
    tree.Between: lambda node, parts: operators.between(
        parts[0], parts[1], parts[2], node.low_closed, node.high_closed
    ),
    tree.Member: lambda node, parts: operators.disjunction(operators.equal(parts[0], value) for value in parts[1:]),
    tree.Matches: lambda node, parts: operators.matches_test(*parts),
    tree.Items: lambda node, parts: widened(node.type, parts),
    tree.AsList: lambda node, parts: (gone_through if node.counts else as_list)(parts[0]),
    tree.Count: lambda node, parts: count_through(*parts),
    tree.Index: lambda node, parts: item_at(*parts),
    tree.Bounds: lambda node, parts: widened(node.type, range_of(node, *parts)),
    tree.Field: lambda node, parts: field_of(parts[0], node.name),
    tree.Property: lambda node, parts: field_of(parts[0], node.name),
    tree.InstanceOf: lambda node, parts: is_instance(node.wanted, parts[0]),
    tree.Call: lambda node, parts: run_builtin(node.function, parts, node.form),
    tree.Invoke: lambda node, parts: invoke(parts[0], parts[1:], node.names),
    tree.Zoned: lambda node, parts: stored(parts[0]),
}
_RULES.update(dict.fromkeys(_COMBINED, _Walk.combined))


def widened(type_: Type, value: Any) -> Any:
    """A value where exact and real numbers meet: exact ones become real, as the static type says."""
    if isinstance(type_, Real):
        return float(value) if kind(value) == "number" else value
    if isinstance(type_, ListOf) and isinstance(value, list):
        return [widened(type_.of, item) for item in value]
    if isinstance(type_, RangeOf) and isinstance(value, Range):
        ends = widened(type_.of, value.low), widened(type_.of, value.high)
        return Range(*ends, value.low_closed, value.high_closed, value.form)
    if isinstance(type_, ContextOf) and isinstance(value, dict):
        return {name: widened(type_.field(name) or ANY, item) for name, item in value.items()}
    return value


def call_plain(node: tree.Call, arguments: list[Any]) -> Any:
    """A call of a built-in over plain values."""
    return run_builtin(node.function, arguments, node.form)


def range_of(node: tree.Bounds, low: Any, high: Any) -> Range | None:
    """A range; null in decision models where it ends before it starts."""
    if node.form and operators.less(high, low):
        return None
    return Range(low, high, node.low_closed, node.high_closed, node.form)


def as_list(value: Any) -> list[Any]:
    """A list itself, null as the empty list, others as a list of one."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def gone_through(value: Any) -> list[Any] | None:
    """What a loop goes through: a list, what a range counts, others as a list of one; null where there is none."""
    if value is None:
        return None
    return counted(value) if isinstance(value, Range) else as_list(value)


def counted(span: Range) -> list[Any] | None:
    """The whole numbers or dates in a range."""
    found = count_through(span.low, span.high)
    if found is None:
        return None
    return found[0 if span.low_closed else 1 : len(found) if span.high_closed else len(found) - 1]


def count_through(low: Any, high: Any) -> list[Any] | None:
    """Whole numbers or dates from low to high, down where high is less; null beyond the limit of lists."""
    if is_date(low) and is_date(high) and not (is_date_time(low) or is_date_time(high)):
        days = count_through(Decimal(0), operators.divide(operators.subtract(high, low), _DAY))
        return None if days is None else [operators.add(low, operators.multiply(_DAY, day)) for day in days]
    if not (kind(low) == kind(high) == "number") or low != int(low) or high != int(high):
        return None
    step = 1 if low <= high else -1
    if abs(high - low) >= LIST_LIMIT:
        return None
    return [Decimal(n) for n in range(int(low), int(high) + step, step)]


def item_at(items: Any, index: Any) -> Any:
    """The item at a position from 1, or from the end where it is negative."""
    if not isinstance(items, list | tuple) or kind(index) != "number" or index != int(index) or index == 0:
        return None
    place = int(index) - 1 if index > 0 else len(items) + int(index)
    return items[place] if 0 <= place < len(items) else None


def field_of(value: Any, name: str) -> Any:
    """A field of a context, of each item of a list, or a part of a temporal value or range; else null."""
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list | tuple):
        return [field_of(item, name) for item in value]
    if isinstance(value, Range):
        return _ENDS[name](value) if name in _ENDS else None
    return plain_number(part_of(value, name))


_ENDS: dict[str, Callable[[Range], Any]] = {
    "start": lambda span: span.low,
    "end": lambda span: span.high,
    "start included": lambda span: span.low_closed,
    "end included": lambda span: span.high_closed,
}


def property_of(type_: Type, name: str) -> Any:
    """The function that takes a part of a value of this type."""
    return _ENDS[name] if isinstance(type_, RangeOf) else PROPERTIES[type(type_)][name][1]


def is_instance(wanted: Type, value: Any) -> bool:
    """`instance of`: null is an instance of null alone; a null inside a list or context is of any type."""
    return isinstance(wanted, NullType) if value is None else _holds(wanted, value)


def _holds(wanted: Type, value: Any) -> bool:
    if value is None:
        return True
    match wanted:
        case Number() | Real() | Money():
            return kind(value) == "number"
        case ListOf(of=of):
            return isinstance(value, list | tuple) and all(_holds(of, item) for item in value)
        case RangeOf(of=of):
            return isinstance(value, Range) and _holds(of, value.low) and _holds(of, value.high)
        case ContextOf(fields=fields):
            return isinstance(value, dict) and all(name in value and _holds(t, value[name]) for name, t in fields)
        case FunctionOf():
            return isinstance(value, Function) and _function_fits(value, wanted)
        case _:
            return fits(wanted, value)


def _function_fits(function: Function, wanted: FunctionOf) -> bool:
    # A function may take more and give less than is wanted (DMN 1.5, 10.3.2.9.2).
    return (
        len(function.types) == len(wanted.parameters)
        and all(_narrows(given, taken) for (_, given), taken in zip(wanted.parameters, function.types, strict=True))
        and _narrows(function.returns, wanted.returns)
    )


def _narrows(found: Type, wanted: Type) -> bool:
    return wanted == ANY or (found != ANY and conforms(found, wanted))
