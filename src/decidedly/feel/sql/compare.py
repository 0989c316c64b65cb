"""Comparisons: equality by which null equals null and nothing else, and order that is null where a side is."""

from __future__ import annotations

from sqlglot import exp

from ..types import EXACT_DIGITS
from .dialect import Expr, alike, binary, case, either, equals, false, is_null, less, negation, number, times
from .emit import Emitter, at_scale
from .forms import (
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
        return Made(negation(equality(emitter, a, b)), Truth())
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
    digits = a.below_digits + b.form.digits
    scaled = at_scale(Exact(0, a.digits), b.form.scale)
    if digits >= EXACT_DIGITS or scaled.digits > EXACT_DIGITS:
        raise FallsBack("a division in it is compared with a number that is too long")
    above = emitter.convert(Made(a.above, Exact(0, a.digits, True)), Exact(b.form.scale, scaled.digits, True))
    other = emitter.convert(b, Exact(b.form.scale, b.form.digits, True))
    return above, times(a.below, other)
