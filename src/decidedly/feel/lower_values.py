"""Operators, structures and calls as generated Python."""

from functools import partial
from typing import Any

from . import interpret, operators, tree
from .builtins import BUILTINS
from .source import Base, Code, conjoined, joined
from .temporal import direct_arithmetic
from .tree import Node
from .types import (
    ANY,
    BOOLEAN,
    INTEGER,
    NULL,
    NUMBER,
    REAL,
    ContextOf,
    FunctionOf,
    ListOf,
    Money,
    Number,
    RangeOf,
    Real,
    Type,
    join,
    plain_type,
)
from .values import Range, from_plain, to_plain


class Values(Base):
    def true(self, node: Node) -> str:
        raise NotImplementedError

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
        # A result of no known type may be a date beyond those of Python.
        direct = None if type_ == ANY else direct_arithmetic(node.op, node.left.type, node.right.type)
        run = self.constant(direct or operators.ARITHMETIC[node.op])
        return self.after(left.guards + right.guards, f"{run}({left.text}, {right.text})")

    def plain(self, node: Node) -> Code:
        return self.code(node, plain_type(node.type))

    def compare(self, node: tree.Compare) -> Code:
        type_ = join(node.left.type, node.right.type) or ANY
        if _compared_slowly(type_, node.op):
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
        if not low.guards and not high.guards:
            return Code((), conjoined([before, low.text, high.text]))
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
            if _compared_slowly(type_, op):
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
            return self.nullable(f"{self.constant(interpret.gone_through)}({self.value(node.of, ANY)})")
        return Code((), f"{self.constant(interpret.as_list)}({self.value(node.of, ANY)})")

    def index(self, node: tree.Index) -> Code:
        whole = isinstance(node.index.type, Number) and node.index.type.scale == 0
        over, index = self.code(node.over), self.code(node.index, INTEGER if whole else NUMBER)
        return self.after(over.guards + index.guards, f"{self.constant(interpret.item_at)}({over.text}, {index.text})")

    def bounds(self, node: tree.Bounds) -> Code:
        of = node.type.of if isinstance(node.type, RangeOf) else ANY
        ends = f"{node.low_closed}, {node.high_closed}"
        return Code((), f"{self.constant(Range)}({self.value(node.low, of)}, {self.value(node.high, of)}, {ends})")

    def entries(self, node: tree.Entries) -> Code:
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
        form = function.form(types, node.form)
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


def _stored_binary(type_: Type) -> bool:
    return isinstance(type_, Real) or (isinstance(type_, Number | Money) and type_.scale is not None)


def _compared_slowly(type_: Type, op: str) -> bool:
    """Whether Python's own operator says something else than the language's, or raises."""
    if op not in ("=", "!=") and type_ == BOOLEAN:
        return True
    return type_ in (ANY, NULL) or isinstance(type_, ListOf | RangeOf | ContextOf | FunctionOf)


def _unknown(type_: Type) -> bool:
    if isinstance(type_, ListOf | RangeOf):
        return _unknown(type_.of)
    return type_ in (ANY, NULL)


def _call_plain(node: tree.Call, *arguments: Any) -> Any:
    plain = [to_plain(ANY, argument) for argument in arguments]
    return from_plain(node.type, interpret.call_plain(node, plain))
