"""Texts of columns: what string() gives, written column by column."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..types import BOOLEAN, DATE, STRING, Money, Number, Type
from .columns import LONGEST, Coded, Column, Flags, Scaled, Ticks, Words

_TRUTHS = Words(("false", "true"))
_MOST_PLACES = 18
"""Ten to the power of so many fits int64."""


def text_of(of: Column) -> Column | None:
    """string(); None where columns have no form for it."""
    if isinstance(of, Flags):
        return Coded(np.where(of.nulls, -1, of.values), _TRUTHS)
    if isinstance(of, Coded):
        return of if of.texts else None
    if isinstance(of, Scaled) and of.scale <= _MOST_PLACES and of.largest < LONGEST:
        return _each(of, of.whole, lambda values: _decimals(values, of.scale))
    if isinstance(of, Ticks) and of.type == DATE:
        return _each(of, of.values, lambda days: np.datetime_as_string(days.astype("M8[D]")))
    return None


def has_text(type_: Type) -> bool:
    """Whether string() has a form for a static type."""
    return isinstance(type_, Number | Money) or type_ in (BOOLEAN, STRING, DATE)


def _each(of: Column, values: Any, written: Any) -> Coded:
    nulls = of.nulls
    distinct, codes = np.unique(np.where(nulls, 0, values), return_inverse=True)
    return Coded(np.where(nulls, -1, codes), Words(written(distinct).tolist()))


def _decimals(values: Any, scale: int) -> Any:
    """Exact numbers without trailing zeros."""
    if not scale:
        return values.astype(str)
    whole, rest = np.divmod(np.abs(values), 10**scale)
    digits = np.char.rstrip(np.char.zfill(rest.astype(str), scale), "0")
    fraction = np.char.add(np.where(digits == "", "", "."), digits)
    return np.char.add(np.where(values < 0, "-", ""), np.char.add(whole.astype(str), fraction))
