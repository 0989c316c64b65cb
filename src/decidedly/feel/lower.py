"""Lowers a typed tree to Python source.

Only positions in the tree decide what is written: constants, functions and the ids of facts travel in a table of
globals (c0, c1, ...), facts are r0, r1, ..., temporaries t0, t1, ...; no name or text of an author reaches the source.

Null and three values. A `Code` is a text with guards: its value is null if any guard is null, else the text. So the
null checks of a whole sum are made once, in a row. A condition is lowered in one of three modes: `true` and `false`
give a plain Python bool that says whether it is certainly true or certainly false (not() swaps them, so no third value
is ever made), `value` gives True, False or None. Every lowered part is total: it never raises on facts of their types.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from . import interpret, operators, tree
from .bounds import STEP_LIMIT, TooManySteps
from .builtins import BUILTINS
from .check import NAMED_HEIGHT
from .scope import Reference
from .temporal import stored
from .tree import Literal, Node, references
from .types import (
    ANY,
    BOOLEAN,
    INTEGER,
    NULL,
    NUMBER,
    REAL,
    ContextOf,
    ListOf,
    Money,
    Number,
    RangeOf,
    Real,
    Type,
    join,
    plain_type,
)
from .values import LIST_LIMIT, Range, converter, from_plain, to_plain


class Code(NamedTuple):
    """A value: null if any guard is null, else `text`. Guards run in order; a later one may use an earlier one."""

    guards: tuple[str, ...]
    text: str


class Lowering:
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
        self.bounded = False

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
        return _RAW[type(node)](self, node)

    def read(self, node: tree.Fact) -> Code:
        name = self.fact(node.reference)
        return Code((name,), name)

    def own(self, node: tree.Local) -> Code:
        name = self.local[node.number]
        return Code((name,), name)

    def items(self, node: tree.Items, want: ListOf) -> Code:
        if all(isinstance(item, Literal) for item in node.items):
            fixed = tuple(from_plain(want.of, item.value) for item in node.items if isinstance(item, Literal))
            return Code((), self.constant(fixed))
        return Code((), f"[{', '.join(self.value(item, want.of) for item in node.items)}]")

    def named(self, node: tree.Named) -> Code:
        if node.of.height <= NAMED_HEIGHT:
            return self.code(node.of)
        # It has no free locals, so it may be computed ahead even where it stands in a loop.
        depth, self.depth = self.depth, 0
        code = self.bind(node.of)[1]
        self.depth = depth
        return code

    def zoned(self, node: tree.Zoned) -> Code:
        of = self.code(node.of)
        return self.after(of.guards, f"{self.constant(stored)}({of.text})")

    def negate(self, node: tree.Negate) -> Code:
        code = self.code(node.of)
        if _stored_binary(node.type):
            return Code(code.guards, f"(-{code.text})")
        return self.after(code.guards, f"{self.constant(operators.negate)}({code.text})")

    def arithmetic(self, node: tree.Arithmetic) -> Code:
        type_ = node.type
        if isinstance(type_, Number | Money) and type_.scale is not None:
            # The scales of a product add up; terms of a sum are brought to one scale first.
            want = None if node.op == "*" else type_
            left, right = self.code(node.left, want), self.code(node.right, want)
            return Code(left.guards + right.guards, f"({left.text} {node.op} {right.text})")
        if type_ == REAL:
            left, right = self.code(node.left, REAL), self.code(node.right, REAL)
            if node.op in ("+", "-", "*"):
                # IEEE arithmetic in place; what is not finite (its difference from itself is not 0) is null.
                made = self.temporary()
                finite = f"({made} if ({made} := {left.text} {node.op} {right.text}) - {made} == 0.0 else None)"
                return self.after(left.guards + right.guards, finite)
        else:
            left, right = self.plain(node.left), self.plain(node.right)
        run = self.constant(operators.ARITHMETIC[node.op])
        return self.after(left.guards + right.guards, f"{run}({left.text}, {right.text})")

    def plain(self, node: Node) -> Code:
        return self.code(node, plain_type(node.type))

    def compare(self, node: tree.Compare) -> Code:
        type_ = join(node.left.type, node.right.type) or ANY
        if type_ in (ANY, NULL) or isinstance(type_, ListOf | RangeOf | ContextOf):
            if node.op in ("=", "!=") and NULL in (node.left.type, node.right.type):
                return self.compare_null(node)
            run = self.constant(operators.COMPARISONS[node.op])
            return self.nullable(f"{run}({self.value(node.left, ANY)}, {self.value(node.right, ANY)})")
        if node.op in ("=", "!="):
            if NULL in (node.left.type, node.right.type):
                return self.compare_null(node)
            op = "==" if node.op == "=" else "!="
            return Code((), f"({self.value(node.left, type_)} {op} {self.value(node.right, type_)})")
        left, right = self.code(node.left, type_), self.code(node.right, type_)
        return Code(left.guards + right.guards, f"({left.text} {node.op} {right.text})")

    def compare_null(self, node: tree.Compare) -> Code:
        other = node.right if node.left.type == NULL else node.left
        return Code((), f"({self.value(other)} {'is' if node.op == '=' else 'is not'} None)")

    def member(self, node: tree.Member) -> Code:
        type_: Type = node.of.type
        for value in node.values:
            type_ = join(type_, value.type) or type_
        fixed = frozenset(from_plain(type_, value.value) for value in node.values)
        return Code((), f"({self.value(node.of, type_)} in {self.constant(fixed)})")

    def matches(self, node: tree.Matches) -> Code:
        run = self.constant(operators.matches_test)
        return self.nullable(f"{run}({self.value(node.of, ANY)}, {self.value(node.test, ANY)})")

    def logic(self, node: tree.And | tree.Or) -> Code:
        ends, word = ("False", "and") if isinstance(node, tree.And) else ("True", "or")
        codes = [self.code(part) for part in node.parts]
        if all(not code.guards and part.type == BOOLEAN for code, part in zip(codes, node.parts, strict=True)):
            return Code((), f"({f' {word} '.join(code.text for code in codes)})")
        names = [self.temporary() for _ in codes]
        decided = " or ".join(f"({name} := {joined(code)}) is {ends}" for name, code in zip(names, codes, strict=True))
        other = "True" if ends == "False" else "False"
        agreed = " and ".join(f"{name} is {other}" for name in names)
        return self.nullable(f"({ends} if {decided} else {other} if {agreed} else None)")

    def negation(self, node: tree.Not) -> Code:
        code = self.code(node.of)
        if node.of.type == BOOLEAN:
            return Code(code.guards, f"(not {code.text})")
        return self.nullable(f"{self.constant(operators.negation)}({joined(code)})")

    def between(self, node: tree.Between) -> Code:
        before, low, high = self.two_sides(node)
        names = self.temporary(), self.temporary()
        # Each bound is compared apart: a null bound may still leave a certain false.
        text = (
            f"(False if ({names[0]} := {joined(low)}) is False or ({names[1]} := {joined(high)}) is False"
            f" else None if {names[0]} is None or {names[1]} is None else True)"
        )
        return self.nullable(f"({text} if {before} else None)" if before else text)

    def two_sides(self, node: tree.Between) -> tuple[str, Code, Code]:
        type_ = join(join(node.of.type, node.low.type) or ANY, node.high.type) or ANY
        before, of = self.bind(node.of, type_)
        sides = []
        for op, bound in ((">=" if node.low_closed else ">", node.low), ("<=" if node.high_closed else "<", node.high)):
            code = self.code(bound, type_)
            if type_ in (ANY, NULL):
                sides.append(self.nullable(f"{self.constant(operators.COMPARISONS[op])}({of.text}, {joined(code)})"))
            else:
                sides.append(Code(of.guards + code.guards, f"{of.text} {op} {code.text}"))
        return before, sides[0], sides[1]

    def choice(self, node: tree.If) -> Code:
        then, otherwise = self.code(node.then, node.type), self.code(node.otherwise, node.type)
        text = f"({joined(then)} if {self.true(node.condition)} else {joined(otherwise)})"
        return self.nullable(text) if then.guards or otherwise.guards else Code((), text)

    def as_list(self, node: tree.AsList) -> Code:
        if node.counts:
            return self.interpreted(node)
        return Code((), f"{self.constant(interpret.as_list)}({self.value(node.of, ANY)})")

    def count(self, node: tree.Count) -> Code:
        if node.type != ListOf(INTEGER):
            return self.interpreted(node)
        low, high = self.code(node.low, INTEGER), self.code(node.high, INTEGER)
        return self.after(low.guards + high.guards, f"{self.constant(_count)}({low.text}, {high.text})")

    def index(self, node: tree.Index) -> Code:
        whole = isinstance(node.index.type, Number) and node.index.type.scale == 0
        over, index = self.code(node.over), self.code(node.index, INTEGER if whole else NUMBER)
        return self.after(over.guards + index.guards, f"{self.constant(interpret.item_at)}({over.text}, {index.text})")

    def bounds(self, node: tree.Bounds) -> Code:
        if node.form:
            return self.interpreted(node)
        of = node.type.of if isinstance(node.type, RangeOf) else ANY
        ends = f"{node.low_closed}, {node.high_closed}"
        return Code((), f"{self.constant(Range)}({self.value(node.low, of)}, {self.value(node.high, of)}, {ends})")

    def entries(self, node: tree.Entries) -> Code:
        if node.numbers:
            return self.interpreted(node)
        pairs = zip(node.names, node.values, strict=True)
        return Code((), f"{{{', '.join(f'{self.constant(name)}: {self.value(value)}' for name, value in pairs)}}}")

    def field(self, node: tree.Field) -> Code:
        of = self.code(node.of)
        return self.after(of.guards, f"{self.constant(interpret.field_of)}({of.text}, {self.constant(node.name)})")

    def property(self, node: tree.Property) -> Code:
        of = self.code(node.of)
        run = self.constant(interpret.property_of(node.of.type, node.name))
        return self.after(of.guards, f"{run}({of.text})")

    def instance(self, node: tree.InstanceOf) -> Code:
        run = self.constant(partial(interpret.is_instance, node.wanted))
        return Code((), f"{run}({self.value(node.of, ANY)})")

    def call(self, node: tree.Call) -> Code:
        function = BUILTINS[node.function]
        types = tuple(argument.type for argument in node.arguments)
        if any(_unknown(type_) for type_ in types):
            run = self.constant(partial(_call_plain, node))
            return self.nullable(f"{run}({', '.join(self.value(argument, ANY) for argument in node.arguments)})")
        form = function.forms[node.form] if node.form >= 0 else function.form(types)
        native = form.resolve(types)
        guards: tuple[str, ...] = ()
        texts = []
        for param, argument, want in zip(form.params, node.arguments, native.params, strict=False):
            code = self.code(argument, want)
            if not param.nullable:
                guards += code.guards
            texts.append(joined(code) if param.nullable else code.text)
        text = f"{self.constant(native.run)}({', '.join(texts)})"
        return Code(guards, text) if native.total else self.after(guards, text)

    def interpreted(self, node: Node) -> Code:
        """What has no form of its own: the reference interpreter runs this part alone."""
        facts = references(node)
        locals_ = tree.free_locals(node)
        reads = "".join(f"{self.fact(reference)}, " for reference in facts)
        own = "".join(f"{self.local[local.number]}, " for local in locals_)
        run = self.constant(partial(_interpret, node, facts, locals_))
        return self.nullable(f"{run}(({reads}), ({own}))")

    # Loops

    def items_of(self, number: int, over: Node) -> tuple[str, Code, str, str]:
        """What goes before a loop, the code of its list, its name, and the list bounded if inside another loop."""
        before, items = self.bind(over)
        name = f"v{number}_{self.temporary()}"
        self.local[number] = name
        text = items.text
        if self.depth:
            self.bounded = True
            text = f"{self.constant(_take)}({text}, budget)"
        self.depth += 1
        return before, items, name, text

    def loop(self, node: tree.For) -> Code:
        if node.partial:
            return self.interpreted(node)
        before, items, name, over = self.items_of(node.number, node.over)
        body = self.value(node.body)
        self.depth -= 1
        text = f"[{body} for {name} in {over}]"
        if not node.flat:
            return self.led(before, Code(items.guards, text))
        return self.led(before, self.after(items.guards, f"{self.constant(_joined_lists)}({text})"))

    def filter(self, node: tree.Filter) -> Code:
        if node.condition.type == ANY:
            return self.interpreted(node)
        before, items, name, over = self.items_of(node.number, node.over)
        keep = self.true(node.condition)
        self.depth -= 1
        return self.led(before, Code(items.guards, f"[{name} for {name} in {over} if {keep}]"))

    def quantified(self, node: tree.Quantified) -> Code:
        before, items, name, over = self.items_of(node.number, node.over)
        body = self.value(node.body)
        self.depth -= 1
        run = self.constant(operators.conjunction if node.every else operators.disjunction)
        return self.led(before, self.after(items.guards, f"{run}({body} for {name} in {over})"))

    def led(self, before: str, code: Code) -> Code:
        # A one-item list is always true, so this evaluates `before` first.
        return self.nullable(f"({joined(code)} if {before} else None)") if before else code

    def certain_quantified(self, node: tree.Quantified, truth: bool) -> str:
        before, items, name, over = self.items_of(node.number, node.over)
        body = self.true(node.body) if truth else self.false(node.body)
        self.depth -= 1
        # For `some`: true if one is true, false if all are false; `every` the other way round.
        run = self.constant(all if node.every == truth else any)
        return self.conjoined([before, *checks(items.guards), f"{run}({body} for {name} in {over})"])

    # Conditions

    def true(self, node: Node) -> str:
        """A Python bool: whether the condition is certainly true."""
        return self.certain(node, True)

    def false(self, node: Node) -> str:
        """A Python bool: whether the condition is certainly false."""
        return self.certain(node, False)

    def certain(self, node: Node, truth: bool) -> str:
        match node:
            case Literal(value=value):
                return str(value is truth)
            case tree.Named(of=of) if of.height <= NAMED_HEIGHT:
                return self.certain(of, truth)
            case tree.Not(of=of):
                return self.certain(of, not truth)
            case tree.And(parts=parts) | tree.Or(parts=parts):
                both = isinstance(node, tree.And) == truth
                return f"({(' and ' if both else ' or ').join(self.certain(part, truth) for part in parts)})"
            case tree.Quantified():
                return self.certain_quantified(node, truth)
            case tree.If(condition=condition, then=then, otherwise=otherwise):
                chosen = f"{self.certain(then, truth)} if {self.true(condition)} else {self.certain(otherwise, truth)}"
                return f"({chosen})"
            case tree.Between():
                before, low, high = self.two_sides(node)
                sides = [
                    self.conjoined([*checks(side.guards), side.text if truth else f"not {side.text}"])
                    for side in (low, high)
                ]
                if truth:
                    return self.conjoined([before, *sides])
                return self.conjoined([before, f"({' or '.join(sides)})"])
        code = self.code(node)
        if node.type != BOOLEAN or isinstance(node, tree.Fact | tree.Local):
            return f"({joined(code)} is {truth})"
        return self.conjoined([*checks(code.guards), code.text if truth else f"not {code.text}"])

    def conjoined(self, parts: list[str]) -> str:
        kept = [part for part in parts if part]
        return kept[0] if len(kept) == 1 else f"({' and '.join(kept)})"

    # The function

    def function(self, body: list[str], spent: str = "None") -> tuple[str, Callable[..., Any]]:
        """The source and the function of these statements, after the reads and shared values; may raise SyntaxError.

        spent : what the function gives where its loops take more steps than they may
        """
        lines = [*self.head, *body]
        if self.bounded:
            lines = [
                f"budget = [{self.constant(STEP_LIMIT)}]",
                "try:",
                *(f"    {line}" for line in lines),
                f"except {self.constant(TooManySteps)}:",
                f"    return {spent}",
            ]
        arguments = ", ".join(f"a{place}" for place in range(len(self.roots)))
        source = "\n    ".join([f"def rule({arguments}):", *lines]) + "\n"
        exec(compile(source, "<rule>", "exec"), self.globals)
        run: Callable[..., Any] = self.globals["rule"]
        return source, run


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


def _stored_binary(type_: Type) -> bool:
    return isinstance(type_, Real) or (isinstance(type_, Number | Money) and type_.scale is not None)


def _shift(found: Type, want: Type) -> int | None:
    match found, want:
        case ((Number(scale=int(a)) | Money(scale=int(a))), (Number(scale=int(b)) | Money(scale=int(b)))) if a < b:
            return int(10 ** (b - a))
    return None


def _unknown(type_: Type) -> bool:
    if isinstance(type_, ListOf | RangeOf):
        return _unknown(type_.of)
    return type_ in (ANY, NULL)


def _holds_real(type_: Type) -> bool:
    if isinstance(type_, ListOf | RangeOf):
        return _holds_real(type_.of)
    return type_ in (REAL, ANY) or (isinstance(type_, ContextOf) and any(_holds_real(t) for _, t in type_.fields))


def _clean(type_: Type, value: Any) -> Any:
    return from_plain(type_, to_plain(type_, value))


def _call_plain(node: tree.Call, *arguments: Any) -> Any:
    plain = [to_plain(ANY, argument) for argument in arguments]
    return from_plain(node.type, interpret.call_plain(node, plain))


def _interpret(
    node: Node,
    facts: tuple[Reference, ...],
    locals_: tuple[tree.Local, ...],
    read: tuple[Any, ...],
    own: tuple[Any, ...],
) -> Any:
    stored: dict[str, dict[str, Any]] = {}
    for reference, value in zip(facts, read, strict=True):
        stored.setdefault(reference.root, {})[reference.id] = value
    inputs = {local.number: to_plain(local.type, value) for local, value in zip(locals_, own, strict=True)}
    return from_plain(node.type, interpret.evaluate(node, stored, inputs))


def _count(low: int, high: int) -> list[int] | None:
    counted = interpret.count_through(low, high)
    return None if counted is None else [int(n) for n in counted]


def _joined_lists(lists: list[Any]) -> list[Any] | None:
    if any(items is None for items in lists) or sum(map(len, lists)) > LIST_LIMIT:
        return None
    return [item for items in lists for item in items]


def _take(items: Any, budget: list[int]) -> Any:
    budget[0] -= len(items)
    if budget[0] < 0:
        raise TooManySteps
    return items


_RAW: dict[type[Node], Callable[[Lowering, Any], Code]] = {
    tree.Fact: Lowering.read,
    tree.Local: Lowering.own,
    tree.Named: Lowering.named,
    tree.Zoned: Lowering.zoned,
    tree.Items: lambda lowering, node: lowering.items(node, node.type),
    tree.Negate: Lowering.negate,
    tree.Arithmetic: Lowering.arithmetic,
    tree.Compare: Lowering.compare,
    tree.Member: Lowering.member,
    tree.Matches: Lowering.matches,
    tree.And: Lowering.logic,
    tree.Or: Lowering.logic,
    tree.Not: Lowering.negation,
    tree.Between: Lowering.between,
    tree.If: Lowering.choice,
    tree.AsList: Lowering.as_list,
    tree.Count: Lowering.count,
    tree.Index: Lowering.index,
    tree.Bounds: Lowering.bounds,
    tree.Entries: Lowering.entries,
    tree.Field: Lowering.field,
    tree.Property: Lowering.property,
    tree.InstanceOf: Lowering.instance,
    tree.Call: Lowering.call,
    tree.For: Lowering.loop,
    tree.Filter: Lowering.filter,
    tree.Quantified: Lowering.quantified,
    tree.Lookup: Lowering.interpreted,
    tree.Lambda: Lowering.interpreted,
    tree.BuiltIn: Lowering.interpreted,
    tree.Invoke: Lowering.interpreted,
}
