"""Rows of columns put together and picked out, whatever their kind."""

from __future__ import annotations

from typing import Any

import numpy as np

from .columns import (
    Coded,
    Column,
    Flags,
    Lists,
    Mask,
    Reals,
    Records,
    Scaled,
    Spans,
    Ticks,
    coded,
    offsets_of,
    reals,
    recoded,
    spread,
)


def joined(a: Column, b: Column) -> Column:
    """The rows of one column, then those of another of the same static type."""
    valid = None
    if a.valid is not None or b.valid is not None:
        valid = np.concatenate([~a.nulls, ~b.nulls])
    match a, b:
        case Flags(), Flags():
            return Flags(np.concatenate([a.values, b.values]), valid)
        case Scaled(), Scaled():
            scale = max(a.scale, b.scale)
            return Scaled(np.concatenate([a.at(scale).values, b.at(scale).values]), scale, valid)
        case (Reals() | Scaled(), Reals() | Scaled()):
            return Reals(np.concatenate([reals(a).values, reals(b).values]))
        case Ticks(), Ticks():
            return Ticks(a.type, np.concatenate([a.values, b.values]), valid)
        case Coded(), Coded():
            codes = np.concatenate([a.codes, np.where(b.codes < 0, -1, b.codes + len(a.entries))])
            made = Coded(codes, [*a.entries, *b.entries])
            return recoded(made) if a.texts and b.texts else made
        case Lists(), Lists():
            offsets = np.concatenate([a.offsets, b.offsets[1:] + a.offsets[-1]])
            return Lists(offsets, joined(a.items, b.items), valid)
        case Records(), Records() if list(a.fields) == list(b.fields):
            fields = {name: joined(column, b.fields[name]) for name, column in a.fields.items()}
            return Records(fields, len(a) + len(b), valid)
        case Spans(), Spans():
            closed = (
                np.concatenate([a.low_closed, b.low_closed]),
                np.concatenate([a.high_closed, b.high_closed]),
            )
            return Spans(joined(a.low, b.low), joined(a.high, b.high), *closed, valid)
    return coded([*a.plain(), *b.plain()])


def chosen(first: Mask, a: Column, b: Column) -> Column:
    """For each row that of `a` where `first` says so, else that of `b`."""
    rows = np.arange(len(first))
    return joined(a, b).take(np.where(first, rows, rows + len(first)))


def nullable(column: Column, places: Any) -> Column:
    """The rows at these places, null where a place is -1."""
    if (places >= 0).all():
        return column.take(places)
    return joined(column, null_like(column)).take(np.where(places < 0, len(column), places))


def null_like(column: Column) -> Column:
    """One null, in the form of a column."""
    none = np.zeros(1, np.bool_)
    match column:
        case Flags():
            return Flags(none, none)
        case Scaled():
            return Scaled(np.zeros(1, np.int64), column.scale, none)
        case Reals():
            return Reals(np.full(1, np.nan))
        case Ticks():
            return Ticks(column.type, np.zeros(1, np.int64), none)
        case Coded():
            return Coded(np.full(1, -1, np.intp), column.entries)
        case Lists():
            return Lists(np.zeros(2, np.intp), column.items.take(np.zeros(0, np.intp)), none)
        case Records():
            return Records({name: null_like(field) for name, field in column.fields.items()}, 1, none)
        case Spans():
            return Spans(null_like(column.low), null_like(column.high), none, none, none)
    raise TypeError(type(column).__name__)


def masked(lists: Lists, known: Mask) -> Lists:
    """The lists, null where they are not known."""
    if lists.valid is not None:
        known = known & lists.valid
    if known.all():
        return lists
    lengths = np.where(known, lists.lengths, 0)
    return Lists(offsets_of(lengths), lists.items.take(spread(lists.offsets[:-1], lengths)), known)
