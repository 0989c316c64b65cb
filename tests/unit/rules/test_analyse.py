"""What an author is told of a table as a whole, in words and at its place."""

import pytest

from decidedly.feel import BOOLEAN, DATE, INTEGER, STRING, ListOf, Name, Scope, money
from decidedly.rules import check_table, read_table, type_table

SCOPE = Scope.of(
    {
        "person": [
            Name("age", INTEGER),
            Name("band", STRING),
            Name("member", BOOLEAN),
            Name("spend", money("GBP")),
            Name("born", DATE),
            Name("tags", ListOf(STRING)),
        ]
    },
    bare=["person"],
)


def told(text: str) -> list[tuple[str, int, int, str]]:
    table, problems = read_table(text.strip())
    assert table is not None, problems
    typed, problems = type_table(table, SCOPE)
    assert typed is not None, problems
    return [(one.code, one.place.line, one.place.column, one.message) for one in check_table(typed)]


FULL = """
hit = "first"
| age      | member | -> out |
|----------|--------|--------|
| < 18     | -      | 1      |
| [18..65) | true   | 2      |
| [18..65) | false  | 3      |
| >= 65    | -      | 4      |
| null     | -      | 5      |
| -        | null   | 6      |
"""


def test_a_full_table_is_told_nothing() -> None:
    assert told(FULL) == []


def test_a_gap_comes_with_an_example_of_every_column() -> None:
    text = FULL.replace("[18..65) | false ", "[20..65) | false ")
    message = "No row matches when age is 18 and member is false."
    assert told(text) == [("table.gap", 2, 3, message)]


def test_a_gap_of_what_is_not_known_is_told_apart() -> None:
    text = "\n".join(FULL.splitlines()[:-2])
    assert told(text) == [
        ("table.gap-unknown", 2, 3, "No row matches when age is not known and member is false."),
        ("table.gap-unknown", 2, 14, "No row matches when age is 18 and member is not known."),
    ]


def test_amounts_days_and_texts_are_shown_as_they_are_written() -> None:
    text = """
hit = "first"
| spend    | born             | band    | -> out |
|----------|------------------|---------|--------|
| < 12.50  | -                | -       | 1      |
| >= 12.51 | -                | -       | 1      |
| -        | < @"2000-02-29"  | -       | 2      |
| -        | >= @"2000-03-01" | -       | 2      |
| -        | -                | not("a") | 2     |
"""
    assert told(text)[0][3] == 'No row matches when spend is 12.50, born is 2000-02-29 and band is "a".'


@pytest.mark.parametrize("hit", ["collect", "rule order", "C#"])
def test_tables_that_collect_may_have_gaps(hit: str) -> None:
    assert told(f'hit = "{hit}"\n| age | -> out |\n|---|---|\n| < 5 | 1 |') == []


def test_a_default_closes_every_gap() -> None:
    assert told('hit = "first"\ndefault = { out = "0" }\n| age | -> out |\n|---|---|\n| < 5 | 1 |') == []


def test_allowed_values_bound_what_can_be_missing() -> None:
    text = """
hit = "first"
allowed = { band = '"a", "b"', age = "[0..120]" }
| band | age    | -> out |
|------|--------|--------|
| "a"  | -      | 1      |
| "b"  | <= 99  | 2      |
| null | -      | 3      |
| -    | null   | 3      |
"""
    assert told(text) == [("table.gap", 3, 3, 'No row matches when band is "b" and age is 100.')]
    assert told(text.replace("<= 99", "<= 120")) == []


def test_unique_rows_that_overlap_are_told_with_an_example() -> None:
    text = """
| age      | -> out |
|----------|--------|
| < 18     | 1      |
| [17..65] | 1      |
| >= 66    | 2      |
| null     | 0      |
"""
    assert told(text) == [("table.overlap", 4, 1, "Rows 1 and 2 both match when age is 17.")]
    assert told('hit = "any"\n' + text.lstrip()) == []
    assert [one[0] for one in told('hit = "any"\n' + text.lstrip().replace("[17..65] | 1", "[17..65] | 3"))] == [
        "table.overlap"
    ]


