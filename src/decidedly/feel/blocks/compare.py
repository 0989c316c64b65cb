"""Comparisons of columns, with null as FEEL has it: `null = null` is true, `null < 1` is null."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np

from ..values import DECIMAL
from .columns import (
    Coded,
    Column,
    Flags,
    Lists,
    Mask,
    Reals,
    Records,
    Scaled,
    Ticks,
    Words,
    both,
    reals,
    spread,
    to_tick,
)

APPLY: dict[str, Callable[[Any, Any], Any]] = {
    "=": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip
SWAPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def compared(op: str, a: Column, b: Column) -> Flags | None:
    """Two columns compared row by row; None where they have no form for that."""
    if op in ("=", "!="):
        same = equal(a, b)
        return None if same is None else Flags(same if op == "=" else ~same)
    keys = ordered(a, b)
    if keys is None:
        return None
    with np.errstate(invalid="ignore"):
        return Flags(APPLY[op](*keys), both(a.valid, b.valid))


def ordered(a: Column, b: Column) -> tuple[Any, Any] | None:
    """Numbers that stand in the order of two columns' values; None where they have none."""
    match a, b:
        case Scaled(), Scaled():
            scale = max(a.scale, b.scale)
            return a.at(scale).values, b.at(scale).values
        case (Scaled() | Reals(), Scaled() | Reals()):
            return reals(a).values, reals(b).values
        case Ticks(), Ticks() if a.type == b.type:
            return a.values, b.values
        case Coded(texts=True), Coded(texts=True):
            ranks = {text: rank for rank, text in enumerate(sorted({*a.entries, *b.entries}))}
            return a.table([ranks[text] for text in a.entries], -1), b.table([ranks[text] for text in b.entries], -1)
    return None


def equal(a: Column, b: Column) -> Mask | None:
    """Where two columns are certainly equal, both null included; None where they have no form for that."""
    same: Any
    match a, b:
        case Coded(texts=True), Coded(texts=True):
            if a.entries is b.entries:
                return np.asarray(np.equal(a.codes, b.codes))
            places = a.entries.places if isinstance(a.entries, Words) else {}
            return np.asarray(np.equal(a.codes, b.table([places.get(text, -2) for text in b.entries], -1)))
        case Flags(), Flags():
            same = a.values == b.values
        case Lists(), Lists():
            return _equal_lists(a, b)
        case Records(), Records() if a.fields.keys() == b.fields.keys():
            same = np.ones(len(a), np.bool_)
            for name, column in a.fields.items():
                part = equal(column, b.fields[name])
                if part is None:
                    return None
                same &= part
        case _:
            keys = ordered(a, b)
            if keys is None:
                return None
            same = keys[0] == keys[1]
    if a.valid is None and b.valid is None:
        return np.asarray(same)
    return np.where(a.nulls | b.nulls, a.nulls & b.nulls, same)


def _equal_lists(a: Lists, b: Lists) -> Mask | None:
    alike = (a.lengths == b.lengths) & ~a.nulls & ~b.nulls
    lengths = a.lengths[alike]
    items = equal(
        a.items.take(spread(a.offsets[:-1][alike], lengths)), b.items.take(spread(b.offsets[:-1][alike], lengths))
    )
    if items is None:
        return None
    wrong = np.bincount(np.repeat(np.flatnonzero(alike), lengths)[~items], minlength=len(a))
    return np.asarray((alike & (wrong == 0)) | (a.nulls & b.nulls))


def with_constant(op: str, column: Column, value: Any) -> Flags | None:
    """A column compared with one plain value, not null; None where it has no form for that."""
    match column:
        case Scaled() if isinstance(value, Decimal):
            return _with_number(op, column, value)
        case Ticks():
            tick = to_tick(column.type, value)
            if tick is None:
                return None
            made = APPLY[op](column.values, tick)
        case Reals() if isinstance(value, Decimal | float):
            with np.errstate(invalid="ignore"):
                made = APPLY[op](column.values, float(value))
        case Coded(texts=True) if isinstance(value, str):
            return _with_text(op, column, value)
        case _:
            return None
    return _null_aware(op, made, column.valid)


def _null_aware(op: str, made: Any, valid: Mask | None) -> Flags:
    if valid is None or op not in ("=", "!="):
        return Flags(made, valid)
    # Null is certainly not equal to a value.
    return Flags(made & valid if op == "=" else made | ~valid)


def _with_number(op: str, column: Scaled, value: Decimal) -> Flags:
    scaled = value.scaleb(column.scale, DECIMAL)
    if scaled.adjusted() > 20:
        whole, exact = (2**70 if value > 0 else -(2**70)), True
    else:
        whole = int(scaled.to_integral_value("ROUND_FLOOR"))
        exact = whole == scaled
    if not exact:
        # Between two of the column's numbers: x < 2.5 is x <= 2, x > 2.5 is x > 2.
        if op in ("=", "!="):
            made = np.full(len(column), op == "!=")
            return _null_aware(op, made, column.valid)
        op = "<=" if op in ("<", "<=") else ">"
    return _null_aware(op, APPLY[op](column.values, whole), column.valid)


def _with_text(op: str, column: Coded, value: str) -> Flags:
    words = column.entries
    assert isinstance(words, Words)
    if op in ("=", "!="):
        code = words.places.get(value, -2)
        return Flags(APPLY[op](column.codes, code))
    made = [_ORDER[op](entry, value) for entry in column.entries]
    return Flags(column.table(made, False), column.valid)


_ORDER: dict[str, Callable[[str, str], bool]] = {
    "<": str.__lt__, "<=": str.__le__, ">": str.__gt__, ">=": str.__ge__,
}  # fmt: skip


def member(column: Column, values: list[Any]) -> Mask | None:
    """Where a column equals one of several plain values, null among them or not; None where it has no form for that."""
    if isinstance(column, Coded) and isinstance(column.entries, Words):
        codes = [column.entries.places[value] for value in set(values) if value in column.entries.places]
        if len(codes) > 6:
            wanted = np.zeros(len(column.entries) + 1, np.bool_)
            wanted[codes] = True
            wanted[-1] = None in values
            return np.asarray(wanted[column.codes])
    found: Mask | None = column.nulls if None in values else None
    for value in values:
        if value is None:
            continue
        one = with_constant("=", column, value)
        if one is None:
            return None
        found = one.true if found is None else found | one.true
    return found
