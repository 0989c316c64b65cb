"""Forms with words of their own: contexts, functions, conditions, loops and quantifiers."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from .check import Checker
from .lexer import WORD, string_value
from .names import RESERVED, Bound, Names
from .scope import Scope, matcher, spaced
from .tree import Local, Node, Span
from .type_forms import read_type
from .types import ANY, ListOf, Type, parse_type

_ENTRY = re.compile(rf"({WORD}[^{{}}\[\](),\":]*):")


class Forms(Names):
    def __init__(self, check: Checker, scope: Scope) -> None:
        super().__init__(check, scope)
        self.input: Local | None = None
        self.seen_input = False

    # Contexts

    def context(self, start: int) -> Node:
        entries: list[tuple[str, Node]] = []
        numbers: list[int] = []
        before = len(self.locals)
        while not self.skip("}"):
            if entries:
                self.need(",", "between entries")
            name = self.entry_name()
            number, own = self.number(), self.number()
            value = self.entry(name, own)
            entries.append((name, value))
            numbers.append(number)
            self.locals.append(self.meaning(name, value.type, number))
        del self.locals[before:]
        used = tuple(number if number in self.used else 0 for number in numbers)
        return self.check.entries(self.since(start), entries, used if any(used) else ())

    def entry_name(self) -> str:
        token = self.peek()
        if token.kind == "string":
            self.offset = token.end
            self.need(":", "after the name of an entry")
            return string_value(token.text)
        match = _ENTRY.match(self.text, token.start)
        if match is None:
            self.fail(token, "Here must be the name of an entry and ':'.")
        self.offset = match.end()
        return spaced(match[1])

    def entry(self, name: str, own: int) -> Node:
        """The value of an entry; a function may call itself by the entry's name."""
        if not self.sees("function") or self.token(self.peek().end).text != "(":
            return self.expression()
        self.locals.append(self.meaning(name, ANY, own))
        start = self.take().start
        value = self.postfix(self.definition(start, own))
        self.locals.pop()
        return value

    def meaning(self, name: str, type_: Type, number: int) -> Bound:
        def make(found: str, at: Span) -> Node:
            self.used.add(number)
            return Local(at, type_, 1, found, number)

        return Bound(matcher((spaced(name),)), make)

    def postfix(self, node: Node) -> Node:
        raise NotImplementedError

    # Functions

    def definition(self, start: int, own: int = 0) -> Node:
        """`function(a: number, b) body`, after the word; `own` is the number of the name that it has itself."""
        self.need("(", "after 'function'")
        names: list[str] = []
        types: list[Type] = []
        while not self.skip(")"):
            if names:
                self.need(",", "between parameters, or ')' after the last")
            here = self.here()
            name = self.words()
            if not name or name in names:
                self.fail(self.peek(), "Here must be the name of a parameter that is not yet taken.")
            names.append(name)
            types.append(self.parameter_type() if self.skip(":") else ANY)
            if not self.sees(",") and not self.sees(")"):
                self.fail(
                    self.peek(), "After a parameter ',' or ')' must stand.", "Write function(a: number, b) a + b."
                )
            assert here < self.offset
        if self.skip("external"):
            self.expression()
            at = self.since(start)
            self.check.report(
                at, "feel.external", "A function of another language is not run here; its result is null."
            )
            return self.check.unknown(at)
        numbers = [self.number() for _ in names]
        with self.bound({name: (t, n) for name, t, n in zip(names, types, numbers, strict=True)}):
            body = self.expression()
        own = own if own in self.used else 0
        return self.check.function(self.since(start), tuple(names), tuple(numbers), tuple(types), body, own)

    def parameter_type(self) -> Type:
        here = self.here()
        found = read_type(self, self.scope)
        if found is None:
            self.unknown_type(here)
            return ANY
        return found

    def unknown_type(self, here: int) -> None:
        """Reports and passes over what stands where the name of a type must be."""
        self.offset = here
        first = self.take()
        while (token := self.peek()).kind == "word" and token.text not in RESERVED:
            self.offset = token.end
        while self.sees(".") and self.token(self.peek().end).kind == "word":
            self.take()
            self.take()
        problem = parse_type(first.text)[1]
        if not problem:
            self.fail(first, "Here must be the whole name of a type.", "Write for example list<number>.")
        self.check.report(self.check.span(here, self.offset), "feel.unknown-type", problem[0].message, problem[0].hint)

    # Conditions

    def choice(self, start: int) -> Node:
        condition = self.expression()
        self.need("then", "after the condition")
        then = self.expression()
        self.need("else", "because every if has an else")
        return self.check.choice(self.since(start), condition, then, self.expression())

    # Loops

    def binder(self) -> tuple[str, Node]:
        start = self.here()
        name = self.words()
        if not name:
            self.fail(self.peek(), "Here must be a name for the items.")
        self.need("in", "after the name of the items")
        over = self.expression()
        if self.skip(".."):
            return name, self.check.count(self.since(start), over, self.expression())
        return name, self.check.iterated(over)

    def loop(self, start: int, partial: int = 0) -> Node:
        first = not partial
        partial = partial or self.number()
        name, over = self.binder()
        item = over.type.of if isinstance(over.type, ListOf) else ANY
        number = self.number()
        self.deeper()
        with self.bound({"partial": (ListOf(ANY), partial)} if first else {}), self.bound({name: (item, number)}):
            flat = self.skip(",")
            if not flat:
                self.need("return", "before what each item gives")
            body = self.loop(start, partial) if flat else self.expression()
        self.level -= 1
        used = partial if partial in self.used else 0
        return self.check.loop(self.since(start), number, over, body, flat, used)

    def quantified(self, start: int, every: bool) -> Node:
        name, over = self.binder()
        item = over.type.of if isinstance(over.type, ListOf) else ANY
        number = self.number()
        self.deeper()
        with self.bound({name: (item, number)}):
            if self.skip(","):
                body = self.quantified(start, every)
            else:
                self.need("satisfies", "before the condition on the items")
                body = self.expression()
        self.level -= 1
        return self.check.quantified(self.since(start), every, number, over, body)

    @contextmanager
    def fields_of(self, item: Local, fields: list[str]) -> Iterator[None]:
        """The fields of an item as names of their own inside the block."""

        def make(name: str, at: Span) -> Node:
            return self.check.path(at, Local(at, item.type, 1, "item", item.number), name, at)

        self.locals.append(Bound(matcher(tuple(fields)), make))
        yield
        self.locals.pop()
