"""How values look in SQL: one form per kind of value, and what each column of a table of people must hold.

A column holds a fact in the stored form of its type (`feel.types`), in the nearest type of the engine:

    boolean, string, date     BOOLEAN, VARCHAR, DATE
    number(scale), money      BIGINT, scaled as it is stored: 12.34 USD is 1234
    real                      DOUBLE; NaN and infinities are read as null
    date and time             TIMESTAMP without a zone, in UTC
    time                      TIME
    days and time duration    whole microseconds, in BIGINT or wider
    years and months duration BIGINT, months
    list                      a list of these
    range                     a struct of low, high, low_closed and high_closed
    context                   a struct of its fields

An expression has no type but a form: an `Exact` knows its scale and the most digits that it can have, so whether it
fits into 64 or 128 bits is decided before there is any SQL, and never by a cast of the engine.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
from sqlglot import exp

from ..temporal.wide import make_duration, make_months
from ..tree import Span
from ..types import (
    EXACT_DIGITS,
    Boolean,
    ContextOf,
    Date,
    DateTime,
    DaysDuration,
    ListOf,
    Money,
    MonthsDuration,
    NullType,
    Number,
    RangeOf,
    Real,
    String,
    Time,
    Type,
)
from ..values import DECIMAL, Range

NARROW_DIGITS = 18
"""Most digits of which every integer fits into 64 bits."""


class Form(msgspec.Struct, frozen=True):
    """What an expression holds."""


class Null(Form, frozen=True):
    """Null alone, of no kind."""


class Truth(Form, frozen=True):
    pass


class Text(Form, frozen=True):
    pass


class Exact(Form, frozen=True):
    """A whole number `scale` places longer than its value, of at most `digits` digits; 128 bits where it is wide."""

    scale: int
    digits: int
    wide: bool = False


class Quotient(Form, frozen=True):
    """A division that was not carried out: it can only be compared. Its parts are exact numbers of these forms."""

    above: exp.Expression
    below: exp.Expression
    above_form: Exact
    below_form: Exact


class Binary(Form, frozen=True):
    """An IEEE double."""


class Day(Form, frozen=True):
    """A date."""


class Moment(Form, frozen=True):
    """A date and time in UTC."""


class Clock(Form, frozen=True):
    """A time of day."""


class Length(Form, frozen=True):
    """A days and time duration in microseconds, 128 bits."""


class Months(Form, frozen=True):
    """A years and months duration in months, 128 bits."""


class Items(Form, frozen=True):
    of: Form


class Bounds(Form, frozen=True):
    """A range: a struct of low, high, low_closed and high_closed."""

    of: Form


class Context(Form, frozen=True):
    """A context: a struct with its fields by name."""

    fields: tuple[tuple[str, Form], ...]


class Made(NamedTuple):
    """An expression and its form."""

    sql: exp.Expression
    form: Form


class FallsBack(Exception):
    """Ends the making of SQL for a tree: why, in words for its author, and where."""

    def __init__(self, reason: str, at: Span | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


def form_of(type_: Type) -> Form:
    """The form of a column that holds facts of a type. Raises FallsBack where there is none."""
    match type_:
        case Boolean():
            return Truth()
        case String():
            return Text()
        case Number(scale=int(scale), digits=digits) | Money(scale=int(scale), digits=digits):
            return Exact(scale, digits, digits > 19)
        case Number() | Money():
            raise FallsBack("it reads a number without a fixed number of decimals")
        case Real():
            return Binary()
        case Date():
            return Day()
        case DateTime():
            return Moment()
        case Time():
            return Clock()
        case DaysDuration():
            return Length()
        case MonthsDuration():
            return Months()
        case ListOf(of=NullType()):
            return Items(Null())
        case ListOf(of=of):
            return Items(form_of(of))
        case RangeOf(of=of):
            return Bounds(form_of(of))
        case ContextOf(fields=fields, closed=True):
            return Context(tuple((name, form_of(of)) for name, of in fields))
        case NullType():
            return Null()
        case _:
            raise FallsBack("its type is only known when it is read")


def plain_value(form: Form, value: Any) -> Any:
    """What a query gave, as a plain value."""
    if value is None:
        return None
    match form:
        case Exact(scale=scale):
            return Decimal(int(value)).scaleb(-scale, DECIMAL)
        case Moment():
            return value.replace(tzinfo=UTC)
        case Length():
            return _duration(int(value))
        case Months():
            return make_months(int(value))
        case Items(of=of):
            return [plain_value(of, item) for item in value]
        case Bounds(of=of):
            ends = plain_value(of, value["low"]), plain_value(of, value["high"])
            return Range(*ends, value["low_closed"], value["high_closed"])
        case Context(fields=fields):
            return {name: plain_value(of, value[name]) for name, of in fields}
        case _:
            return value


def _duration(micros: int) -> Any:
    # A fact may be longer than what is computed: up to the last microsecond that timedelta has.
    longest = timedelta.max // timedelta(microseconds=1)
    return timedelta(microseconds=micros) if abs(micros) <= longest else make_duration(micros * 1000)


def exact(scale: int, digits: int) -> Exact:
    """The form of a computed number. Raises FallsBack where it could be longer than decimal128, which rounds."""
    if digits > EXACT_DIGITS:
        raise FallsBack(f"a number in it could have more than {EXACT_DIGITS} digits")
    return Exact(scale, digits, digits > NARROW_DIGITS)
