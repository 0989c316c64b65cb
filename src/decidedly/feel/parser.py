"""Text to typed tree: precedence climbing over tokens cut with the names in scope (DMN 1.5, 10.3.1.2).

The types are known while parsing, because names with spaces can only be told apart by them: after `person.` only the
names of a person are looked for, after a context its fields. Mistakes are collected; parsing goes on where it can.
"""

from collections.abc import Callable

from .check import Checker
from .cursor import Stop
from .diagnostics import START, Diagnostic, Place
from .forms import Forms
from .lexer import Token, number_value, string_value
from .names import RESERVED, STARTS
from .scope import NameMatcher, Scope, matcher
from .temporal import PROPERTIES, parse_temporal, stored
from .tree import Local, Node, Span
from .type_forms import read_type
from .types import ANY, ContextOf, ListOf, Type, loosened
from .values import finite

LENGTH_LIMIT = 10_000
"""Longest text of one expression, in characters."""

_COMPARE = ("=", "!=", "<", "<=", ">", ">=")
_POWER = {"or": 1, "and": 2, "between": 3, "in": 3, **dict.fromkeys(_COMPARE, 3), "+": 4, "-": 4, "*": 5, "/": 5,
          "**": 6, "instance": 8}  # fmt: skip
_UNARY_POWER = 7
_NO_FILTER = (RESERVED - STARTS) | {")", ",", "]", "}", ".", "..", *_COMPARE, "+", "*", "/", "**"}
_PARTS = NameMatcher([name for parts in PROPERTIES.values() for name in parts]
                     + ["start", "end", "start included", "end included"])  # fmt: skip
_CONSTANTS = {"true": True, "false": False, "null": None}


