"""Rows of databases: DuckDB, SQLite and PostgreSQL, in the order of a cursor and from it on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from decidedly.adapters.adbc import AdbcSource
from decidedly.adapters.duckdb import DuckdbSource
from decidedly.core.errors import BadInput, NotReady
from decidedly.core.mapping import Cursor, From
from decidedly.core.policy import Text
from decidedly.ports.source import Source
from tests.postgres import PostgresServer

ROWS = [(n, f"c{n % 3}", f"2017-10-{n:02} 08:00:00", "12.50") for n in range(1, 10)]
CREATE = 'CREATE TABLE orders (id integer, "card no" varchar(10), changed {time}, paid numeric(9, 2))'
INSERT = "INSERT INTO orders VALUES " + ", ".join(f"({n}, '{c}', '{at}', {paid})" for n, c, at, paid in reversed(ROWS))


@pytest.fixture(params=["duckdb", "sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nine orders, the newest first, and one that has no time."""
    if request.param == "duckdb":
        with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
            connection.execute(CREATE.format(time="timestamp"))
            connection.execute(INSERT)
        yield f"duckdb:{tmp_path / 'shop.duckdb'}"
    elif request.param == "sqlite":
        base = sqlite3.connect(tmp_path / "shop.db")
        base.execute(CREATE.format(time="text"))
        base.execute(INSERT)
        base.commit()
        base.close()
        yield f"sqlite:{tmp_path / 'shop.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        database = server.database()
        run(database, CREATE.format(time="timestamp"), INSERT)
        yield database
        server.drop(database)


def run(url: str, *statements: str) -> None:
    import adbc_driver_postgresql.dbapi

    with adbc_driver_postgresql.dbapi.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def opened(url: str, **how: Any) -> Source:
    from_ = From(url=url, **how)
    return DuckdbSource(from_, url) if url.startswith("duckdb:") else AdbcSource(from_, url)


def rows(source: Source, since: Cursor | None = None) -> list[dict[str, Any]]:
    return [row for batch in source.batches("", since=since) for row in batch.rows]


def test_a_table_gives_its_columns_and_rows(url: str) -> None:
    source = opened(url, table="orders")
    assert source.columns() == ("id", "card no", "changed", "paid")
    found = rows(source)
    assert [row["id"] for row in found] == [n for n, *_ in reversed(ROWS)]
    assert {str(row["paid"]) for row in found} <= {"12.50", "12.5"}
    assert str(found[0]["changed"]) == "2017-10-09 08:00:00"


def test_a_query_may_end_in_a_semicolon_and_hold_comments(url: str) -> None:
    source = opened(url, query="SELECT id AS n -- the number\nFROM orders WHERE \"card no\" = 'c0';\n")
    assert sorted(row["n"] for row in rows(source)) == [3, 6, 9]


@pytest.mark.parametrize(
    ("cursor", "since"), [("id", Cursor("number", "7")), ("changed", Cursor("time", "2017-10-07 08:00:00"))]
)
def test_rows_come_in_the_order_of_the_cursor_from_it_on(url: str, cursor: str, since: Cursor) -> None:
    source = opened(url, table="orders", cursor=Text(cursor))
    assert [row["id"] for row in rows(source)] == [n for n, *_ in ROWS]
    assert [row["id"] for row in rows(source, since)] == [7, 8, 9]


def test_rows_of_one_event_stand_together(url: str) -> None:
    source = opened(url, table="orders", together=("card no",))
    assert [row["card no"] for row in rows(source)] == [f"c{n}" for n in (0, 0, 0, 1, 1, 1, 2, 2, 2)]
    by_cursor = opened(url, table="orders", cursor=Text("paid"), together=("card no", "paid"))
    assert [row["card no"] for row in rows(by_cursor)] == [row["card no"] for row in rows(source)]


def test_what_is_no_select_is_refused_and_changes_nothing(url: str) -> None:
    with pytest.raises(BadInput):
        rows(opened(url, query="DELETE FROM orders RETURNING *"))
    # SQLite's driver runs only the first of several statements, the others refuse them.
    with suppress(BadInput):
        rows(opened(url, query="SELECT 1) AS a; DROP TABLE orders; SELECT * FROM (SELECT 1"))
    assert len(rows(opened(url, table="orders"))) == len(ROWS)


def test_a_mistake_in_the_query_is_told_with_the_statement(url: str) -> None:
    with pytest.raises(BadInput) as refused:
        opened(url, query="SELECT * FROM ordres").columns()
    assert "ordres" in refused.value.message
    assert "SELECT * FROM ordres" in refused.value.hint


def test_duckdb_reads_files_by_a_query(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,name\n1,x\n")
    assert rows(opened("duckdb:", query=f"SELECT * FROM read_csv('{tmp_path / 'a.csv'}')")) == [{"id": 1, "name": "x"}]


def test_types_of_postgresql_become_plain_values(postgres_server: PostgresServer) -> None:
    url = postgres_server.database()
    query = (
        "SELECT 12.50::numeric(9,2) AS paid, '{\"a\": [1]}'::jsonb AS more, ARRAY['x', 'y'] AS tags, true AS member,"
        " '08:30'::time AS opens, '2017-10-30'::date AS day, '2017-10-30 08:00+00'::timestamptz AS at,"
        " 'c0a80101-0000-4000-8000-000000000001'::uuid AS id, NULL::numeric AS nothing"
    )
    row = rows(opened(url, query=query))[0]
    assert row.pop("at") == datetime.fromisoformat("2017-10-30T08:00:00Z")
    assert row == {
        "paid": Decimal("12.50"),
        "more": {"a": [1]},
        "tags": ["x", "y"],
        "member": True,
        "opens": time(8, 30),
        "day": date(2017, 10, 30),
        "id": "c0a80101-0000-4000-8000-000000000001",
        "nothing": None,
    }
    postgres_server.drop(url)


def test_a_large_result_comes_in_small_batches(postgres_server: PostgresServer) -> None:
    url = postgres_server.database()
    query = "SELECT g AS id, repeat('x', 100) AS text FROM generate_series(1, 30000) AS g"
    batches = list(opened(url, query=query).batches(""))
    assert max(len(batch.rows) for batch in batches) <= 5000
    assert [number for batch in batches for number in batch.numbers] == list(range(1, 30001))
    postgres_server.drop(url)


@pytest.mark.parametrize(
    "url", ["postgresql://nobody@127.0.0.1:1/none", "duckdb:/none/there.duckdb", "sqlite:/none/there.db"]
)
def test_a_database_that_does_not_answer_is_told(url: str) -> None:
    with pytest.raises(BadInput):
        opened(url, table="orders").columns()


def test_an_unknown_scheme_and_a_missing_driver_are_told() -> None:
    with pytest.raises(BadInput, match="There is no source 'oracle:'"):
        opened("oracle://x", table="t").columns()
    with pytest.raises(NotReady) as missing:
        opened("snowflake://x", table="t").columns()
    assert missing.value.hint == "Install it: pip install adbc-driver-snowflake."
