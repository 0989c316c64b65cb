"""A table looked up in the index, the same table as ifs, and the reference give the same, whatever the hit policy."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

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
    TIME,
    ListOf,
    Months,
    Name,
    Number,
    Scope,
    Type,
    evaluate,
    from_plain,
    money,
    parse,
    to_plain,
)
from decidedly.rules import Cell, DecisionTable, Row, compile_typed, fire, generate, result_type, type_table
from decidedly.rules.definition import HIT_POLICIES
from decidedly.rules.regions import region_of

from .feel_cases import NIGHTLY

COLUMNS: dict[str, tuple[Type, list[str]]] = {
    "count": (INTEGER, ["0", "1", "5", "-3", "2.5", "9007199254740993"]),
    "weight": (Number(3), ["0", "0.001", "2.5", "-3.0005", "1"]),
    "exact": (NUMBER, ["0", "0.1", "1E30", "-2", "0.10"]),
    "spend": (money("USD"), ["0", "12.34", "50", "0.005"]),
    "score": (REAL, ["0", "0.1", "0.5", "1E300", "-1"]),
    "band": (STRING, ['""', '"a"', '"a\\u0000"', '"b"', '"19-24"']),
    "member": (BOOLEAN, ["true", "false"]),
    "born": (DATE, ['@"2016-02-29"', '@"2017-01-31"', '@"9999-12-31"', '@"2016-03-01"']),
    "seen": (DATE_TIME, ['@"2017-10-30T08:30:00Z"', '@"9999-12-31T23:59:59.999999Z"']),
    "at": (TIME, ['@"08:30:00"', '@"23:59:59.999999"', '@"00:00:00"']),
    "gap": (DAYS, ['@"P1D"', '@"PT0S"', '@"-P3DT1S"']),
    "term": (MONTHS, ['@"P1Y"', '@"P0M"', '@"-P1M"']),
    "tags": (ListOf(STRING), ['"a"', '"b"']),
    "anything": (ANY, ["1", '"a"', "true"]),
}
SCOPE = Scope.of({"person": [Name(name, type_) for name, (type_, _) in COLUMNS.items()]}, bare=["person"])
NEAR: dict[str, list[Any]] = {
    "count": [-4, 0, 1, 2, 3, 2**53, 2**53 + 1, 2**63 - 1],
    "weight": [0, 1, 2, 2500, 2499, -3000, -3001, 1000],
    "exact": [Decimal("0.1"), Decimal("0.1000000000000000000000000000000001"), 0, Decimal("1E30"), Decimal("-2")],
    "spend": [0, 1, 1233, 1234, 1235, 5000, -1],
    "score": [0.0, -0.0, 0.1, 0.10000000000000002, 0.5, 1e300, float("nan"), float("inf"), -1.0],
    "band": ["", "\0", "a", "a\0", "a\0\0", "b", "19-24", "é"],
    "member": [True, False],
    "born": [date(2016, 2, 29), date(2016, 3, 1), date.max, date.min, date(2017, 1, 31)],
    "seen": [datetime(2017, 10, 30, 8, 30, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC),
             datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)],
    "at": [time(8, 30), time.max, time.min, time(8, 30, 0, 1)],
    "gap": [timedelta(days=1), timedelta(0), timedelta(days=-3, seconds=-1), timedelta.max, timedelta.min],
    "term": [Months(12), Months(0), Months(-1), Months(13)],
    "tags": [[], ["a"], ["b", None], ["c"]],
    "anything": [Decimal(1), "a", True, date(2016, 2, 29), ["a"]],
}  # fmt: skip
rows_of_facts = st.fixed_dictionaries(
    {name: st.one_of(st.none(), st.sampled_from(near)) for name, near in NEAR.items()}
)


@st.composite
def cells(draw: st.DrawFn, name: str) -> str:
    type_, values = COLUMNS[name]
    one = st.sampled_from(values)
    v, w, u = draw(one), draw(one), draw(one)
    forms = ["-", v, f"{v}, {w}", f"not({v})", f"not({v}, {w})", "null", "not(null)", f"{v}, null", f"!= {v}", "{v}"]
    if type_ not in (BOOLEAN, ANY) and not isinstance(type_, ListOf):
        op = draw(st.sampled_from(["<", "<=", ">", ">="]))
        opened, closed = draw(st.sampled_from("[(")), draw(st.sampled_from("])"))
        forms += [f"{op} {v}", f"{opened}{v}..{w}{closed}", f"not({op} {v})", f"not({opened}{v}..{w}{closed}), {u}"]
        forms += [f"? > {v} and ? != {w}", f"{v} < ?", f"{op} {v}, < {w}, null", f"not(null, {v})", f"[{v}, {w}]"]
    forms += [f"? = {name}", f"? != {v} or count > 1"]
    return draw(st.sampled_from(forms))


@st.composite
def tables(draw: st.DrawFn) -> DecisionTable:
    heads = draw(st.lists(st.sampled_from(list(COLUMNS)), min_size=1, max_size=4, unique=True))
    result = st.sampled_from(["1", "2", "", "count", "0.5"])
    rows = [
        Row(tuple(map(Cell, (*(draw(cells(head)) for head in heads), *draw(st.tuples(result, result))))))
        for _ in range(draw(st.integers(1, 8)))
    ]  # fmt: skip
    return DecisionTable(
        name="",
        hit=draw(st.sampled_from(list(HIT_POLICIES.values()))),
        inputs=tuple(map(Cell, heads)),
        outputs=(Cell("x"), Cell("y")),
        rows=tuple(rows),
        defaults=draw(st.sampled_from([{}, {"x": "7"}, {"y": "count"}])),
        allowed=draw(st.sampled_from([{}, {"x": "2, 1"}, {"y": "> -1000"}, {heads[0]: COLUMNS[heads[0]][1][0]}])),
    )


def same(a: Any, b: Any) -> bool:
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


@settings(max_examples=4_000 if NIGHTLY else 200, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables(), st.lists(rows_of_facts, min_size=1, max_size=6))
def test_index_ifs_and_reference_agree(table: DecisionTable, people: list[dict[str, Any]]) -> None:
    typed, _ = type_table(table, SCOPE)
    if typed is None:
        return
    forms = []
    for rows_as_ifs in (0, 1000):
        with patch.object(generate, "CHAIN_ROWS", rows_as_ifs), patch.object(generate, "worth_it", lambda index: True):
            compiled, _ = compile_typed(typed)
            assert compiled is not None
            forms.append((compiled, compiled.output("x")))
    types = [result_type(typed, place) for place in range(2)]
    for person in people:
        expected = fire(typed, {"person": person})
        for compiled, first in forms:
            found = compiled.fn(person)
            outputs = tuple(to_plain(type_, value) for type_, value in zip(types, found.outputs, strict=True))
            assert same(outputs, expected.outputs), (person, compiled.source)
            assert (found.rows, found.problem) == (expected.rows, expected.problem), (person, compiled.source)
            assert same(to_plain(types[0], first(person)), expected.outputs[0])


@settings(max_examples=4_000 if NIGHTLY else 200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_region_holds_the_values_for_which_its_cell_is_true(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([name for name in COLUMNS if name not in ("tags", "anything")]))
    typed, _ = type_table(
        DecisionTable(name="", hit="first", inputs=(Cell(name),), outputs=(Cell("x"),),
                      rows=(Row((Cell(data.draw(cells(name))), Cell("1"))),)), SCOPE
    )  # fmt: skip
    if typed is None:
        return
    type_ = COLUMNS[name][0]
    true, false = (region_of(typed.cells[0][0], type_, truth) for truth in (True, False))
    texts = [parse(text, SCOPE)[0] for text in COLUMNS[name][1]]
    written = [from_plain(type_, evaluate(tree, {})) for tree in texts if tree is not None]
    for value in [None, *(v for v in written if v is not None), *NEAR[name]]:
        if isinstance(value, float) and value - value:
            continue
        expected = evaluate(typed.cells[0][0], {}, {1: to_plain(type_, value)})
        if true is not None:
            assert (value in true) is (expected is True), (typed.table.rows[0], value)
        if false is not None:
            assert (value in false) is (expected is False), (typed.table.rows[0], value)
