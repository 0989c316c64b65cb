"""The typing rules: the only place where nodes are made.

Each method takes typed parts and gives a typed node. What cannot be typed is reported once, with its place, and becomes
a null of type any, so that one mistake does not cause a second message.
"""

from decimal import Decimal
from typing import Any

from . import tree
from .calls import Calls, a, upper
from .diagnostics import did_you_mean
from .operators import less, negate
from .temporal import PROPERTIES, stored
from .tree import Literal, Node, Span
from .types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    INTEGER,
    MONTHS,
    NULL,
    NUMBER,
    REAL,
    STRING,
    TIME,
    ContextOf,
    ListOf,
    Money,
    Number,
    RangeOf,
    Real,
    Type,
    at_scale,
    join,
)
from .values import kind

DEPTH_LIMIT = 120
"""Most levels of a named expression, with all that it uses: what walks a tree goes down as many."""
NAMED_HEIGHT = 20
"""The most that a named expression adds to the height of what uses it."""

_ORDERED = (Number, Money, Real, type(STRING), type(DATE), type(DATE_TIME), type(TIME), type(DAYS), type(MONTHS))
_LITERAL_TYPES: dict[str, Type] = {
    "null": NULL, "boolean": BOOLEAN, "string": STRING, "date": DATE, "date and time": DATE_TIME, "time": TIME,
    "days and time duration": DAYS, "years and months duration": MONTHS,
}  # fmt: skip
_TEMPORAL = (DATE, DATE_TIME, TIME, DAYS, MONTHS)
_CALENDAR_SUMS: dict[tuple[Type, Type], Type] = {
    (DATE, DAYS): DATE, (DATE, MONTHS): DATE, (DATE_TIME, DAYS): DATE_TIME, (DATE_TIME, MONTHS): DATE_TIME,
    (TIME, DAYS): TIME, (DAYS, DAYS): DAYS, (MONTHS, MONTHS): MONTHS,
}  # fmt: skip
_NUMBERS = Number | Money | Real


