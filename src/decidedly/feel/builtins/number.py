"""Numeric functions (DMN 1.5, table 77). A real number is rounded as the exact decimal that it is."""

import math
from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from typing import Any

from ..operators import divide, less, multiply, negate, subtract, total
from ..temporal import Months, make_duration
from ..types import ANY, BOOLEAN, DAYS, MONTHS, NUMBER, REAL, Money, Number, Real, Type, at_scale, join, plain_type
from ..values import DECIMAL, finite
from .registry import Native, Param, builtin

_N = Param("n", NUMBER)
_NUMBER = Param("number", NUMBER)
_SCALE = Param("scale", NUMBER, optional=True)
_WIDE = Context(prec=7000, Emin=-999999, Emax=999999, traps=[])


def number_like(types: tuple[Type, ...]) -> Type:
    """The type of a result that is of the kind of its first argument: number, real or money."""
    first = plain_type(types[0])
    return first if isinstance(first, Number | Money | Real) else ANY


def _round_to(value: Any, scale: Decimal, rounding: str) -> Any:
    # The exponents that decimal128 has.
    if not -6111 <= scale <= 6176:
        return None
    exact, places = Decimal(value), int(scale)
    exponent = exact.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -places:
        rounded = exact
    else:
        rounded = exact.quantize(Decimal(1).scaleb(-places, _WIDE), rounding, _WIDE)
    if isinstance(value, float):
        return finite(float(rounded))
    return finite(DECIMAL.plus(rounded))


def _native_rounding(rounding: str) -> Callable[[tuple[Type, ...]], Native | None]:
    """To a whole number, of one that is stored scaled."""

    def native(types: tuple[Type, ...]) -> Native | None:
        of = types[0]
        if len(types) > 1 or not isinstance(of, Number | Money) or of.scale is None:
            return None
        unit, whole = 10**of.scale, at_scale(of, 0, max(1, of.digits - of.scale) + 1)
        return Native(types, whole, _INTEGER_ROUNDINGS[rounding](unit))

    return native