class Parser(Forms):
    def expression(self, power: int = 0) -> Node:
        """An expression whose operators bind more strongly than `power`."""
        self.deeper()
        left = self.postfix(self.operand())
        while True:
            token = self.peek()
            binds = _POWER.get(token.text, 0) if token.kind in ("symbol", "word") else 0
            if binds <= power:
                self.level -= 1
                return left
            self.offset = token.end
            left = self.postfix(self.infix(left, token.text, binds))

    def infix(self, left: Node, op: str, binds: int) -> Node:
        start = left.at.start
        if op in ("and", "or"):
            parts = [left, self.expression(binds)]
            while self.skip(op):
                parts.append(self.expression(binds))
            return self.check.logic(self.since(start), op, parts)
        if op == "between":
            low = self.expression(3)
            self.need("and", "between the two bounds")
            high = self.expression(3)
            return self.check.between(self.since(start), left, low, high)
        if op == "in":
            return self.in_tests(start, left)
        if op == "instance":
            self.need("of", "after 'instance'")
            return self.instance(start, left)
        right = self.expression(binds)
        if op in _COMPARE:
            return self.check.compare(self.since(start), op, left, right)
        return self.check.arithmetic(self.since(start), op, left, right)

    def operand(self) -> Node:
        token = self.peek()
        if token.kind not in ("number", "string", "at"):
            named = self.name(token.start)
            if named is not None:
                return named
        self.offset = token.end
        at = self.since(token.start)
        if token.kind == "number":
            return self.number_literal(token, at)
        if token.kind == "string":
            return self.check.literal(at, string_value(token.text))
        if token.kind == "at":
            return self.at_literal(token, at)
        if token.kind == "word":
            return self.word(token, at)
        if token.kind == "symbol" and token.text in _OPENERS:
            return _OPENERS[token.text](self, token.start)
        if token.kind == "bad" and token.text in '"@':
            self.fail(token, "This string has no end.", 'Close it with ".')
        found = f"'{token.text}'" if token.text else "the end"
        self.fail(token, f"Here must be a value, but here is {found}.")
        raise AssertionError

    def number_literal(self, token: Token, at: Span) -> Node:
        value = finite(number_value(token.text))
        if value is None:
            self.check.report(at, "feel.literal", "This number is too large.", "Numbers go to 10 to the power of 6144.")
            return self.check.unknown(at)
        return self.check.literal(at, value)

    def at_literal(self, token: Token, at: Span) -> Node:
        value = parse_temporal(string_value(token.text))
        value = value if self.check.lenient else stored(value)
        if value is None:
            self.check.report(at, "feel.literal", "This is not a date, time or duration.",
                              'Examples are @"2017-10-30", @"2017-10-30T08:30:00Z", @"P1D".')  # fmt: skip
            return self.check.unknown(at)
        return self.check.literal(at, value)

    def word(self, token: Token, at: Span) -> Node:
        if token.text in _CONSTANTS:
            return self.check.literal(at, _CONSTANTS[token.text])
        if token.text == "if":
            return self.choice(token.start)
        if token.text == "for":
            return self.loop(token.start)
        if token.text in ("some", "every"):
            return self.quantified(token.start, token.text == "every")
        if token.text == "function" and self.sees("("):
            return self.definition(token.start)
        self.offset = token.start
        if token.text in RESERVED:
            self.fail(token, f"Here must be a value, but here is the word '{token.text}'.")
        return self.unknown_name([*self.own_names(), *self.scope.top.names])

    def group(self, start: int) -> Node:
        token = self.peek()
        if token.kind == "symbol" and token.text in _COMPARE:
            self.offset = token.end
            half = self.check.half_range(self.since(start), token.text, self.expression(3))
            self.need(")", "to close the range")
            return half
        inner = self.expression()
        if self.skip(".."):
            return self.range_end(start, inner, False)
        self.need(")", "to close the bracket")
        return inner

    def list_or_range(self, start: int) -> Node:
        if self.skip("]"):
            return self.check.items(self.since(start), [])
        first = self.expression()
        if self.skip(".."):
            return self.range_end(start, first, True)
        items = [first]
        while self.skip(","):
            items.append(self.expression())
        self.need("]", "to close the list")
        return self.check.items(self.since(start), items)

    def open_range(self, start: int) -> Node:
        low = self.expression()
        self.need("..", "between the ends of the range")
        return self.range_end(start, low, False)

    def range_end(self, start: int, low: Node, low_closed: bool) -> Node:
        high = self.expression()
        token = self.take()
        if token.text not in ("]", ")", "["):
            self.fail(token, "Here must be ']', ')' or '[' to close the range.")
        return self.check.bounds(self.since(start), low, high, low_closed, token.text == "]")

    def minus(self, start: int) -> Node:
        of = self.expression(_UNARY_POWER)
        return self.check.negative(self.since(start), of)

    def input_value(self, start: int) -> Node:
        if self.input is not None:
            self.seen_input = True
            return Local(self.since(start), self.input.type, 1, "?", self.input.number)
        self.check.report(self.since(start), "feel.unknown-name", "'?' has a meaning only in a cell of a table.")
        return self.check.unknown(self.since(start))

    # After an operand

    def postfix(self, node: Node) -> Node:
        while (token := self.peek()).kind == "symbol":
            if token.text == "[" and not self.closes_range():
                self.take()
                node = self.filtered(node)
            elif token.text == ".":
                self.take()
                node = self.path(node)
            elif token.text == "(":
                self.take()
                node = self.invocation(node)
            else:
                break
        return node

    def closes_range(self) -> bool:
        """Whether the bracket here ends a range such as ]1..5[: no filter begins like that."""
        after = self.token(self.peek().end)
        return after.kind == "end" or after.text in _NO_FILTER

    def filtered(self, over: Node) -> Node:
        over = self.check.as_list(over)
        item = over.type.of if isinstance(over.type, ListOf) else ANY
        number = self.number()
        local = Local(over.at, item, 1, "item", number)
        open_item = self.check.lenient and (item == ANY or (isinstance(item, ContextOf) and not item.closed))
        with self.bound({"item": (item, number)}):
            # In a filter over contexts a field may stand alone: products[price > 10].
            fields = [name for name, _ in item.fields] if isinstance(item, ContextOf) else []
            if open_item:
                self.unknown_items.append((len(self.locals), local))
            with self.fields_of(local, fields):
                inside = self.expression()
            if open_item:
                self.unknown_items.pop()
        self.need("]", "to close the filter")
        return self.check.filtered(self.since(over.at.start), number, over, inside)

    def path(self, of: Node) -> Node:
        type_ = of.type.of if isinstance(of.type, ListOf) else of.type
        here = self.here()
        fields = tuple(name for name, _ in type_.fields) if isinstance(type_, ContextOf) else ()
        match = matcher(fields).longest(self.text, here) if fields else _PARTS.longest(self.text, here)
        if match is not None:
            name, self.offset = match
        else:
            if self.peek().kind != "word":
                self.fail(self.take(), "Here must be a name after the dot.")
            name = self.take().text
        if self.check.lenient and type_ == ANY and self.runs_on():
            # Nothing tells the names that a value of unknown type may have: all words up to the next symbol.
            self.offset = here
            name = self.words()
        name_at = self.check.span(here, self.offset)
        at = self.since(of.at.start)
        if self.check.lenient or not isinstance(of.type, ListOf):
            return self.check.path(at, of, name, name_at)
        # A path on a list is the list of the paths of its items.
        number = self.number()
        body = self.check.path(at, Local(at, type_, 1, "item", number), name, name_at)
        return self.check.loop(at, number, of, body, flat=False)

    def instance(self, start: int, of: Node) -> Node:
        here = self.here()
        wanted = read_type(self, self.scope)
        if wanted is not None:
            return self.check.instance(self.since(start), of, wanted)
        self.unknown_type(here)
        return self.check.unknown(self.since(start))

    def finish(self) -> None:
        token = self.peek()
        if token.kind != "end":
            hint = "A whole condition is one expression; join parts with 'and' or 'or'."
            self.fail(token, f"After this expression nothing more may stand, but here is '{token.text}'.", hint)

    # Unary tests

    def in_tests(self, start: int, value: Node) -> Node:
        if not self.skip("("):
            return self.test(value, cell=False, power=3)
        here = self.offset
        tests = [self.test(value, cell=False)]
        if self.skip(".."):
            # An open range such as (1..5]: what was read as a test is its start.
            return self.check.test(self.since(start), value, self.range_end(here, tests[0], False))
        while self.skip(","):
            tests.append(self.test(value, cell=False))
        self.need(")", "to close the tests")
        return self.check.any_of(self.since(start), tests)

    def test(self, value: Node, *, cell: bool, power: int = 0) -> Node:
        """One test of a value: `< 5`, a range, a value, or a condition that uses `?`."""
        token = self.peek()
        start = token.start
        if token.kind == "symbol" and token.text in _COMPARE:
            self.offset = token.end
            bound = self.expression(3)
            return self.check.half_test(self.since(start), token.text, value, bound, cell=cell)
        seen, self.seen_input = self.seen_input, False
        inner = self.expression(power)
        uses_input, self.seen_input = self.seen_input, seen or self.seen_input
        if uses_input and self.check.is_condition(inner):
            return inner
        if self.sees(".."):
            return inner
        return self.check.test(self.since(start), value, inner, cell=cell)

    def cell(self, value: Node) -> Node:
        """The tests of one cell of a table: `-`, `not(...)`, or tests joined by commas."""
        token = self.peek()
        if token.text in ("-", "") and self.token(token.end).kind == "end":
            self.take()
            return self.check.literal(self.since(token.start), True)
        before = self.offset
        if self.skip("not") and self.skip("("):
            tests = self.tests(value)
            self.need(")", "to close not()")
            if self.peek().kind == "end":
                return self.check.negation(self.since(token.start), tests)
        self.offset = before
        return self.tests(value)

    def tests(self, value: Node) -> Node:
        start = self.here()
        tests = [self.test(value, cell=True)]
        while self.skip(","):
            tests.append(self.test(value, cell=True))
        return self.check.any_of(self.since(start), tests)