class Checker(Calls):
    # Leaves

    def literal(self, at: Span, value: Any) -> Literal:
        if isinstance(value, Decimal):
            exponent = value.as_tuple().exponent
            scale = max(0, -exponent) if isinstance(exponent, int) else 0
            digits = len(value.as_tuple().digits) + max(0, exponent if isinstance(exponent, int) else 0)
            type_: Type = at_scale(Number(constant=True), scale, max(digits, scale, 1))
        else:
            type_ = _LITERAL_TYPES[kind(value)]
            if type_ in _TEMPORAL and stored(value) != value:
                # Only decision models have these: they are of no type that is stored.
                type_ = ANY
        return Literal(at, type_, 1, value)

    def named(self, at: Span, name: str, of: Node) -> Node:
        """A name that stands for an expression. It counts as flat from some height on: it is then computed apart."""
        if tree.depth(of) > DEPTH_LIMIT:
            self.report(at, "feel.too-deep", f"'{name}' stands for too many expressions inside one another.",
                        "Make it of fewer that use one another.")  # fmt: skip
            return self.unknown(at)
        return tree.Named(at, of.type, 1 + min(of.height, NAMED_HEIGHT), name, of)

    # Operators

    def negative(self, at: Span, of: Node) -> Node:
        if isinstance(of, Literal) and isinstance(of.type, Number) and of.value is not None:
            return self.literal(at, negate(of.value))
        if not isinstance(of.type, _NUMBERS) and of.type not in (DAYS, MONTHS, ANY, NULL):
            self.report(at, "feel.type", f"A {of.type} has no negative.")
            return self.dynamic(tree.Negate(at, ANY, self.height(at, of), of))
        return tree.Negate(at, of.type, self.height(at, of), of)

    def arithmetic(self, at: Span, op: str, left: Node, right: Node) -> Node:
        type_ = self._sum_type(op, left.type, right.type)
        if type_ is None:
            hint = ""
            if op == "+" and STRING in (left.type, right.type):
                hint = "Use string(...) to make a text of a value."
            elif isinstance(left.type, Money) or isinstance(right.type, Money):
                hint = "An amount is added to amounts of its own currency, and multiplied or divided by numbers."
            self.report(at, "feel.type", f"'{op}' does not work between {a(left.type)} and {a(right.type)}.", hint)
            return self.dynamic(tree.Arithmetic(at, ANY, self.height(at, left, right), op, left, right))
        if self.lenient and type_ in _TEMPORAL:
            # What is not brought into its stored form may be beyond what the type holds there.
            type_ = ANY
        return self.held(tree.Arithmetic(at, type_, self.height(at, left, right), op, left, right))

    def _sum_type(self, op: str, a: Type, b: Type) -> Type | None:
        if a in (ANY, NULL) or b in (ANY, NULL):
            return ANY
        if isinstance(a, _NUMBERS) and isinstance(b, _NUMBERS):
            return self._number_type(op, a, b)
        if op == "+":
            if a == b == STRING:
                return STRING
            return _CALENDAR_SUMS.get((a, b)) or _CALENDAR_SUMS.get((b, a))
        if op == "-":
            return DAYS if a == b and a in (DATE, DATE_TIME, TIME) else _CALENDAR_SUMS.get((a, b))
        lengths = (DAYS, MONTHS)
        if op in "*/" and a in lengths and isinstance(b, Number | Real):
            return a
        if op == "*" and b in lengths and isinstance(a, Number | Real):
            return b
        return NUMBER if op == "/" and a == b and a in lengths else None

    def _number_type(self, op: str, a: Type, b: Type) -> Type | None:
        if Real() in (a, b):
            # Propensity times value: an amount becomes a real number of major units, its currency is not kept.
            return REAL
        if op in "+-":
            joined = join(a, b)
            if isinstance(joined, Number | Money) and joined.scale is not None:
                return at_scale(joined, joined.scale, joined.digits + 1)
            return joined
        monies = isinstance(a, Money) + isinstance(b, Money)
        if op == "/" and monies == 2:
            return NUMBER if join(a, b) is not None else None
        if op == "**" or (monies and not (isinstance(a, Money) or op == "*")) or monies == 2:
            return None if monies else NUMBER
        like = b if isinstance(b, Money) else a
        if not (isinstance(like, Number | Money) and isinstance(a, Number | Money) and isinstance(b, Number | Money)):
            return None
        if isinstance(like, Number):
            like = Number(constant=getattr(a, "constant", False) and getattr(b, "constant", False))
        if op == "/" or a.scale is None or b.scale is None:
            return at_scale(like, None, 0)
        return at_scale(like, a.scale + b.scale, a.digits + b.digits)

    def compare(self, at: Span, op: str, left: Node, right: Node) -> Node:
        joined = join(left.type, right.type)
        if joined is None:
            self.report(at, "feel.type", f"{upper(a(left.type))} is never compared with {a(right.type)}.",
                        self._compare_hint(left, right))  # fmt: skip
            return self.dynamic(tree.Compare(at, BOOLEAN, self.height(at, left, right), op, left, right))
        if op not in ("=", "!=") and joined not in (ANY, NULL) and not isinstance(joined, _ORDERED):
            self.report(at, "feel.type", f"A {joined} has no order, so '{op}' says nothing about it.", "Use = or !=.")
            return self.dynamic(tree.Compare(at, BOOLEAN, self.height(at, left, right), op, left, right))
        if NULL in (left.type, right.type) and op not in ("=", "!="):
            message = f"'{op}' with null is always null."
            self.report(at, "feel.always-null", message, "Use = null or != null.", "warning")
        return tree.Compare(at, BOOLEAN, self.height(at, left, right), op, left, right)

    def _compare_hint(self, left: Node, right: Node) -> str:
        for one, other in ((left, right), (right, left)):
            quoted = isinstance(other, Literal) and other.type == STRING
            if quoted and one.type in (DATE, DATE_TIME, TIME, DAYS, MONTHS) and isinstance(other, Literal):
                return f'Write @"{other.value}".'
            if isinstance(one.type, ListOf) and join(one.type.of, other.type) is not None:
                return "Use list contains(list, value), or some x in list satisfies ..."
            if isinstance(one.type, Money) and isinstance(other.type, Number | Money):
                return "Amounts are compared with amounts of the same currency or with a written number."
            if isinstance(one.type, Number) and quoted:
                return "Write the number without quotes."
            if one.type == STRING and isinstance(other, Literal) and isinstance(other.type, Number):
                return f'Write "{other.value}" with quotes.'
            if {one.type, other.type} == {DATE, DATE_TIME}:
                return "Use date(...) to take the date of a date and time."
        return ""

    def logic(self, at: Span, op: str, parts: list[Node]) -> Node:
        flat: list[Node] = []
        for part in parts:
            self.truth(part, f"'{op}'")
            same = tree.And if op == "and" else tree.Or
            flat.extend(part.parts if isinstance(part, same) else (part,))
        if len(flat) == 1:
            return flat[0]
        made = tree.And if op == "and" else tree.Or
        return made(at, BOOLEAN, self.height(at, *flat), tuple(flat))

    def negation(self, at: Span, of: Node) -> Node:
        self.truth(of, "not()")
        return tree.Not(at, BOOLEAN, self.height(at, of), of)

    def truth(self, node: Node, where: str) -> None:
        if node.type not in (BOOLEAN, ANY, NULL):
            self.report(node.at, "feel.type", f"{where} wants a condition, but this is {a(node.type)}.",
                        "Compare it with something.")  # fmt: skip

    def between(
        self, at: Span, of: Node, low: Node, high: Node, low_closed: bool = True, high_closed: bool = True
    ) -> Node:
        before = len(self.problems)
        self.compare(at, ">=", of, low)
        if len(self.problems) == before:
            self.compare(at, "<=", of, high)
        if any(problem.severity == "error" for problem in self.problems[before:]):
            return self.unknown(at)
        return tree.Between(at, BOOLEAN, self.height(at, of, low, high), of, low, high, low_closed, high_closed)

    # Unary tests

    def is_condition(self, inner: Node) -> bool:
        """Whether what uses `?` is a condition on it, and not a value to compare it with."""
        return inner.type in (BOOLEAN, ANY)

    def test(self, at: Span, value: Node, test: Node, *, cell: bool = False) -> Node:
        """`value in test`; in a cell of a table a value tests a list by whether the list contains it."""
        if self.lenient:
            return tree.Matches(at, BOOLEAN, self.height(at, value, test), value, test)
        if isinstance(test, tree.Bounds):
            if cell and isinstance(value.type, ListOf):
                return self._list_misuse(at, value.type)
            return self.within(at, value, test)
        if test.type == NULL or ANY in (value.type, test.type):
            if test.type == NULL:
                return self.compare(at, "=", value, test)
            return tree.Matches(at, BOOLEAN, self.height(at, value, test), value, test)
        if isinstance(test.type, RangeOf):
            return self.call(at, "includes", [test, value])
        value_is_list, test_is_list = isinstance(value.type, ListOf), isinstance(test.type, ListOf)
        if test_is_list and not (value_is_list and join(value.type, test.type) is not None):
            return self.call(at, "list contains", [test, value])
        if cell and value_is_list and not test_is_list:
            return self.call(at, "list contains", [value, test])
        return self.compare(at, "=", value, test)

    def within(self, at: Span, value: Node, bounds: tree.Bounds) -> Node:
        """`value in low..high`; an end that is written as null is no limit."""
        low, high = bounds.low, bounds.high
        if high.type == NULL and low.type != NULL:
            return self.compare(at, ">=" if bounds.low_closed else ">", value, low)
        if low.type == NULL and high.type != NULL:
            return self.compare(at, "<=" if bounds.high_closed else "<", value, high)
        return self.between(at, value, low, high, bounds.low_closed, bounds.high_closed)

    def half_test(self, at: Span, op: str, value: Node, bound: Node, *, cell: bool = False) -> Node:
        if cell and isinstance(value.type, ListOf) and not isinstance(bound.type, ListOf) and op not in ("=", "!="):
            return self._list_misuse(at, value.type)
        return self.compare(at, op, value, bound)

    def _list_misuse(self, at: Span, type_: ListOf) -> Node:
        hint = "Write some x in ? satisfies x < 5, or every x in ? satisfies x < 5."
        return self.wrong(at, f"This column is a {type_}: a comparison must say whether some or every item is meant.",
                          hint)  # fmt: skip

    def any_of(self, at: Span, tests: list[Node]) -> Node:
        """The tests of one cell, joined by or; several equal literals become one look-up."""
        same = [t for t in tests if isinstance(t, tree.Compare) and t.op == "=" and _plain_scalar(t)]
        if len(same) > 1:
            first = same[0]
            assert isinstance(first, tree.Compare)
            values = tuple(t.right for t in same if isinstance(t, tree.Compare) and isinstance(t.right, Literal))
            member = tree.Member(at, BOOLEAN, self.height(at, first.left), first.left, values)
            tests = [member, *(t for t in tests if t not in same)]
        return self.logic(at, "or", tests)

    # Control

    def choice(self, at: Span, condition: Node, then: Node, otherwise: Node) -> Node:
        self.truth(condition, "if")
        type_ = join(then.type, otherwise.type) or ANY
        return tree.If(at, type_, self.height(at, condition, then, otherwise), condition, then, otherwise)

    def as_list(self, node: Node) -> Node:
        if isinstance(node.type, ListOf):
            return node
        if node.type in (ANY, NULL) or self.lenient:
            return tree.AsList(node.at, ListOf(ANY), self.height(node.at, node), node)
        return tree.Items(node.at, ListOf(node.type), self.height(node.at, node), (node,))

    def iterated(self, node: Node) -> Node:
        """What `for`, `some` and `every` go through: a list, or the numbers or dates of a range."""
        if isinstance(node, tree.Bounds) and node.low_closed and node.high_closed and not self.lenient:
            return self.count(node.at, node.low, node.high)
        if isinstance(node.type, ListOf) and not self.lenient:
            return node
        if isinstance(node.type, RangeOf) or node.type in (ANY, NULL) or self.lenient:
            of = node.type.of if isinstance(node.type, RangeOf | ListOf) else ANY
            return tree.AsList(node.at, ListOf(of), self.height(node.at, node), node, counts=True)
        return self.as_list(node)

    def count(self, at: Span, low: Node, high: Node) -> Node:
        dates = DATE in (low.type, high.type)
        for end in (low, high):
            whole = isinstance(end.type, Number) and end.type.scale == 0
            if not (end.type == DATE if dates else whole) and end.type not in (ANY, NULL):
                message = f"An iteration counts whole numbers or dates, but this is {a(end.type)}."
                self.report(end.at, "feel.type", message)
        of = ANY if self.lenient or ANY in (low.type, high.type) else DATE if dates else INTEGER
        return tree.Count(at, ListOf(of), self.height(at, low, high), low, high)

    def loop(self, at: Span, number: int, over: Node, body: Node, flat: bool, partial: int = 0) -> Node:
        type_ = body.type if flat else ListOf(body.type)
        return tree.For(at, type_, self.height(at, over, body), number, over, body, flat, partial)

    def quantified(self, at: Span, every: bool, number: int, over: Node, body: Node) -> Node:
        self.truth(body, "satisfies")
        return tree.Quantified(at, BOOLEAN, self.height(at, over, body), every, number, over, body)

    def filtered(self, at: Span, number: int, over: Node, inside: Node) -> Node:
        height = self.height(at, over, inside)
        if isinstance(inside.type, Number):
            item = over.type.of if isinstance(over.type, ListOf) else ANY
            return tree.Index(at, item, height, over, inside)
        self.truth(inside, "A filter")
        # Only the values tell whether this is a condition or a position.
        type_ = ANY if inside.type == ANY else over.type
        return tree.Filter(at, type_, height, number, over, inside)

    # Structures

    def items(self, at: Span, items: list[Node]) -> Node:
        of: Type = NULL
        for item in items:
            of = join(of, item.type) or ANY
        return tree.Items(at, ListOf(of), self.height(at, *items), tuple(items))

    def bounds(self, at: Span, low: Node, high: Node, low_closed: bool, high_closed: bool, form: str = "..") -> Node:
        of = join(low.type, high.type)
        if of is None or not (isinstance(of, _ORDERED) or of in (ANY, NULL)):
            return self.wrong(at, f"A range cannot go from {a(low.type)} to {a(high.type)}.")
        if isinstance(low, Literal) and isinstance(high, Literal) and less(high.value, low.value):
            self.report(at, "feel.empty-range", "This range holds nothing: it starts after its end.", "Swap them.")
        height = self.height(at, low, high)
        return tree.Bounds(at, RangeOf(of), height, low, high, low_closed, high_closed, form if self.lenient else "")

    def half_range(self, at: Span, op: str, bound: Node) -> Node:
        """A comparison without a value, such as (< 5), as a range."""
        if op == "=" or (op == "!=" and self.lenient):
            return self.bounds(at, bound, bound, True, True, op)
        if op == "!=":
            self.report(at, "feel.type", "What is different from a value is no range.", "Write not(... = ...).")
            return self.unknown(at)
        none = self.literal(at, None)
        low, high = (none, bound) if op[0] == "<" else (bound, none)
        return self.bounds(at, low, high, op == ">=", op == "<=", op)

    def entries(self, at: Span, entries: list[tuple[str, Node]], numbers: tuple[int, ...] = ()) -> Node:
        names = tuple(name for name, _ in entries)
        if len(set(names)) < len(names):
            self.report(at, "feel.duplicate-entry", "Two entries of this context have the same name.")
            return self.unknown(at)
        type_ = ContextOf(tuple((name, node.type) for name, node in entries))
        return tree.Entries(at, type_, self.height(at, *(n for _, n in entries)), names, tuple(n for _, n in entries),
                            numbers)  # fmt: skip

    def path(self, at: Span, of: Node, name: str, name_at: Span) -> Node:
        height = self.height(at, of)
        type_ = of.type
        if self.lenient and isinstance(type_, ListOf):
            inner = type_.of.field(name) if isinstance(type_.of, ContextOf) else None
            return tree.Field(at, ListOf(inner) if inner else ANY, height, of, name)
        if isinstance(type_, ContextOf):
            found = type_.field(name)
            if found is None and type_.closed:
                known = [field for field, _ in type_.fields]
                self.report(name_at, "feel.unknown-name", f"There is no '{name}' here.", did_you_mean(name, known))
                return self.unknown(at)
            return tree.Field(at, found or ANY, height, of, name)
        if self.lenient:
            return tree.Field(at, ANY, height, of, name)
        if isinstance(type_, RangeOf) and name in ("start", "end", "start included", "end included"):
            return tree.Property(at, BOOLEAN if name.endswith("included") else type_.of, height, of, name)
        if known_parts := PROPERTIES.get(type(type_)):
            if name in known_parts:
                return tree.Property(at, known_parts[name][0], height, of, name)
            self.report(name_at, "feel.unknown-name", f"A {type_} has no '{name}'.",
                        did_you_mean(name, known_parts) or f"It has {', '.join(known_parts)}.")  # fmt: skip
            return self.unknown(at)
        if type_ in (ANY, NULL):
            return tree.Field(at, ANY, height, of, name)
        return self.wrong(at, f"A {type_} has no parts, so '.{name}' says nothing.")

    def instance(self, at: Span, of: Node, wanted: Type) -> Node:
        return tree.InstanceOf(at, BOOLEAN, self.height(at, of), of, wanted)


def _plain_scalar(test: tree.Compare) -> bool:
    # Only these are looked up by hash: what is stored for one type compares as it hashes.
    stored = join(test.left.type, test.right.type)
    return isinstance(test.right, Literal) and isinstance(stored, Number | Money | type(STRING) | type(DATE))
