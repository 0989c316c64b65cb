"""The nodes: facts, conditions, comparisons, choices and loops."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from .. import tree
from ..builtins import BUILTINS
from ..interpret import is_instance
from ..tree import Node
from ..types import REAL, ContextOf, FunctionOf, ListOf, Money, NullType, Number, RangeOf, Real, Type
from ..values import LIST_LIMIT
from .compare import compare, ordered, quotient_holds
from .dialect import (
    Expr,
    at_most,
    both,
    case,
    cast,
    either,
    equals,
    false,
    is_null,
    less,
    negation,
    not_null,
    number,
    plus,
    rest,
    true,
)
from .emit import CALLS, HOLDS, Emitter, among, builtin, constant_of, emits
from .forms import (
    Binary,
    Bounds,
    Context,
    Exact,
    FallsBack,
    Form,
    Items,
    Length,
    Made,
    Months,
    Null,
    Truth,
    form_of,
)

_FAR = 2**31


@emits(tree.Literal)
def literal(emitter: Emitter, node: tree.Literal) -> Made:
    return emitter.constant(node.value, node.type)


@emits(tree.Fact)
def fact(emitter: Emitter, node: tree.Fact) -> Made:
    form = form_of(node.reference.type)
    digits = emitter.digits(node.reference)
    if isinstance(form, Exact) and digits is not None:
        form = Exact(form.scale, digits)
    return Made(_clean(emitter, emitter.column(node.reference), form), form)


def _clean(emitter: Emitter, sql: Expr, form: Form) -> Expr:
    """A column as the forms are: without NaN and infinities, durations in 128 bits."""
    match form:
        case Binary() if emitter.clean:
            return sql
        case Binary():
            return case((emitter.dialect.is_finite(sql), sql))
        case Length() | Months():
            return cast(sql, emitter.dialect.wide)
        case Items(of=of) if not _is_clean(of):
            return emitter.dialect.each(sql, lambda item: _clean(emitter, item, of))
        case Bounds() | Context() if not _is_clean(form):
            raise FallsBack("it reads a range or context with real numbers or durations")
    return sql


def _is_clean(form: Form) -> bool:
    match form:
        case Binary() | Length() | Months():
            return False
        case Items(of=of) | Bounds(of=of):
            return _is_clean(of)
        case Context(fields=fields):
            return all(_is_clean(of) for _, of in fields)
    return True


@emits(tree.Local)
def local(emitter: Emitter, node: tree.Local) -> Made:
    found = emitter.local.get(node.number)
    if found is None:
        raise FallsBack("it reads a name that has no value here")
    return found


@emits(tree.Named)
def named(emitter: Emitter, node: tree.Named) -> Made:
    return emitter.value(node.of)


# Conditions


@emits(tree.And, tree.Or)
def logic(emitter: Emitter, node: tree.And | tree.Or) -> Made:
    parts = [emitter.truth(emitter.value(part)) for part in node.parts]
    return Made((both if isinstance(node, tree.And) else either)(*parts), Truth())


@emits(tree.Not)
def inverse(emitter: Emitter, node: tree.Not) -> Made:
    return Made(negation(emitter.truth(emitter.value(node.of))), Truth())


@emits(tree.Compare)
def comparison(emitter: Emitter, node: tree.Compare) -> Made:
    return compare(emitter, node.op, emitter.value(node.left), emitter.value(node.right))


def comparison_holds(emitter: Emitter, node: tree.Compare, truth: bool) -> Expr | None:
    """A comparison with a division, without its third value."""
    if node.op in ("=", "!="):
        return None
    return quotient_holds(emitter, node.op, emitter.value(node.left), emitter.value(node.right), truth)


HOLDS[tree.Compare] = comparison_holds


@emits(tree.Between)
def between(emitter: Emitter, node: tree.Between) -> Made:
    of, low, high = emitter.value(node.of), emitter.value(node.low), emitter.value(node.high)

    def sides(value: Made) -> Expr:
        above = compare(emitter, ">=" if node.low_closed else ">", value, low)
        below = compare(emitter, "<=" if node.high_closed else "<", value, high)
        return both(above.sql, below.sql)

    if ordered(of.form):
        return Made(emitter.once(of, lambda sql: sides(Made(sql, of.form))), Truth())
    return Made(sides(of), Truth())


@emits(tree.Member)
def member(emitter: Emitter, node: tree.Member) -> Made:
    return Made(among(emitter, node, None), Truth())


@emits(tree.Matches)
def matches(emitter: Emitter, node: tree.Matches) -> Made:
    raise FallsBack("what is meant by 'in' is only known when it is read")


@emits(tree.If)
def choice(emitter: Emitter, node: tree.If) -> Made:
    condition = emitter.holds(node.condition)
    then, otherwise = emitter.value(node.then), emitter.value(node.otherwise)
    form = one_form(emitter, [then, otherwise], node.type)
    if isinstance(form, Null):
        return then
    emitter.type_text(form)
    return Made(case((condition, emitter.convert(then, form)), otherwise=emitter.convert(otherwise, form)), form)


@emits(tree.InstanceOf)
def instance(emitter: Emitter, node: tree.InstanceOf) -> Made:
    made = emitter.value(node.of)
    if isinstance(made.form, Null):
        return Made(exp.Boolean(this=is_instance(node.wanted, None)), Truth())
    sql = made.form.above if hasattr(made.form, "above") else made.sql
    if isinstance(node.wanted, NullType):
        return Made(is_null(sql), Truth())
    if isinstance(node.wanted, FunctionOf | ContextOf) or not _is_kind(node.wanted, made.form):
        return Made(false(), Truth())
    if hasattr(made.form, "above"):
        raise FallsBack("a division in it is neither compared nor rounded")
    return Made(not_null(sql), Truth())


def _is_kind(wanted: Type, form: Form) -> bool:
    match wanted:
        case Number() | Real() | Money():
            return isinstance(form, Exact | Binary) or hasattr(form, "above")
        case ListOf(of=of):
            return isinstance(form, Items) and _is_kind(of, form.of)
        case RangeOf():
            raise FallsBack("it asks whether something is a range")
    if str(wanted) == "any":
        return True
    return type(form_of(wanted)) is type(form)


# Lists


@emits(tree.Items)
def items(emitter: Emitter, node: tree.Items) -> Made:
    made = [emitter.value(item) for item in node.items]
    return emitter.list_of(made, one_form(emitter, made, node.type.of if isinstance(node.type, ListOf) else node.type))


def one_form(emitter: Emitter, made: list[Made], type_: Type) -> Form:
    """The form of values of which one is taken. Raises FallsBack where they keep kinds of their own."""
    form = emitter.common(*(one.form for one in made), *([Binary()] if type_ == REAL else []))
    if type_ != REAL and any(_holds_binary(one.form) != _holds_binary(form) for one in made if one.form != Null()):
        raise FallsBack("exact and real numbers meet in it, each as it is")
    return form


def _holds_binary(form: Form) -> bool:
    return _holds_binary(form.of) if isinstance(form, Items | Bounds) else isinstance(form, Binary)


def list_value(emitter: Emitter, node: Node) -> tuple[Expr, Form]:
    """A list and the form of its items. Raises FallsBack for what may be none."""
    made = emitter.value(node)
    if isinstance(made.form, Items):
        return made.sql, made.form.of
    raise FallsBack("whether it is a list is only known when it is read")


@emits(tree.AsList)
def as_list(emitter: Emitter, node: tree.AsList) -> Made:
    sql, of = list_value(emitter, node.of)
    return Made(exp.Coalesce(this=sql, expressions=[emitter.list_of([], of).sql]), Items(of))


@emits(tree.Count)
def count(emitter: Emitter, node: tree.Count) -> Made:
    low, high = emitter.value(node.low), emitter.value(node.high)
    if constant_of(low.sql) is None or not isinstance(high.form, Exact) or high.form.scale or high.form.wide:
        raise FallsBack("it counts from a number that is not written")
    first = constant_of(low.sql) or 0
    last = cast(high.sql, emitter.dialect.narrow)
    up = both(at_most(number(first), last), less(last, number(first + LIST_LIMIT)))
    down = both(less(last, number(first)), less(number(first - LIST_LIMIT), last))
    counted = case(
        (up, emitter.dialect.numbers(number(first), last)),
        (down, emitter.dialect.backwards(emitter.dialect.numbers(last, number(first)))),
    )
    return Made(counted, Items(Exact(0, 19)))


def _bound(emitter: Emitter, number_: int, of: Form, body: Callable[[], Expr]) -> Callable[[Expr], Expr]:
    """The body of a lambda: what it gives with the item as a local."""

    def run(item: Expr) -> Expr:
        emitter.local[number_] = Made(item, of)
        return body()

    return run


@emits(tree.For)
def loop(emitter: Emitter, node: tree.For) -> Made:
    if node.partial:
        raise FallsBack("a loop in it reads its own results")
    over, of = list_value(emitter, node.over)
    form: Form = Null()

    def body() -> Expr:
        nonlocal form
        made = emitter.value(node.body)
        form = made.form
        emitter.type_text(form)
        return made.sql

    made = emitter.dialect.each(over, _bound(emitter, node.number, of, body))
    if not node.flat:
        return Made(made, Items(form))
    if not isinstance(form, Items):
        raise FallsBack("a loop in it joins what may be no lists")
    inner = form

    def joined(lists: Expr) -> Expr:
        too_long = less(number(LIST_LIMIT), emitter.dialect.size(emitter.dialect.flat(lists)))
        broken = either(is_null(lists), emitter.dialect.has_null(lists), too_long)
        return case((negation(broken), emitter.dialect.flat(lists)))

    return Made(emitter.once(Made(made, Items(inner)), joined), inner)


@emits(tree.Filter)
def kept(emitter: Emitter, node: tree.Filter) -> Made:
    over, of = list_value(emitter, node.over)
    body = _bound(emitter, node.number, of, lambda: emitter.holds(node.condition))
    return Made(emitter.dialect.kept(over, body), Items(of))


@emits(tree.Quantified)
def quantified(emitter: Emitter, node: tree.Quantified) -> Made:
    over, of = list_value(emitter, node.over)
    dialect = emitter.dialect

    def degree() -> Expr:
        # 0 is false, 1 null, 2 true: the greatest is what `or` says of all, the least what `and` says.
        body = emitter.truth(emitter.value(node.body))
        return case((body, number(2)), (is_null(body), number(1)), otherwise=number(0))

    degrees = dialect.each(over, _bound(emitter, node.number, of, degree))
    end = dialect.least(degrees) if node.every else dialect.most(degrees)

    def decided(sql: Expr) -> Expr:
        # Null is the degree of an empty list; the list itself is tested apart.
        value = exp.Coalesce(this=end, expressions=[number(2 if node.every else 0)])
        return exp.Case(
            this=case((not_null(sql), value)),
            ifs=[exp.If(this=number(2), true=true()), exp.If(this=number(0), true=false())],
        )

    return Made(decided(over), Truth())


@emits(tree.Index)
def index(emitter: Emitter, node: tree.Index) -> Made:
    over, of = list_value(emitter, node.over)
    place = emitter.value(node.index)
    if isinstance(place.form, Null):
        return place
    return Made(item_at(emitter, over, of, place), of)


def item_at(emitter: Emitter, over: Expr, of: Form, place: Made) -> Expr:
    """The item at a place from 1 or, where it is negative, from the end; null where there is none."""
    whole = whole_place(emitter, place)
    fixed = constant_of(whole)
    dialect = emitter.dialect
    if fixed is not None:
        if fixed == 0 or abs(fixed) > LIST_LIMIT * 10:
            return cast(exp.Null(), emitter.type_text(of))
        if fixed > 0:
            return dialect.at(over, number(fixed))
    return emitter.once(
        Made(over, Items(of)),
        lambda items: emitter.once(
            Made(whole, Exact(0, 18)),
            lambda at: case(
                (both(less(number(0), at), at_most(at, dialect.size(items))), dialect.at(items, at)),
                (
                    both(less(at, number(0)), at_most(exp.Paren(this=exp.Neg(this=at)), dialect.size(items))),
                    dialect.at(items, plus(plus(dialect.size(items), at), number(1))),
                ),
            ),
        ),
    )


def whole_place(emitter: Emitter, place: Made) -> Expr:
    """A place in a list: 64 bits, null where the number is not whole or beyond every list."""
    if not isinstance(place.form, Exact):
        raise FallsBack("a place in a list is a number that is not exact")
    fixed, scale = constant_of(place.sql), 10**place.form.scale
    if fixed is not None:
        return number(fixed // scale) if fixed % scale == 0 else number(0)

    def held(value: Expr) -> Expr:
        far = number(_FAR * scale)
        near = [less(exp.Paren(this=exp.Neg(this=far)), value), less(value, far)]
        if place.form.scale:  # type: ignore[attr-defined]
            near.append(equals(rest(value, number(scale)), number(0)))
        whole = emitter.dialect.cut(value, number(scale), wide=place.form.wide) if scale > 1 else value  # type: ignore[attr-defined]
        return case((both(*near), cast(whole, emitter.dialect.narrow)))

    return emitter.once(place, held)


# Ranges and contexts


@emits(tree.Bounds)
def span(emitter: Emitter, node: tree.Bounds) -> Made:
    if node.form:
        raise FallsBack("a range of a decision model keeps how it was written")
    low, high = emitter.value(node.low), emitter.value(node.high)
    return emitter.bounds(low, high, exp.Boolean(this=node.low_closed), exp.Boolean(this=node.high_closed))


@emits(tree.Field)
def field(emitter: Emitter, node: tree.Field) -> Made:
    of = node.of
    while isinstance(of, tree.Named):
        of = of.of
    if isinstance(of, tree.Entries) and not any(of.numbers) and node.name in of.names:
        return emitter.value(of.values[of.names.index(node.name)])
    return _field(emitter, emitter.value(of), node.name)


@builtin("get value")
def entry(emitter: Emitter, node: tree.Call) -> Made:
    of, key = node.arguments
    if isinstance(of, tree.Entries) and not any(of.numbers) and isinstance(key, tree.Literal) and key.value in of.names:
        return emitter.value(of.values[of.names.index(key.value)])
    raise FallsBack("it reads a part of a value whose parts are only known when it is read")


def _field(emitter: Emitter, made: Made, name: str) -> Made:
    match made.form:
        case Context(fields=fields) if name in dict(fields):
            return Made(emitter.dialect.field(made.sql, name), dict(fields)[name])
        case Items(of=Context(fields=fields)) if name in dict(fields):
            each = emitter.dialect.each(made.sql, lambda item: emitter.dialect.field(item, name))
            return Made(each, Items(dict(fields)[name]))
        case Null():
            return made
    raise FallsBack("it reads a part of a value whose parts are only known when it is read")


@emits(tree.Lookup)
def lookup(emitter: Emitter, node: tree.Lookup) -> Made:
    item = emitter.value(node.item)
    if isinstance(item.form, Context) and node.name in dict(item.form.fields):
        # An item that is null has no fields: there the name means what it means outside.
        raise FallsBack("it filters contexts whose fields are only known when they are read")
    raise FallsBack("it filters values whose parts are only known when they are read")


@emits(tree.Call)
def call(emitter: Emitter, node: tree.Call) -> Made:
    emit = CALLS.get(node.function)
    if emit is None:
        raise FallsBack(f"{node.function}() does not run as SQL")
    form = BUILTINS[node.function].form([argument.type for argument in node.arguments])
    if node.form >= 0:
        form = BUILTINS[node.function].forms[node.form]
    for param, argument in zip(form.params, node.arguments, strict=False):
        if not param.nullable and isinstance(argument, tree.Literal) and argument.value is None:
            return Made(exp.Null(), Null())
    return emit(emitter, node)
