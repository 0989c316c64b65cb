"""Decision tables: what they decide under each hit policy, what authors are told, and their one written form."""

from typing import Any

import pytest

from decidedly.feel import INTEGER, REAL, STRING, ListOf, Name, Place, Scope, money
from decidedly.rules import MAY_HAVE, CompiledTable, compile_table, format_table, is_condition, read_table

ALCOHOL = """name   = "Alcohol only to adults whose age we know"
tier   = "regulation"
source = "state liquor control law"        # shown in every explanation
owner  = "legal"
hit    = "first"

| action.department | person.age band | -> may have | -> reason         |
|-------------------|-----------------|-------------|-------------------|
| not("SPIRITS")    | -               | true        |                   |
| -                 | "19-24"         | false       | "may be under 21" |
# the age is known, and it is not under 21
| -                 | not(null)       | true        |                   |
| -                 | -               | false       | "age not known"   |
"""


def scope(department: Any = STRING) -> Scope:
    person = [
        Name("age band", STRING, "a1"),
        Name("orders", INTEGER, "a2"),
        Name("spend", money("USD"), "a3"),
        Name("score", REAL, "a4"),
    ]
    return Scope.of({"person": person, "action": [Name("department", department, "d1")]}, bare=["person"])


def compiled(text: str, names: Scope | None = None) -> CompiledTable:
    table, problems = compile_table(text, names or scope(), place=Place("policies/alcohol.table"))
    assert table is not None, problems
    return table


def small(hit: str, rows: str, header: str = "") -> str:
    return f'hit = "{hit}"\n{header}\n| orders | -> out |\n|---|---|\n{rows}'


@pytest.mark.parametrize(
    ("department", "age", "expected", "row"),
    [
        ("BEER", None, True, 0),
        ("SPIRITS", "19-24", False, 1),
        ("SPIRITS", "25-34", True, 2),
        ("SPIRITS", None, False, 3),
    ],
)
def test_the_first_row_that_matches_decides(department: str, age: str | None, expected: bool, row: int) -> None:
    table = compiled(ALCOHOL)
    fired = table.fn({"a1": age}, {"d1": department})
    assert (fired.outputs[0], fired.rows) == (expected, (row,))
    assert table.output(MAY_HAVE)({"a1": age}, {"d1": department}) is expected


def test_a_fired_row_knows_its_line_and_a_column_its_reads() -> None:
    table = compiled(ALCOHOL)
    assert [table.line(row) for row in range(4)] == [9, 10, 12, 13]
    assert [[str(ref) for ref in column.reads] for column in table.columns] == [
        ["action.department"],
        ["person.age band"],
    ]
    assert table.table.settings["source"] == "state liquor control law"
    assert is_condition(table.typed, MAY_HAVE)
    assert not is_condition(table.typed, "reason")


def test_a_value_tests_a_list_by_whether_the_list_contains_it() -> None:
    may_have = compiled(ALCOHOL, scope(ListOf(STRING))).output(MAY_HAVE)
    adult, unknown = {"a1": "45-54"}, {"a1": None}
    assert may_have(unknown, {"d1": ["BEER", "DAIRY"]}) is True
    assert may_have(unknown, {"d1": ["BEER", "SPIRITS"]}) is False
    assert may_have(adult, {"d1": ["BEER", "SPIRITS"]}) is True


def test_an_unknown_list_matches_neither_a_value_nor_its_negation() -> None:
    table = compiled(ALCOHOL, scope(ListOf(STRING)))
    assert table.fn({"a1": None}, {"d1": None}).rows == (3,)


def test_a_comparison_against_a_list_must_say_some_or_every() -> None:
    text = '| action.department | -> out |\n|---|---|\n| < "B" | 1 |'
    problems = compile_table(text, scope(ListOf(STRING)))[1]
    assert [(p.code, p.place.line, p.place.column) for p in problems] == [("feel.type", 3, 3)]
    assert "some x in ?" in problems[0].hint
    quantified = compiled(text.replace('< "B"', 'some x in ? satisfies x < "B"'), scope(ListOf(STRING)))
    assert quantified.output("out")({}, {"d1": ["C", "A"]}) == 1


CELLS = [
    ("-", 5, True),
    ("5", 5, True),
    ("5, 6", 6, True),
    ("not(5, 6)", 6, False),
    ("not(5)", None, True),
    ("< 5", 4, True),
    ("< 5", None, False),
    ("[1..5]", 5, True),
    ("(1..5)", 5, False),
    ("]1..5[", 3, True),
    ("null", None, True),
    ("not(null)", None, False),
    ("> 3, < 1", 0, True),
    ("? * 2 = 10", 5, True),
    ("[1, 5]", 5, True),
    ("!= 5", 6, True),
    ("not([1..5])", 6, True),
    ("not(< 5)", None, False),
    ("-5", -5, True),
    ("5 + 1", 6, True),
    ("", 1, True),
]


@pytest.mark.parametrize(("cell", "value", "expected"), CELLS)
def test_a_cell_tests_its_column(cell: str, value: int | None, expected: bool) -> None:
    table = compiled(small("first", f"| {cell} | 1 |"))
    assert (table.output("out")({"a2": value}, {}) == 1) is expected


ROWS = "| < 10 | 3 |\n| < 5 | 1 |\n| < 3 | 3 |\n"


