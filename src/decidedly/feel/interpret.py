"""The reference interpreter: slow, exact, and the oracle for every backend.

It walks the typed tree over plain values with the operators of the standard in decimal128. `trace` is the same walk
that also notes which facts were read with which values, and which operations turned values into null.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from . import operators, tree
from .builtins import BUILTINS
from .scope import Reference
from .temporal import PROPERTIES, stored
from .tree import Node, Span
from .types import ANY, ContextOf, ListOf, Number, RangeOf, Real, Type
from .values import LIST_LIMIT, Function, Range, fits, kind, to_plain

CALL_LIMIT = 100
"""Most calls of functions inside one another; beyond it the result is null."""
STEP_LIMIT = 1_000_000
"""Most turns that loops inside loops may take in one evaluation; beyond it the result is null."""


class Trace(msgspec.Struct, frozen=True):
    """What an evaluation gave, read (facts with their plain values), and where null arose from values that were not."""

    value: Any
    read: tuple[tuple[Reference, Any], ...]
    nulls: tuple[Span, ...]


class TooManySteps(Exception):
    """Ends an evaluation whose nested loops take too long; never leaves the evaluation."""


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
    try:
        value = walk.value(node)
    except TooManySteps:
        value = None
    return Trace(value, tuple(walk.read.items()), tuple(walk.nulls))


class _Walk:
    def __init__(self, facts: Mapping[str, Mapping[str, Any]], local: dict[int, Any], *, plain: bool) -> None:
        self.facts = facts
        self.plain = plain
        self.local = local
        self.read: dict[Reference, Any] = {}
        self.nulls: list[Span] = []
        self.loops = 0
        self.calls = 0
        self.steps = STEP_LIMIT

    def value(self, node: Node) -> Any:
        match node:
            case tree.Literal(value=value):
                return value
            case tree.Fact(reference=ref):
                if ref not in self.read:
                    stored = self.facts.get(ref.root, {}).get(ref.id)
                    self.read[ref] = stored if self.plain else to_plain(ref.type, stored)
                return self.read[ref]
            case tree.Local(number=number):
                return self.local.get(number)
            case tree.Named(of=of):
                return self.value(of)
            case tree.Lambda():
                return self._function(node)
            case tree.BuiltIn(name=name):
                return builtin_function(name)
            case tree.And(parts=parts):
                return operators.conjunction(self.value(part) for part in parts)
            case tree.Or(parts=parts):
                return operators.disjunction(self.value(part) for part in parts)
            case tree.If(condition=condition, then=then, otherwise=otherwise):
                return widened(node.type, self.value(then if self.value(condition) is True else otherwise))
            case tree.For():
                return self._loop(node)
            case tree.Quantified(every=every):
                results = self._each(node.number, node.over, node.body)
                if results is None:
                    return None
                return operators.conjunction(results) if every else operators.disjunction(results)
            case tree.Filter():
                over = self.value(node.over)
                kept = self._each(node.number, node.over, node.condition)
                return None if kept is None else [x for x, keep in zip(over, kept, strict=True) if keep is True]
        given = [self.value(child) for child in tree.children(node)]
        result = self._combine(node, given)
        if result is None and None not in given:
            self.nulls.append(node.at)
        return result

    def _combine(self, node: Node, parts: list[Any]) -> Any:
        match node:
            case tree.Arithmetic(op=op):
                return operators.ARITHMETIC[op](*parts)
            case tree.Compare(op=op):
                return operators.COMPARISONS[op](*parts)
            case tree.Negate():
                return operators.negate(parts[0])
            case tree.Not():
                return operators.negation(parts[0])
            case tree.Between(low_closed=low_closed, high_closed=high_closed):
                return operators.between(parts[0], parts[1], parts[2], low_closed, high_closed)
            case tree.Member():
                return operators.disjunction(operators.equal(parts[0], value) for value in parts[1:])
            case tree.Matches():
                return operators.matches_test(*parts)
            case tree.Items():
                return widened(node.type, parts)
            case tree.AsList():
                return as_list(parts[0])
            case tree.Count():
                return count_through(*parts)
            case tree.Index():
                return item_at(*parts)
            case tree.Bounds(low_closed=low_closed, high_closed=high_closed):
                return widened(node.type, Range(parts[0], parts[1], low_closed, high_closed))
            case tree.Entries(names=names):
                return dict(zip(names, parts, strict=True))
            case tree.Field(name=name):
                return field_of(parts[0], name)
            case tree.Property(of=of, name=name):
                return None if parts[0] is None else plain_number(property_of(of.type, name)(parts[0]))
            case tree.InstanceOf(wanted=wanted):
                return is_instance(wanted, parts[0])
            case tree.Call():
                return call_plain(node, parts)
            case tree.Invoke(names=names):
                return invoke(parts[0], parts[1:], names)
            case tree.Zoned():
                return stored(parts[0])
        raise AssertionError(f"no rule for {type(node).__name__}")

    def _each(self, number: int, over: Node, body: Node) -> list[Any] | None:
        items = self.value(over)
        if items is None:
            return None
        if self.loops:
            self.steps -= len(items)
            if self.steps < 0:
                raise TooManySteps
        self.loops += 1
        results = []
        for item in items:
            self.local[number] = item
            results.append(self.value(body))
        self.loops -= 1
        return results

    def _function(self, node: tree.Lambda) -> Function:
        captured = dict(self.local)

        def run(arguments: list[Any]) -> Any:
            if len(arguments) != len(node.names) or self.calls >= CALL_LIMIT:
                return None
            outer, self.local = self.local, captured | dict(zip(node.numbers, arguments, strict=True))
            self.calls += 1
            try:
                return self.value(node.body)
            finally:
                self.local = outer
                self.calls -= 1

        return Function(node.names, node.types, run)

    def _loop(self, node: tree.For) -> Any:
        results = self._each(node.number, node.over, node.body)
        return results if results is None or not node.flat else joined_lists(results)


def builtin_function(name: str) -> Function:
    """A built-in as a value."""
    function = BUILTINS[name]
    names = tuple(param.name for param in function.params)
    needed = sum(not param.optional for param in function.params)

    def run(arguments: list[Any]) -> Any:
        if function.gather and not (len(arguments) == 1 and isinstance(arguments[0], list | tuple)):
            arguments = [arguments]
        return run_builtin(name, arguments) if needed <= len(arguments) <= len(names) else None

    return Function(names, tuple(param.type for param in function.params), run, needed=needed)


def invoke(function: Any, arguments: list[Any], names: tuple[str, ...]) -> Any:
    """The result of a function value; null where there is none or the names are not those of its parameters."""
    if not isinstance(function, Function):
        return None
    if names:
        given = dict(zip(names, arguments, strict=True))
        if not set(given) <= set(function.names):
            return None
        arguments = [given.get(name) for name in function.names]
    return function.run(arguments)


def widened(type_: Type, value: Any) -> Any:
    """A value where exact and real numbers meet: exact ones become real, as the static type says."""
    if isinstance(type_, Real):
        return value if value is None else float(value)
    if isinstance(type_, ListOf) and value is not None:
        return [widened(type_.of, item) for item in value]
    if isinstance(type_, RangeOf) and value is not None:
        return Range(widened(type_.of, value.low), widened(type_.of, value.high), value.low_closed, value.high_closed)
    if isinstance(type_, ContextOf) and value is not None:
        return {name: widened(type_.field(name) or ANY, item) for name, item in value.items()}
    return value


def call_plain(node: tree.Call, arguments: list[Any]) -> Any:
    """A call of a built-in over plain values."""
    return run_builtin(node.function, arguments)


def run_builtin(name: str, arguments: list[Any]) -> Any:
    """A built-in over plain values: null for a null or a wrong kind, unless its parameter takes it."""
    function = BUILTINS[name]
    for param, argument in zip(function.params, arguments, strict=False):
        if argument is None:
            if not param.nullable:
                return None
        elif not _accepted(param.type, argument):
            return None
    return plain_number(function.run(*arguments))


def _accepted(type_: Type, value: Any) -> bool:
    return kind(value) == "number" if isinstance(type_, Number) else fits(type_, value)


def plain_number(value: Any) -> Any:
    """The result of a built-in with whole numbers as Decimal."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return [plain_number(item) for item in value] if isinstance(value, list) else value


