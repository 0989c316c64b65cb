"""Arithmetic on numbers and the functions of numbers.

Exact numbers are scaled integers in 64 or 128 bits, whichever holds the most digits that they can have; nothing
overflows. Division is only made where it ends in a comparison or a whole number. What involves a real is IEEE double.
"""

from __future__ import annotations

from decimal import Decimal

from sqlglot import exp

from .. import tree
from ..types import EXACT_DIGITS
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
    number,
    plus,
    rest,
    times,
)
from .emit import Emitter, at_scale, binary_literal, builtin, constant_of, emits
from .forms import Binary, Exact, FallsBack, Form, Length, Made, Months, Null, Quotient, Truth, exact

_OPS: dict[str, type[exp.Binary]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div}


def negative(sql: Expr) -> Expr:
    fixed = constant_of(sql)
    return number(-fixed) if fixed is not None else exp.Paren(this=exp.Neg(this=exp.Paren(this=sql)))


@emits(tree.Negate)
def negate(emitter: Emitter, node: tree.Negate) -> Made:
    made = emitter.value(node.of)
    match made.form:
        case Null():
            return made
        case Exact(scale=scale, digits=digits):
            # The least integer of 64 bits has no opposite among them.
            form = exact(scale, digits)
            return Made(negative(emitter.convert(made, form)), form)
        case Quotient(above=above):
            quotient = made.form
            form = exact(quotient.above_form.scale, quotient.above_form.digits)
            opposite = negative(emitter.convert(Made(above, quotient.above_form), form))
            return Made(made.sql, Quotient(opposite, quotient.below, form, quotient.below_form))
        case Binary() | Months():
            # No stored number of months is the least of 64 bits.
            return Made(negative(made.sql), made.form)
    raise FallsBack("it takes the negative of what may be no number")


def add(emitter: Emitter, op: str, a: Made, b: Made) -> Made:
    """`+`, `-`, `*` or `/` between two numbers."""
    forms = a.form, b.form
    if any(isinstance(form, Null) for form in forms):
        return Made(exp.Null(), Null())
    if isinstance(a.form, Exact) and isinstance(b.form, Exact):
        return _exact(emitter, op, a, a.form, b, b.form)
    if all(isinstance(form, Binary | Exact) for form in forms):
        return Made(_binary(emitter, op, a, b), Binary())
    if any(isinstance(form, Quotient) for form in forms):
        raise FallsBack("it computes on with a division, which rounds")
    raise FallsBack("values of different kinds meet in it")


def _exact(emitter: Emitter, op: str, a: Made, a_form: Exact, b: Made, b_form: Exact) -> Made:
    if op == "/":
        return divided(emitter, a, b)
    if op == "*":
        form = exact(a_form.scale + b_form.scale, a_form.digits + b_form.digits)
        left, right = _in_bits(emitter, a, form), _in_bits(emitter, b, form)
    else:
        scale = max(a_form.scale, b_form.scale)
        form = exact(scale, max(at_scale(a_form, scale).digits, at_scale(b_form, scale).digits) + 1)
        left, right = emitter.convert(a, form), emitter.convert(b, form)
    return Made(binary(_OPS[op], left, right), form)


def _in_bits(emitter: Emitter, made: Made, form: Exact) -> Expr:
    assert isinstance(made.form, Exact)
    return emitter.convert(made, Exact(made.form.scale, made.form.digits, form.wide))


def _binary(emitter: Emitter, op: str, a: Made, b: Made) -> Expr:
    left, right = emitter.convert(a, Binary()), emitter.convert(b, Binary())
    if op == "/":
        right = call("nullif", right, binary_literal(0.0))
    return finite(emitter, binary(_OPS[op], left, right))


def finite(emitter: Emitter, sql: Expr) -> Expr:
    """A double, null where it is infinite or not a number."""
    return emitter.once(Made(sql, Binary()), lambda value: case((emitter.dialect.is_finite(value), value)))


def divided(emitter: Emitter, a: Made, b: Made) -> Made:
    """The division of two exact numbers, not carried out."""
    return Made(exp.Null(), Quotient(a.sql, b.sql, exact_of(a), exact_of(b)))


# Functions


def exact_of(made: Made) -> Exact:
    """The form of an exact number. Raises FallsBack."""
    if isinstance(made.form, Exact):
        return made.form
    raise FallsBack("it rounds or divides a number that is not exact")


@builtin("abs")
def absolute(emitter: Emitter, node: tree.Call) -> Made:
    made = emitter.value(node.arguments[0])
    form: Form = made.form
    if isinstance(form, Exact):
        form = exact(form.scale, form.digits)
    elif not isinstance(form, Binary | Length | Months):
        raise FallsBack("it takes the size of what may be no number")
    return Made(call("abs", emitter.convert(made, form)), form)


