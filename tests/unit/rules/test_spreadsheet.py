"""A table comes back from a spreadsheet as it went there; what a person typed in Excel is taken as it was meant."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from decidedly.core.errors import BadInput
from decidedly.rules import DecisionTable, format_table, from_csv, from_xlsx, read_table, to_csv, to_xlsx

ALCOHOL = """\
# One bottle bars the whole coupon.
name  = "Alcohol only to adults"
hit   = "first"  # order matters
valid = { from = 2017-01-01 }

[allowed]
"age band" = '"19-24", "25-34"'

| age band | action.departments      | -> may have | -> reason           |
|----------|-------------------------|-------------|---------------------|
| "19-24"  | "SPIRITS | LIQUEURS"    | false       | "may be under 21"   |
# the rest
| -        | not("SPIRITS"), "WINE"  | true        | "say \\"yes\\""     |
| = 5      | @"2017-10-30"           | -1.50       |                     |
"""


def read(text: str) -> DecisionTable:
    table, problems = read_table(text)
    assert table is not None, problems
    return table


def back(table: DecisionTable, kind: str) -> DecisionTable:
    found, problems = from_csv(to_csv(table)) if kind == "csv" else from_xlsx(to_xlsx(table))
    assert found is not None, problems
    return found


def workbook(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_with_all_it_can_hold_comes_back_the_same(kind: str) -> None:
    table = read(ALCOHOL)
    assert format_table(back(table, kind)) == format_table(table)


written = st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"], blacklist_characters='\\"\x85')
cells = st.one_of(
    st.sampled_from(["-", "true", "= 1", "+5", "-5", '@"P1D"', "[1..5)", "null", "< 1/2", "1-2", "'"]),
    st.text(written, max_size=20).map(lambda text: f'"{text}"'),
)


@settings(max_examples=40)
@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=5), st.sampled_from(["csv", "xlsx"]))
def test_any_cells_come_back_the_same(rows: list[tuple[str, str, str]], kind: str) -> None:
    lines = ["| a | b | -> c |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]
    table, problems = read_table("\n".join(lines))
    assert table is not None, problems
    found = back(table, kind)
    assert [[cell.text for cell in row.cells] for row in found.rows] == [
        [cell.text for cell in row.cells] for row in read(format_table(table)).rows
    ]


def test_no_cell_is_a_formula() -> None:
    table = read('| a | -> b |\n| = 5 | "=1+1" |\n| -1 | +2 |\n')
    sheet: Any = load_workbook(io.BytesIO(to_xlsx(table))).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert "'= 5" in to_csv(table)


def test_what_a_person_typed_in_excel_is_taken_as_it_was_meant() -> None:
    raw = workbook(
        [
            ["name", "Easter, 'early' birds"],
            ["hit", "first"],
            [],
            ["orders", "since", "-> may have", "-> worth"],
            [3, date(2017, 4, 16), True, 0.5],
            [None, "-", False, 7.0],
            ["> 3,\n< 9", '"two\nlines"', None, None],
        ]
    )
    table, problems = from_xlsx(raw)
    assert table is not None, problems
    assert table.settings == {"name": "Easter, 'early' birds", "hit": "first"}
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["3", '@"2017-04-16"', "true", "0.5"],
        ["-", "-", "false", "7"],
        ["> 3, < 9", '"two\\nlines"', "", ""],
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_of_other_countries_is_read(mark: str) -> None:
    text = "\ufeffhit;first\n\norders;-> may have;-> reason\n3;TRUE;a\n".replace(";", mark).replace(
        "a\n", '"""a, b; c"""\n'
    )
    table, problems = from_csv(text)
    assert table is not None, problems
    assert [cell.text for cell in table.rows[0].cells] == ["3", "true", '"a, b; c"']


def wrong(raw: bytes | str) -> list[tuple[str, str]]:
    found, problems = from_csv(raw, file="x.csv") if isinstance(raw, str) else from_xlsx(raw, file="x.xlsx")
    assert found is None
    return [(str(problem.place), problem.message) for problem in problems]


def test_problems_name_the_cell() -> None:
    assert wrong("hit;firts\n\na;-> b\n1;2\n") == [("x.csv:1:1", "Cell A1: There is no hit policy 'firts'.")]
    assert wrong("a;-> b\n-;2\n# last\n") == [("x.csv:3:1", "Cell A3: A note must stand above a row.")]
    assert wrong("a;-> b\n1;2;3\n") == [
        ("x.csv:2:3", "Cell C2: This cell stands beside the table: its column has no head.")
    ]
    assert wrong(workbook([["a", "-> b"], [1, "=A1"]])) == [("x.xlsx:2:2", "Cell B2: This cell holds a formula.")]
    assert wrong(workbook([["a", "-> b", "c", "-> d"], [1, 2, 3, 4]]))[0] == (
        "x.xlsx:1:3",
        "Cell C1: Conditions come before results.",
    )


def test_what_is_no_table_is_said_in_a_word() -> None:
    assert wrong(b"PK") == [("x.xlsx:1:1", "This is not an Excel workbook (.xlsx).")]
    assert wrong("a;b\n1;2\n")[0][1].startswith("No row holds the heads")
    assert wrong('a;"b\n1')[0][1].startswith("This is not comma-separated text")


def test_a_workbook_that_unpacks_without_end_is_refused() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 50_000_001)
    assert "unpacks to" in wrong(held.getvalue())[0][1]


def test_control_characters_are_told_and_not_lost() -> None:
    with pytest.raises(BadInput, match="control characters"):
        to_xlsx(read('| a | -> b |\n| "\x07" | 1 |\n'))
