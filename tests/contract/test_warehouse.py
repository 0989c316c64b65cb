"""Contract of the warehouse: tables written whole, read by column or by SQL."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pytest

from decidedly.adapters.duckdb import DuckdbWarehouse
from decidedly.core.errors import BadInput, NotFound
from decidedly.ports.warehouse import Warehouse

TABLE = pa.table(
    {
        "id": ["a", "b", None],
        "n": pa.array([1, 2, None], pa.int32()),
        "at": pa.array([0, 1, 2], pa.timestamp("us", "UTC")),
        "leaf": pa.array(["p", "p", "q"]).dictionary_encode(),
    }
)


def test_a_table_comes_back_as_it_was(warehouse: Warehouse) -> None:
    warehouse.write("first-table", TABLE)
    assert warehouse.read("first-table").equals(TABLE)
    assert warehouse.names() == ("first-table",)


def test_columns_can_be_chosen_in_any_order(warehouse: Warehouse) -> None:
    warehouse.write("t", TABLE)
    assert warehouse.read("t", ("n", "id")).equals(TABLE.select(["n", "id"]))


def test_writing_replaces_the_table(warehouse: Warehouse) -> None:
    warehouse.write("t", TABLE)
    warehouse.write("t", TABLE.slice(1))
    assert warehouse.read("t").equals(TABLE.slice(1))
    assert warehouse.query("SELECT count(*) AS n FROM t").to_pylist() == [{"n": 2}]


def test_an_empty_table_keeps_its_columns(warehouse: Warehouse) -> None:
    warehouse.write("t", TABLE.slice(0, 0))
    assert warehouse.read("t").schema.equals(TABLE.schema)


def test_sql_joins_tables_and_takes_parameters(warehouse: Warehouse) -> None:
    warehouse.write("t", TABLE)
    warehouse.write("other-one", pa.table({"id": ["a", "b"], "name": ["A", "B"]}))
    sql = 'SELECT name, n FROM t JOIN "other-one" USING (id) WHERE n > $least ORDER BY name'
    assert warehouse.query(sql, {"least": 1}).to_pylist() == [{"name": "B", "n": 2}]


def test_an_unknown_table_or_column_is_not_found(warehouse: Warehouse) -> None:
    warehouse.write("products", TABLE)
    with pytest.raises(NotFound, match="Did you mean 'products'"):
        warehouse.read("product")
    with pytest.raises(NotFound):
        warehouse.read("products", ("m",))


@pytest.mark.parametrize(
    "sql",
    [
        "SELEC 1",
        "SELECT 1; SELECT 2",
        "DROP VIEW t",
        "COPY t TO '/tmp/decidedly-should-not-exist.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM nowhere",
        "",
    ],
)
def test_anything_but_one_select_over_the_tables_is_bad_input(warehouse: Warehouse, sql: str) -> None:
    warehouse.write("t", TABLE)
    with pytest.raises(BadInput):
        warehouse.query(sql)


@pytest.mark.parametrize("name", ["", "../t", "T", "a b", 'a"b', ".hidden"])
def test_a_bad_name_is_bad_input(warehouse: Warehouse, name: str) -> None:
    with pytest.raises(BadInput):
        warehouse.write(name, TABLE)


def test_what_an_interrupted_write_left_is_swept(tmp_path: Path) -> None:
    warehouse = DuckdbWarehouse(tmp_path, threads=1)
    left, running = tmp_path / ".people-999999999-x.writing", tmp_path / f".people-{os.getpid()}-x.writing"
    for file in (left, running):
        file.write_bytes(b"half")
    warehouse.sweep()
    assert (left.exists(), running.exists()) == (False, True)
