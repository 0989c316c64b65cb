"""Columns: many values of one static type, in the form that NumPy works on.

    Flags    truth values                         Ticks    dates, times and durations as whole numbers
    Scaled   exact numbers as int64 of one scale  Lists    offsets into a column of all items
    Reals    doubles, null as NaN                 Records  contexts with fixed fields, a column each
    Coded    codes into a list of plain values    Spans    ranges, a column for each end

Strings are always Coded, with no entry twice. Any other type may be Coded where its own form cannot hold a value (a
decimal of 34 digits, a date and time in another zone); the entries are then plain values and the reference's own
functions are run on them, once for each. `valid` is None where no value is null.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..temporal import Months
from ..types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    NULL,
    STRING,
    TIME,
    ContextOf,
    ListOf,
    Money,
    Number,
    RangeOf,
    Real,
    Type,
)
from ..values import DECIMAL, Range

Mask = NDArray[np.bool_]
Whole = NDArray[np.int64]
Places = NDArray[np.intp]

LONGEST = 2**63
"""No whole number in a column is as large."""
_EPOCH = date(1970, 1, 1)
_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
DAY = 86_400_000_000
"""Microseconds."""


class Overflow(Exception):
    """A value does not fit a column: the block is left to the row function. Never leaves this room."""


class Column:
    """What all kinds share: `valid`, a mask or None where all are, and the number of rows."""

    __slots__ = ("valid",)
    valid: Mask | None

    def __len__(self) -> int:
        raise NotImplementedError

    def take(self, places: Any) -> Column:
        """The rows at these places, in this order."""
        raise NotImplementedError

    def plain(self) -> list[Any]:
        """The plain values."""
        raise NotImplementedError

    @property
    def nulls(self) -> Mask:
        return np.zeros(len(self), np.bool_) if self.valid is None else ~self.valid


class Flags(Column):
    """Truth values; those that are not valid are null, and their values false."""

    __slots__ = ("values",)

    def __init__(self, values: Mask, valid: Mask | None = None) -> None:
        self.values, self.valid = values if valid is None else values & valid, valid

    @classmethod
    def known(cls, true: Mask, valid: Mask | None) -> Flags:
        """From where it is certainly true and where it is not null."""
        made = cls(true)
        made.valid = valid
        return made

    @classmethod
    def of(cls, true: Mask, false: Mask) -> Flags:
        """From where it is certainly true and where it is certainly false."""
        return cls.known(true, true | false)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def true(self) -> Mask:
        return self.values

    @property
    def false(self) -> Mask:
        return ~self.values if self.valid is None else self.valid & ~self.values

    def take(self, places: Any) -> Flags:
        return Flags.known(self.values[places], _taken(self.valid, places))

    def plain(self) -> list[Any]:
        return _with_nulls(self.values.tolist(), self.valid)


class Scaled(Column):
    """Exact numbers: `values` times ten to the power of minus `scale`; low and high are what they lie between."""

    __slots__ = ("_bounds", "scale", "values")

    def __init__(
        self, values: Any, scale: int, valid: Mask | None = None, bounds: tuple[int, int] | None = None
    ) -> None:
        self.values, self.scale, self.valid = values, scale, valid
        self._bounds = bounds

    def __len__(self) -> int:
        return len(self.values)

    @property
    def bounds(self) -> tuple[int, int]:
        if self._bounds is None:
            values = self.values if self.valid is None else self.values[self.valid]
            self._bounds = (int(values.min()), int(values.max())) if len(values) else (0, 0)
        return self._bounds

    @property
    def whole(self) -> Whole:
        """The values in the type that arithmetic needs."""
        made: Whole = self.values.astype(np.int64, copy=False)
        return made

    @property
    def largest(self) -> int:
        low, high = self.bounds
        return max(-low, high)

    def at(self, scale: int) -> Scaled:
        """The same numbers at a larger scale."""
        if scale == self.scale:
            return self
        power = 10 ** (scale - self.scale)
        low, high = self.bounds
        return self.made(lambda: self.whole * power, scale, low * power, high * power, self.valid)

    @staticmethod
    def made(compute: Any, scale: int, low: int, high: int, valid: Mask | None) -> Scaled:
        """What is computed, if all between low and high fits."""
        if low <= -LONGEST or high >= LONGEST:
            raise Overflow
        # What is null may be anything, and wraps around.
        with np.errstate(all="ignore"):
            return Scaled(compute(), scale, valid, (low, high))

    def reals(self) -> Reals:
        """The nearest doubles: rounded once, as float(Decimal) is."""
        if self.scale and (self.largest > 2**53 or self.scale > 22):
            raise Overflow
        values = self.values.astype(np.float64)
        if self.scale:
            values = values / float(10**self.scale)
        return Reals(values if self.valid is None else np.where(self.valid, values, np.nan))

    def take(self, places: Any) -> Scaled:
        return Scaled(self.values[places], self.scale, _taken(self.valid, places), self._bounds)

    def plain(self) -> list[Any]:
        if not self.scale:
            return _with_nulls([Decimal(value) for value in self.values.tolist()], self.valid)
        made = [Decimal(value).scaleb(-self.scale, DECIMAL) for value in self.values.tolist()]
        return _with_nulls(made, self.valid)


class Reals(Column):
    """Doubles; what is not finite is null."""

    __slots__ = ("_known", "values")

    def __init__(self, values: NDArray[np.float64]) -> None:
        self.values = values
        self._known: Mask | None = None

    @property
    def valid(self) -> Mask | None:  # type: ignore[override]
        if self._known is None:
            self._known = np.isfinite(self.values)
        return None if self._known.all() else self._known

    @property
    def clean(self) -> NDArray[np.float64]:
        """The values with NaN for all that are null."""
        valid = self.valid
        return self.values if valid is None else np.where(valid, self.values, np.nan)

    def __len__(self) -> int:
        return len(self.values)

    def take(self, places: Any) -> Reals:
        return Reals(self.values[places])

    def plain(self) -> list[Any]:
        return _with_nulls(self.values.tolist(), self.valid)


class Ticks(Column):
    """Temporal values of one type: days since 1970, microseconds (since 1970 in UTC, or midnight), or months."""

    __slots__ = ("type", "values")

    def __init__(self, type_: Type, values: Any, valid: Mask | None = None) -> None:
        self.type, self.values, self.valid = type_, values, valid

    def __len__(self) -> int:
        return len(self.values)

    def take(self, places: Any) -> Ticks:
        return Ticks(self.type, self.values[places], _taken(self.valid, places))

    def plain(self) -> list[Any]:
        values = self.values if self.valid is None else np.where(self.valid, self.values, 0)
        return _with_nulls([from_tick(self.type, value) for value in values.tolist()], self.valid)


class Words(tuple[str, ...]):
    """The entries of a column of strings, none twice; it outlives a block, and so does what was found of it."""

    @cached_property
    def places(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self)}

    @cached_property
    def found(self) -> dict[Any, Any]:
        """What steps made of the entries, by a key of their own."""
        return {}


class Coded(Column):
    """Codes into entries, -1 for null; `texts` where the entries are Words."""

    __slots__ = ("_bytes", "_found", "_places", "codes", "entries")

    def __init__(self, codes: Any, entries: Sequence[Any]) -> None:
        self.codes, self.entries = codes, entries
        self._places: Places | None = None
        self._bytes: bytes | None = None
        self._found: dict[bytes, NDArray[np.uint8]] = {}

    def looked_up(self, table: bytes) -> NDArray[np.uint8]:
        """What the table has for each code of one byte; it reads no more than that byte of a row."""
        found = self._found.get(table)
        if found is None:
            if self._bytes is None:
                self._bytes = self.codes.tobytes()
            found = self._found[table] = np.frombuffer(self._bytes.translate(table), np.uint8)
        return found

    @property
    def places(self) -> Places:
        """The codes as NumPy looks up fastest."""
        if self._places is None:
            self._places = self.codes.astype(np.intp, copy=False)
        return self._places

    @property
    def texts(self) -> bool:
        return isinstance(self.entries, Words)

    @property
    def valid(self) -> Mask | None:  # type: ignore[override]
        known: Mask = self.codes >= 0
        return None if known.all() else known

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, places: Any) -> Coded:
        return Coded(self.codes[places], self.entries)

    def plain(self) -> list[Any]:
        entries = [*self.entries, None]
        return [entries[code] for code in self.codes.tolist()]

    def table(self, values: Any, null: Any) -> Any:
        """An array by code of a value for each entry, looked up for each row; `null` for null."""
        return np.take(np.array([*values, null]), self.places)


class Lists(Column):
    """Items of row i lie between offsets[i] and offsets[i + 1] of the column of items; a null list has none."""

    __slots__ = ("items", "offsets")

    def __init__(self, offsets: Places, items: Column, valid: Mask | None = None) -> None:
        self.offsets, self.items, self.valid = offsets, items, valid

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> Places:
        return np.diff(self.offsets)

    @property
    def parents(self) -> Places:
        """The row of each item."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def take(self, places: Any) -> Lists:
        if isinstance(places, np.ndarray) and places.dtype == np.bool_:
            places = np.flatnonzero(places)
        lengths = self.lengths[places]
        return Lists(
            offsets_of(lengths),
            self.items.take(spread(self.offsets[:-1][places], lengths)),
            _taken(self.valid, places),
        )

    def plain(self) -> list[Any]:
        items, ends = self.items.plain(), self.offsets.tolist()
        return _with_nulls([items[a:b] for a, b in itertools.pairwise(ends)], self.valid)


