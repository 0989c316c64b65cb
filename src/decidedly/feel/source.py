"""The text of generated Python: values with their guards, and what one function collects.

Only positions in the tree decide what is written: constants, functions and the ids of facts travel in a table of
globals (c0, c1, ...), facts are r0, r1, ..., temporaries t0, t1, ...; no name or text of an author reaches the source.

Null and three values. A `Code` is a text with guards: its value is null if any guard is null, else the text. So the
null checks of a whole sum are made once, in a row. A condition is lowered in one of three modes: `true` and `false`
give a plain Python bool that says whether it is certainly true or certainly false (not() swaps them, so no third value
is ever made), `value` gives True, False or None. Every lowered part is total: it never raises on facts of their types.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from . import interpret, tree
from .bounds import Budget, TooManySteps, budget, enter, growth, leave
from .check import NAMED_HEIGHT
from .scope import Reference
from .temporal import direct_arithmetic, stored
from .tree import Literal, Node, references
from .types import (
    ANY,
    REAL,
    ContextOf,
    ListOf,
    Money,
    Number,
    RangeOf,
    Real,
    String,
    Type,
)
from .values import converter, from_plain, to_plain


class Code(NamedTuple):
    """A value: null if any guard is null, else `text`. Guards run in order; a later one may use an earlier one."""

    guards: tuple[str, ...]
    text: str


class Base:
    """Collects the constants, facts and statements of one generated function."""

    def __init__(self, roots: tuple[str, ...]) -> None:
        self.roots = roots
        self.globals: dict[str, Any] = {"__builtins__": {}}
        self.constants: dict[Any, str] = {}
        self.facts: dict[tuple[str, str], str] = {}
        self.reads: dict[Reference, None] = {}
        self.head: list[str] = []
        self.local: dict[int, str] = {}
        self.temporaries = 0
        self.depth = 0
        self.common: frozenset[Any] = frozenset()
        self.apart: dict[Any, str] = {}
        self.bounded = False
        self.present = False
        """Whether all facts are known not to be null: what is lowered now needs no guards for them."""

    # Names

    def constant(self, value: Any) -> str:
        """The global that holds a value."""
        if value is None or value is True or value is False:
            return str(value)
        key: Any = (type(value), value) if isinstance(value, str | int) else id(value)
        if key not in self.constants:
            name = f"c{len(self.constants)}"
            self.constants[key] = name
            self.globals[name] = value
        return self.constants[key]

    def temporary(self) -> str:
        self.temporaries += 1
        return f"t{self.temporaries}"

    def fact(self, reference: Reference) -> str:
        """The variable of a fact, which is read once, at the start of the function."""
        self.reads[reference] = None
        key = (reference.root, reference.id)
        if key not in self.facts:
            name = f"r{len(self.facts)}"
            self.facts[key] = name
            root = self.roots.index(reference.root)
            self.head.append(f"{name} = a{root}.get({self.constant(reference.id)})")
            if reference.type == REAL:
                # Zero but for NaN and infinities.
                self.head.append(f"if {name} is not None and {name} - {name}: {name} = None")
            elif _holds_real(reference.type):
                clean = partial(_clean, reference.type)
                self.head.append(f"if {name} is not None: {name} = {self.constant(clean)}({name})")
        return self.facts[key]

    # Values

    def nullable(self, text: str) -> Code:
        """Code of a text that may be null by itself."""
        name = self.temporary()
        return Code((f"({name} := {text})",), name)

    def value(self, node: Node, want: Type | None = None) -> str:
        """The text of a value that may be null; for a condition True, False or None."""
        return joined(self.code(node, want))

    def code(self, node: Node, want: Type | None = None) -> Code:
        """The code of a value, in the stored form of a type (by default the node's own)."""
        want = node.type if want is None else want
        if isinstance(node, Literal):
            if node.value is None:
                return Code(("None",), "None")
            return Code((), self.constant(from_plain(want, node.value)))
        if isinstance(node, tree.Items) and isinstance(want, ListOf):
            return self.items(node, want)
        code = self.raw(node)
        convert = converter(node.type, want)
        if convert is None:
            return code
        shift = _shift(node.type, want)
        if shift is not None:
            return Code(code.guards, f"({code.text} * {self.constant(shift)})")
        text = f"{self.constant(convert)}({code.text})"
        if isinstance(node.type, Number | Money) and isinstance(want, Number | Money | Real):
            return Code(code.guards, text)
        return self.after(code.guards, text)

    def after(self, guards: tuple[str, ...], text: str) -> Code:
        """Code of a text that may be null by itself, computed when the guards are not null."""
        name = self.temporary()
        return Code((*guards, f"({name} := {text})"), name)

    def bind(self, node: Node, want: Type | None = None) -> tuple[str, Code]:
        """A value to be used more than once: what to put before its use, and the code of its name."""
        code = self.code(node, want)
        if code.text.isidentifier() and code.guards in ((), (code.text,)):
            return "", code
        name = self.temporary()
        if self.depth == 0:
            # Every part is total, so it may be computed ahead; inside a loop it depends on the loop's name.
            self.head.append(f"{name} = {joined(code)}")
            return "", Code((name,), name)
        return f"[{name} := {joined(code)}]", Code((name,), name)

    def raw(self, node: Node) -> Code:
        """The code of a value in the stored form of the node's type."""
        code = self.lowered(node)
        if self.depth and isinstance(node, tree.Call | tree.Arithmetic) and _grows(node.type):
            self.bounded = True
            return self.after(code.guards, f"{self.constant(_grown)}({code.text}, budget)")
        return code

    def lowered(self, node: Node) -> Code:
        raise NotImplementedError

    def read(self, node: tree.Fact) -> Code:
        name = self.fact(node.reference)
        found = Code(() if self.present else (name,), name)
        convert = converter(node.reference.type, node.type)
        return found if convert is None else self.after(found.guards, f"{self.constant(convert)}({name})")

    def own(self, node: tree.Local) -> Code:
        name = self.local[node.number]
        return Code((name,), name)

    def items(self, node: tree.Items, want: ListOf) -> Code:
        if all(isinstance(item, Literal) for item in node.items):
            fixed = tuple(from_plain(want.of, item.value) for item in node.items if isinstance(item, Literal))
            return Code((), self.constant(fixed))
        return Code((), f"[{', '.join(self.value(item, want.of) for item in node.items)}]")

    def named(self, node: tree.Named) -> Code:
        if not self.is_apart(node):
            return self.code(node.of)
        key = own_form(node)
        if key not in self.apart:
            # It has no free locals, so it may be computed ahead even where it stands in a loop.
            depth, self.depth = self.depth, 0
            value = self.value(node.of)
            self.depth = depth
            self.apart[key] = self.temporary()
            self.head.append(f"{self.apart[key]} = {value}")
        return Code((self.apart[key],), self.apart[key])

    def is_apart(self, node: tree.Named) -> bool:
        """Whether a named expression is computed once, ahead: used more than once, or tall."""
        return node.of.height > NAMED_HEIGHT or (bool(self.common) and own_form(node) in self.common)

    def share(self, trees: Iterable[Node]) -> None:
        """Named expressions that these trees use more than once are to be computed once."""
        uses = Counter(own_form(node) for tree_ in trees for node in tree.named_in(tree_))
        self.common = frozenset(key for key, count in uses.items() if count > 1)

    def zoned(self, node: tree.Zoned) -> Code:
        of = self.code(node.of)
        if isinstance(node.of, tree.Arithmetic) and direct_arithmetic(
            node.of.op, node.of.left.type, node.of.right.type
        ):
            # It gives the stored form already.
            return of
        return self.after(of.guards, f"{self.constant(stored)}({of.text})")

    def interpreted(self, node: Node) -> Code:
        """What has no form of its own: the reference interpreter runs this part alone."""
        facts = references(node)
        locals_ = tree.free_locals(node)
        reads = "".join(f"{self.fact(reference)}, " for reference in facts)
        own = "".join(f"{self.local[local.number]}, " for local in locals_)
        run = self.constant(partial(_interpret, node, facts, locals_, bool(self.depth)))
        # It takes from the budget of the whole function.
        self.bounded = True
        return self.nullable(f"{run}(({reads}), ({own}))")

    # The function

    def function(self, body: list[str], spent: str = "None") -> tuple[str, Callable[..., Any]]:
        """The source and the function of these statements, after the reads and shared values; may raise SyntaxError.

        spent : what the function gives where its loops take more steps than they may
        """
        lines = [*self.head, *body]
        if self.bounded:
            stops = f"({self.constant(TooManySteps)}, {self.constant(RecursionError)})"
            lines = [
                f"budget, entered = {self.constant(enter)}()",
                "try:",
                *(f"    {line}" for line in lines),
                f"except {stops}:",
                "    if entered is None: raise",
                f"    return {spent}",
                "finally:",
                f"    {self.constant(leave)}(entered)",
            ]
        arguments = ", ".join(f"a{place}" for place in range(len(self.roots)))
        source = "\n    ".join([f"def rule({arguments}):", *lines]) + "\n"
        exec(compile(source, "<rule>", "exec"), self.globals)
        run: Callable[..., Any] = self.globals["rule"]
        return source, run


def own_form(node: tree.Named) -> Any:
    """What is the same for every use of a named expression, whatever numbers its locals have there."""
    lowest = tree.lowest_number(node.of)
    form = node.of if lowest is None else tree.renumbered(node.of, 1 - lowest)[0]
    try:
        hash(form)
    except TypeError:
        return id(node)
    return form


def joined(code: Code) -> str:
    """The text of a value with its guards: null where one is null."""
    if not code.guards:
        return code.text
    last = code.guards[-1]
    if len(code.guards) == 1 and last == code.text:
        return last
    if last.startswith(f"({code.text} := "):
        inner, rest = last[len(code.text) + 5 : -1], code.guards[:-1]
        return inner if not rest else f"({inner} if {' and '.join(checks(rest))} else None)"
    return f"({code.text} if {' and '.join(checks(code.guards))} else None)"


def checks(guards: tuple[str, ...]) -> list[str]:
    """The guards as conditions, each once."""
    return [f"{guard} is not None" for guard in dict.fromkeys(guards)]


def conjoined(parts: list[str]) -> str:
    """The conditions joined by and; empty ones say nothing."""
    kept = [part for part in parts if part]
    return kept[0] if len(kept) == 1 else f"({' and '.join(kept)})"


def _shift(found: Type, want: Type) -> int | None:
    match found, want:
        case ((Number(scale=int(a)) | Money(scale=int(a))), (Number(scale=int(b)) | Money(scale=int(b)))) if a < b:
            return int(10 ** (b - a))
    return None


def _holds_real(type_: Type) -> bool:
    if isinstance(type_, ListOf | RangeOf):
        return _holds_real(type_.of)
    return type_ in (REAL, ANY) or (isinstance(type_, ContextOf) and any(_holds_real(t) for _, t in type_.fields))


def _clean(type_: Type, value: Any) -> Any:
    return from_plain(type_, to_plain(type_, value))


def _interpret(
    node: Node,
    facts: tuple[Reference, ...],
    locals_: tuple[tree.Local, ...],
    inside: bool,
    read: tuple[Any, ...],
    own: tuple[Any, ...],
) -> Any:
    stored: dict[str, dict[str, Any]] = {}
    for reference, value in zip(facts, read, strict=True):
        stored.setdefault(reference.root, {})[reference.id] = value
    inputs = {local.number: to_plain(local.type, value) for local, value in zip(locals_, own, strict=True)}
    left = budget()
    left.loops += inside
    try:
        return from_plain(node.type, interpret.evaluate(node, stored, inputs))
    finally:
        left.loops -= inside


def _grows(type_: Type) -> bool:
    return isinstance(type_, String | ListOf | ContextOf) or type_ == ANY


def _grown(value: Any, left: Budget) -> Any:
    left.take(growth(value))
    return value
