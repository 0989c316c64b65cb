"""Comparisons: equality by which null equals null and nothing else, and order that is null where a side is."""

from __future__ import annotations

from sqlglot import exp

from ..types import EXACT_DIGITS
from .dialect import Expr, alike, binary, both, case, either, equals, false, is_null, less, negation, number, times
from .emit import Emitter
from .forms import (
    NARROW_DIGITS,
    Binary,
    Bounds,
    Clock,
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
    Quotient,
    Text,
    Truth,
)

_ORDER: dict[str, type[exp.Binary]] = {"<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
_SWAPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


def ordered(form: Form) -> bool:
    """Whether values of a form have an order and are held in one expression."""
    return isinstance(form, Text | Exact | Binary | Day | Moment | Clock | Length | Months)


def compare(emitter: Emitter, op: str, a: Made, b: Made) -> Made:
    """A comparison of two values."""
    if op == "!=":
        same = equality(emitter, a, b)
        held = same.this if isinstance(same, exp.Paren) else same
        if isinstance(held, exp.NullSafeEQ):
            return Made(binary(exp.NullSafeNEQ, held.this, held.expression), Truth())
        return Made(negation(same), Truth())
    if op == "=":
        return Made(equality(emitter, a, b), Truth())
    if isinstance(a.form, Null) or isinstance(b.form, Null):
        return Made(emitter.convert(Made(exp.Null(), Null()), Truth()), Truth())
    if isinstance(a.form, Quotient):
        return Made(_of_quotient(emitter, op, a.form, b), Truth())
    if isinstance(b.form, Quotient):
        return Made(_of_quotient(emitter, _SWAPPED[op], b.form, a), Truth())
    form = emitter.common(a.form, b.form)
    if not ordered(form):
        raise FallsBack("it compares values without an order")
    return Made(binary(_ORDER[op], emitter.convert(a, form), emitter.convert(b, form)), Truth())


def equality(emitter: Emitter, a: Made, b: Made) -> Expr:
    """Whether two values are equal: true or false, never null."""
    for one, other in ((a, b), (b, a)):
        if isinstance(one.form, Null):
            return _is_missing(other)
    if isinstance(a.form, Quotient):
        return _same_quotient(emitter, a.form, b)
    if isinstance(b.form, Quotient):
        return _same_quotient(emitter, b.form, a)
    form = emitter.common(a.form, b.form)
    if isinstance(form, Bounds) and a.form != b.form:
        raise FallsBack("it compares ranges of different kinds of numbers")
    if not isinstance(form, Truth | Items | Bounds) and not ordered(form):
        raise FallsBack("it compares values of a kind that SQL does not compare")
    return alike(emitter.convert(a, form), emitter.convert(b, form))


def _is_missing(made: Made) -> Expr:
    if isinstance(made.form, Null):
        return exp.Boolean(this=True)
    if isinstance(made.form, Quotient):
        return either(is_null(made.form.above), is_null(made.form.below), equals(made.form.below, number(0)))
    return is_null(made.sql)


def _of_quotient(emitter: Emitter, op: str, a: Quotient, b: Made) -> Expr:
    """A division against a number, by multiplying both sides: null where the division is."""
    above, other = _multiplied(emitter, a, b)
    return case(
        (less(number(0), a.below), binary(_ORDER[op], above, other)),
        (less(a.below, number(0)), binary(_ORDER[_SWAPPED[op]], above, other)),
    )


def quotient_holds(emitter: Emitter, op: str, a: Made, b: Made, truth: bool) -> Expr | None:
    """As `compare`, true where it certainly is so; None where no side is a division."""
    if isinstance(b.form, Quotient):
        a, b, op = b, a, _SWAPPED[op]
    if not isinstance(a.form, Quotient) or isinstance(b.form, Null):
        return None
    above, other = _multiplied(emitter, a.form, b)
    sides = binary(_ORDER[op], above, other), binary(_ORDER[_SWAPPED[op]], above, other)
    positive, negative = sides if truth else (negation(side) for side in sides)
    return either(both(less(number(0), a.form.below), positive), both(less(a.form.below, number(0)), negative))


def _same_quotient(emitter: Emitter, a: Quotient, b: Made) -> Expr:
    above, other = _multiplied(emitter, a, b)
    missing = _is_missing(Made(exp.Null(), a))
    same = exp.Coalesce(this=equals(above, other), expressions=[false()])
    return case((missing, is_null(b.sql)), otherwise=same)


def _multiplied(emitter: Emitter, a: Quotient, b: Made) -> tuple[Expr, Expr]:
    """The two sides of `above / below ? b` times `below`, exact.

    The reference rounds the quotient to 34 digits. Rounding keeps the order, and can make it equal to b only if the
    product of below and b has 34 digits or more.
    """
    if not isinstance(b.form, Exact):
        raise FallsBack("a division in it is compared with a number that is not exact")
    above_by, other_by = a.below_form.scale + b.form.scale, a.above_form.scale
    above_by, other_by = above_by - min(above_by, other_by), other_by - min(above_by, other_by)
    form = Exact(above_by, a.above_form.digits + above_by)
    digits = a.below_form.digits + b.form.digits + other_by
    if max(form.digits, digits) >= EXACT_DIGITS:
        raise FallsBack("a division in it is compared with a number that is too long")
    # Wide where the longest product may be; scales are only factors here.
    wide = max(form.digits, digits) > NARROW_DIGITS
    above = emitter.convert(Made(a.above, Exact(0, a.above_form.digits, a.above_form.wide)), Exact(above_by, 0, wide))
    other = emitter.convert(Made(b.sql, Exact(0, b.form.digits, b.form.wide)), Exact(other_by, 0, wide))
    below = emitter.convert(Made(a.below, Exact(0, a.below_form.digits, a.below_form.wide)), Exact(0, 0, wide))
    return above, times(below, other)