def test_a_row_that_nothing_reaches_is_told_why() -> None:
    text = """
hit = "first"
| age  | band       | -> out |
|------|------------|--------|
| < 10 | -          | 1      |
| < 5  | "a"        | 2      |
| -    | "a", "b"   | 3      |
| -    | not("a")   | 4      |
| > 20 | "c"        | 5      |
| > 30 | "a", "c"   | 6      |
| -    | -          | 7      |
"""
    assert [(code, line, message) for code, line, _, message in told(text)] == [
        ("table.unreachable", 5, "This row is never reached: row 1 already matches all of it."),
        ("table.unreachable", 8, "This row is never reached: row 4 already matches all of it."),
        ("table.unreachable", 9, "This row is never reached: the rows above it already match all of it."),
        ("table.unreachable", 10, "This row is never reached: the rows above it already match all of it."),
    ]


def test_a_row_of_dashes_before_others_is_told_once() -> None:
    text = '| band | -> out |\n|---|---|\n| "a" | 1 |\n| - | 2 |\n| "b" | 3 |\n| "c" | 4 |'
    message = "Row 2 matches everything, so the rows below it are never reached."
    assert told('hit = "first"\n' + text) == [("table.unreachable", 5, 1, message)]


def test_rows_that_never_match_are_told_at_their_cell() -> None:
    text = """
hit = "first"
| age              | member           | -> out |
|------------------|------------------|--------|
| ? > 5 and ? < 6  | -                | 1      |
| 2.5              | -                | 2      |
| -                | not(true, false, null) | 3 |
| -                | -                | 4      |
"""
    assert [(code, line, column) for code, line, column, _ in told(text)] == [
        ("table.never-matches", 4, 3),
        ("table.never-matches", 5, 3),
        ("table.never-matches", 6, 22),
    ]


def test_rows_that_add_nothing_are_told() -> None:
    rows = '| < 10 | "high" |\n| < 5 | "low" |\n| >= 10, null | "low" |'
    header = 'hit = "priority"\nallowed = { out = \'"high", "low"\' }\n| age | -> out |\n|---|---|\n'
    message = "This row adds nothing: row 1 matches all that it matches and has at least its priority."
    assert told(header + rows) == [("table.subsumed", 6, 1, message)]


def test_cells_that_read_facts_are_neither_gaps_nor_overlaps() -> None:
    text = "| age | -> out |\n|---|---|\n| < age + 1 | 1 |\n| 3, null | 3 |"
    assert told(text) == []


def test_lists_are_told_by_what_they_contain() -> None:
    text = """
hit = "first"
| tags     | age | -> out |
|----------|-----|--------|
| "a", "b" | -   | 1      |
| "b"      | > 5 | 2      |
| "c"      | > 5 | 3      |
| not("c") | -   | 4      |
"""
    assert [(code, line, message) for code, line, _, message in told(text)] == [
        ("table.gap", 2, 'No row matches when tags is ["c"] and age is 0.'),
        ("table.unreachable", 5, "This row is never reached: row 1 already matches all of it."),
    ]
    rest = text.replace('| "c"      | > 5 |', '| "c"      | -   |')
    assert [message for code, _, _, message in told(rest) if "gap" in code] == [
        "No row matches when tags is not known and age is 0."
    ]


def test_columns_that_depend_on_each_other_make_no_false_gap() -> None:
    text = """
hit = "first"
| age   | age >= 18 | -> out |
|-------|-----------|--------|
| < 18  | -         | 1      |
| >= 18 | true      | 2      |
| null  | -         | 3      |
"""
    assert told(text) == []


def test_results_that_can_only_be_null_and_heads_that_are_constant_are_told() -> None:
    text = (
        'hit = "collect"\n| 1 + 1 | age + null | -> out |\n|---|---|---|\n| 2 | - | spend + null |\n| - | - | 1 / 0 |'
    )
    assert [(code, line, column) for code, line, column, _ in told(text)] == [
        ("feel.constant", 2, 3),
        ("feel.always-null", 2, 11),
        ("feel.always-null", 4, 11),
        ("feel.always-null", 5, 11),
    ]


def test_a_table_of_many_rows_is_told_of_five_and_how_many_more() -> None:
    rows = "\n".join(f"| > {n} | {n} |" for n in range(10))
    found = told(f"| age | -> out |\n|---|---|\n{rows}")
    assert [code for code, *_ in found].count("table.overlap") == 5
