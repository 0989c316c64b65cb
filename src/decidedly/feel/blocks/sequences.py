"""List functions over columns of lists: by counts and gathers of items, without a loop over rows.

Aggregates go through the lists position by position, so that sums of reals are added in the order of the reference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..values import LIST_LIMIT
from .columns import (
    Coded,
    Column,
    Flags,
    Lists,
    Mask,
    Overflow,
    Reals,
    Scaled,
    Ticks,
    offsets_of,
    spread,
)
from .compare import equal
from .gather import joined, masked, nullable
from .logic import segment_counts

LONGEST = 1_000
"""Lists that are longer are left to the reference, for each distinct list."""


def count(lists: Lists) -> Column:
    """count()"""
    return Scaled(lists.lengths.astype(np.int64), 0, lists.valid)


def _usable(lists: Lists) -> Mask:
    """Where a list has items and none of them is null."""
    return np.asarray((lists.lengths > 0) & (segment_counts(lists, lists.items.nulls).values == 0) & ~lists.nulls)


def _longest(lists: Lists) -> int:
    return int(lists.lengths.max(initial=0))


def total(lists: Lists) -> Column | None:
    """sum()"""
    items, known = lists.items, _usable(lists)
    longest = _longest(lists)
    if longest > LONGEST:
        return None
    if isinstance(items, Scaled):
        low, high = items.bounds
        zero = np.zeros(len(lists), np.int64)
        return Scaled.made(
            lambda: _along(lists, items.whole, zero, np.add),
            items.scale, min(low, 0) * max(longest, 1), max(high, 0) * max(longest, 1), known,
        )  # fmt: skip
    if isinstance(items, Reals):
        return Reals(np.where(known, _sums(lists, items.values), np.nan))
    return None


def _sums(lists: Lists, values: Any) -> Any:
    with np.errstate(all="ignore"):
        return _along(lists, values, np.zeros(len(lists)), np.add)


def mean(lists: Lists) -> Column | None:
    """mean() of reals."""
    if not isinstance(lists.items, Reals) or _longest(lists) > LONGEST:
        return None
    with np.errstate(all="ignore"):
        made = _sums(lists, lists.items.values) / lists.lengths
    return Reals(np.where(_usable(lists), made, np.nan))


def product(lists: Lists) -> Column | None:
    """product()"""
    items, known = lists.items, _usable(lists)
    longest = _longest(lists)
    if isinstance(items, Scaled) and items.scale == 0 and longest <= 18:
        largest = max(items.largest, 1) ** max(longest, 1)
        one = np.ones(len(lists), np.int64)
        return Scaled.made(lambda: _along(lists, items.whole, one, np.multiply), 0, -largest, largest, known)
    if isinstance(items, Reals) and longest <= LONGEST:
        with np.errstate(all="ignore"):
            made = _along(lists, items.values, np.ones(len(lists)), np.multiply)
        return Reals(np.where(known, made, np.nan))
    return None


def _along(lists: Lists, values: Any, start: Any, combine: Callable[[Any, Any], Any]) -> Any:
    """Combines the items of each list, first to last."""
    made, lengths = start.copy(), lists.lengths
    for place in range(_longest(lists)):
        rows = np.flatnonzero(lengths > place)
        made[rows] = combine(made[rows], values[lists.offsets[:-1][rows] + place])
    return made


def extreme(lists: Lists, *, least: bool) -> Column | None:
    """min() and max()"""
    keys = order_of(lists.items)
    if keys is None or _longest(lists) > LONGEST:
        return None
    known = _usable(lists)
    best = lists.offsets[:-1].copy()
    for place in range(1, _longest(lists)):
        rows = np.flatnonzero(lists.lengths > place)
        other = lists.offsets[:-1][rows] + place
        with np.errstate(invalid="ignore"):
            wins = keys[other] < keys[best[rows]] if least else keys[other] > keys[best[rows]]
        best[rows] = np.where(wins, other, best[rows])
    return nullable(lists.items, np.where(known, best, -1))


def order_of(column: Column) -> Any:
    """Numbers in the order of a column's values; None where they have none."""
    if isinstance(column, Scaled | Reals | Ticks):
        return column.values
    if isinstance(column, Coded) and column.texts:
        ranks = {text: rank for rank, text in enumerate(sorted(column.entries))}
        return column.table([ranks[text] for text in column.entries], -1)
    return None


def contains(lists: Lists, element: Column) -> Column | None:
    """list contains()"""
    same = equal(lists.items, element.take(lists.parents))
    if same is None:
        return None
    return Flags(segment_counts(lists, same).values > 0, lists.valid)


def index_of(lists: Lists, element: Column) -> Column | None:
    """index of()"""
    same = equal(lists.items, element.take(lists.parents))
    if same is None:
        return None
    places = spread(np.ones(len(lists), np.intp), lists.lengths)
    return Lists(offsets_of(segment_counts(lists, same).values), Scaled(places[same].astype(np.int64), 0), lists.valid)


