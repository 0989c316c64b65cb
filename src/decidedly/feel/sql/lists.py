"""The functions of lists. An item that is null counts as one, and equals null."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from .. import tree
from ..types import REAL, ListOf
from ..values import LIST_LIMIT
from .dialect import (
    Expr,
    alike,
    at_most,
    both,
    call,
    case,
    cast,
    either,
    equals,
    false,
    is_null,
    less,
    minus,
    negation,
    not_null,
    null,
    number,
    plus,
    true,
)
from .emit import Emitter, builtin, constant_of
from .forms import Binary, Bounds, Day, Exact, FallsBack, Form, Items, Made, Moment, Null, Text, Truth, exact
from .nodes import list_value
from .numbers import divided, finite

_MOST_COMPARED = 1_000


@builtin("count")
def count(emitter: Emitter, node: tree.Call) -> Made:
    items, _ = list_value(emitter, node.arguments[0])
    return Made(cast(emitter.dialect.size(items), emitter.dialect.narrow), Exact(0, 18))


@builtin("sum")
def total(emitter: Emitter, node: tree.Call) -> Made:
    items, of = list_value(emitter, node.arguments[0])
    return _sum(emitter, items, of)


def _sum(emitter: Emitter, items: Expr, of: Form) -> Made:
    if isinstance(of, Null):
        return Made(null(), Null())
    if isinstance(of, Exact):
        form: Form = exact(of.scale, of.digits + len(str(LIST_LIMIT)))
        form = Exact(form.scale, form.digits, True)  # type: ignore[attr-defined]
        items = emitter.convert(Made(items, Items(of)), Items(Exact(of.scale, of.digits, True)))
    elif isinstance(of, Binary):
        form = of
    else:
        raise FallsBack("it sums what may be no numbers")

    def run(sql: Expr) -> Expr:
        # A null anywhere makes the whole null, as `+` does; doubles are added from the first to the last.
        return case((less(number(0), emitter.dialect.size(sql)), emitter.dialect.folded(sql, plus)))

    made = emitter.once(Made(items, Items(form)), run)
    return Made(finite(emitter, made) if form == Binary() else made, form)


@builtin("mean")
def mean(emitter: Emitter, node: tree.Call) -> Made:
    items, of = list_value(emitter, node.arguments[0])
    summed = _sum(emitter, items, of)
    if isinstance(summed.form, Null):
        return summed
    size = cast(emitter.dialect.size(items), emitter.dialect.narrow)
    if isinstance(summed.form, Binary):
        count_ = call("nullif", cast(size, emitter.dialect.binary), number(0))
        return Made(finite(emitter, exp.Paren(this=exp.Div(this=summed.sql, expression=count_))), Binary())
    return divided(emitter, summed, Made(size, Exact(0, 6)))


@builtin("min", "max")
def extreme(emitter: Emitter, node: tree.Call) -> Made:
    items, of = list_value(emitter, node.arguments[0])
    if isinstance(of, Null):
        return Made(null(), Null())
    if not isinstance(of, Exact | Binary | Text | Day | Moment):
        raise FallsBack("it compares what may have no order")
    dialect = emitter.dialect
    run = dialect.least if node.function == "min" else dialect.most
    held = Made(items, Items(of))
    return Made(emitter.once(held, lambda sql: case((negation(dialect.has_null(sql)), run(sql)))), of)


@builtin("any", "all")
def conditions(emitter: Emitter, node: tree.Call) -> Made:
    items, of = list_value(emitter, node.arguments[0])
    every = node.function == "all"
    if not isinstance(of, Truth):
        raise FallsBack("it joins what may be no conditions")
    dialect = emitter.dialect

    def run(sql: Expr) -> Expr:
        decided = false() if every else true()
        return case(
            (is_null(sql), cast(null(), "BOOLEAN")),
            (dialect.holds(sql, decided), decided),
            (dialect.has_null(sql), cast(null(), "BOOLEAN")),
            otherwise=true() if every else false(),
        )

    return Made(emitter.once(Made(items, Items(of)), run), Truth())


def _with_item(emitter: Emitter, node: tree.Call, place: int) -> tuple[Expr, Form, Made]:
    """A list and an item, in one form."""
    items, of = list_value(emitter, node.arguments[0])
    item = emitter.value(node.arguments[place])
    form = emitter.common(of, item.form)
    if isinstance(form, Bounds):
        raise FallsBack("it compares ranges")
    converted = emitter.convert(Made(items, Items(of)), Items(form))
    return converted, form, Made(emitter.convert(item, form), form)


@builtin("list contains")
def contains(emitter: Emitter, node: tree.Call) -> Made:
    items, form, item = _with_item(emitter, node, 1)
    held = Made(items, Items(form))
    return Made(emitter.once(held, lambda sql: case((not_null(sql), emitter.dialect.holds(sql, item.sql)))), Truth())


@builtin("index of")
def index_of(emitter: Emitter, node: tree.Call) -> Made:
    items, _, item = _with_item(emitter, node, 1)
    narrow = emitter.dialect.narrow
    places = emitter.dialect.each_place(
        items, lambda one, place: case((alike(one, item.sql), cast(place, narrow)), otherwise=cast(null(), narrow))
    )
    return Made(emitter.dialect.kept(places, not_null), Items(Exact(0, 18)))


@builtin("append")
def append(emitter: Emitter, node: tree.Call) -> Made:
    items, of = list_value(emitter, node.arguments[0])
    added, more = list_value(emitter, node.arguments[1])
    return _chain(emitter, [Made(items, Items(of)), Made(added, Items(more))], node)


def _chain(emitter: Emitter, lists: Sequence[Made], node: tree.Call) -> Made:
    """Lists one after the other: null where one is null or the whole is too long."""
    if isinstance(node.type, ListOf) and node.type.of not in (REAL,) and any(o.form == Items(Binary()) for o in lists):
        raise FallsBack("exact and real numbers meet in a list")
    form = emitter.common(*(one.form for one in lists))
    if not isinstance(form, Items):
        raise FallsBack("whether it is a list is only known when it is read")
    dialect = emitter.dialect
    parts = [emitter.convert(one, form) for one in lists]
    whole, length = parts[0], dialect.size(parts[0])
    for part in parts[1:]:
        whole, length = dialect.chained(whole, part), plus(length, dialect.size(part))
    # The length is null where one of them is.
    return Made(case((at_most(length, number(LIST_LIMIT)), whole)), form)


def _lists(emitter: Emitter, node: tree.Call) -> list[Made]:
    given = node.arguments[0]
    if not isinstance(given, tree.Items):
        raise FallsBack("it joins the lists of a list")
    made = [emitter.value(one) for one in given.items]
    if not all(isinstance(one.form, Items) for one in made):
        raise FallsBack("whether it is a list is only known when it is read")
    return made


@builtin("concatenate")
def concatenate(emitter: Emitter, node: tree.Call) -> Made:
    return _chain(emitter, _lists(emitter, node), node)


@builtin("union")
def union(emitter: Emitter, node: tree.Call) -> Made:
    return _distinct(emitter, _chain(emitter, _lists(emitter, node), node))


@builtin("distinct values")
def distinct(emitter: Emitter, node: tree.Call) -> Made:
    items, of = list_value(emitter, node.arguments[0])
    return _distinct(emitter, Made(items, Items(of)))


def _distinct(emitter: Emitter, made: Made) -> Made:
    assert isinstance(made.form, Items)
    of = made.form.of
    if not isinstance(of, Truth | Text | Exact | Day):
        raise FallsBack("it compares items whose equality is not that of SQL")
    dialect = emitter.dialect

    def run(sql: Expr) -> Expr:
        def first(item: Expr, place: Expr) -> Expr:
            before = dialect.slice(sql, number(1), minus(place, number(1)))
            return either(equals(place, number(1)), negation(dialect.holds(before, item)))

        return dialect.kept_place(sql, first)

    return Made(emitter.once(made, run), made.form)


@builtin("reverse")
def reverse(emitter: Emitter, node: tree.Call) -> Made:
    items, of = list_value(emitter, node.arguments[0])
    return Made(emitter.dialect.backwards(items), Items(of))


@builtin("sort")
def sort(emitter: Emitter, node: tree.Call) -> Made:
    items, of = list_value(emitter, node.arguments[0])
    if len(node.arguments) > 1 or not isinstance(of, Exact | Binary | Text | Day | Moment):
        raise FallsBack("it sorts by a function, or what may have no order")
    dialect = emitter.dialect

    def run(sql: Expr) -> Expr:
        # One item needs no order; among several a null has none.
        return case(
            (at_most(dialect.size(sql), number(1)), sql), (negation(dialect.has_null(sql)), dialect.ascending(sql))
        )  # fmt: skip

    return Made(emitter.once(Made(items, Items(of)), run), Items(of))


@builtin("flatten")
def flatten(emitter: Emitter, node: tree.Call) -> Made:
    items, of = list_value(emitter, node.arguments[0])
    if isinstance(of, Items):
        raise FallsBack("it joins the lists of a list")
    return Made(items, Items(of))


@builtin("sublist")
def sublist(emitter: Emitter, node: tree.Call) -> Made:
    items, of = list_value(emitter, node.arguments[0])
    written = [emitter.value(one) for one in node.arguments[1:]]
    places = [constant_of(one.sql) for one in written if isinstance(one.form, Exact) and one.form.scale == 0]
    if len(places) < len(written) or None in places:
        raise FallsBack("it takes a part of a list from a place that is not written")
    start, length = places[0] or 0, places[1] if len(places) > 1 else None
    dialect = emitter.dialect

    def run(sql: Expr) -> Expr:
        size = dialect.size(sql)
        begin = number(start) if start > 0 else plus(plus(size, number(start)), number(1))
        end = size if length is None else plus(begin, number(length - 1))
        within = [at_most(number(1), number(abs(start))), at_most(number(abs(start)), size)]
        if length is not None:
            within += [at_most(number(0), number(length)), at_most(end, size)]
        return case((both(*within), dialect.slice(sql, begin, end)))

    return Made(emitter.once(Made(items, Items(of)), run), Items(of))