@pytest.mark.parametrize(
    ("hit", "orders", "output", "rows"),
    [
        ("unique", 7, 3, (0,)),
        ("U", 4, None, (0, 1)),
        ("any", 2, None, (0, 1, 2)),
        ("first", 2, 3, (0,)),
        ("collect", 2, [3, 1, 3], (0, 1, 2)),
        ("collect", 99, None, ()),
        ("collect sum", 2, 7, (0, 1, 2)),
        ("C+", 4, 4, (0, 1)),
        ("C<", 2, 1, (0, 1, 2)),
        ("C >".replace(" ", ""), 2, 3, (0, 1, 2)),
        ("C#", 2, 3, (0, 1, 2)),
        ("rule order", 4, [3, 1], (0, 1)),
        ("R", 99, None, ()),
        ("collect #", 99, 0, ()),
    ],
)
def test_a_hit_policy_settles_what_several_rows_give(hit: str, orders: int, output: Any, rows: tuple[int, ...]) -> None:
    fired = compiled(small(hit, ROWS)).fn({"a2": orders}, {})
    assert (fired.outputs[0], fired.rows) == (output, rows)
    assert bool(fired.problem) is (output is None and len(rows) > 1)


def test_priority_and_output_order_follow_the_allowed_values() -> None:
    rows = '| < 10 | "low" |\n| < 5 | "high" |\n'
    header = 'allowed = { out = \'"high", "low"\' }'
    assert compiled(small("priority", rows, header)).fn({"a2": 1}, {}).outputs == ("high",)
    ordered = compiled(small("output order", rows, header)).fn({"a2": 1}, {})
    assert (ordered.outputs, ordered.rows) == ((["high", "low"],), (1, 0))


def test_default_outputs_answer_when_no_row_matches() -> None:
    for hit, expected in (("first", 9), ("unique", 9), ("collect", [9]), ("collect +", 9)):
        fired = compiled(small(hit, "| 1 | 2 |", 'default = { out = "9" }')).fn({"a2": 5}, {})
        assert (fired.outputs, fired.rows) == ((expected,), ())


def test_an_output_may_be_computed_and_amounts_share_their_currency() -> None:
    table = compiled(small("first", "| 1 | spend * 2 |\n| - | 0.5 |"))
    assert str(table.types[0]) == "money(USD)"
    assert table.output("out")({"a2": 1, "a3": 150}, {}) == 300
    assert table.output("out")({"a2": 2}, {}) == 50


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "hint"),
    [
        (ALCOHOL.replace("age band", "age bnd"), "feel.unknown-name", 7, 30, "Did you mean 'age band'?"),
        (ALCOHOL.replace('"19-24"', "19"), "feel.type", 10, 23, "with quotes"),
        (ALCOHOL.replace('"first"', '"frist"'), "table.hit", 5, 1, "Did you mean 'first'?"),
        (ALCOHOL.replace('owner  = "legal"', "owner  = legal"), "table.header", 4, 10, "name ="),
        (ALCOHOL.replace("| -               | true        |  ", "| true        |  "), "table.row", 9, 1, ""),
        (ALCOHOL.replace('| false       | "may', '| 1           | "may'), "table.output-type", 10, 41, ""),
        (ALCOHOL.replace("-> may have", "may have"), "feel.unknown-name", 7, 41, ""),
        (ALCOHOL.replace("-> reason", "reason   "), "table.heads", 7, 55, "-> reason"),
        ('name = "x"\n', "table.no-table", 2, 1, ""),
        ("| orders | -> out |\n|---|---|\n", "table.no-rows", 1, 1, ""),
        (small("first", "| 1 | 2 |", 'default = { outt = "9" }'), "table.header", 2, 1, "Did you mean 'out'?"),
        (small("first", '| 1 | "c" |', 'allowed = { out = \'"a", "b"\' }'), "table.allowed", 5, 7, '"a", "b"'),
        (small("first", "| 7 | 2 |", 'allowed = { orders = "1, 2" }'), "table.allowed", 5, 3, "1, 2"),
        (small("collect sum", '| 1 | "c" |'), "table.output-type", 3, 12, ""),
    ],
)
def test_a_mistake_in_a_table_has_its_place(text: str, code: str, line: int, column: int, hint: str) -> None:
    table, problems = compile_table(text, scope())
    assert table is None
    first = problems[0]
    assert (first.code, first.place.line, first.place.column) == (code, line, column), problems
    assert hint in first.hint


def test_the_canonical_form_is_kept_and_reached_in_one_step() -> None:
    table, _ = read_table(ALCOHOL)
    assert table is not None
    assert format_table(table) == ALCOHOL
    loose, _ = read_table(ALCOHOL.replace("   = ", "=").replace("  |", "|").replace("| -  ", "|"))
    assert loose is not None
    assert format_table(loose) == ALCOHOL


def test_a_pipe_inside_a_text_does_not_end_its_cell() -> None:
    table = compiled(small("first", '| - | "a|b" |'))
    assert table.output("out")({}, {}) == "a|b"


def test_an_output_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        compiled(ALCOHOL).output("may")


def test_what_was_compiled_is_kept_by_its_content_and_scope() -> None:
    once = compiled(ALCOHOL)
    assert compiled(ALCOHOL, scope()) is once
    assert compiled(ALCOHOL.replace("19-24", "19-25")) is not once
    assert compiled(ALCOHOL, scope(ListOf(STRING))) is not once
    assert compile_table(ALCOHOL, scope(), place=Place("policies/wine.table"))[0] is not once
    assert compile_table("# a note\n" + ALCOHOL, scope(), place=Place("policies/alcohol.table"))[0] is not once