def reverse(lists: Lists) -> Column:
    """reverse()"""
    within = spread(np.zeros(len(lists), np.intp), lists.lengths)
    return Lists(lists.offsets, lists.items.take(np.repeat(lists.offsets[1:] - 1, lists.lengths) - within), lists.valid)


def concatenated(parts: list[Lists]) -> Column:
    """The items of each list, one list after the other; null where one is null."""
    known = np.ones(len(parts[0]), np.bool_)
    for part in parts:
        known &= ~part.nulls
    items, starts = parts[0].items, [parts[0].offsets[:-1]]
    for part in parts[1:]:
        starts.append(part.offsets[:-1] + len(items))
        items = joined(items, part.items)
    lengths = np.stack([np.where(known, part.lengths, 0) for part in parts], axis=1)
    places = spread(np.stack(starts, axis=1).ravel(), lengths.ravel())
    together = lengths.sum(axis=1)
    if len(together) and together.max() > LIST_LIMIT:
        raise Overflow
    return Lists(offsets_of(together), items.take(places), None if known.all() else known)


def distinct(lists: Lists) -> Column | None:
    """distinct values()"""
    items = lists.items
    if isinstance(items, Coded) and items.texts:
        codes, kinds = items.codes + 1, len(items.entries) + 1
    elif isinstance(items, Scaled | Ticks):
        codes = np.where(items.nulls, 0, np.unique(items.values, return_inverse=True)[1] + 1)
        kinds = len(items) + 1
    elif isinstance(items, Flags):
        codes, kinds = np.where(items.nulls, 2, items.values), 3
    else:
        return None
    first = np.unique(lists.parents * kinds + codes, return_index=True)[1]
    first.sort()
    keep = np.zeros(len(items), np.bool_)
    keep[first] = True
    return Lists(offsets_of(segment_counts(lists, keep).values), items.take(first), lists.valid)


def sort(lists: Lists) -> Column | None:
    """sort() in the order of the values; null where an item is null or has none."""
    keys = order_of(lists.items)
    if keys is None:
        return None
    known = (lists.lengths < 2) | (segment_counts(lists, lists.items.nulls).values == 0)
    keys = np.where(lists.items.nulls, 0, keys)
    made = Lists(lists.offsets, lists.items.take(np.lexsort((keys, lists.parents))), lists.valid)
    return masked(made, known)


def place_of(lists: Lists, position: Column) -> tuple[Any, Mask] | None:
    """The places from 0 of positions, and where the list has them."""
    if not isinstance(position, Scaled) or position.scale:
        return None
    at = np.clip(position.whole, -LIST_LIMIT * 1000, LIST_LIMIT * 1000)
    lengths = lists.lengths
    known = (at != 0) & (np.abs(at) <= lengths) & ~position.nulls & ~lists.nulls
    return np.where(known, np.where(at > 0, at - 1, lengths + at), 0), known


def sublist(lists: Lists, start: Column, length: Column | None = None) -> Column | None:
    """sublist()"""
    found = place_of(lists, start)
    if found is None:
        return None
    place, known = found
    lengths = np.where(known, lists.lengths - place, 0)
    if length is not None:
        if not isinstance(length, Scaled) or length.scale:
            return None
        most = np.clip(length.whole, -1, LIST_LIMIT * 1000)
        known &= (most >= 0) & (most <= lengths) & ~length.nulls
        lengths = np.where(known, most, 0)
    return Lists(offsets_of(lengths), lists.items.take(spread(lists.offsets[:-1] + place, lengths)), known)


def remove(lists: Lists, position: Column) -> Column | None:
    """remove()"""
    return _spliced(lists, position, None, cut=1)


def insert(lists: Lists, position: Column, new: Column) -> Column | None:
    """insert before()"""
    return _spliced(lists, position, new, cut=0)


def replace(lists: Lists, position: Column, new: Column) -> Column | None:
    """list replace() at a position."""
    return _spliced(lists, position, new, cut=1)


def _spliced(lists: Lists, position: Column, new: Column | None, *, cut: int) -> Column | None:
    found = place_of(lists, position)
    if found is None:
        return None
    place, known = found
    starts, rows = lists.offsets[:-1], np.arange(len(lists))
    items = lists.items if new is None else joined(lists.items, new)
    pieces = np.stack([starts, rows + len(lists.items), starts + place + cut], axis=1)
    middle = np.full(len(lists), int(new is not None))
    lengths = np.stack([place, middle, lists.lengths - place - cut], axis=1)
    lengths = np.where(known[:, None], lengths, 0)
    together = lengths.sum(axis=1)
    if len(together) and together.max() > LIST_LIMIT:
        raise Overflow
    return Lists(offsets_of(together), items.take(spread(pieces.ravel(), lengths.ravel())), known)
