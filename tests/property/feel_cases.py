"""Typed expressions and rows, drawn by hypothesis: what the agreement of every backend with the reference is tested on.

An expression is put together from templates: `{number}` stands for any expression of that kind, so nearly all of them
are of the right types. A case has the tree, its expected type, and rows that hold the facts it reads: null, not a
number, infinities, the ends of int64 and of decimal128, empty lists, ends of months and leap days, and letters beyond
ASCII among them. `Tally` counts what was compared and how much of it a backend compiled natively.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import msgspec
from hypothesis import HealthCheck, settings
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
    TIME,
    Compiled,
    ContextOf,
    ListOf,
    Months,
    Name,
    Number,
    Range,
    RangeOf,
    Scope,
    Type,
    compile_expression,
    evaluate,
    money,
)

USD = money("USD")
PRODUCT = ContextOf((("price", USD), ("name", STRING), ("since", DATE)))
FACTS: dict[str, Type] = {
    "orders last 30 days": INTEGER,
    "visits": INTEGER,
    "weight": Number(3),
    "exact": NUMBER,
    "spend days 31 to 60": USD,
    "budget": USD,
    "score": REAL,
    "age band": STRING,
    "city": STRING,
    "member": BOOLEAN,
    "opt-in": BOOLEAN,
    "born": DATE,
    "joined": DATE,
    "seen": DATE_TIME,
    "opens": TIME,
    "gap": DAYS,
    "term": MONTHS,
    "departments": ListOf(STRING),
    "amounts": ListOf(USD),
    "counts": ListOf(INTEGER),
    "reals": ListOf(REAL),
    "days off": ListOf(DATE),
    "window": RangeOf(INTEGER),
    "product": PRODUCT,
    "products": ListOf(PRODUCT),
    "anything": ANY,
}
IDS = {name: f"a{place}" for place, name in enumerate(FACTS)}
SCOPE = Scope.of({"person": [Name(name, type_, IDS[name]) for name, type_ in FACTS.items()]}, bare=["person"])

one = st.sampled_from


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values, values, values)


LARGEST = 2**63 - 1
int64 = st.one_of(
    st.integers(-3, 5), st.integers(-3, 5), st.integers(-(10**7), 10**7), one([LARGEST, -LARGEST - 1, 2**53 + 1])
)
decimals = st.one_of(
    st.integers(-3, 3).map(Decimal),
    st.decimals(-1000, 1000, places=3),
    one([Decimal("0.1"), Decimal("1E6144"), Decimal("-9E-6143"), Decimal("1" * 34)]),
)
reals = st.one_of(
    st.floats(-10, 10), one([0.0, -0.0, 0.1, -1.5, 2.5, 1e308, 5e-324, float("nan"), float("inf"), float("-inf")])
)
texts = one(["", "a", "b", "19-24", "SPIRITS", "oat milk", "é", "Ünï", "a-b;c", "2017-01-31", "12.5"])
dates = st.one_of(
    one([date(2016, 2, 29), date(2017, 1, 31), date(2000, 2, 29), date(1900, 2, 28), date.min, date.max]),
    st.dates(date(2014, 1, 1), date(2019, 12, 31)),
)
clocks = st.one_of(one([time(0), time(23, 59, 59, 999_999), time(8, 30)]), st.times())
moments = st.builds(lambda on, at: datetime.combine(on, at, UTC), dates, clocks)
lengths = st.one_of(
    one([timedelta(0), timedelta(days=1), timedelta.max, timedelta.min, timedelta(microseconds=-1)]),
    st.timedeltas(timedelta(days=-400), timedelta(days=400)),
)
terms = st.one_of(st.integers(-30, 30), one([10**9, -(10**9)])).map(Months)
products = st.fixed_dictionaries({"price": maybe(int64), "name": maybe(texts), "since": maybe(dates)})


def several(values: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[list[Any]]:
    return st.lists(maybe(values), max_size=most)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "orders last 30 days": int64,
    "visits": int64,
    "weight": int64,
    "exact": decimals,
    "spend days 31 to 60": int64,
    "budget": int64,
    "score": reals,
    "age band": texts,
    "city": texts,
    "member": st.booleans(),
    "opt-in": st.booleans(),
    "born": dates,
    "joined": dates,
    "seen": moments,
    "opens": clocks,
    "gap": lengths,
    "term": terms,
    "departments": several(texts),
    "amounts": several(int64),
    "counts": several(int64).map(tuple),
    "reals": several(reals),
    "days off": several(dates),
    "window": st.builds(Range, maybe(st.integers(0, 3)), maybe(st.integers(2, 5)), st.booleans(), st.booleans()),
    "product": products,
    "products": several(products),
    "anything": st.one_of(decimals, texts, st.booleans(), dates, reals, st.lists(texts, max_size=2)),
}

# A kind of expression -> what has no parts, and templates of what has.
LEAVES: dict[str, list[str]] = {
    "boolean": ["true", "false", "member", "opt-in", "person.member", 'age band in ("a", "b", null)', "window = null",
                'age band = "19-24"', 'city in ("SPIRITS", "é")', 'city != "b"', "orders last 30 days > 1",
                "orders last 30 days in [1..3)", "spend days 31 to 60 between 0 and 50", "weight >= 2.5", "visits = 0",
                "score > 0.5", 'born < @"2016-03-01"', 'list contains(departments, "SPIRITS")', "visits in (1, 2, 3)"],
    "integer": ["0", "1", "3", "orders last 30 days", "visits", "count(departments)", "count(amounts)", "born.month",
                "born.day", "joined.year", "seen.hour", "gap.days", "term.years", "string length(city)", "sum(counts)",
                "max(counts)", "counts[1]", "null"],
    "number": ["2.50", "-3", "weight", "orders last 30 days", "visits", "0.1", "12.345", "window.start"],
    "real": ["score", "score", "reals[-1]", "sum(reals)", "score * 2"],
    "money": ["spend days 31 to 60", "budget", "10", "12.34", "sum(amounts)", "amounts[2]", "min(amounts)", "0.005",
              "product.price", "products[1].price"],
    "string": ["age band", "city", '""', '"a"', '"19-24"', "departments[1]", "product.name", '"é"', "null"],
    "date": ["born", "joined", '@"2016-02-29"', '@"2017-01-31"', "date(seen)", "days off[1]", "product.since"],
    "moment": ["seen", '@"2017-10-30T08:30:00Z"', "date and time(born, opens)"],
    "time": ["opens", '@"08:30:00"', "time(8, visits, 0)"],
    "length": ["gap", '@"P1D"', '@"-PT12H30M"', "(seen - seen)", "(born - joined)", "(opens - opens)"],
    "term": ["term", '@"P1M"', '@"-P1Y2M"', "years and months duration(born, joined)"],
    "texts": ["departments", '["a", null]', "[]", 'split(city, "-")'],
    "counts": ["counts", "[1, 2, null]", "[]", "(for i in 1..3 return i)"],
    "amounts": ["amounts", "products.price", "(for p in products return p.price)"],
    "dates": ["days off", "[born, joined]", "(for p in products return p.since)"],
    "any": ["anything"],
}  # fmt: skip
FORMS: dict[str, list[str]] = {
    "boolean": [
        "({boolean} and {boolean})", "({boolean} and {boolean} and {boolean})", "({boolean} or {boolean})",
        "({boolean} or {boolean} or {boolean})", "not({boolean})", "(({boolean}) = ({boolean}))",
        "({integer} {op} {integer})", "({number} {op} {number})", "({money} {op} {money})", "({string} {op} {string})",
        "({real} {op} {real})", "({real} {op} {number})", "({date} {op} {date})", "({moment} {op} {moment})",
        "({time} {op} {time})", "({length} {op} {length})", "({term} {op} {term})", "({texts} = {texts})",
        "({counts} != {counts})",
        "({number} between {number} and {number})", "({money} between {money} and {money})",
        "({date} between {date} and {date})", "({string} between {string} and {string})",
        "({number} in (< {number}, ]{number}..{number}]))", "({integer} in ({integer}, > {integer}))",
        "({date} in [{date}..{date}))", "({string} in ({string}, {string}))", '({string} in ("a", "b", {string}))',
        "({integer} in {counts})", "({string} in {texts})",
        "(if {boolean} then {boolean} else {boolean})",
        "(every n in {counts} satisfies n < {number})", "(some d in {texts} satisfies d = {string})",
        "(every n in {counts} satisfies n < {number} and {boolean})",
        "(some n in {counts}, m in {amounts} satisfies m > {money} or n = {integer})",
        "(some p in products satisfies p.price > {money} and p.name != {string})",
        "list contains({texts}, {string})", "list contains({counts}, {integer})", "list contains({dates}, {date})",
        "contains({string}, {string})", "starts with({string}, {string})", "ends with({string}, {string})",
        'matches({string}, "[a-z]+")', "is({number}, {number})", "is({string}, {string})",
        "any([{boolean}, {boolean}])", "all([{boolean}, {boolean}])", "any({boolean}, {boolean})",
        "all(for n in {counts} return n > {integer})",
        "({integer} instance of number)", "({string} instance of string)", "({date} instance of date)",
        "even({integer})", "odd({integer})", "({string} = null)", "({number} != null)", "({date} = null)",
        "before({date}, {date})", "after({integer}, {integer})", "coincides({money}, {money})",
        "({integer} in {range})", "includes({range}, {integer})", "during({integer}, {range})",
        "before({range}, {integer})", "finishes({integer}, {range})", "starts({integer}, {range})",
        "overlaps({range}, {range})", "meets({range}, {range})", "({range}.start included)",
        "({any} = {string})", "({any} in ({number}, {string}))",
    ],
    "integer": [
        "({integer} + {integer})", "({integer} - {integer})", "({integer} * {integer})", "(-{integer})",
        "(if {boolean} then {integer} else {integer})", "count({texts})", "count({counts})", "count({amounts})",
        "string length({string})", "abs({integer})", "{counts}[{integer}]", "sum({counts})", "min({counts})",
        "max({integer}, {integer})", "count({counts}[item > {number}])", "count(products[price > {money}])",
        "({date}).month", "({date}).year", "({date}).weekday", "({moment}).minute", "({length}).hours",
        "({term}).months", "day of year({date})", "week of year({date})", "last day of month({date})",
        "({time}).second", "index of({texts}, {string})[1]",
    ],
    "number": [
        "({number} + {number})", "({number} - {number})", "({number} * {number})", "(-{number})",
        "(if {boolean} then {number} else {number})", "{integer}", "abs({number})", "floor({number})",
        "ceiling({number})", "round half up({number}, 1)", "round half even({number}, 2)", "round down({number}, 1)",
        "round up({number}, 0)", "decimal({number}, 1)", "round half down({number}, 1)", "modulo({number}, {number})",
        "min({number}, {number})", "max({number}, {number}, {number})", "sum({number}, {number})",
        "sum(for n in {counts} return n + {number})", "product({counts})", "floor({real})", "{quotient}",
    ],
    "quotient": [
        "({number} / {number})", "({money} / {money})", "mean({counts})", "median({counts})", "({number} ** 2)",
        "exact", "(exact + {number})", "sqrt({number})", "exp({integer})", "log({number})", "stddev({counts})",
        "number({string})", "({length} / {length})", "mode({counts})[1]",
    ],
    "real": [
        "({real} + {real})", "({real} - {number})", "({real} * {number})", "({real} / {real})", "({money} * {real})",
        "(if {boolean} then {real} else {number})", "(-{real})", "abs({real})", "max({real}, {real})", "sqrt({real})",
        "round half up({real}, 1)", "exp({real})", "mean(reals)", "modulo({real}, {real})", "log({real})",
        "({real} ** 2)", "sum(for r in reals return r * {real})",
    ],
    "money": [
        "({money} + {money})", "({money} - {money})", "({money} * {integer})", "({number} * {money})",
        "(if {boolean} then {money} else {money})", "round half even({money}, 2)", "sum({amounts})", "max({amounts})",
        "min({money}, {money})", "abs({money})", "(-{money})", "sum(products[name = {string}].price)",
        "({money} / {integer})",
    ],
    "string": [
        "({string} + {string})", "(if {boolean} then {string} else {string})", "upper case({string})",
        "lower case({string})", "trim({string})", "substring({string}, {integer})", "substring({string}, 2, 3)",
        'substring before({string}, "-")', 'substring after({string}, {string})', 'replace({string}, "a", "o")',
        "string join({texts}, {string})", "string({integer})", "string({boolean})", "{texts}[{integer}]",
        "string({date})", "min({texts})", "max({string}, {string})", "day of week({date})", "month of year({date})",
        "string({money})", 'string join(split({string}, "-"))',
    ],
    "date": [
        "({date} + {length})", "({date} + {term})", "({date} - {term})", "({date} - {length})", "date({moment})",
        "(if {boolean} then {date} else {date})", "date({integer}, {integer}, {integer})", "{dates}[{integer}]",
        "max({dates})", "min({date}, {date})", "date(2017, {integer}, 31)", "date({string})",
    ],
    "moment": [
        "({moment} + {length})", "({moment} - {term})", "({moment} + {term})", "date and time({date}, {time})",
        "(if {boolean} then {moment} else {moment})", "date and time({date})",
    ],
    "time": ["({time} + {length})", "({time} - {length})", "time({moment})", "(if {boolean} then {time} else {time})",
             "time({integer}, {integer}, 30)"],
    "length": [
        "({length} + {length})", "({length} - {length})", "({date} - {date})", "({moment} - {moment})", "(-{length})",
        "({length} * {integer})", "({length} / {integer})", "({time} - {time})", "abs({length})",
        "(if {boolean} then {length} else {length})",
    ],
    "term": [
        "({term} + {term})", "({term} * {integer})", "({term} / {integer})", "(-{term})", "abs({term})",
        "years and months duration({date}, {date})", "(if {boolean} then {term} else {term})",
    ],
    "texts": [
        "[{string}, {string}]", "{texts}[item != {string}]", "reverse({texts})", "distinct values({texts})",
        "concatenate({texts}, {texts})", "append({texts}, {string})", "(for d in {texts} return d + {string})",
        "flatten([{texts}, {texts}])", "union({texts}, {texts})", "sublist({texts}, {integer})", "products.name",
        "remove({texts}, {integer})", "insert before({texts}, 1, {string})", "list replace({texts}, 1, {string})",
        "sort({texts})", "sublist({texts}, 1, 1)", "(if {boolean} then {texts} else {texts})",
    ],
    "counts": [
        "[{integer}, {integer}, {integer}]", "{counts}[item > {number}]", "(for n in {counts} return n * {integer})",
        "{counts}[{boolean}]", "reverse({counts})", "sort({counts}, function(x, y) x < y)", "index of({texts}, null)",
        "(for n in {counts}, m in {counts} return n + m)", "append({counts}, {integer})",
        "(for n in {counts} return if n > {integer} then n else {integer})", "distinct values({counts})",
    ],
    "amounts": ["(for a in {amounts} return a + {money})", "{amounts}[item >= {money}]", "[{money}, budget]"],
    "dates": ["(for d in {dates} return d + {term})", "{dates}[item < {date}]", "[{date}, {date}]"],
    "any": ['{{city: {string}, n: {integer} }}.city', "[{string}, {integer}][1]", "({any} = {any})",
            "get value({{a: {integer} }}, \"a\")", "if {boolean} then {string} else {number}"],
    "range": ["window", "[1..3]", "({integer}..5)", "[{integer}..{integer})"],
    "op": ["=", "!=", "<", "<=", ">", ">="],
}  # fmt: skip
KINDS = [
    "boolean", "boolean", "boolean", "integer", "number", "money", "real", "string", "date", "moment", "time", "length",
    "term", "texts", "counts", "amounts", "dates", "any",
]  # fmt: skip
_SLOT = re.compile(r"\{(\w+)\}")


@st.composite
def texts_of(draw: st.DrawFn, kind: str, depth: int = 3) -> str:
    """The text of an expression of a kind."""
    leaves, forms = LEAVES.get(kind, []), FORMS.get(kind, [])
    if leaves and (depth <= 0 or not forms or draw(st.integers(0, 3)) == 0):
        return str(draw(one(leaves)))
    form = draw(one(forms))
    made = _SLOT.sub(lambda slot: draw(texts_of(slot[1], depth - 1)), form.replace("{{", "\0").replace("}}", "\1"))
    return made.replace("\0", "{").replace("\1", "}")


class Case(msgspec.Struct, frozen=True):
    """An expression with rows that hold the facts it reads, by id."""

    text: str
    compiled: Compiled
    rows: tuple[dict[str, Any], ...]

    def expected(self) -> list[Any]:
        """The plain values that the reference interpreter gives."""
        return [evaluate(self.compiled.tree, {"person": row}) for row in self.rows]


@st.composite
def cases(draw: st.DrawFn, most_rows: int = 20, kind: str = "") -> Case:
    """A typed expression, of one kind or any, and rows for it."""
    for _ in range(5):
        text = draw((st.just(kind) if kind else one(KINDS)).flatmap(texts_of))
        compiled, _ = compile_expression(text, SCOPE)
        if compiled is not None:
            break
    else:
        text = "member"
        compiled, _ = compile_expression(text, SCOPE)
        assert compiled is not None
    names = {id_: name for name, id_ in IDS.items()}
    row = st.fixed_dictionaries({reference.id: maybe(VALUES[names[reference.id]]) for reference in compiled.reads})
    return Case(text, compiled, tuple(draw(st.lists(row, min_size=most_rows, max_size=most_rows))))


def same(a: Any, b: Any) -> bool:
    """Whether two plain values are the same, of the same kinds: 1 is not true, and a real is no exact number."""
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[name], b[name]) for name in a)
    return type(a) is type(b) and bool(a == b)


NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
EXAMPLES = 5_500 if NIGHTLY else 100
"""Expressions that each backend's agreement is tested on, with 20 rows each: 2,000 pairs, and 110,000 at night."""

agreement = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)


class Tally:
    """Counts what one backend was compared on; the sum is printed at the end of the run of the tests.

    native : expressions that the backend compiled without falling back to the row function
    """

    all: ClassVar[dict[str, Tally]] = {}

    def __init__(self, backend: str) -> None:
        self.backend = backend
        self.expressions = self.pairs = self.native = 0
        self.reasons: dict[str, int] = {}
        Tally.all[backend] = self

    def add(self, case: Case, reasons: Mapping[str, int] | tuple[str, ...] = ()) -> None:
        """Counts a case; `reasons` say why it fell back, empty where it is native."""
        self.expressions += 1
        self.pairs += len(case.rows)
        self.native += not reasons
        for reason in reasons:
            self.reasons[reason] = self.reasons.get(reason, 0) + 1


def tallied() -> list[dict[str, Any]]:
    """All tallies that counted something, as JSON holds them."""
    return [vars(tally) for tally in Tally.all.values() if tally.expressions]
