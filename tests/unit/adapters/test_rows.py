"""Many rows in few statements."""

from __future__ import annotations

import sqlite3

import pytest

from decidedly.adapters.sqlite.rows import insert_rows


@pytest.mark.parametrize("count", [0, 1, 2, 63, 64, 65, 200])
def test_every_row_is_written_once_and_in_order(count: int) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)")
    rows = [(number, str(number)) for number in range(count)]
    insert_rows(connection, "t (a, b)", rows)
    assert connection.execute("SELECT a, b FROM t ORDER BY rowid").fetchall() == rows
    again = [(number, "new") for number in range(count)]
    insert_rows(connection, "t (a, b)", again, "ON CONFLICT (a) DO UPDATE SET b = excluded.b")
    assert connection.execute("SELECT a, b FROM t").fetchall() == again
    connection.close()
