"""Aggregate columns: the declared aggregates of everybody at once, the same values as `aggregates` tells of one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from decidedly.core.dictionary import Dictionary
from decidedly.core.errors import BadInput
from decidedly.feel.sql.columns import arrow_type
from decidedly.feel.types import Boolean, Date, DateTime, Real, Time
from decidedly.person.aggregates import SAFE, total
from decidedly.person.declared import Declared, declared, micros_of
from decidedly.person.population import Ints, Population, running
from decidedly.person.window import Span, span

T = TypeVar("T")


class Counted(NamedTuple):
    """What counts of one column under one condition, wherever it lies.

    before : int64[items + 1], how many count before each item
    values : of those that count, as facts keep them
    """

    before: Ints
    values: npt.NDArray[Any]


def aggregate_columns(
    population: Population, dictionary: Dictionary, at: datetime, wanted: Collection[str] | None = None
) -> pa.Table:
    """One row per person in the population's order: `person` (its id), then a column per aggregate of persons, by its
    id, of all or of those wanted, as of `at`.

    Numbers and amounts are int64 in the stored form (minor units, scaled), reals float64, booleans bool; null is null.
    Windows end without a scan: what does not depend on the moment (running counts and sums over the whole history) is
    reckoned at the first moment asked of a population, and an aggregate is a difference of two of its places.

    An aggregate among the members of groups is told as of the population's own moment alone: null of who is in none.

    Raises BadInput for a moment past what the population has seen, for another than its own where groups are read, and
    for another dictionary than its own.
    """
    if population.until is not None and at > population.until:
        raise BadInput(f"This population was seen at {population.until}, before {at}.", place="at")
    if dictionary.events != population.events:
        raise BadInput("This population was folded by another dictionary.", place="dictionary")
    table: dict[str, Any] = {"person": pa.array(population.ids, pa.string())}
    for one in declared(dictionary):
        if wanted is None or one.id in wanted:
            table[one.id] = _column(population, one, span(one.over, at, dictionary), at)
    return pa.table(table)


def _column(population: Population, one: Declared, within: Span, at: datetime) -> pa.Array:
    if not one.among:
        return pa.array(_Moment(population, one, within, at).column(), _arrow(one))
    if at != population.until:
        raise BadInput(
            f"Who was in which {one.among} at {at} is not what it was at {population.until}.",
            place=f"dictionary aggregate '{one.id}'",
            hint="Combine a population as of that moment.",
        )
    among = population.among[one.among]
    values = pa.array(_Moment(among.population, one, within, at).column(), _arrow(one))
    return pc.if_else(pa.array(among.told), values, pa.scalar(None, values.type))


def _arrow(one: Declared) -> pa.DataType:
    match one.type:
        case Real():
            return pa.float64()
        case Boolean():
            return pa.bool_()
        case Date() | DateTime() | Time():
            return arrow_type(one.type)
        case _:
            return pa.int64()


class _Moment:
    """One aggregate at one moment."""

    def __init__(self, population: Population, one: Declared, within: Span, at: datetime) -> None:
        self.kind, self.one, self.at, self.known = population.kinds[one.of], one, at, population.known
        since, until = within
        self.low = self.kind.before(since)
        self.high = np.maximum(self.low, self.kind.before(until))

    def column(self) -> Any:
        one = self.one
        if one.since:
            return self._elapsed()
        if not one.what:
            if one.where is None:
                return self.high - self.low
            before, _ = self._events()
            return before[self.high] - before[self.low]
        return self._of_items()

    def _of_items(self) -> Any:
        one, counted = self.one, self._counted()
        low, high = counted.before[self.kind.first[self.low]], counted.before[self.kind.first[self.high]]
        some = high > low
        match one.is_:
            case "count":
                return high - low
            case "sum":
                return self._sums(counted, low, high)
            case "average":
                sums, counts = self._sums(counted, low, high), high - low
                return [
                    one.mean(sum_, count) if count else None
                    for sum_, count in zip(_list(sums), counts.tolist(), strict=True)
                ]
            case "minimum" | "maximum":
                least = np.minimum if one.is_ == "minimum" else np.maximum
                found = counted.values[:1].repeat(len(low)) if len(counted.values) else low
                if some.any():
                    edges = np.stack([low[some], high[some]], 1).ravel()
                    # A last edge at the very end is none to NumPy; one more value, never looked at, makes it one.
                    found[some] = least.reduceat(np.append(counted.values, counted.values[-1]), edges)[::2]
                return _nullable(found, some, one)
            case "distinct":
                return self._distinct(low, high)
            case _:
                place = np.where(some, low if one.is_ == "first" else high - 1, 0)
                return _nullable(counted.values[place] if len(counted.values) else low, some, one)

    def _sums(self, counted: Counted, low: Ints, high: Ints) -> Any:
        values = counted.values
        if values.dtype.kind != "f":
            sums = self._once("sums", lambda: running(values) if np.abs(values).sum(dtype=float) < SAFE else None)
            if sums is not None:
                return sums[high] - sums[low]
        return [total(values[a:b]) for a, b in zip(low.tolist(), high.tolist(), strict=True)]

    def _distinct(self, low: Ints, high: Ints) -> Any:
        codes = self._once("codes", lambda: np.unique(self._counted().values, return_inverse=True)[1])
        within = high - low
        whose = np.repeat(np.arange(len(low)), within)
        starts = np.repeat(low - (np.cumsum(within) - within), within)
        pairs = np.unique(whose * (len(codes) + 1) + codes[np.arange(len(whose)) + starts])
        return np.bincount(pairs // (len(codes) + 1), minlength=len(low))

    def _elapsed(self) -> list[int | None]:
        one = self.one
        before, places = self._events()
        low, high = before[self.low], before[self.high]
        now = micros_of(self.at)
        at = self.kind.at[places]
        chosen = low if one.since == "first" else high - 1
        return [
            one.elapsed(int(at[place]), now) if some else None
            for place, some in zip(chosen.tolist(), (high > low).tolist(), strict=True)
        ]

    def _counted(self) -> Counted:
        """The items that count; of whole events every item that meets the condition, without values."""

        def count() -> Counted:
            one, columns = self.one, self.kind.columns
            kept = np.ones(int(self.kind.first[-1]), np.bool_) if not one.what else one.held(columns[one.what])
            if one.where is not None:
                kept = kept & one.where.mask(columns, len(kept))
            values = columns[one.what][kept] if one.what else kept[:0]
            return Counted(running(kept), one.exact(values) if one.tells_values else values)

        return self._once("counted", count)

    def _events(self) -> tuple[Ints, Ints]:
        """How many events that count are before each event, and where they are."""

        def find() -> tuple[Ints, Ints]:
            if not self.one.what and self.one.where is None:
                return np.arange(len(self.kind.at) + 1), np.arange(len(self.kind.at))
            items = self._counted().before[self.kind.first]
            counts = items[1:] > items[:-1]
            return running(counts), np.flatnonzero(counts)

        return self._once("events", find)

    def _once(self, what: str, reckon: Callable[[], T]) -> T:
        one = self.one
        key = (what, one.of, one.what, one.where_text, str(one.tells_values))
        if key not in self.known:
            self.known[key] = reckon()
        found: T = self.known[key]
        return found


def _list(values: Any) -> list[Any]:
    return values if isinstance(values, list) else list(values.tolist())


def _nullable(values: npt.NDArray[Any], some: npt.NDArray[np.bool_], one: Declared) -> pa.Array:
    if isinstance(one.type, Boolean):
        values = values.astype(np.bool_)
    elif isinstance(one.type, Date):
        values = values.astype(np.int32)
    found = pa.array(values, mask=~some)
    return found.cast(_arrow(one)) if isinstance(one.type, Date | DateTime | Time) else found
