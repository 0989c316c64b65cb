"""What DuckDB answers to the generated SQL is what the reference interpreter gives, nulls and extremes included."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
from hypothesis import given

from decidedly.feel import BOOLEAN
from decidedly.feel.sql import condition_to_sql, to_sql
from decidedly.feel.sql.columns import column

from .feel_cases import FACTS, IDS, Case, Tally, agreement, cases, same

SQL = Tally("sql")
CONNECTION = duckdb.connect(config={"threads": "1"})
TYPES = {IDS[name]: type_ for name, type_ in FACTS.items()}


def answers(case: Case, *texts: str) -> list[tuple[Any, ...]]:
    types = {reference.id: TYPES[reference.id] for reference in case.compiled.reads}
    columns = {id_: column(type_, [row[id_] for row in case.rows]) for id_, type_ in types.items()}
    CONNECTION.register("people", pa.table({"place": pa.array(range(len(case.rows))), **columns}))
    return CONNECTION.sql(f"SELECT place, {', '.join(texts)} FROM people ORDER BY place").fetchall()


@agreement
@given(cases())
def test_duckdb_gives_what_the_reference_interpreter_gives(case: Case) -> None:
    tree = case.compiled.tree
    sql, reasons = to_sql(tree)
    SQL.add(case, tuple(reason.text for reason in reasons))
    if sql is None:
        return
    condition = condition_to_sql(tree)[0] if tree.type == BOOLEAN else None
    found = answers(case, sql.text, condition.text if condition else "NULL")
    for (_, value, holds), expected in zip(found, case.expected(), strict=True):
        assert same(sql.plain(value), expected), (case.text, sql.text, value, expected)
        if condition:
            assert (holds is True) is (expected is True), (case.text, condition.text, holds, expected)
