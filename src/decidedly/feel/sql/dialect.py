"""What an engine must be able to say, and small parts of SQL that all engines say alike.

Every method makes an expression whose value, nulls included, is the same in each engine; where an engine's own function
differs in any case that can come up, its dialect builds the value from others. Integers are never divided by zero here,
and an index is within the list: the callers see to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from sqlglot import exp

Expr = exp.Expression


class Dialect(Protocol):
    """`narrow` and `wide` are the types of integers of 64 and of at least 38 digits."""

    name: str
    narrow: str
    wide: str
    text: str
    binary: str

    def cut(self, a: Expr, b: Expr, *, wide: bool) -> Expr:
        """An integer divided by another, towards zero."""
        ...

    def is_finite(self, value: Expr) -> Expr: ...

    def day_number(self, day: Expr) -> Expr:
        """Days from 1970-01-01 to a date."""
        ...

    def micros(self, moment: Expr) -> Expr:
        """Microseconds from 1970 to a timestamp in UTC."""
        ...

    def part(self, name: str, at: Expr) -> Expr:
        """`year`, `month`, `day`, `weekday` (Monday is 1), `day of year`, `week of year` (ISO), `last day of month`,
        `hour`, `minute` or `second` of a date or timestamp."""
        ...

    def day_of(self, moment: Expr) -> Expr: ...

    def moment_at(self, micros: Expr) -> Expr: ...

    def days_later(self, day: Expr, days: Expr) -> Expr: ...

    def months_later(self, at: Expr, months: Expr, *, moment: bool) -> Expr:
        """A date or timestamp so many months later, clamped to the end of the month."""
        ...

    def clock_type(self) -> str:
        """The type of times of day. Raises FallsBack where the engine has none."""
        ...

    def clock_micros(self, clock: Expr) -> Expr: ...

    def clock_at(self, micros: Expr) -> Expr: ...

    def starts(self, text: Expr, match: Expr) -> Expr: ...

    def ends(self, text: Expr, match: Expr) -> Expr: ...

    def contains(self, text: Expr, match: Expr) -> Expr: ...

    def place(self, text: Expr, match: Expr) -> Expr:
        """The place from 1 of the first match, 0 where there is none."""
        ...

    def split(self, text: Expr, mark: str) -> Expr: ...

    def joined(self, texts: Expr, mark: Expr) -> Expr:
        """The texts of a list without nulls, with a mark between them."""
        ...

    def stripped(self, text: Expr, letters: str) -> Expr:
        """A text without these letters at both ends."""
        ...

    def without_zeros(self, text: Expr) -> Expr:
        """A text without the zeros at its end."""
        ...

    def size(self, items: Expr) -> Expr: ...

    def items(self, items: Sequence[Expr], of: str) -> Expr:
        """A list of these; `of` is the type of the items."""
        ...

    def list_type(self, of: str) -> str: ...

    def struct_type(self, fields: Sequence[tuple[str, str]]) -> str: ...

    def field(self, struct: Expr, name: str) -> Expr: ...

    def each(self, items: Expr, body: Callable[[Expr], Expr]) -> Expr: ...

    def each_place(self, items: Expr, body: Callable[[Expr, Expr], Expr]) -> Expr:
        """As `each`, with the place of the item from 1."""
        ...

    def kept(self, items: Expr, condition: Callable[[Expr], Expr]) -> Expr: ...

    def kept_place(self, items: Expr, condition: Callable[[Expr, Expr], Expr]) -> Expr: ...

    def most(self, items: Expr) -> Expr:
        """The greatest item that is not null; null where there is none."""
        ...

    def least(self, items: Expr) -> Expr: ...

    def folded(self, items: Expr, step: Callable[[Expr, Expr], Expr]) -> Expr:
        """The items of a list that is not empty, from the first to the last, by a function of two."""
        ...

    def has_null(self, items: Expr) -> Expr: ...

    def holds(self, items: Expr, item: Expr) -> Expr:
        """Whether a list holds an item, null included."""
        ...

    def backwards(self, items: Expr) -> Expr: ...

    def ascending(self, items: Expr) -> Expr:
        """A list without nulls, sorted."""
        ...

    def chained(self, one: Expr, other: Expr) -> Expr: ...

    def slice(self, items: Expr, start: Expr, end: Expr) -> Expr:
        """The items from one place to another, both from 1 and included."""
        ...

    def at(self, items: Expr, place: Expr) -> Expr:
        """The item at a place from 1; null beyond the end."""
        ...

    def numbers(self, low: Expr, high: Expr) -> Expr:
        """The integers from low up to high, which is not less."""
        ...

    def flat(self, lists: Expr) -> Expr: ...

    def bounds(self, low: Expr, high: Expr, low_closed: Expr, high_closed: Expr) -> Expr: ...


def field_of(struct: Expr, name: str) -> Expr:
    """A field of a struct."""
    return exp.Dot(this=exp.Paren(this=struct), expression=exp.to_identifier(name, quoted=True))


def number(value: int) -> Expr:
    """An integer."""
    return exp.Literal.number(value) if value >= 0 else exp.Paren(this=exp.Neg(this=exp.Literal.number(-value)))


def string(value: str) -> Expr:
    return exp.Literal.string(value)


def null() -> Expr:
    return exp.Null()


def call(name: str, *arguments: Expr) -> Expr:
    """A function of the engine, by its own name."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def cast(value: Expr, type_: str) -> Expr:
    return exp.Cast(this=value, to=exp.DataType(this=exp.DataType.Type.USERDEFINED, kind=type_))


