"""The generated Python gives what the reference interpreter gives, nulls and extremes included."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decidedly.feel import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    INTEGER,
    MONTHS,
    NUMBER,
    REAL,
    STRING,
    ListOf,
    Months,
    Name,
    Number,
    Range,
    RangeOf,
    Scope,
    Type,
    compile_expression,
    compile_first_not_true,
    compile_many,
    evaluate,
    money,
    to_plain,
)

USD = money("USD")
FACTS: dict[str, Type] = {
    "orders last 30 days": INTEGER,
    "weight": Number(3),
    "exact": NUMBER,
    "spend days 31 to 60": USD,
    "score": REAL,
    "age band": STRING,
    "member": BOOLEAN,
    "born": DATE,
    "seen": DATE_TIME,
    "gap": DAYS,
    "term": MONTHS,
    "departments": ListOf(STRING),
    "amounts": ListOf(USD),
    "counts": ListOf(INTEGER),
    "reals": ListOf(REAL),
    "window": RangeOf(INTEGER),
    "anything": ANY,
}
SCOPE = Scope.of({"person": [Name(name, type_, f"a{i}") for i, (name, type_) in enumerate(FACTS.items())]},
                 bare=["person"])  # fmt: skip
IDS = {name: f"a{i}" for i, name in enumerate(FACTS)}

int64 = st.one_of(st.integers(-3, 5), st.integers(-(2**63), 2**63 - 1))
decimals = st.one_of(
    st.integers(-3, 3).map(Decimal),
    st.sampled_from([Decimal("0.1"), Decimal("1E6144"), Decimal("-9E-6143"), Decimal("1" * 34)]),
)
reals = st.one_of(st.sampled_from([0.0, 0.1, -1.5, 1e308, 5e-324, float("nan"), float("inf")]), st.floats(-10, 10))
texts = st.sampled_from(["", "a", "19-24", "SPIRITS", "é", "b"])
days = st.sampled_from([date(2016, 2, 29), date(2017, 1, 31), date(1, 1, 1), date(9999, 12, 31), date(2017, 10, 30)])


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "orders last 30 days": int64,
    "weight": int64,
    "exact": decimals,
    "spend days 31 to 60": int64,
    "score": reals,
    "age band": texts,
    "member": st.booleans(),
    "born": days,
    "seen": days.map(lambda d: datetime(d.year, d.month, d.day, 12, tzinfo=UTC)),
    "gap": st.sampled_from([timedelta(0), timedelta(days=1), timedelta.max, timedelta(microseconds=-1)]),
    "term": st.sampled_from([Months(0), Months(13), Months(-1), Months(10**9)]),
    "departments": st.lists(maybe(texts), max_size=3),
    "amounts": st.lists(maybe(int64), max_size=3),
    "counts": st.lists(maybe(int64), max_size=3).map(tuple),
    "reals": st.lists(maybe(reals), max_size=3),
    "window": st.builds(Range, maybe(st.integers(0, 3)), maybe(st.integers(2, 5)), st.booleans(), st.booleans()),
    "anything": st.one_of(decimals, texts, st.booleans(), days, reals, st.lists(texts, max_size=2)),
}
rows = st.fixed_dictionaries({IDS[name]: maybe(values) for name, values in VALUES.items()})

one = st.sampled_from


def calls(form: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda given: form.format(*given))


@st.composite
def expressions(draw: st.DrawFn, kind: str = "boolean", depth: int = 3) -> str:
    """A text of the kind asked; some do not type-check, and are passed over."""
    leaves = {
        "boolean": ["true", "false", "null", "member", 'age band in ("a", "b", null)', "window = null",
                    "some d in departments satisfies d = age band", "orders last 30 days in [1..3)",
                    'anything in ("a", [1..5])', "includes(window, orders last 30 days)", "anything"],
        "number": ["0", "2.50", "orders last 30 days", "weight", "exact", "score", "sum(counts)", "count(departments)",
                   "counts[1]", "null", "-3", "born.month", "max(counts)", "mean(counts)", "anything", "window.start",
                   "reals[-1]", "gap.hours", "sum(reals)"],
        "money": ["spend days 31 to 60", "10", "sum(amounts)", "amounts[2]", "min(amounts)", "null"],
        "string": ["age band", '""', '"a"', "departments[1]", "null", "string(weight)", "string(counts)", "anything"],
        "date": ["born", '@"2016-02-29"', "null", "date(2017, 1, orders last 30 days)", "date(seen)", "date(age band)"],
        "list": ["departments", '["a", null]', "[]", "append(departments, age band)", "split(age band, \"-\")"],
    }  # fmt: skip
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(one(leaves[kind]))
    sub = lambda wanted: expressions(wanted, depth - 1)  # noqa: E731
    of = draw(one(["number", "money", "string", "date"]))
    forms: dict[str, list[st.SearchStrategy[str]]] = {
        "boolean": [
            calls("({} and {})", sub("boolean"), sub("boolean")),
            calls("({} or {} or {})", sub("boolean"), sub("boolean"), sub("boolean")),
            calls("not({})", sub("boolean")),
            calls("({} {} {})", sub(of), one(["=", "!=", "<", "<=", ">", ">="]), sub(of)),
            calls("({} between {} and {})", sub(of), sub(of), sub(of)),
            calls("({} in (< {}, ]{}..{}]))", sub(of), sub(of), sub(of), sub(of)),
            calls("(every n in counts satisfies n < {} and {})", sub("number"), sub("boolean")),
            calls("(some n in counts, m in amounts satisfies m > {} or n = {})", sub("money"), sub("number")),
            calls("list contains({}, {})", sub("list"), sub("string")),
            calls("({} instance of {})", sub(of), one(["number", "string", "date"])),
            calls("(({}) = ({}))", sub("boolean"), sub("boolean")),
            calls("contains({}, {})", sub("string"), sub("string")),
            calls("({} = {})", sub("list"), sub("list")),
        ],
        "number": [
            calls("({} {} {})", sub("number"), one(["+", "-", "*", "/", "**"]), sub("number")),
            calls("(if {} then {} else {})", sub("boolean"), sub("number"), sub("number")),
            calls("(-{})", sub("number")),
            calls("{}({})", one(["abs", "floor", "round half up", "sqrt"]), sub("number")),
            calls("modulo({}, {})", sub("number"), sub("number")),
            calls("string length({})", sub("string")),
            calls("sum(for n in counts return n + {})", sub("number")),
            calls("count(counts[item > {}])", sub("number")),
            calls("min({}, {})", sub("number"), sub("number")),
            calls("({} / {})", sub("money"), sub("money")),
        ],
        "money": [
            calls("({} {} {})", sub("money"), one(["+", "-"]), sub("money")),
            calls("({} * {})", sub("money"), sub("number")),
            calls("(if {} then {} else {})", sub("boolean"), sub("money"), sub("money")),
            calls("round half even({}, 2)", sub("money")),
        ],
        "string": [
            calls("({} + {})", sub("string"), sub("string")),
            calls("(if {} then {} else {})", sub("boolean"), sub("string"), sub("string")),
            calls("upper case({})", sub("string")),
            calls("substring({}, {})", sub("string"), sub("number")),
            calls("string({})", sub(of)),
            calls("string join({}, {})", sub("list"), sub("string")),
        ],
        "date": [
            calls("({} + {})", sub("date"), one(["gap", "term", '@"P1M"', "gap * 2", "(seen - seen)"])),
            calls("({} - term / {})", sub("date"), sub("number")),
            calls("(if {} then {} else {})", sub("boolean"), sub("date"), sub("date")),
        ],
        "list": [
            calls("[{}, {}]", sub("string"), sub("string")),
            calls("{}[item != {}]", sub("list"), sub("string")),
            calls("{}({})", one(["reverse", "distinct values", "flatten"]), sub("list")),
            calls("concatenate({}, {})", sub("list"), sub("list")),
            calls("(for d in {} return d + {})", sub("list"), sub("string")),
        ],
    }  # fmt: skip
    return draw(draw(one(forms[kind])))


kinds = one(["boolean", "boolean", "number", "money", "string", "date", "list"])


def same(a: Any, b: Any) -> bool:
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_generated_python_gives_what_the_reference_interpreter_gives(data: st.DataObject) -> None:
    text = data.draw(kinds.flatmap(expressions))
    compiled, problems = compile_expression(text, SCOPE)
    if compiled is None:
        assert problems
        return
    conditions = [compiled] if compiled.type == BOOLEAN else []
    fused = compile_many([compiled, compiled], SCOPE)
    first = compile_first_not_true(conditions, SCOPE)
    for row in data.draw(st.lists(rows, min_size=1, max_size=5)):
        expected = evaluate(compiled.tree, {"person": row})
        found = to_plain(compiled.type, compiled.fn(row))
        assert same(found, expected), (text, compiled.source, found, expected)
        assert same(to_plain(compiled.type, fused.fn(row)[0]), expected)
        if conditions:
            assert (first.fn(row) == -1) is (expected is True), (text, first.source)