_OPENERS: dict[str, Callable[[Parser, int], Node]] = {
    "(": Parser.group,
    "[": Parser.list_or_range,
    "]": Parser.open_range,
    "{": Parser.context,
    "-": Parser.minus,
    "?": Parser.input_value,
}


def parse(
    text: str, scope: Scope, *, place: Place = START, lenient: bool = False
) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    """The typed tree of an expression, or None where it has errors.

    place   : where the text begins in its file
    lenient : as a decision model is read: types serve only to tell names apart, mistakes of types and names are
              warnings, and the values decide when it is evaluated
    """
    return _parsed(Parser(Checker(text, place, lenient=lenient), scope), Parser.expression)


def parse_tests(
    text: str, scope: Scope, value: Type, *, place: Place = START, lenient: bool = False
) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    """The unary tests of a cell as one condition on `?`, a Local of number 1 and of the type given."""

    def cell(parser: Parser) -> Node:
        parser.numbers = 1
        parser.input = Local(parser.since(0), loosened(value) if lenient else value, 1, "?", 1)
        return parser.cell(parser.input)

    return _parsed(Parser(Checker(text, place, lenient=lenient), scope), cell)


def _parsed(parser: Parser, start: Callable[[Parser], Node]) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    check = parser.check
    if len(check.text) > LENGTH_LIMIT:
        check.report(check.span(0, 0), "feel.too-long", f"An expression may have {LENGTH_LIMIT} characters.")
        return None, tuple(check.problems)
    try:
        node = start(parser)
        parser.finish()
    except Stop:
        return None, tuple(check.problems)
    failed = any(problem.severity == "error" for problem in check.problems)
    return (None if failed else node), tuple(check.problems)
