"""Arithmetic of columns: exact numbers as int64 of one scale, reals as doubles.

Before exact numbers are computed it is told from the least and greatest of each column whether a result could leave
int64; then the block is left to the row function. What NumPy cannot do exactly (a decimal quotient, a power) is None
here and run by the reference for each distinct pair.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..types import NUMBER, REAL, Money, Number, Type
from .certainty import reciprocal
from .columns import Column, Flags, Reals, Scaled, both, reals

_FLOAT: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide,
}  # fmt: skip
_PRECISE = 10**15
"""An integer quotient of numbers that are smaller is not changed by the 34 digits of decimal128."""


def negated(of: Column) -> Column | None:
    """The negative of numbers."""
    if isinstance(of, Reals):
        return Reals(-of.values)
    if isinstance(of, Scaled):
        low, high = of.bounds
        return Scaled.made(lambda: -of.whole, of.scale, -high, -low, of.valid)
    return None


def arithmetic(op: str, a: Column, b: Column, type_: Type) -> Column | None:
    """Sums and products of numbers, quotients of reals; None where columns have no form for that."""
    if isinstance(a, Reals) or isinstance(b, Reals) or type_ == REAL:
        if op not in _FLOAT or not (isinstance(a, Reals | Scaled) and isinstance(b, Reals | Scaled)):
            return None
        return _real(op, reals(a), reals(b))
    if not (isinstance(a, Scaled) and isinstance(b, Scaled) and isinstance(type_, Number | Money)):
        return None
    valid = both(a.valid, b.valid)
    if op == "*":
        ends = [x * y for x in a.bounds for y in b.bounds]
        return Scaled.made(lambda: a.whole * b.whole, a.scale + b.scale, min(ends), max(ends), valid)
    if op not in ("+", "-"):
        return None
    scale = max(a.scale, b.scale)
    a, b = a.at(scale), b.at(scale)
    if op == "+":
        low, high = a.bounds[0] + b.bounds[0], a.bounds[1] + b.bounds[1]
        return Scaled.made(lambda: a.whole + b.whole, scale, low, high, valid)
    low, high = a.bounds[0] - b.bounds[1], a.bounds[1] - b.bounds[0]
    return Scaled.made(lambda: a.whole - b.whole, scale, low, high, valid)


def by_constant(op: str, a: Column, constant: tuple[Any] | None) -> Column | None:
    """Exact numbers divided by a constant with an exact reciprocal, or squared; None for all else."""
    if not isinstance(a, Scaled):
        return None
    if op == "**" and constant == (2,):
        return arithmetic("*", a, a, NUMBER)
    inverse = reciprocal(constant) if op == "/" else None
    if inverse is None:
        return None
    by, places = inverse
    ends = [end * by for end in a.bounds]
    return Scaled.made(lambda: a.whole * by, a.scale + places, min(ends), max(ends), a.valid)


def _real(op: str, a: Reals, b: Reals) -> Reals:
    with np.errstate(all="ignore"):
        # A sum or product with what is not finite is not finite; a quotient may be.
        divisor = b.clean if op == "/" else b.values
        return Reals(np.asarray(_FLOAT[op](a.values, divisor)))


# Built-ins


def absolute(of: Column) -> Column | None:
    """abs()"""
    if isinstance(of, Reals):
        return Reals(np.where(of.values < 0, -of.values, of.values))
    if isinstance(of, Scaled):
        return Scaled.made(lambda: np.abs(of.whole), of.scale, 0, of.largest, of.valid)
    return None


def rounded(how: str, of: Column, scale: int) -> Column | None:
    """A column rounded to so many digits after the point."""
    if isinstance(of, Reals):
        return _rounded_real(how, of) if scale == 0 else None
    if not isinstance(of, Scaled):
        return None
    if scale >= of.scale:
        return of
    lost = of.scale - scale
    if lost > 18 or of.largest >= 2**62:
        return None
    power = 10**lost
    values = of.whole
    below, rest = values // power, values % power
    up = _UP[how](values, below, rest, power)
    made = below + up
    low, high = of.bounds
    result = Scaled(made, max(scale, 0), of.valid, (low // power, high // power + 1))
    if scale < 0:
        power = 10**-scale
        return Scaled.made(lambda: made * power, 0, (low // 10**lost) * power, (high // 10**lost + 1) * power, of.valid)
    return result


_UP: dict[str, Callable[[Any, Any, Any, int], Any]] = {
    "floor": lambda values, below, rest, power: 0,
    "ceiling": lambda values, below, rest, power: rest > 0,
    "round down": lambda values, below, rest, power: (rest > 0) & (values < 0),
    "round up": lambda values, below, rest, power: (rest > 0) & (values > 0),
    "round half up": lambda values, below, rest, power: (rest * 2 > power) | ((rest * 2 == power) & (values > 0)),
    "round half down": lambda values, below, rest, power: (rest * 2 > power) | ((rest * 2 == power) & (values < 0)),
    "round half even": lambda values, below, rest, power: (rest * 2 > power) | ((rest * 2 == power) & (below % 2 == 1)),
}
_UP["decimal"] = _UP["round half even"]
ROUNDINGS = tuple(_UP)
_REAL: dict[str, Callable[[Any], Any]] = {
    "floor": np.floor, "ceiling": np.ceil, "round down": np.trunc, "round half even": np.rint, "decimal": np.rint,
    "round up": lambda values: np.copysign(np.ceil(np.abs(values)), values),
}  # fmt: skip


def _rounded_real(how: str, of: Reals) -> Reals | None:
    run = _REAL.get(how)
    return None if run is None else Reals(run(of.values))


def modulo(a: Column, b: Column) -> Column | None:
    """modulo(): the sign of the divisor; by zero is null."""
    if isinstance(a, Reals) or isinstance(b, Reals):
        if not (isinstance(a, Reals | Scaled) and isinstance(b, Reals | Scaled)):
            return None
        x, y = reals(a).clean, reals(b).clean
        with np.errstate(all="ignore"):
            quotient = np.floor(x / y)
            product = np.where(np.isfinite(quotient), y * quotient, np.nan)
            return Reals(np.where(np.isfinite(product), x - product, np.nan))
    if not (isinstance(a, Scaled) and isinstance(b, Scaled)):
        return None
    scale = max(a.scale, b.scale)
    a, b = a.at(scale), b.at(scale)
    if a.largest > _PRECISE or b.largest > _PRECISE:
        return None
    divisor = b.whole
    zero = divisor == 0
    made = np.mod(a.whole, np.where(zero, 1, divisor))
    valid = both(a.valid, b.valid)
    if zero.any():
        valid = ~zero if valid is None else valid & ~zero
    return Scaled(made, scale, valid, (-b.largest, b.largest))


def parity(of: Column, wanted: int) -> Column | None:
    """even() and odd()"""
    if not isinstance(of, Scaled) or of.scale > 17:
        return None
    power = 10**of.scale
    return Flags(np.mod(of.whole, 2 * power) == wanted * power, of.valid)


def square_root(of: Column) -> Column | None:
    """sqrt() of reals: IEEE 754 has it exact."""
    if not isinstance(of, Reals):
        return None
    with np.errstate(invalid="ignore"):
        return Reals(np.sqrt(of.values))