class Records(Column):
    """Contexts that all have the same fields."""

    __slots__ = ("fields", "rows")

    def __init__(self, fields: dict[str, Column], rows: int, valid: Mask | None = None) -> None:
        self.fields, self.rows, self.valid = fields, rows, valid

    def __len__(self) -> int:
        return self.rows

    def take(self, places: Any) -> Records:
        rows = int(places.sum()) if places.dtype == np.bool_ else len(places)
        taken = {name: column.take(places) for name, column in self.fields.items()}
        return Records(taken, rows, _taken(self.valid, places))

    def plain(self) -> list[Any]:
        parts = [column.plain() for column in self.fields.values()]
        rows = zip(*parts, strict=True) if parts else [()] * self.rows
        return _with_nulls([dict(zip(self.fields, row, strict=True)) for row in rows], self.valid)


class Spans(Column):
    """Ranges by their ends; an end that is null is without limit."""

    __slots__ = ("high", "high_closed", "low", "low_closed")

    def __init__(self, low: Column, high: Column, low_closed: Mask, high_closed: Mask, valid: Mask | None = None):
        self.low, self.high, self.valid = low, high, valid
        self.low_closed, self.high_closed = low_closed, high_closed

    def __len__(self) -> int:
        return len(self.low)

    def take(self, places: Any) -> Spans:
        return Spans(self.low.take(places), self.high.take(places), self.low_closed[places], self.high_closed[places],
                     _taken(self.valid, places))  # fmt: skip

    def plain(self) -> list[Any]:
        ends = zip(
            self.low.plain(), self.high.plain(), self.low_closed.tolist(), self.high_closed.tolist(), strict=True
        )
        return _with_nulls([Range(*end) for end in ends], self.valid)


