"""What a name means where it stands: a local name, a fact, a named expression, a function.

Names may hold spaces and operators, so the longest name in force wins (DMN 1.5, 10.3.1.2); the innermost where two are
equally long. In a filter over items whose fields are not known, the item's own fields come first when it is evaluated.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from . import tree
from .builtins import BUILTINS
from .check import Checker
from .cursor import Cursor
from .diagnostics import did_you_mean
from .lexer import WORD
from .scope import NameMatcher, Reference, Scope, matcher, spaced
from .tree import Fact, Local, Node, Span, renumbered
from .types import ANY, FunctionOf, Type, loosened

STARTS = frozenset(["if", "for", "some", "every"])
RESERVED = STARTS | {"and", "or", "between", "in", "instance", "of", "then", "else", "return", "satisfies"}
_CONSTANTS = frozenset(["true", "false", "null"])
_FUNCTIONS = NameMatcher([*BUILTINS, "not", "today", "now"])
_ARGUMENT = re.compile(rf"({WORD}(?:\s+\w+)*)\s*:")
_HAVE = {"person": "people have", "action": "actions have"}
Make = Callable[[str, Span], Node]


class Bound(NamedTuple):
    """Local names and what makes their nodes."""

    names: NameMatcher
    make: Make


class Names(Cursor):
    def __init__(self, check: Checker, scope: Scope) -> None:
        super().__init__(check)
        self.scope = scope
        self.numbers = 0
        self.locals: list[Bound] = []
        # Items of filters whose fields are not known, and how many local names lie outside each.
        self.unknown_items: list[tuple[int, Local]] = []
        self.used: set[int] = set()

    def expression(self, power: int = 0) -> Node:
        raise NotImplementedError

    def number(self) -> int:
        """A number for a new local name."""
        self.numbers += 1
        return self.numbers

    @contextmanager
    def bound(self, names: dict[str, tuple[Type, int]]) -> Iterator[None]:
        """Local names, with their types and numbers, inside the block."""

        def make(name: str, at: Span) -> Node:
            type_, number = names[name]
            self.used.add(number)
            return Local(at, type_, 1, name, number)

        names = {spaced(name): meaning for name, meaning in names.items()}
        self.locals.append(Bound(matcher(tuple(names)), make))
        yield
        self.locals.pop()

    # A name as an operand

    def name(self, start: int) -> Node | None:
        """What the longest name here means; None where none is known."""
        end, found, place = -1, "", -1
        for number, bound in enumerate(self.locals):
            if (match := bound.names.longest(self.text, start)) and match[1] >= end:
                (found, end), place = match, number
        if (match := self.scope.top.longest(self.text, start)) and match[1] > end:
            (found, end), place = match, -1
        function = _FUNCTIONS.longest(self.text, start)
        if function and function[1] >= end and self.means_builtin(function, end, found, place):
            return self.function(function[0], start, function[1])
        if end < 0 or found in RESERVED or found in _CONSTANTS:
            return None
        self.offset = end
        if self.runs_on():
            self.offset = start
            return self.unknown_name([*self.own_names(), *self.scope.top.names])
        node = self.locals[place].make(found, self.since(start)) if place >= 0 else self.fact(start, found)
        return self.perhaps_field(start, found, node, place)

    def means_builtin(self, function: tuple[str, int], end: int, found: str, place: int) -> bool:
        """Whether a built-in is meant: before its bracket, or as a value where nothing else has the name."""
        if end < function[1]:
            return True
        if self.token(function[1]).text != "(":
            return False
        # A name of one's own for a function hides the built-in; an attribute called 'count' does not.
        if place >= 0:
            type_ = self.locals[place].make(found, self.since(self.offset)).type
            return not isinstance(type_, FunctionOf) and not (self.check.lenient and type_ == ANY)
        reference = self.scope.find_bare(found)
        return reference is None or not isinstance(reference.type, FunctionOf)

    def function(self, name: str, start: int, end: int) -> Node | None:
        self.offset = end
        if self.sees("("):
            return self.call(name, start)
        if name not in BUILTINS or self.runs_on():
            self.offset = start
            return None
        return self.check.builtin(self.since(start), name)

    def own_names(self) -> list[str]:
        return [name for bound in self.locals for name in bound.names.names]

    def runs_on(self) -> bool:
        """Whether words follow a name directly, so that a longer name was meant: 'orders last 30 day'."""
        token = self.peek()
        return token.kind in ("word", "number") and token.text not in RESERVED

    def perhaps_field(self, start: int, name: str, node: Node, place: int = -1) -> Node:
        """The node, or leniently the field of this name of the items of the filters that lie inside its meaning."""
        for outside, item in self.unknown_items:
            if outside > place:
                at = self.since(start)
                node = tree.Lookup(at, ANY, 1 + node.height, Local(at, ANY, 1, "item", item.number), name, node)
        return node

    def fact(self, start: int, name: str) -> Node:
        if name in self.scope.prefixes and self.sees("."):
            self.take()
            return self.fact_of(start, name)
        of = self.scope.bare_expression(name)
        if of is not None:
            return self.named(start, name, of)
        reference = self.scope.find_bare(name)
        if reference is None:
            known = list(self.scope.names(name))[:3]
            hint = f"Write for example {name}.{known[0]}." if known else ""
            self.check.report(self.since(start), "feel.unknown-name", f"'{name}' alone is not a value.", hint)
            return self.check.unknown(self.since(start))
        return self.read(start, reference)

    def fact_of(self, start: int, root: str) -> Node:
        here = self.here()
        match = self.scope.under[root].longest(self.text, here)
        reference = None
        if match is not None:
            self.offset = match[1]
            if not self.runs_on():
                of = self.scope.expression(root, match[0])
                if of is not None:
                    return self.named(start, f"{root}.{match[0]}", of)
                reference = self.scope.find(root, match[0])
        elif root in self.scope.open_roots and self.peek().kind == "word":
            reference = self.scope.open_fact(root, self.take().text)
        if reference is None:
            self.offset = here
            return self.unknown_name(list(self.scope.names(root)), _HAVE.get(root, f"'{root}' has") + " no ")
        return self.read(start, reference)

    def read(self, start: int, reference: Reference) -> Node:
        type_ = loosened(reference.type) if self.check.lenient else reference.type
        return Fact(self.since(start), type_, 1, reference)

    def named(self, start: int, name: str, of: Node) -> Node:
        of, self.numbers = renumbered(of, self.numbers)
        return self.check.named(self.since(start), name, of)

    def unknown_name(self, known: list[str], has: str = "There is no ") -> Node:
        """Reports the longest run of words here, with the known name or function that is nearest."""
        start = self.here()
        if self.peek().kind not in ("word", "number"):
            token = self.peek()
            self.fail(token, "Here must be a name.", f"Known are {', '.join(known[:5])}." if known else "")
        name = self.words()
        at = self.since(start)
        if self.sees("("):
            self.check.report(at, "feel.unknown-function", f"There is no function '{name}'.",
                              did_you_mean(name, BUILTINS))  # fmt: skip
            self.take()
            self.arguments(())
            return self.check.unknown(self.since(start))
        if self.unknown_items:
            return self.perhaps_field(start, name, self.check.unknown(at))
        self.check.report(at, "feel.unknown-name", f"{has}'{name}'.", did_you_mean(name, known))
        return self.check.unknown(at)

    def words(self) -> str:
        """Takes the words up to the next symbol or word of the grammar."""
        start = self.here()
        while (token := self.peek()).kind in ("word", "number") and token.text not in RESERVED:
            self.offset = token.end
        return spaced(self.text[start : self.offset])

    # Calls

    def call(self, name: str, start: int) -> Node:
        """The call of a built-in by its name."""
        self.take()
        at = self.since(start)
        if name in ("today", "now"):
            self.need(")", f"because {name}() takes nothing")
            clock = self.scope.clock_fact(name)
            if clock is None:
                self.check.report(at, "feel.no-clock", f"{name}() is not known here.", "Time is an input: use a date.")
                return self.check.unknown(at)
            return Fact(self.since(start), clock.type, 1, clock)
        params = BUILTINS[name].names if name in BUILTINS else ()
        positional, named = self.arguments(("negand",) if name == "not" else params)
        at = self.since(start)
        if name == "not":
            if len(positional) + len(named) != 1:
                self.check.report(at, "feel.argument-count", "not() takes one condition.")
                return self.check.unknown(at)
            return self.check.negation(at, [*positional, *named.values()][0])
        return self.check.call_named(at, name, positional, named)

    def arguments(self, params: tuple[str, ...]) -> tuple[list[Node], dict[str, Node]]:
        """The positional and named arguments up to the closing bracket."""
        known = matcher(params)
        positional: list[Node] = []
        named: dict[str, Node] = {}
        while not self.skip(")"):
            if positional or named:
                self.need(",", "between arguments, or ')' after the last")
            start = self.here()
            match = known.longest(self.text, start)
            if match and self.token(match[1]).text == ":":
                name, self.offset = match[0], self.token(match[1]).end
            elif other := _ARGUMENT.match(self.text, start):
                name, self.offset = spaced(other[1]), other.end()
            else:
                positional.append(self.expression())
                continue
            if name in named:
                self.check.report(self.since(start), "feel.argument-name", f"'{name}' is given twice.")
            named[name] = self.expression()
        return positional, named

    def invocation(self, function: Node) -> Node:
        """The call of what an expression gives; its bracket was taken."""
        type_ = function.type
        params = tuple(name for name, _ in type_.parameters) if isinstance(type_, FunctionOf) else ()
        positional, named = self.arguments(params)
        return self.check.invoke(self.since(function.at.start), function, positional, named)
