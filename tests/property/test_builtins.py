"""Built-ins over whatever values: none raises, results are bounded, and fast forms give what the exact ones give."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from decidedly.feel import (
    DATE,
    DATE_TIME,
    DAYS,
    INTEGER,
    MONTHS,
    REAL,
    STRING,
    Function,
    ListOf,
    Number,
    Range,
    Type,
    from_plain,
    money,
    operators,
    to_plain,
)
from decidedly.feel.builtins import BUILTINS
from decidedly.feel.builtins.conversion import text_of
from decidedly.feel.functions import plain_number
from decidedly.feel.temporal import Months, direct_arithmetic, parse_temporal, part_of, stored, temporal_text
from decidedly.feel.types import Boolean, ContextOf, DaysDuration, FunctionOf, MonthsDuration, RangeOf, String, Time
from decidedly.feel.values import TEXT_LIMIT, finite, fits, kind

TEMPORAL = [
    "2016-02-29", "-999999999-01-01", "999999999-12-31", "0000-03-01", "23:59:59.999999999", "00:00:00Z",
    "10:00:00@Europe/Paris", "12:00:00+14:00", "2017-10-30T08:30:00", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "2021-03-28T02:30:00@Europe/Paris", "-99999-02-28T10:00:00@Australia/Melbourne", "P1Y2M", "-P768614336404564650Y",
    "P1D", "PT0.000000001S", "-P106751991167300D", "PT0S",
]  # fmt: skip
FUNCTIONS = [
    Function(("x", "y"), (), lambda arguments: operators.less(*arguments)),
    Function(("x", "y"), (), lambda arguments: None),
    Function(("x", "y"), (), lambda arguments: arguments[0] == 1),
]
decimals = st.sampled_from(
    [Decimal(text) for text in ["0", "-0", "1", "-1", "2", "3", "0.5", "2.5", "1E6144", "-9.99E6144", "1E-6176",
                                "123456789012345678901234567890.1234", "-6111", "6176", "1E+20"]]
)  # fmt: skip
texts = st.one_of(
    st.text(max_size=4),
    st.sampled_from(
        ["", "a", "[1..2]", "(a+)+", "\\p{L}*", "$1", "\\", "i", "P1D", "1 000,5", "Europe/Paris", *TEMPORAL]
    ),
)
scalars = st.one_of(
    st.none(), st.booleans(), decimals, texts, st.floats(allow_nan=True), st.integers(-3, 10**20),
    st.sampled_from(TEMPORAL).map(parse_temporal), st.sampled_from(FUNCTIONS),
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.builds(Range, inner, inner, st.booleans(), st.booleans()),
        st.dictionaries(st.sampled_from(["key", "value", "a", "b"]), inner, max_size=3),
    ),
    max_leaves=8,
)


def of_type(type_: Type) -> st.SearchStrategy[Any]:
    """Plain values that a parameter of this type takes."""
    match type_:
        case ListOf(of=of):
            return st.lists(of_type(of), max_size=5)
        case RangeOf(of=of):
            return st.builds(Range, of_type(of), of_type(of), st.booleans(), st.booleans())
        case ContextOf():
            return st.dictionaries(st.sampled_from(["key", "value", "a", "b"]), values, max_size=3)
        case FunctionOf():
            return st.sampled_from(FUNCTIONS)
        case Number():
            return decimals | st.integers(-3, 10**20) | st.floats(-1e300, 1e300)
        case String():
            return texts
        case Boolean():
            return st.booleans()
        case DaysDuration() | MonthsDuration() | Time():
            return st.sampled_from([value for value in map(parse_temporal, TEMPORAL) if fits(type_, value)])
    return values


EXAMPLES = min(settings.default.max_examples, 1_000)
names = st.sampled_from(sorted(BUILTINS))


def is_sound(found: Any) -> bool:
    """Whether it is a value of FEEL and within the bounds."""
    if isinstance(found, Decimal | float):
        return finite(found) is not None
    return kind(found) != "unknown" and not (isinstance(found, str) and len(found) > TEXT_LIMIT)


@settings(max_examples=EXAMPLES * 4)
@given(names, st.lists(values, max_size=4))
def test_a_builtin_gives_a_value_or_null_for_all_arguments(name: str, arguments: list[Any]) -> None:
    assert is_sound(BUILTINS[name].call(arguments))


@settings(max_examples=EXAMPLES * 8)
@given(names, st.data())
def test_a_builtin_gives_a_value_or_null_for_arguments_of_its_kinds(name: str, data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(BUILTINS[name].forms))
    assert is_sound(BUILTINS[name].apply([data.draw(of_type(param.type)) for param in form.params]))


@settings(max_examples=EXAMPLES * 4)
@given(values, values)
def test_operators_give_a_value_or_null_for_all_values(a: Any, b: Any) -> None:
    for operator in (*operators.ARITHMETIC.values(), *operators.COMPARISONS.values(), operators.is_same):
        found = operator(a, b)
        assert is_sound(found), operator
    assert kind(text_of(a)) == "string"


@settings(max_examples=EXAMPLES * 5)
@given(st.sampled_from(TEMPORAL), st.sampled_from(TEMPORAL), decimals)
def test_what_arithmetic_makes_of_temporal_values_has_a_text_and_parts(a: str, b: str, factor: Decimal) -> None:
    left, right = parse_temporal(a), parse_temporal(b)
    made = [operators.add(left, right), operators.subtract(left, right), operators.multiply(left, factor),
            operators.divide(left, factor), operators.negate(left)]  # fmt: skip
    for value in made:
        if value is not None and kind(value) != "number":
            assert parse_temporal(temporal_text(value)) == value
            for name in ("year", "weekday", "hour", "time offset", "timezone", "days", "years", "months"):
                part_of(value, name)


int64 = st.one_of(st.integers(-30, 30), st.integers(-(2**63), 2**63 - 1))
days = st.dates(date(1, 1, 1), date(9999, 12, 31))
STORED: dict[Type, st.SearchStrategy[Any]] = {
    INTEGER: int64,
    Number(2): int64,
    Number(3): int64,
    money("USD"): int64,
    REAL: st.floats(-1e6, 1e6),
    STRING: st.text("aé\U0001f40e", max_size=5),
    DATE: days,
    DATE_TIME: days.map(lambda on: datetime.combine(on, time(12, 30, tzinfo=UTC))),
    DAYS: st.timedeltas(timedelta(-5), timedelta(5)),
    MONTHS: st.integers(-30, 30).map(Months),
}
STORED |= {ListOf(of): st.lists(st.none() | items, max_size=4) for of, items in STORED.items()}


@settings(max_examples=EXAMPLES * 8)
@given(names, st.data())
def test_a_fast_form_gives_what_the_exact_one_gives(name: str, data: st.DataObject) -> None:
    builtin = BUILTINS[name]
    for form in builtin.forms:
        if form.native is None:
            continue
        types = data.draw(st.tuples(*(st.sampled_from(list(STORED)) for _ in form.params)))
        if not form.takes(types) or (form.check and form.check(types)):
            continue
        native = form.native(types)
        if native is None:
            continue
        given_values = [data.draw(STORED[type_]) for type_ in types]
        plain = [to_plain(type_, value) for type_, value in zip(types, given_values, strict=True)]
        ready = [from_plain(wanted, value) for wanted, value in zip(native.params, plain, strict=True)]
        found = to_plain(native.type, native.run(*ready))
        assert found == plain_number(builtin.apply(plain)), (name, types, given_values)


@settings(max_examples=EXAMPLES * 5)
@given(st.sampled_from(["+", "-"]), st.data())
def test_arithmetic_of_stored_temporal_values_gives_what_the_operators_give(op: str, data: st.DataObject) -> None:
    extremes = {
        DATE: days | st.sampled_from([date.min, date.max, date(2016, 2, 29), date(2017, 1, 31)]),
        DATE_TIME: STORED[DATE_TIME] | st.sampled_from([parse_temporal("2021-03-28T01:30:00@Europe/Paris")]),
        DAYS: st.timedeltas() | st.sampled_from([timedelta.min, timedelta.max, timedelta(microseconds=-1)]),
        MONTHS: st.integers(-(2**62), 2**62).map(Months) | STORED[MONTHS],
    }
    left, right = data.draw(st.sampled_from(list(extremes))), data.draw(st.sampled_from(list(extremes)))
    run = direct_arithmetic(op, left, right)
    if run is not None:
        a, b = data.draw(extremes[left]), data.draw(extremes[right])
        assert run(a, b) == stored(operators.ARITHMETIC[op](a, b)), (a, op, b)