def as_list(value: Any) -> list[Any]:
    """A list itself, null as the empty list, others as a list of one."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def count_through(low: Any, high: Any) -> list[Any] | None:
    """Whole numbers from low to high, down where high is less; null beyond the limit of lists."""
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
    """A field of a context; null where it has none."""
    return value.get(name) if isinstance(value, dict) else None


def property_of(type_: Type, name: str) -> Any:
    """The function that takes a part of a value of this type."""
    if isinstance(type_, RangeOf):
        return {
            "start": lambda bounds: bounds.low,
            "end": lambda bounds: bounds.high,
            "start included": lambda bounds: bounds.low_closed,
            "end included": lambda bounds: bounds.high_closed,
        }[name]
    return PROPERTIES[type(type_)][name][1]


def is_instance(wanted: Type, value: Any) -> bool:
    """`instance of`: null is an instance of null alone."""
    if value is None:
        return str(wanted) == "null"
    if isinstance(wanted, Number | Real):
        return kind(value) == "number"
    return fits(wanted, value)


def joined_lists(lists: list[Any]) -> list[Any] | None:
    """One list of the items of all; null where one is null or the whole is too long."""
    if any(items is None for items in lists) or sum(map(len, lists)) > LIST_LIMIT:
        return None
    return [item for items in lists for item in items]
