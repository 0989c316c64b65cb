"""From the typed tree to a sqlglot tree: the walk, and what all emitters share.

Only forms and positions decide what is written: no text of an author reaches the statement but inside a string literal,
which sqlglot quotes, and names of columns, which are ids. Each node and each built-in has an emitter of its own; one
that cannot give the exact value, nulls included, raises FallsBack with the reason, and the row function does the work.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlglot import exp

from .. import tree
from ..interpret import evaluate
from ..scope import Reference
from ..temporal.wide import Months as MonthsValue
from ..temporal.wide import is_length, nanoseconds_of
from ..tree import Node
from ..types import ListOf, NullType, RangeOf, Type
from ..values import Range
from .dialect import Dialect, Expr, binary, both, case, cast, either, is_null, negation, null, number, string, times
from .forms import (
    NARROW_DIGITS,
    Binary,
    Bounds,
    Clock,
    Context,
    Day,
    Exact,
    FallsBack,
    Form,
    Items,
    Length,
    Made,
    Moment,
    Months,
    Null,
    Text,
    Truth,
    exact,
    form_of,
)

_SHORT = 40  # Nodes of an expression that may be written twice.
_WHOLE_DOUBLE = 2**53
_WIDEST = 38

EmitNode = Callable[["Emitter", Any], Made]
NODES: dict[type[Node], EmitNode] = {}
CALLS: dict[str, Callable[[Emitter, tree.Call], Made]] = {}
"""The built-ins that run as SQL; all others fall back."""
HOLDS: dict[type[Node], Callable[[Emitter, Any, bool], Expr | None]] = {}
"""Nodes with a shorter form where null counts as not so, or None where it is the usual one."""


def emits(*kinds: type[Node]) -> Callable[[EmitNode], EmitNode]:
    """Registers the emitter of a kind of node."""

    def register(emit: EmitNode) -> EmitNode:
        NODES.update(dict.fromkeys(kinds, emit))
        return emit

    return register


def builtin(*names: str) -> Callable[[EmitNode], EmitNode]:
    """Registers the emitter of a built-in: it is given the call, whose arguments are not null alone."""

    def register(emit: EmitNode) -> EmitNode:
        CALLS.update(dict.fromkeys(names, emit))
        return emit

    return register


class Emitter:
    """One statement: `column` gives the expression that holds a fact, `digits` the most that a number in it has where
    that is known, `local` the expressions of the names bound."""

    def __init__(
        self,
        dialect: Dialect,
        column: Callable[[Reference], Expr],
        digits: Callable[[Reference], int | None] = lambda reference: None,
        local: dict[int, Made] | None = None,
        clean: bool = False,
    ) -> None:
        self.dialect = dialect
        self.column = column
        self.digits = digits
        self.clean = clean
        self.local = dict(local or {})
        self._fixed: dict[int, bool] = {}

    def value(self, node: Node) -> Made:
        """The expression of a node. Raises FallsBack."""
        try:
            if not isinstance(node, tree.Literal) and self._is_fixed(node):
                return self.constant(evaluate(node, {}), node.type)
            emit = NODES.get(type(node))
            if emit is None:
                raise FallsBack("it uses a part of the language that has no form in SQL")
            return emit(self, node)
        except FallsBack as why:
            why.at = why.at or node.at
            raise

    def _is_fixed(self, node: Node) -> bool:
        """Whether a tree gives the same everywhere, so that the reference can say what."""
        known = self._fixed.get(id(node))
        if known is None:
            own = isinstance(node, tree.Fact | tree.Local | tree.Lambda | tree.BuiltIn | tree.Invoke)
            known = not own and all(self._is_fixed(child) for child in tree.children(node))
            self._fixed[id(node)] = known
        return known

    def holds(self, node: Node, truth: bool = True) -> Expr:
        """An expression that is true where the condition certainly is (or is certainly false), else false or null."""
        match node:
            case tree.Named(of=of):
                return self.holds(of, truth)
            case tree.Not(of=of):
                return self.holds(of, not truth)
            case tree.And(parts=parts) | tree.Or(parts=parts):
                every = isinstance(node, tree.And) == truth
                return (both if every else either)(*(self.holds(part, truth) for part in parts))
            case tree.If(condition=condition, then=then, otherwise=otherwise):
                return case(
                    (self.holds(condition), self.holds(then, truth)), otherwise=self.holds(otherwise, truth)
                )  # fmt: skip
            case tree.Compare(op="=" | "!=", left=left, right=right) if (node.op == "=") == truth:
                a, b = self.value(left), self.value(right)
                if _plain(a.form) and _plain(b.form) and (_is_constant(a.sql) or _is_constant(b.sql)):
                    # With a constant that is not null, equality in SQL is true exactly where FEEL's is.
                    form = self.common(a.form, b.form)
                    return binary(exp.EQ, self.convert(a, form), self.convert(b, form))
            case tree.Member():
                return among(self, node, truth)
        if special := HOLDS.get(type(node)):
            found = special(self, node, truth)
            if found is not None:
                return found
        made = self.truth(self.value(node))
        return made if truth else negation(made)

    def truth(self, made: Made) -> Expr:
        """A condition with three values."""
        if not isinstance(made.form, Truth | Null):
            raise FallsBack("whether it is a condition is only known when it is read")
        return self.convert(made, Truth())

    # Forms

    def type_text(self, form: Form) -> str:
        """The engine's type of a form."""
        match form:
            case Truth():
                return "BOOLEAN"
            case Text():
                return self.dialect.text
            case Exact(wide=wide):
                return self.dialect.wide if wide else self.dialect.narrow
            case Binary():
                return self.dialect.binary
            case Day():
                return "DATE"
            case Length() | Months():
                return self.dialect.wide
            case Moment():
                return "TIMESTAMP"
            case Clock():
                return self.dialect.clock_type()
            case Context(fields=fields):
                return self.dialect.struct_type([(name, self.type_text(of)) for name, of in fields])
            case Bounds(of=of):
                ends = [("low", self.type_text(of)), ("high", self.type_text(of))]
                return self.dialect.struct_type([*ends, ("low_closed", "BOOLEAN"), ("high_closed", "BOOLEAN")])
            case Items(of=of):
                return self.dialect.list_type(self.type_text(of))
            case Null():
                return "BOOLEAN"
            case _:
                raise FallsBack("a division in it is neither compared nor rounded")

    def common(self, *forms: Form) -> Form:
        """The form that can hold the values of all."""
        made: Form = Null()
        for form in forms:
            made = self._common(made, form)
        return made

    def _common(self, a: Form, b: Form) -> Form:
        if a == b or isinstance(b, Null):
            return a
        match a, b:
            case Null(), _:
                return b
            case Exact(), Exact():
                a, b = at_scale(a, max(a.scale, b.scale)), at_scale(b, max(a.scale, b.scale))
                return Exact(a.scale, max(a.digits, b.digits), a.wide or b.wide)
            case (Binary(), Exact()) | (Exact(), Binary()):
                return Binary()
            case Items(of=x), Items(of=y):
                return Items(self._common(x, y))
            case Bounds(of=x), Bounds(of=y):
                return Bounds(self._common(x, y))
            case _:
                raise FallsBack("values of different kinds meet in it")

    def convert(self, made: Made, form: Form) -> Expr:
        """A value in another form that can hold it."""
        if made.form == form:
            return made.sql
        match made.form, form:
            case Null(), _:
                return cast(null(), self.type_text(form))
            case Exact(), Exact():
                return self._exact(made, form)
            case Exact(), Binary():
                return self.to_binary(made)
            case Items(of=Null()), Items():
                return cast(made.sql, self.type_text(form))
            case Items(of=of), Items(of=wanted):
                return self.dialect.each(made.sql, lambda item: self.convert(Made(item, of), wanted))
            case _:
                raise FallsBack("values of different kinds meet in it")

    def _exact(self, made: Made, form: Exact) -> Expr:
        assert isinstance(made.form, Exact)
        factor = 10 ** (form.scale - made.form.scale)
        fixed = constant_of(made.sql)
        if fixed is not None:
            return number(fixed * factor)
        sql = made.sql
        if form.wide and not made.form.wide:
            sql = cast(sql, self.dialect.wide)
        return sql if factor == 1 else times(sql, number(factor))

    def to_binary(self, made: Made) -> Expr:
        """An exact number as the nearest double, rounded once."""
        assert isinstance(made.form, Exact)
        scale = made.form.scale
        fixed = constant_of(made.sql)
        if fixed is not None:
            return binary_literal(float(Decimal(fixed).scaleb(-scale)))
        if scale == 0 and not made.form.wide:
            return cast(made.sql, self.dialect.binary)

        def rounded(value: Expr) -> Expr:
            # Integers of at most 53 bits and powers of ten are exact, so one division rounds once; digits always do.
            small = both(
                binary(exp.GTE, value, number(-_WHOLE_DOUBLE)), binary(exp.LTE, value, number(_WHOLE_DOUBLE))
            )  # fmt: skip
            whole = cast(value, self.dialect.binary)
            digits = binary(exp.DPipe, cast(value, self.dialect.text), string(f"e-{scale}"))
            return case(
                (small, binary(exp.Div, whole, binary_literal(10.0**scale)) if scale else whole),
                otherwise=cast(digits, self.dialect.binary),
            )

        return self.once(made, rounded)

    # Reuse

    def once(self, made: Made, body: Callable[[Expr], Expr]) -> Expr:
        """An expression that uses a value more than once; a long one is computed first and named."""
        if _is_short(made.sql):
            return body(made.sql)
        held = self.dialect.items([made.sql], self.type_text(made.form))
        return self.dialect.at(self.dialect.each(held, body), number(1))

    # Leaves

    def constant(self, value: Any, type_: Type) -> Made:
        """A plain value as a literal. Raises FallsBack for what no literal holds."""
        match value:
            case None:
                return Made(null(), Null())
            case bool():
                return Made(exp.Boolean(this=value), Truth())
            case str():
                if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
                    raise FallsBack("it holds a text that no statement can hold")
                return Made(string(value), Text())
            case float():
                return Made(binary_literal(value), Binary())
            case int() | Decimal():
                return _exact_constant(Decimal(value))
            case datetime():
                if value.utcoffset() is None or value.utcoffset() or value.tzinfo is not UTC:
                    raise FallsBack("it computes in a time zone")
                text = value.replace(tzinfo=None).isoformat(" ")
                return Made(cast(string(text), "TIMESTAMP"), Moment())
            case date():
                return Made(cast(string(value.isoformat()), "DATE"), Day())
            case time() if value.tzinfo is None:
                return Made(cast(string(value.isoformat()), "TIME"), Clock())
            case MonthsValue(months=months):
                return Made(cast(number(months), self.dialect.wide), Months())
            case list() | tuple():
                return self.list_constant(value, type_)
            case Range(form=""):
                of = type_.of if isinstance(type_, RangeOf) else type_
                low, high = self.constant(value.low, of), self.constant(value.high, of)
                return self.bounds(low, high, exp.Boolean(this=value.low_closed), exp.Boolean(this=value.high_closed))
        if is_length(value) and nanoseconds_of(value) % 1000 == 0:
            return Made(cast(number(nanoseconds_of(value) // 1000), self.dialect.wide), Length())
        raise FallsBack("it holds a value that has no form in SQL")

    def list_constant(self, values: list[Any] | tuple[Any, ...], type_: Type) -> Made:
        of = type_.of if isinstance(type_, ListOf) else NullType()
        made = [self.constant(value, of) for value in values]
        form = self.common(*(one.form for one in made))
        if isinstance(form, Null) and not isinstance(of, NullType):
            form = form_of(of)
        return self.list_of(made, form)

    def list_of(self, made: list[Made], form: Form) -> Made:
        """A list of values, in one form."""
        items = [self.convert(one, form) for one in made]
        return Made(self.dialect.items(items, self.type_text(form)), Items(form))

    def bounds(self, low: Made, high: Made, low_closed: Expr, high_closed: Expr) -> Made:
        of = self.common(low.form, high.form)
        ends = self.convert(low, of), self.convert(high, of)
        return Made(self.dialect.bounds(*ends, low_closed, high_closed), Bounds(of))


def among(emitter: Emitter, node: tree.Member, truth: bool | None) -> Expr:
    """Whether a value is one of several: true or false, or true where it certainly is so (or is not)."""
    of = emitter.value(node.of)
    plain = [emitter.constant(value.value, value.type) for value in node.values if value.value is not None]
    with_null = len(plain) < len(node.values)
    if isinstance(of.form, Null):
        return exp.Boolean(this=with_null == (truth is not False))
    if isinstance(of.form, Exact):
        # A value with more decimals than the column has is never in it.
        plain = [one for one in plain if not isinstance(one.form, Exact) or one.form.scale <= of.form.scale]
    form = emitter.common(of.form, *(one.form for one in plain))

    def within(sql: Expr) -> Expr:
        value = emitter.convert(Made(sql, of.form), form)
        found: Expr = exp.Paren(this=exp.In(this=value, expressions=[emitter.convert(one, form) for one in plain]))
        if not plain:
            found = exp.Paren(this=exp.And(this=is_null(sql), expression=exp.Boolean(this=False)))
        if truth is None:
            return case((is_null(sql), exp.Boolean(this=with_null)), otherwise=found)
        found = found if truth else negation(found)
        return either(is_null(sql), found) if with_null == truth else found

    return emitter.once(of, within)


def at_scale(form: Exact, scale: int) -> Exact:
    """The form of the same number with more places. Raises FallsBack where no integer is long enough."""
    if form.scale == scale:
        return form
    digits = form.digits + scale - form.scale
    if digits > _WIDEST:
        raise FallsBack("a number in it could have more digits than fit")
    return Exact(scale, digits, form.wide or digits > NARROW_DIGITS)


def _exact_constant(value: Decimal) -> Made:
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise FallsBack("it holds a number that is none")
    whole = int("".join(map(str, digits)) or "0")
    while whole and exponent < 0 and whole % 10 == 0:
        whole, exponent = whole // 10, exponent + 1
    if not whole:
        exponent = 0
    length = len(str(whole)) + max(exponent, 0)
    form = exact(max(0, -exponent), length)
    whole = whole * 10 ** max(exponent, 0) * (-1 if sign else 1)
    return Made(number(whole), Exact(form.scale, form.digits, form.wide))


def binary_literal(value: float) -> Expr:
    """A double: with an exponent, so that no engine takes it for a decimal."""
    text = repr(abs(value))
    made = exp.Literal.number(text if "e" in text else f"{text}e0")
    return made if value >= 0 else exp.Paren(this=exp.Neg(this=made))


def constant_of(sql: Expr) -> int | None:
    """The integer that a literal is."""
    if isinstance(sql, exp.Paren) and isinstance(sql.this, exp.Neg):
        found = constant_of(sql.this.this)
        return None if found is None else -found
    text = sql.this if isinstance(sql, exp.Literal) and not sql.is_string else ""
    return int(text) if text.isdecimal() else None


def _is_constant(sql: Expr) -> bool:
    inner = sql.this if isinstance(sql, exp.Cast) else sql
    return isinstance(inner, exp.Literal | exp.Boolean) or constant_of(inner) is not None


def _plain(form: Form) -> bool:
    return isinstance(form, Truth | Text | Exact | Binary | Day | Moment | Clock)


def _is_short(sql: Expr) -> bool:
    return all(nodes <= _SHORT for nodes, _ in enumerate(sql.walk()))
