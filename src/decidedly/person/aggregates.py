"""Aggregates: attributes computed from one person's history."""

from __future__ import annotations

from collections.abc import Collection
from math import fsum
from typing import Any

import numpy as np
import numpy.typing as npt

from decidedly.core.dictionary import Dictionary
from decidedly.core.person import Pane, Person
from decidedly.person.declared import Declared, declared, micros_of
from decidedly.person.panes import count_before, event_micros, first_item, read_column
from decidedly.person.window import span

SAFE = float(2**62)
"""Sums below it surely fit into 64 bits."""


def aggregates(person: Person, dictionary: Dictionary, wanted: Collection[str] | None = None) -> dict[str, Any]:
    """Attribute id -> value of every declared aggregate over the whole person, or of those wanted, as of `person.at`.

    Each looks at the events in its window (`window.span`) and, of them, at the items that meet its condition.

    count            : of events, or of the items where `what` is not null; 0 where there are none
    sum              : of an item field, nulls left out; 0 where there are none; exact but for real fields
    average          : likewise, None where there are none; of money to the nearest minor unit, else real
    minimum, maximum : likewise, of the field's type
    first, last      : the field's first or last value that is not null, in canonical order
    distinct         : different values of an item field, null is none
    days since last  : whole days (hours, weeks, months, years) since the last or first event; None where there is none

    One among the members of a kind of group is computed over `person.among`; None of a person in no such group, and of
    one whose group is too large to be told.

    Raises BadInput for an aggregate of an undeclared kind or a field that is not kept (`check` reports them before).
    """
    looks: dict[tuple[str, str, object], _Look] = {}
    values: dict[str, Any] = {}
    for one in declared(dictionary):
        if wanted is None or one.id in wanted:
            histories = person.among.get(one.among) if one.among else person.panes
            if histories is None:
                values[one.id] = None
                continue
            pane = histories.get(one.of)
            if pane is None or not pane.at:
                values[one.id] = _of_none(one)
                continue
            look = looks.get((one.among, one.of, one.over))
            if look is None:
                since, until = span(one.over, person.at, dictionary)
                low = 0 if since is None else count_before(pane, since)
                high = len(pane.at) // 8 if until == person.at else count_before(pane, until)
                look = looks[one.among, one.of, one.over] = _Look(pane, low, max(low, high))
            values[one.id] = _value(one, look, person)
    return values


class _Look:
    """The part of a pane that a window shows: events low to high, and their items."""

    def __init__(self, pane: Pane, low: int, high: int) -> None:
        self.pane, self.low, self.high = pane, low, high
        self.first, self.last = first_item(pane, low), first_item(pane, high)
        self._masks: dict[str, npt.NDArray[np.bool_]] = {}

    def column(self, one: Declared, name: str) -> npt.NDArray[Any]:
        items = first_item(self.pane, len(self.pane.at) // 8)
        return read_column(self.pane, one.schema.columns[name], items)[self.first : self.last]

    def kept(self, one: Declared, values: npt.NDArray[Any] | None) -> npt.NDArray[np.bool_]:
        """bool[items]: those that count."""
        kept = None if values is None else one.held(values)
        if one.where is None:
            return np.ones(self.last - self.first, np.bool_) if kept is None else kept
        mask = self._masks.get(one.where_text)
        if mask is None:
            columns = {name: self.column(one, name) for name in one.where.reads}
            mask = self._masks[one.where_text] = one.where.mask(columns, self.last - self.first)
        return mask if kept is None else mask & kept

    def events(self, one: Declared, values: npt.NDArray[Any] | None) -> npt.NDArray[np.intp]:
        """Those events of the window that have an item that counts."""
        edges = np.frombuffer(self.pane.first, "<i4")[self.low : self.high + 1] - self.first
        before = np.concatenate([[0], np.cumsum(self.kept(one, values))])[edges]
        return np.flatnonzero(before[1:] > before[:-1]) + self.low


def _of_none(one: Declared) -> int | float | str | None:
    return one.plain(0) if one.is_ in ("count", "sum", "distinct") else None


def _value(one: Declared, look: _Look, person: Person) -> Any:
    if look.low == look.high:
        return _of_none(one)
    values = look.column(one, one.what) if one.what else None
    if one.since:
        event = _event(one, look, values)
        return None if event is None else one.elapsed(event_micros(look.pane, event), micros_of(person.at))
    if values is None:
        return look.high - look.low if one.where is None else len(look.events(one, None))
    return _of_items(one, look, values)


def _event(one: Declared, look: _Look, values: npt.NDArray[Any] | None) -> int | None:
    """The first or last event that counts."""
    last = one.since == "last"
    if values is None and one.where is None:
        return look.high - 1 if last else look.low
    events = look.events(one, values)
    return int(events[-1 if last else 0]) if len(events) else None


def _of_items(one: Declared, look: _Look, values: npt.NDArray[Any]) -> Any:
    assert one.column is not None
    if one.is_ == "sum" and one.where is None and one.column.dtype.kind == "i":
        # Nulls are taken out of the sum afterwards: quicker than choosing the others first.
        nulls = int(np.count_nonzero(values == one.column.null))
        return int(values.sum(dtype=np.int64)) - nulls * int(one.column.null)
    kept = look.kept(one, values)
    if one.is_ == "count":
        return int(np.count_nonzero(kept))
    values = values[kept]
    if one.is_ == "distinct":
        return len(set(values.tolist()))
    if not len(values):
        return _of_none(one)
    if one.is_ in ("first", "last"):
        values = values[:1] if one.is_ == "first" else values[-1:]
    exact = one.exact(values)
    match one.is_:
        case "sum":
            return total(exact)
        case "average":
            return one.mean(total(exact), len(exact))
        case "minimum":
            return one.plain(exact.min())
        case "maximum":
            return one.plain(exact.max())
        case _:
            return one.plain(exact[0])


def total(values: npt.NDArray[Any]) -> int | float:
    """The sum, the same in every order: whole numbers exactly, doubles rounded once."""
    if values.dtype.kind == "f":
        return fsum(values.tolist())
    return int(values.sum(dtype=np.int64)) if np.abs(values).sum(dtype=float) < SAFE else sum(values.tolist())