def case(*branches: tuple[Expr, Expr], otherwise: Expr | None = None) -> Expr:
    """The first value whose condition is true; null where there is none."""
    made = exp.Case(ifs=[exp.If(this=condition, true=value) for condition, value in branches])
    if otherwise is not None:
        made.set("default", otherwise)
    return made


def both(*parts: Expr) -> Expr:
    return _chain(exp.And, parts)


def either(*parts: Expr) -> Expr:
    return _chain(exp.Or, parts)


def _chain(kind: type[exp.Binary], parts: Sequence[Expr]) -> Expr:
    made = parts[0]
    for part in parts[1:]:
        made = exp.Paren(this=kind(this=made, expression=part))
    return made


def negation(value: Expr) -> Expr:
    return exp.Paren(this=exp.Not(this=value if isinstance(value, exp.Paren) else exp.Paren(this=value)))


def binary(kind: type[exp.Binary], a: Expr, b: Expr) -> Expr:
    """An operator between two values, in parentheses."""
    return exp.Paren(this=kind(this=a, expression=b))


def plus(a: Expr, b: Expr) -> Expr:
    return binary(exp.Add, a, b)


def minus(a: Expr, b: Expr) -> Expr:
    return binary(exp.Sub, a, b)


def times(a: Expr, b: Expr) -> Expr:
    return binary(exp.Mul, a, b)


def rest(a: Expr, b: Expr) -> Expr:
    """The remainder of a division towards zero."""
    return binary(exp.Mod, a, b)


def alike(a: Expr, b: Expr) -> Expr:
    """Equality by which null equals null and nothing else."""
    return binary(exp.NullSafeEQ, a, b)


def equals(a: Expr, b: Expr) -> Expr:
    return binary(exp.EQ, a, b)


def less(a: Expr, b: Expr) -> Expr:
    return binary(exp.LT, a, b)


def at_most(a: Expr, b: Expr) -> Expr:
    return binary(exp.LTE, a, b)


def is_null(value: Expr) -> Expr:
    return exp.Paren(this=exp.Is(this=value, expression=exp.Null()))


def not_null(value: Expr) -> Expr:
    return negation(is_null(value))


def true() -> Expr:
    return exp.Boolean(this=True)


def false() -> Expr:
    return exp.Boolean(this=False)
