"""The functions of texts. A text is counted and cut by its code points, and compared by them, in every engine.

Upper and lower case fall back: engines and Python know different versions and parts of Unicode's tables. Patterns fall
back, but for a `split` at a text without special characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlglot import exp

from .. import tree
from ..values import LIST_LIMIT, TEXT_LIMIT
from .dialect import (
    Expr,
    at_most,
    binary,
    both,
    call,
    case,
    cast,
    either,
    equals,
    less,
    minus,
    negation,
    null,
    number,
    plus,
    rest,
)
from .dialect import string as quoted
from .emit import Emitter, builtin, constant_of
from .forms import Day, Exact, FallsBack, Form, Items, Made, Null, Text, Truth
from .nodes import list_value

# What Python takes off both ends of a text.
_BLANK = "".join(letter for letter in map(chr, range(0x3001)) if letter.isspace())


def text_of(emitter: Emitter, node: tree.Node) -> Expr:
    """A text. Raises FallsBack for what may be none."""
    made = emitter.value(node)
    if isinstance(made.form, Text | Null):
        return emitter.convert(made, Text())
    raise FallsBack("whether it is a text is only known when it is read")


def joined(emitter: Emitter, a: Made, b: Made) -> Made:
    """`+` of two texts: null where the whole is too long."""
    left, right = emitter.convert(a, Text()), emitter.convert(b, Text())
    if _limited(a.sql) and _limited(b.sql):
        return Made(binary(exp.DPipe, left, right), Text())
    length = plus(call("length", left), call("length", right))
    return Made(case((at_most(length, number(TEXT_LIMIT)), binary(exp.DPipe, left, right))), Text())


def _limited(sql: Expr) -> bool:
    return isinstance(sql, exp.Literal) and len(sql.this) < TEXT_LIMIT // 2


@builtin("string length")
def string_length(emitter: Emitter, node: tree.Call) -> Made:
    return Made(cast(call("length", text_of(emitter, node.arguments[0])), emitter.dialect.narrow), Exact(0, 18))


@builtin("contains", "starts with", "ends with")
def contains(emitter: Emitter, node: tree.Call) -> Made:
    text, match = (text_of(emitter, argument) for argument in node.arguments)
    dialect = emitter.dialect
    run = {"contains": dialect.contains, "starts with": dialect.starts, "ends with": dialect.ends}[node.function]
    return Made(run(text, match), Truth())


@builtin("substring")
def substring(emitter: Emitter, node: tree.Call) -> Made:
    text = Made(text_of(emitter, node.arguments[0]), Text())
    start = emitter.value(node.arguments[1])
    length = emitter.value(node.arguments[2]) if len(node.arguments) > 2 else Made(null(), Null())
    if isinstance(start.form, Null):
        return Made(null(), Null())
    at = Made(_towards_zero(emitter, start), Exact(0, 18))

    def cut(sql: Expr) -> Callable[[Expr], Expr]:
        def run(first: Expr) -> Expr:
            size = call("length", sql)
            begin = case((less(number(0), first), first), otherwise=plus(plus(size, first), number(1)))
            within = [binary(exp.NEQ, first, number(0)), at_most(call("abs", first), size)]
            if isinstance(length.form, Null):
                return case((both(*within), call("substring", sql, begin)))
            count = _towards_zero(emitter, length)
            # A length that is null means all: what was written may turn out to be null.
            known = case((_is_null(length.sql), size), otherwise=count)
            return case((both(*within, at_most(number(1), known)), call("substring", sql, begin, known)))

        return run

    return Made(emitter.once(text, lambda sql: emitter.once(at, cut(sql))), Text())


def _is_null(sql: Expr) -> Expr:
    return exp.Paren(this=exp.Is(this=sql, expression=null()))


def _towards_zero(emitter: Emitter, made: Made) -> Expr:
    """A number cut to an integer, held within what counts letters."""
    form = made.form
    if not isinstance(form, Exact):
        raise FallsBack("a place in a text is a number that is not exact")
    unit = 10**form.scale
    fixed = constant_of(made.sql)
    far = TEXT_LIMIT * 10
    if fixed is not None:
        whole = abs(fixed) // unit * (1 if fixed > 0 else -1)
        return number(max(-far, min(far, whole)))

    def held(sql: Expr) -> Expr:
        whole = emitter.dialect.cut(sql, number(unit), wide=form.wide) if unit > 1 else sql
        return cast(
            case(
                (less(number(far * unit), sql), number(far)), (less(sql, number(-far * unit)), number(-far)),
                otherwise=whole,
            ),
            emitter.dialect.narrow,
        )  # fmt: skip

    return emitter.once(made, held)


@builtin("trim")
def trim(emitter: Emitter, node: tree.Call) -> Made:
    return Made(emitter.dialect.stripped(text_of(emitter, node.arguments[0]), _BLANK), Text())


@builtin("substring before", "substring after")
def around(emitter: Emitter, node: tree.Call) -> Made:
    text, match = (Made(text_of(emitter, argument), Text()) for argument in node.arguments)
    before = node.function == "substring before"

    def run(sql: Expr, mark: Expr) -> Expr:
        place = emitter.dialect.place(sql, mark)
        empty = equals(mark, quoted(""))
        if before:
            found = call("substring", sql, number(1), minus(place, number(1)))
            return case(
                (either(_is_null(sql), _is_null(mark)), cast(null(), emitter.dialect.text)),
                (either(empty, equals(place, number(0))), quoted("")),
                otherwise=found,
            )
        found = call("substring", sql, plus(place, call("length", mark)))
        return case(
            (either(_is_null(sql), _is_null(mark)), cast(null(), emitter.dialect.text)),
            (empty, sql),
            (equals(place, number(0)), quoted("")),
            otherwise=found,
        )

    return Made(emitter.once(text, lambda sql: emitter.once(match, lambda mark: run(sql, mark))), Text())


@builtin("split")
def split(emitter: Emitter, node: tree.Call) -> Made:
    mark = node.arguments[1]
    plain = isinstance(mark, tree.Literal) and isinstance(mark.value, str) and re.escape(mark.value) in (
        mark.value, f"\\{mark.value}"
    )  # fmt: skip
    if not plain or not mark.value or mark.value in "\\^$.|?*+()[]{}":  # type: ignore[attr-defined]
        raise FallsBack("it splits at a pattern")
    text = Made(text_of(emitter, node.arguments[0]), Text())

    def run(sql: Expr) -> Expr:
        parts = emitter.dialect.split(sql, mark.value)  # type: ignore[attr-defined]
        held = both(
            at_most(emitter.dialect.size(parts), number(LIST_LIMIT)), at_most(call("length", sql), number(TEXT_LIMIT))
        )
        return case((held, parts))

    return Made(emitter.once(text, run), Items(Text()))


@builtin("string join")
def string_join(emitter: Emitter, node: tree.Call) -> Made:
    items, of = list_value(emitter, node.arguments[0])
    if not isinstance(of, Text | Null):
        raise FallsBack("it joins what may be no texts")
    mark = emitter.value(node.arguments[1]) if len(node.arguments) > 1 else Made(null(), Null())
    between = quoted("") if isinstance(mark.form, Null) else text_of(emitter, node.arguments[1])
    if not isinstance(between, exp.Literal):
        between = exp.Coalesce(this=between, expressions=[quoted("")])
    texts = emitter.convert(Made(items, Items(of)), Items(Text()))
    kept = Made(emitter.dialect.kept(texts, _not_null), Items(Text()))

    def run(sql: Expr) -> Expr:
        if isinstance(between, exp.Literal):
            whole = emitter.dialect.joined(sql, between)
        else:
            # Engines want a constant to join by.
            whole = emitter.dialect.folded(sql, lambda a, b: binary(exp.DPipe, binary(exp.DPipe, a, between), b))
        short = both(
            at_most(emitter.dialect.size(sql), number(LIST_LIMIT)),
            # The reference counts one mark more than there is.
            at_most(plus(call("length", whole), call("length", between)), number(TEXT_LIMIT)),
        )
        return case((equals(emitter.dialect.size(sql), number(0)), quoted("")), (short, whole))

    return Made(emitter.once(kept, run), Text())


def _not_null(sql: Expr) -> Expr:
    return negation(_is_null(sql))


@builtin("string")
def string(emitter: Emitter, node: tree.Call) -> Made:
    made = emitter.value(node.arguments[0])
    if isinstance(made.form, Text | Null):
        return made
    return Made(written(emitter, made), Text())


def written(emitter: Emitter, made: Made, *, inside: bool = False) -> Expr:
    """A value as FEEL writes it; a text inside a list is quoted."""
    text = emitter.dialect.text
    match made.form:
        case Text():
            escaped = call(
                "replace", call("replace", made.sql, quoted("\\"), quoted("\\\\")), quoted('"'), quoted('\\"')
            )
            return binary(exp.DPipe, binary(exp.DPipe, quoted('"'), escaped), quoted('"')) if inside else made.sql
        case Truth():
            return case((made.sql, quoted("true")), (negation(made.sql), quoted("false")))
        case Exact(scale=0):
            return cast(made.sql, text)
        case Exact():
            return _decimals(emitter, made, made.form)
        case Day():
            return cast(made.sql, text)
        case Items(of=of):
            return _list(emitter, made.sql, of)
    raise FallsBack("it writes a value whose text engines write in other ways")


def _quoted(text: Expr) -> Expr:
    slashes = call("replace", text, quoted("\\"), quoted("\\\\"))
    escaped = call("replace", slashes, quoted('"'), quoted('\\"'))
    return binary(exp.DPipe, binary(exp.DPipe, quoted('"'), escaped), quoted('"'))


def _decimals(emitter: Emitter, made: Made, form: Exact) -> Expr:
    wide = Exact(form.scale, form.digits, True)
    unit = 10**form.scale

    def run(sql: Expr) -> Expr:
        size = call("abs", sql)
        whole = cast(emitter.dialect.cut(size, number(unit), wide=True), emitter.dialect.text)
        left = rest(size, number(unit))
        places = call("lpad", cast(left, emitter.dialect.text), number(form.scale), quoted("0"))
        fraction = binary(exp.DPipe, quoted("."), emitter.dialect.without_zeros(places))
        return binary(
            exp.DPipe,
            case((less(sql, number(0)), quoted("-")), otherwise=quoted("")),
            binary(exp.DPipe, whole, case((equals(left, number(0)), quoted("")), otherwise=fraction)),
        )

    return emitter.once(Made(emitter.convert(made, wide), wide), run)


def _list(emitter: Emitter, items: Expr, of: Form) -> Expr:
    if isinstance(of, Null):
        raise FallsBack("it writes a list of nulls")

    def item(sql: Expr) -> Expr:
        return exp.Coalesce(this=written(emitter, Made(sql, of), inside=True), expressions=[quoted("null")])

    texts = Made(emitter.dialect.each(items, item), Items(Text()))

    def run(sql: Expr) -> Expr:
        inside = exp.Coalesce(this=emitter.dialect.joined(sql, quoted(", ")), expressions=[quoted("")])
        whole = binary(exp.DPipe, binary(exp.DPipe, quoted("["), inside), quoted("]"))
        short = at_most(call("length", whole), number(TEXT_LIMIT))
        return case((both(negation(_is_null(sql)), short), whole))

    return emitter.once(texts, run)