_ROUNDINGS = (
    "decimal", "floor", "ceiling", "round up", "round down", "round half up", "round half down", "round half even",
)  # fmt: skip


@builtin(*_ROUNDINGS)
def rounded(emitter: Emitter, node: tree.Call) -> Made:
    made = emitter.value(node.arguments[0])
    if isinstance(made.form, Null):
        return made
    scale = 0
    if len(node.arguments) > 1:
        place = emitter.value(node.arguments[1])
        fixed = constant_of(place.sql)
        if fixed is None or not isinstance(place.form, Exact):
            raise FallsBack("it rounds to a number of decimals that is not written")
        scale = int(Decimal(fixed).scaleb(-place.form.scale))
    name = "round half even" if node.function == "decimal" else node.function
    if isinstance(made.form, Binary):
        return _round_binary(name, made, scale)
    if isinstance(made.form, Quotient):
        raise FallsBack("it rounds a division")
    form = exact_of(made)
    if scale >= form.scale:
        return made
    if abs(scale) > EXACT_DIGITS or form.scale - scale > EXACT_DIGITS:
        raise FallsBack("it rounds to more places than fit")
    return _round_exact(emitter, name, made, form, scale)


def _round_exact(emitter: Emitter, name: str, made: Made, form: Exact, scale: int) -> Made:
    unit = 10 ** (form.scale - scale)
    wide = form.wide or form.digits > 18 or unit >= 10**18
    value = Made(emitter.convert(made, Exact(form.scale, form.digits, wide)), Exact(form.scale, form.digits, wide))
    result = exact(max(scale, 0), max(form.digits - form.scale + max(scale, 0), -scale) + 1)

    def run(sql: Expr) -> Expr:
        whole, left = emitter.dialect.cut(sql, number(unit), wide=wide), rest(sql, number(unit))
        up, down = plus(whole, number(1)), minus(whole, number(1))
        above, below = less(number(0), left), less(left, number(0))
        twice = times(left, number(2))
        match name:
            case "floor":
                return case((below, down), otherwise=whole)
            case "ceiling":
                return case((above, up), otherwise=whole)
            case "round down":
                return whole
            case "round up":
                return case((above, up), (below, down), otherwise=whole)
            case "round half up":
                return case(
                    (at_most(number(unit), twice), up), (at_most(twice, number(-unit)), down), otherwise=whole
                )  # fmt: skip
            case "round half down":
                return case((less(number(unit), twice), up), (less(twice, number(-unit)), down), otherwise=whole)
        odd = binary(exp.NEQ, rest(whole, number(2)), number(0))
        return case(
            (either(less(number(unit), twice), both(equals(twice, number(unit)), odd)), up),
            (either(less(twice, number(-unit)), both(equals(twice, number(-unit)), odd)), down),
            otherwise=whole,
        )

    made_whole = emitter.once(value, run)
    if wide and not result.wide:
        result = Exact(result.scale, result.digits, True)
    elif result.wide and not wide:
        made_whole = cast(made_whole, emitter.dialect.wide)
    return Made(made_whole if scale >= 0 else times(made_whole, number(10**-scale)), result)


def _round_binary(name: str, made: Made, scale: int) -> Made:
    functions = {"floor": "floor", "ceiling": "ceil"}
    if scale or name not in functions:
        raise FallsBack("it rounds a real number other than up or down to a whole one")
    return Made(cast(call(functions[name], made.sql), "DOUBLE"), Binary())


@builtin("modulo")
def modulo(emitter: Emitter, node: tree.Call) -> Made:
    made = [emitter.value(argument) for argument in node.arguments]
    if any(isinstance(one.form, Null) for one in made):
        return Made(exp.Null(), Null())
    a, b = (exact_of(one) for one in made)
    scale = max(a.scale, b.scale)
    # The quotient is rounded to 34 digits before it is floored: shorter numbers are not touched by that.
    digits = max(at_scale(a, scale).digits, at_scale(b, scale).digits)
    if digits >= EXACT_DIGITS - 1:
        raise FallsBack("a number in it could have more digits than fit")
    form = exact(scale, digits + 1)
    left, right = (Made(emitter.convert(one, form), form) for one in made)

    def floored(divisor: Expr) -> Expr:
        held = call("nullif", divisor, number(0))
        return rest(plus(rest(left.sql, held), divisor), held)

    return Made(emitter.once(right, floored), form)


@builtin("even", "odd")
def parity(emitter: Emitter, node: tree.Call) -> Made:
    made = emitter.value(node.arguments[0])
    form = exact_of(made)
    unit = 10**form.scale
    wide = form.wide or 2 * unit >= 10**18
    sql = emitter.convert(made, Exact(form.scale, form.digits, wide))
    left = rest(sql, number(2 * unit))
    if node.function == "even":
        return Made(equals(left, number(0)), Truth())
    return Made(equals(call("abs", left), number(unit)), Truth())
