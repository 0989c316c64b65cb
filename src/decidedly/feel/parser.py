"""Text to typed tree: precedence climbing over tokens cut with the names in scope (DMN 1.5, 10.3.1.2).

The types are known while parsing, because names with spaces can only be told apart by them: after `person.` only the
names of a person are looked for, after a context its fields. Mistakes are collected; parsing goes on where it can.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .builtins import BUILTINS, NOT_YET
from .check import Checker
from .cursor import Cursor, Stop
from .diagnostics import START, Diagnostic, Place, did_you_mean
from .lexer import Token, number_value, skip_blank, string_value, token_at
from .scope import NameMatcher, Scope
from .temporal import PROPERTIES, parse_temporal, stored
from .tree import Fact, Local, Node, Span, renumbered
from .types import ANY, BOOLEAN, ContextOf, ListOf, NullType, Type, parse_type

LENGTH_LIMIT = 10_000
"""Longest text of one expression, in characters."""

_COMPARE = ("=", "!=", "<", "<=", ">", ">=")
_POWER = {"or": 1, "and": 2, "between": 3, "in": 3, **dict.fromkeys(_COMPARE, 3), "+": 4, "-": 4, "*": 5, "/": 5,
          "**": 6, "instance": 8}  # fmt: skip
_UNARY_POWER = 7
_STARTS = frozenset(["if", "for", "some", "every"])
_RESERVED = _STARTS | {"and", "or", "between", "in", "instance", "of", "then", "else", "return", "satisfies"}
_FUNCTIONS = NameMatcher([*BUILTINS, *NOT_YET, "not", "today", "now"])
_PARTS = NameMatcher([name for parts in PROPERTIES.values() for name in parts]
                     + ["start", "end", "start included", "end included"])  # fmt: skip
_TYPE = re.compile(r"(?:list\s*<[^<>]{1,60}>|[a-z]+(?:\s+[a-z]+){0,4})(?:\s*\([\w ]{1,5}\))?")
_HAVE = {"person": "people have", "action": "actions have"}


class Parser(Cursor):
    def __init__(self, check: Checker, scope: Scope) -> None:
        super().__init__(check)
        self.scope = scope
        self.numbers = 0
        self.locals: list[tuple[NameMatcher, Callable[[str, Span], Node]]] = []
        self.input: Local | None = None
        self.seen_input = False

    @contextmanager
    def bound(self, name: str, type_: Type) -> Iterator[int]:
        """A name of one's own inside the block; gives its number."""
        self.numbers += 1
        number = self.numbers
        self.locals.append((NameMatcher([name]), lambda found, at: Local(at, type_, 1, found, number)))
        yield number
        self.locals.pop()

    # Expressions

    def expression(self, power: int = 0) -> Node:
        with self.deeper():
            left = self.postfix(self.operand())
            while True:
                token = self.peek()
                binds = _POWER.get(token.text, 0) if token.kind in ("symbol", "word") else 0
                if binds <= power:
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
        start = skip_blank(self.text, self.offset)
        named = self.name(start)
        if named is not None:
            return named
        token = self.take()
        at = self.since(start)
        if token.kind == "number":
            return self.check.literal(at, number_value(token.text))
        if token.kind == "string":
            return self.check.literal(at, string_value(token.text))
        if token.kind == "at":
            value = parse_temporal(string_value(token.text))
            value = value if self.check.lenient else stored(value)
            if value is None:
                self.check.report(at, "feel.literal", "This is not a date, time or duration.",
                                  'Examples are @"2017-10-30", @"2017-10-30T08:30:00Z", @"P1D".')  # fmt: skip
                return self.check.unknown(at)
            return self.check.literal(at, value)
        if token.kind == "word":
            return self.word(token, at)
        if token.kind == "symbol" and token.text in _OPENERS:
            return _OPENERS[token.text](self, start)
        if token.kind == "bad" and token.text in '"@':
            self.fail(token, "This string has no end.", 'Close it with ".')
        found = f"'{token.text}'" if token.text else "the end"
        self.fail(token, f"Here must be a value, but here is {found}.")
        raise AssertionError

    def word(self, token: Token, at: Span) -> Node:
        constants = {"true": True, "false": False, "null": None}
        if token.text in constants:
            return self.check.literal(at, constants[token.text])
        if token.text == "if":
            return self.choice(token.start)
        if token.text == "for":
            return self.loop(token.start)
        if token.text in ("some", "every"):
            return self.quantified(token.start, token.text == "every")
        self.offset = token.start
        if token.text in _RESERVED:
            self.fail(token, f"Here must be a value, but here is the word '{token.text}'.")
        return self.unknown_name([*self.own_names(), *self.scope.top.names])

    def group(self, start: int) -> Node:
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

    def context(self, start: int) -> Node:
        entries: list[tuple[str, Node]] = []
        while not self.skip("}"):
            if entries:
                self.need(",", "between entries")
            token = self.peek()
            if token.kind == "string":
                self.offset = token.end
                name = string_value(token.text)
                self.need(":", "after the name of an entry")
            else:
                colon = self.text.find(":", self.offset)
                name = " ".join(self.text[self.offset : colon].split())
                if colon < 0 or not re.fullmatch(r"[^\W\d][^{}\[\](),\"]*", name):
                    self.fail(token, "Here must be the name of an entry and ':'.")
                self.offset = colon + 1
            entries.append((name, self.expression()))
        return self.check.entries(self.since(start), entries)

    def minus(self, start: int) -> Node:
        of = self.expression(_UNARY_POWER)
        return self.check.negative(self.since(start), of)

    def input_value(self, start: int) -> Node:
        if self.input is not None:
            self.seen_input = True
            return Local(self.since(start), self.input.type, 1, "?", self.input.number)
        self.check.report(self.since(start), "feel.unknown-name", "'?' has a meaning only in a cell of a table.")
        return self.check.unknown(self.since(start))

    # Names

    def name(self, start: int) -> Node | None:
        """The longest of: a local name, a name in scope, a function before its bracket."""
        best: tuple[str, int] | None = None
        make: Callable[[str, Span], Node] | None = None
        for matcher, candidate in self.locals:
            if (match := matcher.longest(self.text, start)) and (best is None or match[1] >= best[1]):
                best, make = match, candidate
        if (match := self.scope.top.longest(self.text, start)) and (best is None or match[1] > best[1]):
            best, make = match, None
        function = _FUNCTIONS.longest(self.text, start)
        if function and token_at(self.text, function[1]).text == "(" and (best is None or function[1] >= best[1]):
            self.offset = function[1]
            return self.call(function[0], start)
        if best is None or (best[0] in _RESERVED or best[0] in ("true", "false", "null")):
            return None
        self.offset = best[1]
        if self.runs_on():
            self.offset = start
            return self.unknown_name([*self.own_names(), *self.scope.top.names])
        if make is not None:
            return make(best[0], self.since(start))
        return self.fact(start, best[0])

    def own_names(self) -> list[str]:
        return [name for matcher, _ in self.locals for name in matcher.names]

    def runs_on(self) -> bool:
        """Whether words follow a name directly, so that a longer name was meant: 'orders last 30 day'."""
        token = self.peek()
        return token.kind in ("word", "number") and token.text not in _RESERVED

    def fact(self, start: int, name: str) -> Node:
        if name in self.scope.roots and self.peek().text == ".":
            self.take()
            return self.fact_of(start, name)
        tree = self.scope.bare_expression(name)
        if tree is not None:
            return self.named(start, name, tree)
        reference = self.scope.find_bare(name)
        if reference is None:
            known = list(self.scope.names(name))[:3]
            hint = f"Write for example {name}.{known[0]}." if known else ""
            self.check.report(self.since(start), "feel.unknown-name", f"'{name}' alone is not a value.", hint)
            return self.check.unknown(self.since(start))
        return Fact(self.since(start), reference.type, 1, reference)

    def fact_of(self, start: int, root: str) -> Node:
        here = skip_blank(self.text, self.offset)
        match = self.scope.under[root].longest(self.text, here)
        reference = None
        if match is not None:
            self.offset = match[1]
            tree = self.scope.expression(root, match[0])
            if tree is not None and not self.runs_on():
                return self.named(start, match[0], tree)
            reference = None if self.runs_on() else self.scope.find(root, match[0])
        elif root in self.scope.open_roots and self.peek().kind == "word":
            reference = self.scope.open_fact(root, self.take().text)
        if reference is None:
            self.offset = here
            return self.unknown_name(list(self.scope.names(root)), _HAVE.get(root, f"'{root}' has") + " no ")
        return Fact(self.since(start), reference.type, 1, reference)

    def named(self, start: int, name: str, tree: Node) -> Node:
        tree, self.numbers = renumbered(tree, self.numbers)
        return self.check.named(self.since(start), name, tree)

    def unknown_name(self, known: list[str], has: str = "There is no ") -> Node:
        """Reports the longest run of words here, with the known name or function that is nearest."""
        start = skip_blank(self.text, self.offset)
        if self.peek().kind not in ("word", "number"):
            token = self.peek()
            self.fail(token, "Here must be a name.", f"Known are {', '.join(known[:5])}." if known else "")
        while (token := self.peek()).kind in ("word", "number") and token.text not in _RESERVED:
            self.offset = token.end
        at = self.since(start)
        name = " ".join(self.text[start : self.offset].split())
        if self.peek().text == "(":
            self.check.report(at, "feel.unknown-function", f"There is no function '{name}'.",
                              did_you_mean(name, BUILTINS))  # fmt: skip
            self.take()
            self.arguments(())
            return self.check.unknown(self.since(start))
        self.check.report(at, "feel.unknown-name", f"{has}'{name}'.", did_you_mean(name, known))
        return self.check.unknown(at)

    def call(self, name: str, start: int) -> Node:
        self.take()
        at = self.since(start)
        if name in ("today", "now"):
            self.need(")", f"because {name}() takes nothing")
            clock = self.scope.clock_fact(name)
            if clock is None:
                self.check.report(at, "feel.no-clock", f"{name}() is not known here.", "Time is an input: use a date.")
                return self.check.unknown(at)
            return Fact(self.since(start), clock.type, 1, clock)
        params = tuple(param.name for param in BUILTINS[name].params) if name in BUILTINS else ()
        arguments = self.arguments(("negand",) if name == "not" else params)
        at = self.since(start)
        if name == "not":
            if len(arguments) != 1:
                self.check.report(at, "feel.argument-count", "not() takes one condition.")
                return self.check.unknown(at)
            return self.check.negation(at, arguments[0])
        if name in NOT_YET:
            hint = did_you_mean(name, BUILTINS)
            self.check.report(at, "feel.unknown-function", f"The function '{name}' is not yet known here.", hint)
            return self.check.unknown(at)
        return self.check.call(at, name, arguments)

    def arguments(self, params: tuple[str, ...]) -> list[Node]:
        """Positional or named arguments up to the closing bracket, in the order of the parameters."""
        matcher = NameMatcher(params)
        positional: list[Node] = []
        named: dict[str, Node] = {}
        while not self.skip(")"):
            if positional or named:
                self.need(",", "between arguments, or ')' after the last")
            match = matcher.longest(self.text, skip_blank(self.text, self.offset))
            if match and token_at(self.text, match[1]).text == ":":
                self.offset = token_at(self.text, match[1]).end
                named[match[0]] = self.expression()
            else:
                positional.append(self.expression())
        if not named:
            return positional
        ordered = list(positional)
        for name in params[len(positional) :]:
            if name in named:
                ordered.append(named.pop(name))
            elif named:
                ordered.append(self.check.literal(self.since(self.offset), None))
        return ordered

    # After an operand

    def postfix(self, node: Node) -> Node:
        while True:
            if self.peek().text == "[" and not self.closes_range():
                self.take()
                node = self.filtered(node)
            elif self.peek().text == "." and self.peek().kind == "symbol":
                self.take()
                node = self.path(node)
            else:
                return node

    def closes_range(self) -> bool:
        """Whether the bracket here ends a range such as ]1..5[: no filter begins like that."""
        after = token_at(self.text, self.peek().end)
        return after.kind == "end" or after.text in (")", ",", "]", "}") or after.text in _RESERVED - _STARTS

    def filtered(self, over: Node) -> Node:
        over = self.check.as_list(over)
        item = over.type.of if isinstance(over.type, ListOf) else ANY
        with self.bound("item", item) as number:
            # In a filter over contexts a field may stand alone: products[price > 10].
            fields = NameMatcher([name for name, _ in item.fields] if isinstance(item, ContextOf) else [])

            def field(name: str, at: Span) -> Node:
                return self.check.path(at, Local(at, item, 1, "item", number), name, at)

            self.locals.append((fields, field))
            inside = self.expression()
            self.locals.pop()
        self.need("]", "to close the filter")
        return self.check.filtered(self.since(over.at.start), number, over, inside)

    def path(self, of: Node) -> Node:
        type_ = of.type.of if isinstance(of.type, ListOf) else of.type
        here = skip_blank(self.text, self.offset)
        fields = [name for name, _ in type_.fields] if isinstance(type_, ContextOf) else []
        matcher = NameMatcher(fields) if isinstance(type_, ContextOf) else _PARTS
        match = matcher.longest(self.text, here)
        if match is not None:
            name, self.offset = match
        else:
            token = self.take()
            if token.kind != "word":
                self.fail(token, "Here must be a name after the dot.")
            name = token.text
        name_at = self.check.span(here, self.offset)
        at = self.since(of.at.start)
        if not isinstance(of.type, ListOf):
            return self.check.path(at, of, name, name_at)
        # A path on a list is the list of the paths of its items.
        with self.bound("item", type_) as number:
            body = self.check.path(at, Local(at, type_, 1, "item", number), name, name_at)
        return self.check.loop(at, number, of, body, flat=False)

    # Words with a form of their own

    def choice(self, start: int) -> Node:
        condition = self.expression()
        self.need("then", "after the condition")
        then = self.expression()
        self.need("else", "because every if has an else")
        return self.check.choice(self.since(start), condition, then, self.expression())

    def binder(self) -> tuple[str, Node]:
        start = skip_blank(self.text, self.offset)
        while (token := self.peek()).kind == "word" and token.text not in _RESERVED:
            self.offset = token.end
        name = " ".join(self.text[start : self.offset].split())
        if not name:
            self.fail(self.peek(), "Here must be a name for the items.")
        self.need("in", "after the name of the items")
        over = self.expression()
        if self.skip(".."):
            return name, self.check.count(self.since(start), over, self.expression())
        return name, self.check.as_list(over)

    def loop(self, start: int) -> Node:
        name, over = self.binder()
        item = over.type.of if isinstance(over.type, ListOf) else ANY
        with self.deeper(), self.bound(name, item) as number:
            flat = self.skip(",")
            if not flat:
                self.need("return", "before what each item gives")
            body = self.loop(start) if flat else self.expression()
        return self.check.loop(self.since(start), number, over, body, flat)

    def quantified(self, start: int, every: bool) -> Node:
        name, over = self.binder()
        item = over.type.of if isinstance(over.type, ListOf) else ANY
        with self.deeper(), self.bound(name, item) as number:
            if self.skip(","):
                body = self.quantified(start, every)
            else:
                self.need("satisfies", "before the condition on the items")
                body = self.expression()
        return self.check.quantified(self.since(start), every, number, over, body)

    def instance(self, start: int, of: Node) -> Node:
        here = skip_blank(self.text, self.offset)
        match = _TYPE.match(self.text, here)
        words = match[0].split() if match else []
        while words:
            text = " ".join(words)
            if text == "null":
                wanted: Type | None = NullType()
            else:
                wanted = parse_type(re.sub(r"^list\s*<\s*(.*?)\s*>$", r"list of \1", text))[0]
            if wanted is not None:
                self.offset = here + re.compile(r"\s+".join(map(re.escape, words))).match(self.text[here:]).end()  # type: ignore[union-attr]
                return self.check.instance(self.since(start), of, wanted)
            words.pop()
        problem = parse_type(self.take().text)[1]
        self.check.report(self.check.span(here, self.offset), "feel.unknown-type", problem[0].message, problem[0].hint)
        return self.check.unknown(self.since(start))

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
        start = skip_blank(self.text, self.offset)
        token = self.peek()
        if token.kind == "symbol" and token.text in _COMPARE:
            self.offset = token.end
            bound = self.expression(3)
            return self.check.half_test(self.since(start), token.text, value, bound, cell=cell)
        seen, self.seen_input = self.seen_input, False
        inner = self.expression(power)
        uses_input, self.seen_input = self.seen_input, seen or self.seen_input
        if uses_input and inner.type in (BOOLEAN, ANY):
            return inner
        if self.peek().text == "..":
            return inner
        return self.check.test(self.since(start), value, inner, cell=cell)

    def cell(self, value: Node) -> Node:
        """The tests of one cell of a table: `-`, `not(...)`, or tests joined by commas."""
        start = skip_blank(self.text, self.offset)
        if self.peek().text in ("-", "") and token_at(self.text, self.peek().end).kind == "end":
            self.take()
            return self.check.literal(self.since(start), True)
        before = self.offset
        if self.skip("not") and self.skip("("):
            tests = self.tests(value)
            self.need(")", "to close not()")
            if self.peek().kind == "end":
                return self.check.negation(self.since(start), tests)
        self.offset = before
        return self.tests(value)

    def tests(self, value: Node) -> Node:
        start = skip_blank(self.text, self.offset)
        tests = [self.test(value, cell=True)]
        while self.skip(","):
            tests.append(self.test(value, cell=True))
        return self.check.any_of(self.since(start), tests)

    def finish(self) -> None:
        token = self.peek()
        if token.kind != "end":
            hint = "A whole condition is one expression; join parts with 'and' or 'or'."
            self.fail(token, f"After this expression nothing more may stand, but here is '{token.text}'.", hint)


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
        parser.input = Local(parser.since(0), value, 1, "?", 1)
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
