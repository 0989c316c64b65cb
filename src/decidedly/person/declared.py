"""Declared: the aggregates of a dictionary made ready, for one person and for all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import numpy.typing as npt

from decidedly.core.dictionary import Aggregate, Dictionary, Window
from decidedly.core.errors import BadInput
from decidedly.feel.types import Boolean, Money, Number, Real, Type
from decidedly.person.panes import string_key
from decidedly.person.schema import Column, KindSchema, remembered, schema_of, type_of
from decidedly.person.temporal import valued
from decidedly.person.where import Where, compile_where

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_MICROS = {"hours": 3_600_000_000, "days": 86_400_000_000, "weeks": 604_800_000_000}
_MONTHS = {"months": 1, "years": 12}
_INT64 = float(2**63)
VALUES = ("sum", "average", "minimum", "maximum", "first", "last")


class Declared(msgspec.Struct, frozen=True, eq=False):
    """One aggregate of persons, ready to be computed.

    column : of what is summed or counted, None for whole events
    among  : kind of group whose members' histories it looks at, "" for the person's own
    scale  : digits after the point where a column of doubles keeps an exact number, else 0
    """

    id: str
    is_: str
    of: str
    what: str
    over: Window | None
    schema: KindSchema
    column: Column | None
    type: Type
    scale: int
    where: Where | None
    where_text: str
    zone: ZoneInfo
    among: str = ""

    @property
    def since(self) -> str:
        """Which event a lapse of time is reckoned from, "first" or "last", or "" where it is no lapse."""
        return self.is_.rpartition(" ")[2] if " since " in self.is_ else ""

    @property
    def tells_values(self) -> bool:
        """Whether it tells something that the field holds, not how many or how long ago."""
        return self.is_ in VALUES

    def elapsed(self, event_us: int, at_us: int) -> int:
        """Whole units of time from an event to a moment; months and years by the brand's calendar."""
        unit = self.is_.partition(" ")[0]
        if unit in _MICROS:
            return (at_us - event_us) // _MICROS[unit]
        then, now = (moment(micros).astimezone(self.zone) for micros in (event_us, at_us))
        months = (now.year - then.year) * 12 + now.month - then.month
        months -= (now.day, now.time()) < (then.day, then.time())
        return months // _MONTHS[unit]

    def held(self, values: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        """bool[n]: where the column says something."""
        assert self.column is not None
        if self.column.dtype.kind == "f":
            return np.asarray(~np.isnan(values))
        return np.asarray(values != self.column.null)

    def exact(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Values, none of them null, as facts keep them: whole numbers where the type is exact, else doubles."""
        assert self.column is not None
        if self.column.dtype.kind != "f":
            return values.astype(np.int64)
        if isinstance(self.type, Real) and not self.scale:
            return values
        scaled = np.rint(values * 10.0**self.scale)
        if len(scaled) and not np.abs(scaled).max() < _INT64:
            raise BadInput(
                f"A number in '{self.what}' does not fit into 64 bits.", place=f"dictionary aggregate '{self.id}'",
                hint="Declare the field as real.",
            )  # fmt: skip
        return scaled.astype(np.int64)

    def plain(self, value: Any) -> int | float | str:
        """A value of the column as a fact keeps it; days and times as texts."""
        read = valued(self.type)
        if read is not None:
            return str(read(value).isoformat())
        if isinstance(self.type, Boolean):
            return bool(value)
        return float(value) if isinstance(self.type, Real) else int(value)

    def mean(self, total: int | float, count: int) -> int | float:
        """An average in the form of its type: money to the nearest minor unit, halves to the even one."""
        if isinstance(self.type, Money):
            whole, rest = divmod(int(total), count)
            return whole + (2 * rest > count or (2 * rest == count and whole % 2))
        return float(total) / count / 10.0**self.scale if self.scale else float(total) / count


def moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def micros_of(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - _EPOCH) // MICROSECOND


def aggregate_type(aggregate: Aggregate, dictionary: Dictionary) -> str:
    """Counts and lapses of time are whole numbers, an average is real or money; all else is of the field's type, real
    where that is a number of any scale, which the history keeps as a double."""
    if aggregate.is_ not in VALUES:
        return "number(0)"
    kind = next((kind for kind in dictionary.histories if kind.id == aggregate.of), None)
    field = next((field for field in kind.columns if field.name == aggregate.what), None) if kind else None
    if field is None:
        return "any"
    if field.type == "number" or (aggregate.is_ == "average" and not field.type.startswith("money")):
        return "real"
    return field.type


@remembered
def declared(dictionary: Dictionary) -> tuple[Declared, ...]:
    """Those of persons, in order. Raises BadInput for what `check` reports."""
    schema = schema_of(dictionary)
    return tuple(
        _declared(one, schema.kind(one.of), dictionary) for one in dictionary.aggregates if one.root == "person"
    )


def _declared(aggregate: Aggregate, schema: KindSchema, dictionary: Dictionary) -> Declared:
    column, where = None, None
    if aggregate.what:
        column = schema.columns.get(aggregate.what)
        if column is None:
            raise BadInput(
                f"Aggregate '{aggregate.id}' reads '{aggregate.what}', which events of kind '{aggregate.of}' do not "
                "keep.",
                place=f"dictionary aggregate '{aggregate.id}'",
                hint="Declare the field with keep = true.",
            )
    if aggregate.where is not None:
        where, problems = compile_where(aggregate.where, schema.kind, schema.columns, string_key)
        if where is None:
            raise BadInput(problems[0].message, place=f"dictionary aggregate '{aggregate.id}'", hint=problems[0].hint)
    field = next((field for field in schema.kind.columns if field.name == aggregate.what), None)
    of = type_of(field.type) if field else None
    return Declared(
        id=aggregate.id,
        is_=aggregate.is_,
        of=aggregate.of,
        what=aggregate.what,
        over=aggregate.over,
        schema=schema,
        column=column,
        type=type_of(aggregate_type(aggregate, dictionary)),
        scale=of.scale or 0 if isinstance(of, Number) else 0,
        where=where,
        where_text=aggregate.where.text if aggregate.where else "",
        zone=ZoneInfo(dictionary.time_zone),
        among=aggregate.among,
    )
