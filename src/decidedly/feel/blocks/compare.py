"""Comparisons of columns, with null as FEEL has it: `null = null` is true, `null < 1` is null."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np

from ..values import DECIMAL
from .columns import (
    LONGEST,
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

APPLY: dict[str, Callable[..., Any]] = {
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
    for one in (a, b):
        if isinstance(one, Coded) and not one.entries:
            return a.nulls & b.nulls
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


class Against:
    """What a column is compared with: an operator and one plain value, made ready once for each form of a column."""

    __slots__ = ("_numbers", "_words", "op", "value")

    def __init__(self, op: str, value: Any) -> None:
        self.op, self.value = op, value
        self._numbers: dict[int, tuple[str, int | None]] = {}
        self._words: tuple[Words | None, Any] = (None, None)

    def compared(self, column: Column, out: Mask | None = None) -> Flags | None:
        """The column compared with the value; None where it has no form for that.

        out : an array to use for the result
        """
        value, op = self.value, self.op
        if isinstance(column, Scaled) and isinstance(value, Decimal):
            return self._with_number(column, out)
        if value is None:
            return _with_null(op, column)
        if isinstance(column, Coded):
            if not isinstance(column.entries, Words) or not isinstance(value, str):
                return None
            return self._with_text(column, column.entries, out)
        if isinstance(column, Ticks):
            tick = to_tick(column.type, value)
            return None if tick is None else _null_aware(op, APPLY[op](column.values, tick, out=out), column.valid)
        if isinstance(column, Reals) and isinstance(value, Decimal | float):
            with np.errstate(invalid="ignore"):
                return _null_aware(op, APPLY[op](column.values, float(value), out=out), column.valid)
        return None

    def raw(self, column: Column, out: Mask | None) -> Mask | None:
        """The comparison of an ordered column without a look at its nulls; None where it has no form for that."""
        value: Any = None
        op = self.op
        if isinstance(column, Scaled) and isinstance(self.value, Decimal):
            found = self._numbers.get(column.scale)
            if found is None:
                found = self._numbers[column.scale] = _at_scale(op, self.value, column.scale)
            op, value = found
        elif isinstance(column, Ticks) and self.value is not None:
            value = to_tick(column.type, self.value)
        if value is None:
            return None
        made: Mask = APPLY[op](column.values, value, out=out)  # type: ignore[attr-defined]
        return made

    def _with_number(self, column: Scaled, out: Mask | None) -> Flags:
        found = self._numbers.get(column.scale)
        if found is None:
            found = self._numbers[column.scale] = _at_scale(self.op, self.value, column.scale)
        op, whole = found
        made = np.full(len(column), op == "!=") if whole is None else APPLY[op](column.values, whole, out=out)
        return _null_aware(op, made, column.valid)

    def _with_text(self, column: Coded, words: Words, out: Mask | None) -> Flags:
        op = self.op
        if self._words[0] is not words:
            if op in ("=", "!="):
                ready: Any = words.places.get(self.value, -2)
            else:
                ready = np.array([*(_ORDER[op](word, self.value) for word in words), False])
            self._words = words, ready
        if op in ("=", "!="):
            return Flags(APPLY[op](column.codes, self._words[1], out=out))
        return Flags(np.take(self._words[1], column.places), column.valid)


def _with_null(op: str, column: Column) -> Flags:
    if op in ("=", "!="):
        nulls = column.nulls
        return Flags(nulls if op == "=" else ~nulls)
    return Flags(np.zeros(len(column), np.bool_), np.zeros(len(column), np.bool_))


def _null_aware(op: str, made: Any, valid: Mask | None) -> Flags:
    """The flags of a comparison that did not look at nulls; `made` is changed."""
    if valid is None:
        return Flags(made)
    if op == "!=":
        # Null is certainly not equal to a value.
        return Flags(np.logical_or(made, ~valid, out=made))
    np.logical_and(made, valid, out=made)
    return Flags(made) if op == "=" else Flags.known(made, valid)


def _at_scale(op: str, value: Decimal, scale: int) -> tuple[str, int | None]:
    """The comparison of a column's whole numbers that is meant; None where none of them is equal to the value."""
    if not scale and -LONGEST < value < LONGEST and (whole := int(value)) == value:
        return op, whole
    scaled = value.scaleb(scale, DECIMAL)
    if scaled.adjusted() > 20:
        return op, LONGEST if value > 0 else -LONGEST
    whole = int(scaled.to_integral_value("ROUND_FLOOR"))
    if whole == scaled:
        return op, whole
    # Between two of the column's numbers: x < 2.5 is x <= 2, x > 2.5 is x > 2.
    if op in ("=", "!="):
        return op, None
    return "<=" if op in ("<", "<=") else ">", whole


