"""Numeric functions (DMN 1.5, table 77). A real number is rounded as the exact decimal that it is."""

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

from ..operators import divide, multiply, negate, subtract
from ..types import ANY, BOOLEAN, NUMBER, REAL, Money, Number, Real, Type, plain_type
from ..values import DECIMAL, finite
from .registry import Native, Param, builtin

_N = Param("n", NUMBER)
_SCALE = Param("scale", NUMBER, optional=True)
_WIDE = Context(prec=7000, Emin=-999999, Emax=999999, traps=[])


def number_like(types: tuple[Type, ...]) -> Type:
    """The type of a result that is of the kind of its first argument: number, real or money."""
    first = plain_type(types[0])
    return first if isinstance(first, Number | Money | Real) else ANY


def _round_to(value: Any, scale: Decimal, rounding: str) -> Any:
    if abs(scale) > 6176:
        return None
    rounded = _WIDE.divide(Decimal(value), Decimal(1)).quantize(Decimal(1).scaleb(-int(scale), _WIDE), rounding, _WIDE)
    if isinstance(value, float):
        return finite(float(rounded))
    return finite(DECIMAL.plus(rounded))


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
    return builtin(name, params, number_like)(run)


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


def _modulo_type(types: tuple[Type, ...]) -> Type:
    return REAL if REAL in types else number_like(types)


@builtin("modulo", [Param("dividend", NUMBER), Param("divisor", NUMBER)], _modulo_type)
def modulo(dividend: Any, divisor: Any) -> Any:
    """modulo(-12, 5) = 3"""
    # dividend - divisor * floor(dividend / divisor): the sign of the divisor (DMN 1.5, table 77).
    quotient = divide(dividend, divisor)
    floored = None if quotient is None else _round_to(quotient, Decimal(0), ROUND_FLOOR)
    return None if floored is None else subtract(dividend, multiply(divisor, floored))


@builtin("sqrt", [_N], number_like)
def sqrt(n: Any) -> Any:
    """sqrt(16) = 4"""
    if n < 0:
        return None
    return n**0.5 if isinstance(n, float) else DECIMAL.sqrt(Decimal(n))


@builtin("even", [_N], BOOLEAN, total=True)
def even(n: Any) -> bool:
    """even(4) = true"""
    return bool(modulo(Decimal(n), Decimal(2)) == 0)


@builtin("odd", [_N], BOOLEAN, total=True)
def odd(n: Any) -> bool:
    """odd(4) = false"""
    return bool(modulo(Decimal(n), Decimal(2)) == 1)
