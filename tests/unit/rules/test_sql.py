from __future__ import annotations

import itertools
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from decidedly.feel import INTEGER, STRING, Name, Scope, money
from decidedly.feel.sql.columns import column
from decidedly.rules import fire, read_table, type_table
from decidedly.rules.sql import table_to_sql

TYPES = {"orders": INTEGER, "spend": money("USD"), "city": STRING}
SCOPE = Scope.of({"person": [Name(name, type_) for name, type_ in TYPES.items()]}, bare=["person"])
ROWS = """
| orders | spend      | city                | -> tier  | -> points   |
|--------|------------|---------------------|----------|-------------|
| < 1    | -          | -                   | "none"   | 0           |
| [1..4) | >= 50      | "Brno", "Praha"     | "silver" | orders * 10 |
| > 2    | -          | not("Brno")         | "gold"   | 25.5        |
| -      | [10..20]   | null                | "odd"    | spend / spend = 1 |
"""
PEOPLE: list[dict[str, Any]] = [
    {"orders": orders, "spend": spend, "city": city}
    for orders, spend, city in itertools.product([None, 0, 1, 3, 9], [None, 0, 1_500, 5_000], [None, "Brno", "Ostrava"])
]


def typed_table(hit: str, rows: str = ROWS.replace("spend / spend = 1", "1"), header: str = "") -> Any:
    table, problems = read_table(f'hit = "{hit}"\n{header}{rows}')
    assert table is not None, problems
    typed, problems = type_table(table, SCOPE)
    assert typed is not None, problems
    return typed


@pytest.mark.parametrize(
    ("hit", "header"),
    [
        ("first", '[default]\ntier = \'"unknown"\'\npoints = "-1"\n'),
        ("first", ""),
        ("unique", ""),
        ("priority", '[allowed]\ntier = \'"gold", "silver", "none", "odd"\'\n'),
    ],
)
def test_a_table_in_sql_gives_what_the_reference_gives(hit: str, header: str) -> None:
    typed = typed_table(hit, header=header)
    made, reasons = table_to_sql(typed)
    assert made is not None, reasons
    columns = {name: column(type_, [one[name] for one in PEOPLE]) for name, type_ in TYPES.items()}
    with duckdb.connect() as connection:
        connection.register("people", pa.table({"place": pa.array(range(len(PEOPLE))), **columns}))
        asked = ", ".join(one.text for one in (made.row, *made.outputs))
        found = connection.sql(f"SELECT place, {asked} FROM people ORDER BY place").fetchall()
    for person, (_, row, *outputs) in zip(PEOPLE, found, strict=True):
        expected = fire(typed, {"person": person})
        told = tuple(sql.plain(value) for sql, value in zip(made.outputs, outputs, strict=True))
        assert told == expected.outputs, person
        assert (() if row is None else (row,)) == (() if expected.problem else expected.rows), person


def test_a_table_that_gathers_rows_says_so() -> None:
    made, (reason,) = table_to_sql(typed_table("collect"))
    assert made is None
    assert str(reason) == "runs row by row, because a table with hit = 'collect' gathers rows"
