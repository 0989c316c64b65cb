"""Spark SQL from 3.5 on, with its session's time zone in UTC: made here, run there.

Where it differs from DuckDB: there is no integer of 128 bits (a decimal without places stands for it), `/` and `div`
are for other types, an index beyond a list is an error, array_contains says null of a list with a null, lambdas count
from 0, and regular expressions split.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

from sqlglot import exp

from .dialect import Expr, alike, binary, call, cast, equals, field_of, is_null, minus, number, plus, rest, string
from .forms import FallsBack

_PARTS = {
    "year": "year", "month": "month", "day": "day", "day of year": "dayofyear", "week of year": "weekofyear",
    "hour": "hour", "minute": "minute", "second": "second",
}  # fmt: skip


class Spark:
    """One per statement: it numbers the names of lambdas."""

    name = "spark"
    narrow, wide, text, binary = "BIGINT", "DECIMAL(38, 0)", "STRING", "DOUBLE"

    def __init__(self) -> None:
        self._numbers = count(1)

    def cut(self, a: Expr, b: Expr, *, wide: bool) -> Expr:
        if not wide:
            return exp.Paren(this=exp.IntDiv(this=a, expression=b))
        # `div` gives 64 bits. Without the remainder the quotient of decimals is whole, and so exact.
        return cast(binary(exp.Div, minus(a, rest(a, b)), b), self.wide)

    def is_finite(self, value: Expr) -> Expr:
        return equals(minus(value, value), number(0))

    def day_number(self, day: Expr) -> Expr:
        return cast(call("datediff", day, cast(string("1970-01-01"), "DATE")), self.narrow)

    def micros(self, moment: Expr) -> Expr:
        return call("unix_micros", moment)

    def part(self, name: str, at: Expr) -> Expr:
        if name == "weekday":
            return cast(plus(call("weekday", at), number(1)), self.narrow)
        if name == "last day of month":
            return cast(call("day", call("last_day", at)), self.narrow)
        return cast(call(_PARTS[name], at), self.narrow)

    def day_of(self, moment: Expr) -> Expr:
        return cast(moment, "DATE")

    def moment_at(self, micros: Expr) -> Expr:
        return call("timestamp_micros", micros)

    def days_later(self, day: Expr, days: Expr) -> Expr:
        return call("date_add", day, days)

    def months_later(self, at: Expr, months: Expr, *, moment: bool) -> Expr:
        if moment:
            return binary(exp.Add, at, call("make_ym_interval", number(0), months))
        return call("add_months", at, months)

    def clock_type(self) -> str:
        raise FallsBack("Spark has no type for times of day")

    def clock_micros(self, clock: Expr) -> Expr:
        raise FallsBack("Spark has no type for times of day")

    def clock_at(self, micros: Expr) -> Expr:
        raise FallsBack("Spark has no type for times of day")

    def starts(self, text: Expr, match: Expr) -> Expr:
        return call("startswith", text, match)

    def ends(self, text: Expr, match: Expr) -> Expr:
        return call("endswith", text, match)

    def contains(self, text: Expr, match: Expr) -> Expr:
        return call("contains", text, match)

    def place(self, text: Expr, match: Expr) -> Expr:
        return call("locate", match, text)

    def split(self, text: Expr, mark: str) -> Expr:
        return call("split", text, string(f"\\Q{mark}\\E"), exp.Neg(this=number(1)))

    def joined(self, texts: Expr, mark: Expr) -> Expr:
        return call("array_join", texts, mark)

    def stripped(self, text: Expr, letters: str) -> Expr:
        return exp.Trim(this=text, expression=string(letters), position="BOTH")

    def without_zeros(self, text: Expr) -> Expr:
        return exp.Trim(this=text, expression=string("0"), position="TRAILING")

    def size(self, items: Expr) -> Expr:
        return call("array_size", items)

    def items(self, items: Sequence[Expr], of: str) -> Expr:
        return cast(call("array", *items), self.list_type(of))

    def list_type(self, of: str) -> str:
        return f"ARRAY<{of}>"

    def struct_type(self, fields: Sequence[tuple[str, str]]) -> str:
        names = [exp.to_identifier(name, quoted=True).sql(dialect="spark") for name, _ in fields]
        return f"STRUCT<{', '.join(f'{name}: {type_}' for name, (_, type_) in zip(names, fields, strict=True))}>"

    def field(self, struct: Expr, name: str) -> Expr:
        return field_of(struct, name)

    def each(self, items: Expr, body: Callable[[Expr], Expr]) -> Expr:
        return call("transform", items, self._lambda(body, 1))

    def each_place(self, items: Expr, body: Callable[[Expr, Expr], Expr]) -> Expr:
        return call("transform", items, self._lambda(lambda item, place: body(item, plus(place, number(1))), 2))

    def kept(self, items: Expr, condition: Callable[[Expr], Expr]) -> Expr:
        return call("filter", items, self._lambda(condition, 1))

    def kept_place(self, items: Expr, condition: Callable[[Expr, Expr], Expr]) -> Expr:
        return call("filter", items, self._lambda(lambda item, place: condition(item, plus(place, number(1))), 2))

    def most(self, items: Expr) -> Expr:
        return call("array_max", items)

    def least(self, items: Expr) -> Expr:
        return call("array_min", items)

    def folded(self, items: Expr, step: Callable[[Expr, Expr], Expr]) -> Expr:
        tail = call("slice", items, number(2), call("array_size", items))
        return call("aggregate", tail, call("get", items, number(0)), self._lambda(step, 2))

    def has_null(self, items: Expr) -> Expr:
        return call("exists", items, self._lambda(is_null, 1))

    def holds(self, items: Expr, item: Expr) -> Expr:
        return call("exists", items, self._lambda(lambda one: alike(one, item), 1))

    def backwards(self, items: Expr) -> Expr:
        return call("reverse", items)

    def ascending(self, items: Expr) -> Expr:
        return call("array_sort", items)

    def chained(self, one: Expr, other: Expr) -> Expr:
        return call("concat", one, other)

    def slice(self, items: Expr, start: Expr, end: Expr) -> Expr:
        return call("slice", items, start, plus(minus(end, start), number(1)))

    def at(self, items: Expr, place: Expr) -> Expr:
        return call("get", items, minus(place, number(1)))

    def numbers(self, low: Expr, high: Expr) -> Expr:
        return call("sequence", low, high)

    def flat(self, lists: Expr) -> Expr:
        return call("flatten", lists)

    def bounds(self, low: Expr, high: Expr, low_closed: Expr, high_closed: Expr) -> Expr:
        parts = {"low": low, "high": high, "low_closed": low_closed, "high_closed": high_closed}
        pairs = [part for name, value in parts.items() for part in (string(name), value)]
        return call("named_struct", *pairs)

    def _lambda(self, body: Callable[..., Expr], arguments: int) -> Expr:
        names = [f"v{next(self._numbers)}" for _ in range(arguments)]
        made = body(*(exp.column(name) for name in names))
        return exp.Lambda(this=made, expressions=[exp.to_identifier(name) for name in names])
