"""The static types of FEEL, and how a value of each type is stored.

Compiled code and facts hold a value in the representation of its type:

    boolean, string           bool, str
    number                    decimal.Decimal (an int is accepted in a fact)
    number(scale)             int, scaled: 12.34 as number(2) is 1234; a fact fits into int64
    money(currency)           int, minor units: 12.34 USD is 1234
    real                      float; NaN and infinities are read as null
    date, date and time, time datetime.date, datetime.datetime (aware), datetime.time (without an offset)
    days and time duration    datetime.timedelta
    years and months duration values.Months
    list, range, context      list or tuple, values.Range, dict; their parts likewise
    function                  values.Function, which takes and gives plain values
    any                       the plain value: Decimal for an exact number, Decimal in major units for money

Null is None everywhere. Scaled arithmetic is exact: `digits` bounds the length of the integer, and a result that could
exceed the 34 digits of decimal128 is typed `number`, so that compiled integers and the reference never differ.
"""

import re

import msgspec

from .diagnostics import Diagnostic, Place, did_you_mean

EXACT_DIGITS = 34
"""Digits of decimal128."""
FACT_DIGITS = 19
"""Digits of an int64, the store's form of scaled facts."""


class Type(msgspec.Struct, frozen=True):
    """A static type; `str(type)` is its name in the data dictionary and in messages."""

    def __str__(self) -> str:
        return type_name(self)


class Boolean(Type, frozen=True):
    pass


class String(Type, frozen=True):
    pass


class Number(Type, frozen=True):
    """An exact number: scaled int where `scale` is known, Decimal where it is None. A literal is `constant`."""

    scale: int | None = None
    digits: int = FACT_DIGITS
    constant: bool = False


class Money(Type, frozen=True):
    """An amount of one currency; its scale is that of the minor unit, more after a product, None after a quotient."""

    currency: str
    scale: int | None = 2
    digits: int = FACT_DIGITS


class Real(Type, frozen=True):
    pass


class Date(Type, frozen=True):
    pass


class DateTime(Type, frozen=True):
    pass


class Time(Type, frozen=True):
    pass


class DaysDuration(Type, frozen=True):
    pass


class MonthsDuration(Type, frozen=True):
    pass


class ListOf(Type, frozen=True):
    of: Type


class RangeOf(Type, frozen=True):
    of: Type


class ContextOf(Type, frozen=True):
    """A context with named fields; one that is not closed may hold others, of type any."""

    fields: tuple[tuple[str, Type], ...] = ()
    closed: bool = True

    def field(self, name: str) -> Type | None:
        return dict(self.fields).get(name)


class AnyType(Type, frozen=True):
    pass


class NullType(Type, frozen=True):
    pass


class FunctionOf(Type, frozen=True):
    """A function by the names and types of its parameters and by what it gives."""

    parameters: tuple[tuple[str, Type], ...] = ()
    returns: Type = AnyType()


BOOLEAN, STRING, NUMBER, INTEGER, REAL = Boolean(), String(), Number(), Number(0), Real()
DATE, DATE_TIME, TIME, DAYS, MONTHS = Date(), DateTime(), Time(), DaysDuration(), MonthsDuration()
ANY, NULL = AnyType(), NullType()

SIMPLE_TYPES: dict[str, Type] = {
    "boolean": BOOLEAN,
    "string": STRING,
    "number": NUMBER,
    "real": REAL,
    "date": DATE,
    "date and time": DATE_TIME,
    "time": TIME,
    "days and time duration": DAYS,
    "years and months duration": MONTHS,
    "any": ANY,
}
_NAMES: dict[Type, str] = {type_: name for name, type_ in SIMPLE_TYPES.items()} | {NULL: "null"}
_EXAMPLES = (*SIMPLE_TYPES, "number(2)", "money(USD)", "list of string", "range of number")

# Minor units that are not hundredths (ISO 4217).
_MINOR_UNITS = dict.fromkeys(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"], 0
) | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)


def money(currency: str) -> Money:
    """The type of stored amounts of a currency, in its minor unit."""
    return Money(currency, _MINOR_UNITS.get(currency, 2))


def parse_type(text: str, place: Place | None = None) -> tuple[Type | None, tuple[Diagnostic, ...]]:
    """The type that a data dictionary's string names.

    >>> str(parse_type("list of money(USD)")[0])
    'list of money(USD)'
    >>> parse_type("strng")[1][0].hint
    "Did you mean 'string'?"
    """
    words = " ".join(text.split())
    found: Type | None = SIMPLE_TYPES.get(words)
    if found is None and (match := re.fullmatch(r"(list|range) of (.+)", words)) and len(words) < 200:
        inner, problems = parse_type(match[2], place)
        if inner is None:
            return None, problems
        found = ListOf(inner) if match[1] == "list" else RangeOf(inner)
    elif match := re.fullmatch(r"number ?\( ?(\d{1,2}) ?\)", words):
        if int(match[1]) <= FACT_DIGITS - 1:
            found = Number(int(match[1]))
    elif match := re.fullmatch(r"money ?\( ?([A-Z]{3}) ?\)", words):
        found = money(match[1])
    if found is not None:
        return found, ()
    hint = did_you_mean(words, _EXAMPLES) or f"Types are {', '.join(_EXAMPLES)}."
    return None, (Diagnostic("type.unknown", f"There is no type '{words}'.", hint, place or Place(length=len(text))),)