_ORDER: dict[str, Callable[[str, str], bool]] = {
    "<": str.__lt__, "<=": str.__le__, ">": str.__gt__, ">=": str.__ge__,
}  # fmt: skip


class OneOf:
    """Membership in several plain values, null among them or not, made ready once for a dictionary.

    together : a table that others look up too, and the bit in it that is this membership's, where that is faster
    """

    __slots__ = ("_bytes", "_codes", "_table", "_words", "tests", "together", "values")

    def __init__(self, values: list[Any]) -> None:
        self.values = values
        self.tests = [Against("=", value) for value in dict.fromkeys(values) if value is not None]
        self._words: Words | None = None
        self._codes: list[int] = []
        self._table: Any = None
        self._bytes = b""
        self.together: tuple[bytes, int] | None = None

    def held(self, column: Column, out: Mask | None = None, scratch: Mask | None = None) -> Mask | None:
        """Where the column is one of the values; None where it has no form for that."""
        if isinstance(column, Coded) and isinstance(column.entries, Words):
            return self._held_words(column, column.entries, out, scratch)
        found: Mask | None = column.nulls if None in self.values else None
        for test in self.tests:
            one = test.compared(column)
            if one is None:
                return None
            found = one.true if found is None else found | one.true
        return found

    def _held_words(self, column: Coded, words: Words, out: Mask | None, scratch: Mask | None) -> Mask:
        self._ready(words)
        narrow = column.codes.dtype == np.int8
        if narrow and self.together is not None:
            table, bit = self.together
            bits = np.bitwise_and(column.looked_up(table), bit, out=None if scratch is None else scratch.view(np.uint8))
            return np.asarray(np.not_equal(bits, 0, out=out))
        if len(self._codes) > (FEW if narrow else 2):
            return column.looked_up(self._bytes).view(np.bool_) if narrow else np.take(self._table, column.places)
        if not self._codes:
            return np.zeros(len(column), np.bool_)
        made: Mask = np.equal(column.codes, self._codes[0], out=out)
        for code in self._codes[1:]:
            np.logical_or(made, np.equal(column.codes, code, out=scratch), out=made)
        return made

    def _ready(self, words: Words) -> None:
        if self._words is not words:
            null = [-1] if None in self.values else []
            self._codes = null + [words.places[test.value] for test in self.tests if test.value in words.places]
            self._table = np.zeros(len(words) + 1, np.bool_)
            self._table[self._codes] = True
            self._bytes = np.resize(self._table[:-1], 255).tobytes() + bytes([-1 in self._codes])
            self._words = words

    @staticmethod
    def look_up_together(tests: list[OneOf], words: Words) -> None:
        """Finds which memberships of one column share a table: one look-up then answers eight, a bit for each."""
        for test in tests:
            test._ready(words)
            test.together = None
        several = sorted((test for test in tests if len(test._codes) > 1), key=lambda test: -len(test._codes))
        for first in range(0, len(several), 8):
            eight = several[first : first + 8]
            alone = sum(LOOK_UP if len(test._codes) > FEW else 2 * len(test._codes) - 1 for test in eight)
            if alone > LOOK_UP + 2 * len(eight):
                rows = [np.frombuffer(test._bytes, np.uint8) << bit for bit, test in enumerate(eight)]
                table = np.bitwise_or.reduce(rows).astype(np.uint8).tobytes()
                for bit, test in enumerate(eight):
                    test.together = table, 1 << bit


FEW = 4
"""So many comparisons of codes of one byte take less time than one look-up in a table."""
LOOK_UP = 16
"""About so many passes over masks take as long as a look-up."""