def both(a: Mask | None, b: Mask | None) -> Mask | None:
    """Where both are valid."""
    if a is None or b is None:
        return b if a is None else a
    return a & b


def offsets_of(lengths: Any) -> Places:
    """Offsets of lists of these lengths, one after another."""
    offsets = np.zeros(len(lengths) + 1, np.intp)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def spread(starts: Any, lengths: Any) -> Places:
    """start, start + 1, ... for each length."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.asarray(np.arange(total, dtype=np.intp) + np.repeat(starts - (ends - lengths), lengths))


def _taken(valid: Mask | None, places: Any) -> Mask | None:
    return None if valid is None else valid[places]


def _with_nulls(values: list[Any], valid: Mask | None) -> list[Any]:
    if valid is None:
        return values
    return [value if known else None for value, known in zip(values, valid.tolist(), strict=True)]


def from_tick(type_: Type, tick: int) -> Any:
    """The plain value of a whole number of Ticks."""
    if type_ == DATE:
        return date.fromordinal(tick + _EPOCH.toordinal())
    if type_ == DATE_TIME:
        return _MOMENT + timedelta(microseconds=tick)
    if type_ == TIME:
        seconds, micros = divmod(tick, 1_000_000)
        return time(seconds // 3600, seconds // 60 % 60, seconds % 60, micros)
    return timedelta(microseconds=tick) if type_ == DAYS else Months(tick)


def to_tick(type_: Type, value: Any) -> int | None:
    """The whole number of a plain temporal value; None where it has none."""
    if type_ == DATE:
        return value.toordinal() - _EPOCH.toordinal() if type(value) is date else None
    if type_ == DATE_TIME:
        return (value - _MOMENT) // _MICRO if isinstance(value, datetime) and value.tzinfo is UTC else None
    if type_ == TIME:
        if type(value) is not time or value.tzinfo is not None:
            return None
        return ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond
    if type_ == DAYS:
        ticks = value // _MICRO if isinstance(value, timedelta) else LONGEST
        return ticks if -LONGEST < ticks < LONGEST else None
    return value.months if isinstance(value, Months) else None


TICKS = (DATE, DATE_TIME, TIME, DAYS, MONTHS)


def column_of(type_: Type, values: Sequence[Any]) -> Column:
    """A column of plain values of a static type, in the form of the type where it holds them all."""
    valid = None if None not in values else np.array([value is not None for value in values], np.bool_)
    found = _own_form(type_, values, valid)
    return coded(values, texts=type_ in (STRING, NULL)) if found is None else found


def _own_form(type_: Type, values: Sequence[Any], valid: Mask | None) -> Column | None:
    if type_ == BOOLEAN:
        return Flags(np.array([value is True for value in values], np.bool_), valid)
    if isinstance(type_, Real):
        return Reals(np.array([np.nan if value is None else float(value) for value in values], np.float64))
    if isinstance(type_, Number | Money):
        return _scaled(values, valid)
    if type_ in TICKS:
        ticks = [0 if value is None else to_tick(type_, value) for value in values]
        return None if None in ticks else Ticks(type_, np.array(ticks, np.int64), valid)
    if isinstance(type_, ListOf):
        lists = [() if value is None else value for value in values]
        items = column_of(type_.of, [item for one in lists for item in one])
        return Lists(offsets_of(np.array([len(one) for one in lists], np.intp)), items, valid)
    if isinstance(type_, ContextOf) and type_.closed:
        names = [name for name, _ in type_.fields]
        if any(value is not None and list(value) != names for value in values):
            return None
        fields = {n: column_of(t, [None if v is None else v[n] for v in values]) for n, t in type_.fields}
        return Records(fields, len(values), valid)
    if isinstance(type_, RangeOf):
        if any(value is not None and value.form for value in values):
            return None
        ends = [Range(None, None) if value is None else value for value in values]
        low, high = (column_of(type_.of, [getattr(end, part) for end in ends]) for part in ("low", "high"))
        low_closed, high_closed = (
            np.array([getattr(end, part) for end in ends], np.bool_) for part in ("low_closed", "high_closed")
        )
        return Spans(low, high, low_closed, high_closed, valid)
    return None


def _scaled(values: Sequence[Any], valid: Mask | None) -> Column | None:
    scale = 0
    for value in values:
        if value is None:
            continue
        exponent = value.as_tuple().exponent if isinstance(value, Decimal) else None
        if not isinstance(exponent, int) or exponent > 18:
            return None
        scale = max(scale, -exponent)
    if scale > 18:
        return None
    whole = [0 if value is None else int(value.scaleb(scale, DECIMAL)) for value in values]
    if any(not -LONGEST < value < LONGEST for value in whole):
        return None
    return Scaled(np.array(whole, np.int64), scale, valid)


def coded(values: Sequence[Any], *, texts: bool = False) -> Coded:
    """A coded column; strings are put together, other values are entries each."""
    if not texts:
        codes = np.array([-1 if value is None else place for place, value in enumerate(values)], np.intp)
        return Coded(codes, list(values))
    known: dict[str, int] = {}
    found = [-1 if value is None else known.setdefault(value, len(known)) for value in values]
    return Coded(np.array(found, np.intp), Words(known))


def recoded(column: Coded) -> Coded:
    """Strings with no entry twice, after the entries have been changed."""
    known: dict[Any, int] = {}
    table = [-1 if value is None else known.setdefault(value, len(known)) for value in column.entries]
    return Coded(np.array([*table, -1], np.intp)[column.codes], Words(known))


def reals(column: Column) -> Reals:
    """A column of numbers as doubles."""
    if isinstance(column, Reals):
        return column
    if isinstance(column, Scaled):
        return column.reals()
    return Reals(np.array([np.nan if value is None else float(value) for value in column.plain()], np.float64))


def real_values(column: Column) -> NDArray[np.float64]:
    """The values of a column of numbers as doubles, null as NaN."""
    return reals(column).clean