def type_name(type_: Type) -> str:
    """The name of a type as an author writes it."""
    match type_:
        case Number(scale=None) | Number(constant=True):
            return "number"
        case Number(scale=scale):
            return f"number({scale})"
        case Money(currency=currency):
            return f"money({currency})"
        case ListOf(of=of):
            return f"list of {type_name(of)}"
        case RangeOf(of=of):
            return f"range of {type_name(of)}"
        case ContextOf(fields=fields):
            return f"context<{', '.join(f'{name}: {type_name(t)}' for name, t in fields)}>"
        case FunctionOf(parameters=parameters, returns=returns):
            return f"function<{', '.join(type_name(t) for _, t in parameters)}> -> {type_name(returns)}"
        case _:
            return _NAMES[type_]


def _exact(scale: int | None, digits: int) -> tuple[int | None, int]:
    # Beyond decimal128 the integer would be more exact than the standard: fall back to Decimal.
    return (None, FACT_DIGITS) if scale is None or digits > EXACT_DIGITS else (scale, digits)


def at_scale(like: Number | Money, scale: int | None, digits: int) -> Number | Money:
    """The exact type with this scale, or with decimals where its integers could grow too long."""
    scale, digits = _exact(scale, digits)
    if isinstance(like, Money):
        return Money(like.currency, scale, digits)
    return Number(scale, digits, like.constant)


def join(a: Type, b: Type) -> Type | None:
    """The narrowest type that holds the values of both, or None where they are of different kinds."""
    if a == b or b == NULL:
        return a
    if a == NULL:
        return b
    if ANY in (a, b):
        return ANY
    match a, b:
        case (Number() | Money(), Number() | Money()):
            return _join_exact(a, b)
        case (Real(), Number()) | (Number(), Real()):
            return REAL
        case ListOf(of=x), ListOf(of=y):
            return None if (of := join(x, y)) is None else ListOf(of)
        case RangeOf(of=x), RangeOf(of=y):
            return None if (of := join(x, y)) is None else RangeOf(of)
        case ContextOf(), ContextOf():
            return _join_contexts(a, b)
        case FunctionOf(), FunctionOf():
            return FunctionOf() if len(a.parameters) != len(b.parameters) else _join_functions(a, b)
        case _:
            return None


def _join_functions(a: FunctionOf, b: FunctionOf) -> Type:
    pairs = zip(a.parameters, b.parameters, strict=True)
    return FunctionOf(
        tuple((name, x if x == y else ANY) for (name, x), (_, y) in pairs), join(a.returns, b.returns) or ANY
    )


def _join_exact(a: Number | Money, b: Number | Money) -> Type | None:
    if isinstance(a, Money) and isinstance(b, Money) and a.currency != b.currency:
        return None
    if isinstance(a, Money) != isinstance(b, Money):
        # Only a constant becomes an amount: 'spend > 50' is clear, 'spend > orders' is a mistake.
        number = b if isinstance(a, Money) else a
        if not (isinstance(number, Number) and number.constant):
            return None
    like: Number | Money = a if isinstance(a, Money) else b
    if isinstance(like, Number):
        like = Number(constant=isinstance(a, Number) and a.constant and like.constant)
    if a.scale is None or b.scale is None:
        return at_scale(like, None, 0)
    scale = max(a.scale, b.scale)
    return at_scale(like, scale, max(a.digits + scale - a.scale, b.digits + scale - b.scale))


def _join_contexts(a: ContextOf, b: ContextOf) -> Type | None:
    if {name for name, _ in a.fields} != {name for name, _ in b.fields}:
        return ContextOf((), closed=False)
    joined = [(name, join(type_, b.field(name) or ANY)) for name, type_ in a.fields]
    return ContextOf(tuple((name, type_ or ANY) for name, type_ in joined), a.closed and b.closed)


def conforms(found: Type, wanted: Type) -> bool:
    """Whether a value of one type may stand where another is wanted, without loss."""
    if found in (NULL, ANY) or wanted == ANY:
        return True
    match found, wanted:
        case (Number() | Money(), Number() | Money()):
            joined = _join_exact(found, wanted)
            fits = wanted.scale is None or (found.scale is not None and found.scale <= wanted.scale)
            return joined is not None and isinstance(joined, Money) == isinstance(wanted, Money) and fits
        case Number(), Real():
            return True
        case (ListOf(of=x), ListOf(of=y)) | (RangeOf(of=x), RangeOf(of=y)):
            return conforms(x, y)
        case ContextOf(), ContextOf():
            return all(conforms(found.field(name) or ANY, type_) for name, type_ in wanted.fields)
        case FunctionOf(), FunctionOf():
            # A function may want less and give more (DMN 1.5, 10.3.2.9.2).
            return len(found.parameters) == len(wanted.parameters) and conforms(found.returns, wanted.returns) and all(
                conforms(given, taken)
                for (_, taken), (_, given) in zip(found.parameters, wanted.parameters, strict=True)
            )  # fmt: skip
        case _:
            return found == wanted


def plain_type(type_: Type) -> Type:
    """The type with every exact number as Decimal: the form in which general functions take and give values."""
    match type_:
        case Number(constant=constant):
            return Number(constant=constant)
        case Money(currency=currency):
            return Money(currency, None)
        case ListOf(of=of):
            return ListOf(plain_type(of))
        case RangeOf(of=of):
            return RangeOf(plain_type(of))
        case ContextOf(fields=fields, closed=closed):
            return ContextOf(tuple((name, plain_type(t)) for name, t in fields), closed)
        case _:
            return type_


def loosened(type_: Type) -> Type:
    """The type as a decision model uses it: contexts and functions by the names that they hold, everything else any."""
    match type_:
        case ContextOf(fields=fields):
            return ContextOf(tuple((name, loosened(t)) for name, t in fields), closed=False)
        case ListOf(of=of):
            inner = loosened(of)
            return ANY if inner == ANY else ListOf(inner)
        case FunctionOf(parameters=parameters, returns=returns):
            return FunctionOf(tuple((name, loosened(t)) for name, t in parameters), loosened(returns))
        case _:
            return ANY
