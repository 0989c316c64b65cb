"""The SQL of each expression, for both engines: expressions.txt -> duckdb.sql and spark.sql, one statement a line.

Spark's is made here and run elsewhere: sqlglot must be able to read it back. Written anew with DECIDEDLY_GOLDEN=write.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlglot

from decidedly.feel import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    INTEGER,
    REAL,
    STRING,
    ContextOf,
    ListOf,
    Name,
    Number,
    RangeOf,
    Scope,
    money,
    parse,
)
from decidedly.feel.sql import Engine, to_sql

HERE = Path(__file__).parent
FACTS = {
    "orders": INTEGER, "spend": money("USD"), "weight": Number(3), "score": REAL, "age band": STRING, "member": BOOLEAN,
    "born": DATE, "seen": DATE_TIME, "gap": DAYS, "departments": ListOf(STRING), "counts": ListOf(INTEGER),
    "reals": ListOf(REAL), "window": RangeOf(INTEGER), "product": ContextOf((("price", money("USD")),)),
}  # fmt: skip
SCOPE = Scope.of(
    {"person": [Name(name, type_, name.replace(" ", "-")) for name, type_ in FACTS.items()]}, bare=["person"]
)
TEXTS = (HERE / "expressions.txt").read_text("utf-8").splitlines()


def statements(engine: Engine) -> list[str]:
    made = []
    for text in TEXTS:
        tree, problems = parse(text, SCOPE)
        assert tree is not None, (text, problems)
        sql, reasons = to_sql(tree, engine=engine)
        assert sql is not None, (text, reasons)
        made.append(sql.text)
    return made


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_the_sql_of_each_expression_is_the_one_on_file(engine: Engine) -> None:
    path = HERE / f"{engine}.sql"
    found = statements(engine)
    if os.environ.get("DECIDEDLY_GOLDEN") == "write":
        path.write_text("".join(f"{line}\n" for line in found), "utf-8")
    assert found == path.read_text("utf-8").splitlines()


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_every_statement_is_read_back_as_it_was_written(engine: Engine) -> None:
    for text in statements(engine):
        assert sqlglot.parse_one(text, dialect=engine).sql(dialect=engine)
