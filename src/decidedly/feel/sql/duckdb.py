"""DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

from sqlglot import exp

from .dialect import Expr, binary, call, cast, field_of, not_null, string

_PARTS = {
    "year": "year", "month": "month", "day": "day", "weekday": "isodow", "day of year": "dayofyear",
    "week of year": "weekofyear", "hour": "hour", "minute": "minute", "second": "second",
}  # fmt: skip


class Duckdb:
    """One per statement: it numbers the names of lambdas."""

    name = "duckdb"
    narrow, wide, text, binary = "BIGINT", "HUGEINT", "VARCHAR", "DOUBLE"

    def __init__(self) -> None:
        self._numbers = count(1)

    def cut(self, a: Expr, b: Expr, *, wide: bool) -> Expr:
        return binary(exp.IntDiv, a, b)

    def is_finite(self, value: Expr) -> Expr:
        return call("isfinite", value)

    def day_number(self, day: Expr) -> Expr:
        return binary(exp.Sub, day, cast(string("1970-01-01"), "DATE"))

    def micros(self, moment: Expr) -> Expr:
        return call("epoch_us", moment)

    def part(self, name: str, at: Expr) -> Expr:
        if name == "last day of month":
            return cast(call("day", call("last_day", at)), self.narrow)
        return cast(call(_PARTS[name], at), self.narrow)

    def day_of(self, moment: Expr) -> Expr:
        return cast(moment, "DATE")

    def moment_at(self, micros: Expr) -> Expr:
        return call("make_timestamp", micros)

    def days_later(self, day: Expr, days: Expr) -> Expr:
        return binary(exp.Add, day, days)

    def months_later(self, at: Expr, months: Expr, *, moment: bool) -> Expr:
        later = binary(exp.Add, at, call("to_months", months))
        return later if moment else cast(later, "DATE")

    def clock_type(self) -> str:
        return "TIME"

    def clock_micros(self, clock: Expr) -> Expr:
        return call("epoch_us", clock)

    def clock_at(self, micros: Expr) -> Expr:
        return cast(call("make_timestamp", micros), "TIME")

    def starts(self, text: Expr, match: Expr) -> Expr:
        return call("starts_with", text, match)

    def ends(self, text: Expr, match: Expr) -> Expr:
        return call("ends_with", text, match)

    def contains(self, text: Expr, match: Expr) -> Expr:
        return call("contains", text, match)

    def place(self, text: Expr, match: Expr) -> Expr:
        return call("strpos", text, match)

    def split(self, text: Expr, mark: str) -> Expr:
        return call("string_split", text, string(mark))

    def joined(self, texts: Expr, mark: Expr) -> Expr:
        return call("array_to_string", texts, mark)

    def stripped(self, text: Expr, letters: str) -> Expr:
        return call("trim", text, string(letters))

    def without_zeros(self, text: Expr) -> Expr:
        return call("rtrim", text, string("0"))

    def size(self, items: Expr) -> Expr:
        return call("len", items)

    def items(self, items: Sequence[Expr], of: str) -> Expr:
        return cast(call("list_value", *items), self.list_type(of))

    def list_type(self, of: str) -> str:
        return f"{of}[]"

    def struct_type(self, fields: Sequence[tuple[str, str]]) -> str:
        return f"STRUCT({', '.join(f'{quoted_name(name)} {type_}' for name, type_ in fields)})"

    def field(self, struct: Expr, name: str) -> Expr:
        return field_of(struct, name)

    def each(self, items: Expr, body: Callable[[Expr], Expr]) -> Expr:
        return call("list_transform", items, self._lambda(body, 1))

    def each_place(self, items: Expr, body: Callable[[Expr, Expr], Expr]) -> Expr:
        return call("list_transform", items, self._lambda(body, 2))

    def kept(self, items: Expr, condition: Callable[[Expr], Expr]) -> Expr:
        return call("list_filter", items, self._lambda(condition, 1))

    def kept_place(self, items: Expr, condition: Callable[[Expr, Expr], Expr]) -> Expr:
        return call("list_filter", items, self._lambda(condition, 2))

    def most(self, items: Expr) -> Expr:
        return call("list_max", items)

    def least(self, items: Expr) -> Expr:
        return call("list_min", items)

    def folded(self, items: Expr, step: Callable[[Expr, Expr], Expr]) -> Expr:
        return call("list_reduce", items, self._lambda(step, 2))

    def has_null(self, items: Expr) -> Expr:
        return binary(exp.NEQ, call("len", items), call("list_count", items))

    def holds(self, items: Expr, item: Expr) -> Expr:
        return not_null(call("list_position", items, item))

    def backwards(self, items: Expr) -> Expr:
        return call("list_reverse", items)

    def ascending(self, items: Expr) -> Expr:
        return call("list_sort", items)

    def chained(self, one: Expr, other: Expr) -> Expr:
        return call("list_concat", one, other)

    def slice(self, items: Expr, start: Expr, end: Expr) -> Expr:
        return call("list_slice", items, start, end)

    def at(self, items: Expr, place: Expr) -> Expr:
        return call("list_extract", items, place)

    def numbers(self, low: Expr, high: Expr) -> Expr:
        return call("generate_series", low, high)

    def flat(self, lists: Expr) -> Expr:
        return call("flatten", lists)

    def bounds(self, low: Expr, high: Expr, low_closed: Expr, high_closed: Expr) -> Expr:
        parts = {"low": low, "high": high, "low_closed": low_closed, "high_closed": high_closed}
        named = [exp.PropertyEQ(this=exp.to_identifier(name), expression=part) for name, part in parts.items()]
        return exp.Struct(expressions=named)

    def _lambda(self, body: Callable[..., Expr], arguments: int) -> Expr:
        names = [f"v{next(self._numbers)}" for _ in range(arguments)]
        made = body(*(exp.column(name) for name in names))
        return exp.Lambda(this=made, expressions=[exp.to_identifier(name) for name in names], colon=True)


def quoted_name(name: str) -> str:
    """A name as an identifier."""
    return exp.to_identifier(name, quoted=True).sql(dialect="duckdb")
