"""What has no form over columns is run by the reference's own function, once for each distinct set of arguments.

So a function of strings runs once for each entry of a dictionary, whatever the number of rows, and an operation that
NumPy has not, such as a division of decimals, is as exact as the reference because it is the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..types import Type
from .columns import Coded, Column, Flags, Lists, Reals, Scaled, Ticks, Whole, column_of

_MOST_KEYS = 2**62


def applied(run: Callable[[list[Any]], Any], columns: Sequence[Column], type_: Type, rows: int) -> Column:
    """A column of what the function gives for the plain values of each row.

    run : takes the plain arguments, in order, and gives the plain result; the same for the same arguments
    """
    if not columns:
        return column_of(type_, [run([])]).take(np.zeros(rows, np.intp))
    keys: Whole = np.zeros(rows, np.int64)
    kinds = 1
    codes = [_codes(column) for column in columns]
    for code, count in codes:
        if kinds * count > _MOST_KEYS:
            keys = np.unique(keys, return_inverse=True)[1]
            kinds = int(keys.max(initial=0)) + 1
        keys = keys * count + code
        kinds *= count
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    arguments = zip(*(column.take(first).plain() for column in columns), strict=True)
    made = column_of(type_, [run(list(given)) for given in arguments])
    return made.take(inverse)


def mapped(run: Callable[[str], Any], entries: Sequence[str], type_: Type) -> Column:
    """A column of what a function gives for each entry of a dictionary, and null at its end, for the code -1."""
    return column_of(type_, [*(run(entry) for entry in entries), None])


def _codes(column: Column) -> tuple[Any, int]:
    """A number for each row, the same for the same values, and how many there are."""
    match column:
        case Coded():
            return column.codes + 1, len(column.entries) + 1
        case Flags():
            return np.where(column.nulls, 2, column.values), 3
        case Scaled() | Ticks():
            found = np.unique(column.values, return_inverse=True)[1]
            return np.where(column.nulls, 0, found + 1), len(column) + 1
        case Reals():
            # By their bits: what a function makes of -0.0 may differ from what it makes of 0.0.
            found = np.unique(np.where(column.nulls, np.nan, column.values).view(np.int64), return_inverse=True)[1]
            return found, len(column) + 1
        case Lists():
            items = _codes(column.items)[0].tolist()
            ends, known = column.offsets.tolist(), column.nulls.tolist()
            seen: dict[Any, int] = {}
            keys = [
                seen.setdefault(None if null else tuple(items[a:b]), len(seen))
                for a, b, null in zip(ends, ends[1:], known, strict=False)
            ]
            return np.array(keys, np.int64), len(seen) + 1
        case _:
            return np.arange(len(column), dtype=np.int64), len(column) + 1
