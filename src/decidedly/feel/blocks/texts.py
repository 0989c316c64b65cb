"""Texts of columns: what string() and string join() give, by columns and dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..types import BOOLEAN, DATE, NULL, STRING, ListOf, Money, Number, Type
from ..values import TEXT_LIMIT
from .columns import LONGEST, Coded, Column, Flags, Lists, Scaled, Ticks, Words, recoded

_TRUTHS = Words(("false", "true"))
_MOST_PLACES = 18
"""Ten to the power of so many fits int64."""
_MOST_ITEMS = 1_000
"""Lists that are longer are joined by the reference."""


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


def joined_texts(lists: Column, delimiter: Column | None = None) -> Column | None:
    """string join(): place by place, each pair of a text so far and the next item once; None for very long texts."""
    if not isinstance(lists, Lists) or not isinstance(lists.items, Coded) or not lists.items.texts:
        return None
    if delimiter is not None and not (isinstance(delimiter, Coded) and delimiter.texts):
        return None
    items, lengths = lists.items, lists.lengths
    longest = int(lengths.max(initial=0))
    widest = max(map(len, items.entries), default=0)
    between = 0 if delimiter is None else max(map(len, delimiter.entries), default=0)
    if longest > _MOST_ITEMS or longest * (widest + between) > TEXT_LIMIT:
        return None
    made = _Growing(len(lists))
    begun = np.zeros(len(lists), np.bool_)
    for place in range(longest):
        rows = np.flatnonzero(lengths > place)
        codes = items.codes[lists.offsets[:-1][rows] + place]
        rows, codes = rows[codes >= 0], codes[codes >= 0]
        if delimiter is not None:
            later = rows[begun[rows] & (delimiter.codes[rows] >= 0)]
            made.add(later, delimiter.codes[later], delimiter.entries)
        made.add(rows, codes, items.entries)
        begun[rows] = True
    return made.column(lists.nulls)


def can_join(types: Sequence[Type]) -> bool:
    """Whether string join() has a form for these static types."""
    lists, *delimiter = types
    return isinstance(lists, ListOf) and all(of in (STRING, NULL) for of in (lists.of, *delimiter))


class _Growing:
    """A column of texts, at first empty, that others are added to the end of."""

    def __init__(self, rows: int) -> None:
        self.codes: Any = np.zeros(rows, np.intp)
        self.entries = [""]

    def add(self, rows: Any, codes: Any, entries: Sequence[str]) -> None:
        """Adds an entry of a dictionary to each of these rows."""
        if not len(rows):
            return
        pairs, inverse = np.unique(self.codes[rows] * len(entries) + codes, return_inverse=True)
        places = (divmod(pair, len(entries)) for pair in pairs.tolist())
        self.codes[rows] = inverse + len(self.entries)
        self.entries += [self.entries[begin] + entries[end] for begin, end in places]

    def column(self, nulls: Any) -> Coded:
        used, codes = np.unique(self.codes, return_inverse=True)
        return recoded(Coded(np.where(nulls, -1, codes), [self.entries[place] for place in used.tolist()]))