# Of a number of units, by the exact quotient; Python's // is the floor.
_INTEGER_ROUNDINGS: dict[str, Callable[[int], Callable[[int], int]]] = {
    ROUND_FLOOR: lambda unit: lambda n: n // unit,
    ROUND_CEILING: lambda unit: lambda n: -(-n // unit),
    ROUND_DOWN: lambda unit: lambda n: n // unit if n >= 0 else -(-n // unit),
    ROUND_UP: lambda unit: lambda n: -(-n // unit) if n >= 0 else n // unit,
    ROUND_HALF_UP: lambda unit: lambda n: (2 * n + unit) // (2 * unit) if n >= 0 else -((unit - 2 * n) // (2 * unit)),
    ROUND_HALF_DOWN: lambda unit: lambda n: -((unit - 2 * n) // (2 * unit)) if n >= 0 else (2 * n + unit) // (2 * unit),
    ROUND_HALF_EVEN: lambda unit: lambda n: _half_even(n, unit),
}


def _half_even(n: int, unit: int) -> int:
    whole, rest = divmod(n, unit)
    return whole + (2 * rest > unit or (2 * rest == unit and whole % 2))


def _rounding(name: str, rounding: str) -> Callable[..., Any]:
    def run(n: Any, scale: Decimal = Decimal(0)) -> Any:
        return _round_to(n, scale, rounding)

    run.__module__ = __name__
    run.__doc__ = {
        "decimal": "decimal(0.125, 2) = 0.12",
        "floor": "floor(-1.5) = -2",
        "ceiling": "ceiling(-1.5) = -1",
        "round up": "round up(1.1) = 2",
        "round down": "round down(1.9) = 1",
        "round half up": "round half up(2.5) = 3",
        "round half down": "round half down(2.5) = 2",
        "round half even": "round half even(2.5) = 2",
    }[name]
    params = [_N, Param("scale", NUMBER)] if name == "decimal" else [_N, _SCALE]
    return builtin(name, params, number_like, native=_native_rounding(rounding))(run)


decimal = _rounding("decimal", ROUND_HALF_EVEN)
floor = _rounding("floor", ROUND_FLOOR)
ceiling = _rounding("ceiling", ROUND_CEILING)
round_up = _rounding("round up", ROUND_UP)
round_down = _rounding("round down", ROUND_DOWN)
round_half_up = _rounding("round half up", ROUND_HALF_UP)
round_half_down = _rounding("round half down", ROUND_HALF_DOWN)
round_half_even = _rounding("round half even", ROUND_HALF_EVEN)


def _native_abs(types: tuple[Type, ...]) -> Native | None:
    exact = isinstance(types[0], Number | Money) and types[0].scale is not None
    return Native(types, types[0], abs) if exact else None


@builtin("abs", [_N], number_like, native=_native_abs)
def abs_(n: Any) -> Any:
    """abs(-3) = 3"""
    return negate(n) if n < 0 else n


@builtin("abs", [Param("n", DAYS)], DAYS)
def abs_days(n: Any) -> Any:
    """abs(@"-P1D") = @"P1D" """
    return negate(n) if less(n, make_duration(0)) else n


@builtin("abs", [Param("n", MONTHS)], MONTHS)
def abs_months(n: Months) -> Any:
    """abs(@"-P1Y") = @"P1Y" """
    return negate(n) if n.months < 0 else n


def _modulo_type(types: tuple[Type, ...]) -> Type:
    return REAL if REAL in types else number_like(types)


def _native_modulo(types: tuple[Type, ...]) -> Native | None:
    joined = join(*types)
    if not isinstance(joined, Number | Money) or joined.scale is None:
        return None
    return Native((joined, joined), joined, lambda a, b: a % b if b else None, total=False)


@builtin("modulo", [Param("dividend", NUMBER), Param("divisor", NUMBER)], _modulo_type, native=_native_modulo)
def modulo(dividend: Any, divisor: Any) -> Any:
    """modulo(-12, 5) = 3"""
    # dividend - divisor * floor(dividend / divisor): the sign of the divisor (DMN 1.5, table 77).
    if isinstance(dividend, float) or isinstance(divisor, float):
        quotient = divide(dividend, divisor)
        floored = None if quotient is None else _round_to(quotient, Decimal(0), ROUND_FLOOR)
        return None if floored is None else subtract(dividend, multiply(divisor, floored))
    divisor = Decimal(divisor)
    rest = _WIDE.remainder(Decimal(dividend), divisor) if divisor else Decimal("nan")
    if not rest.is_finite():
        return None
    # Python's remainder of decimals has the sign of the dividend, and is exact.
    if rest and (rest < 0) != (divisor < 0):
        rest = _WIDE.add(rest, divisor)
    return finite(DECIMAL.plus(rest))


def _real_function(
    number: Any, exact: Callable[[Decimal], Decimal], binary: Callable[[float], float], defined: bool
) -> Any:
    if not defined:
        return None
    if isinstance(number, float):
        return total(lambda: finite(binary(number)))
    return finite(exact(Decimal(number)))


@builtin("sqrt", [_NUMBER], number_like)
def sqrt(number: Any) -> Any:
    """sqrt(16) = 4"""
    return _real_function(number, DECIMAL.sqrt, math.sqrt, number >= 0)


def _plain_number_like(types: tuple[Type, ...]) -> Type:
    return REAL if types[0] == REAL else NUMBER


@builtin("exp", [_NUMBER], _plain_number_like)
def exp(number: Any) -> Any:
    """decimal(exp(5), 4) = 148.4132"""
    return _real_function(number, DECIMAL.exp, math.exp, True)


@builtin("log", [_NUMBER], _plain_number_like)
def log(number: Any) -> Any:
    """decimal(log(10), 4) = 2.3026"""
    return _real_function(number, DECIMAL.ln, math.log, number > 0)


def _native_parity(odd: int) -> Callable[[tuple[Type, ...]], Native | None]:
    def native(types: tuple[Type, ...]) -> Native | None:
        if not isinstance(types[0], Number | Money) or types[0].scale is None:
            return None
        unit = 10 ** types[0].scale
        return Native(types, BOOLEAN, lambda n: n % (2 * unit) == odd * unit)

    return native


@builtin("even", [_NUMBER], BOOLEAN, total=True, native=_native_parity(0))
def even(number: Any) -> bool:
    """even(4) = true"""
    return _modulo_two(number) == 0


@builtin("odd", [_NUMBER], BOOLEAN, total=True, native=_native_parity(1))
def odd(number: Any) -> bool:
    """odd(4) = false"""
    return _modulo_two(number) == 1


def _modulo_two(number: Any) -> Decimal:
    return abs(_WIDE.remainder(Decimal(number), Decimal(2)))
