"""The data dictionary made ready for folding: how wide each kept column is, what each attribute holds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache, wraps
from threading import Lock
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from decidedly.core.dictionary import Attribute, Dictionary, EventKind, Field
from decidedly.core.errors import BadInput, NotFound
from decidedly.feel.types import Boolean, Date, DateTime, Money, Number, Real, String, Time, Type, parse_type
from decidedly.person.temporal import numbered

STRING_NULL = 0
INTEGER_NULL = -(2**31)
INTEGER_MAX = 2**31 - 1
LONG_NULL = -(2**63)

T = TypeVar("T")
_REMEMBERED = 8
_UTC = ZoneInfo("UTC")


class Column(msgspec.Struct, frozen=True, eq=False):
    """One kept field as a column.

    code  : of the values as `struct` packs them: "q" for strings (key64), times and moments (microseconds), "i" for
            number(0), money, boolean and dates (days), "d" for other numbers
    null  : the value that stands for null (NaN in "d")
    dtype : the same for arrays: int64, int32, float64
    width : bytes of one value
    number: of days and times: from the text in an event to the value
    """

    name: str
    code: Literal["q", "i", "d"]
    null: float
    dtype: np.dtype[Any]
    width: int
    number: Callable[[str], int] | None = None


class KindSchema(msgspec.Struct, frozen=True, eq=False):
    """One kind of event. `items`: the property that lists its items, or "" where the event is its own only item."""

    kind: EventKind
    columns: dict[str, Column]

    @property
    def items(self) -> str:
        return self.kind.items


class Schema(msgspec.Struct, frozen=True, eq=False):
    """Kinds by id, and those of responses; the types of the person's attributes by attribute id, and those attributes
    for which more is asked than the newest value."""

    kinds: dict[str, KindSchema]
    attributes: dict[str, Type]
    ruled: dict[str, Attribute]
    responses: tuple[EventKind, ...] = ()

    def kind(self, id: str) -> KindSchema:
        found = self.kinds.get(id)
        if found is None:
            raise NotFound.named("event kind", id, self.kinds)
        return found


@lru_cache(maxsize=1024)
def type_of(text: str) -> Type:
    """The FEEL type that the dictionary names. Raises BadInput for a name that is none."""
    found, problems = parse_type(text)
    if found is None:
        raise BadInput(problems[0].message, place=f"type '{text}'", hint=problems[0].hint)
    return found


def column_of(field: Field, zone: ZoneInfo = _UTC) -> Column | None:
    """The column that keeps this field; None if its type cannot be kept as one. zone: of moments that name none."""
    type_ = type_of(field.type)
    match type_:
        case String():
            return Column(field.name, "q", STRING_NULL, np.dtype("<i8"), 8)
        case Date():
            return Column(field.name, "i", INTEGER_NULL, np.dtype("<i4"), 4, numbered(type_, zone))
        case DateTime() | Time():
            return Column(field.name, "q", LONG_NULL, np.dtype("<i8"), 8, numbered(type_, zone))
        case Number(scale=0) | Money() | Boolean():
            return Column(field.name, "i", INTEGER_NULL, np.dtype("<i4"), 4)
        case Number() | Real():
            return Column(field.name, "d", float("nan"), np.dtype("<f8"), 8)
        case _:
            return None


def _kind_schema(kind: EventKind, zone: ZoneInfo) -> KindSchema:
    columns = {}
    for field in kind.columns:
        column = column_of(field, zone)
        if column is None:
            raise BadInput(
                f"A field of type '{field.type}' cannot be kept as a column.",
                place=f"dictionary event '{kind.id}' field '{field.name}'",
                hint="Kept fields are strings, numbers, amounts of money, booleans, days or times.",
            )
        columns[field.name] = column
    return KindSchema(kind, columns)


def remembered(build: Callable[[Dictionary], T]) -> Callable[[Dictionary], T]:
    """Build once per dictionary. The last few are remembered, by identity: a dictionary lives as long as its playbook,
    and hashing one would cost more than what is built of it."""
    built: OrderedDict[int, tuple[Dictionary, T]] = OrderedDict()
    lock = Lock()

    @wraps(build)
    def of(dictionary: Dictionary) -> T:
        found = built.get(id(dictionary))
        if found is not None and found[0] is dictionary:
            return found[1]
        new = build(dictionary)
        with lock:
            built[id(dictionary)] = dictionary, new
            if len(built) > _REMEMBERED:
                built.popitem(last=False)
        return new

    return of


@remembered
def schema_of(dictionary: Dictionary) -> Schema:
    """The compiled schema of this very dictionary. Raises BadInput for what `check` reports."""
    return Schema(
        kinds={kind.id: _kind_schema(kind, ZoneInfo(dictionary.time_zone)) for kind in dictionary.histories},
        ruled={a.id: a for a in dictionary.attributes if a.of == "person" and a.survivorship != ("newest",)},
        attributes={a.id: type_of(a.type) for a in dictionary.attributes if a.of == "person"},
        responses=tuple(kind for kind in dictionary.events if kind.response),
    )
