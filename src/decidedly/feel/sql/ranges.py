"""The functions of ranges and points. An end that is null is without limit."""

from __future__ import annotations

from .. import tree
from .compare import compare, equality, ordered
from .dialect import Expr, both, case, cast, equals, is_null, negation, null, true
from .emit import Emitter, builtin
from .forms import Bounds, FallsBack, Made, Null, Truth


class _Ends:
    """The parts of a range: each an expression."""

    def __init__(self, emitter: Emitter, made: Made) -> None:
        if not isinstance(made.form, Bounds):
            raise FallsBack("whether it is a range is only known when it is read")
        field, of = emitter.dialect.field, made.form.of
        self.whole = made.sql
        self.low, self.high = Made(field(made.sql, "low"), of), Made(field(made.sql, "high"), of)
        self.low_closed, self.high_closed = field(made.sql, "low_closed"), field(made.sql, "high_closed")


@builtin("includes", "during")
def includes(emitter: Emitter, node: tree.Call) -> Made:
    span, point = node.arguments if node.function == "includes" else reversed(node.arguments)
    value = emitter.value(point)
    if isinstance(value.form, Null):
        return Made(null(), Null())
    if not ordered(value.form):
        raise FallsBack("it compares ranges with ranges")
    ends = _Ends(emitter, emitter.value(span))
    return Made(emitter.once(value, lambda sql: _holds(emitter, ends, Made(sql, value.form))), Truth())


def _holds(emitter: Emitter, ends: _Ends, value: Made) -> Expr:
    def side(end: Made, closed: Expr, loose: str, strict: str) -> Expr:
        within = case(
            (closed, compare(emitter, loose, value, end).sql), otherwise=compare(emitter, strict, value, end).sql
        )  # fmt: skip
        return case((is_null(end.sql), true()), otherwise=within)

    sides = side(ends.low, ends.low_closed, ">=", ">"), side(ends.high, ends.high_closed, "<=", "<")
    nothing = both(is_null(ends.low.sql), is_null(ends.high.sql))
    known = both(negation(nothing), negation(is_null(value.sql)), negation(is_null(ends.whole)))
    return case((known, both(*sides)), otherwise=cast(null(), "BOOLEAN"))


@builtin("before", "after", "coincides")
def placed(emitter: Emitter, node: tree.Call) -> Made:
    a, b = (emitter.value(argument) for argument in node.arguments)
    if isinstance(a.form, Null) or isinstance(b.form, Null):
        return Made(null(), Null())
    if not (ordered(a.form) and ordered(b.form)):
        raise FallsBack("it compares ranges with ranges")
    if node.function != "coincides":
        return compare(emitter, "<" if node.function == "before" else ">", a, b)
    form = emitter.common(a.form, b.form)
    return Made(equals(emitter.convert(a, form), emitter.convert(b, form)), Truth())


@builtin("is")
def is_same(emitter: Emitter, node: tree.Call) -> Made:
    made = [emitter.value(argument) for argument in node.arguments]
    return Made(equality(emitter, *made), Truth())
