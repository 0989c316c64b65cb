"""Tables of columns in memory; DuckDB answers the SQL."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa

from decidedly.adapters.duckdb.select import check_name, select
from decidedly.core.errors import NotFound


class MemoryWarehouse:
    """Warehouse port over a dictionary of Arrow tables."""

    def __init__(self) -> None:
        self._tables: dict[str, pa.Table] = {}

    def write(self, name: str, table: pa.Table) -> None:
        self._tables = {**self._tables, check_name(name): table}

    def read(self, name: str, columns: tuple[str, ...] = ()) -> pa.Table:
        table = self._tables.get(name)
        if table is None:
            raise NotFound.named("table", name, self._tables)
        for column in columns:
            if column not in table.column_names:
                raise NotFound.named("column", column, table.column_names)
        return table.select(columns) if columns else table

    def sweep(self) -> None:
        """Nothing: a table is there whole or not at all."""

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._tables))

    def query(self, sql: str, parameters: dict[str, Any] | None = None) -> pa.Table:
        with duckdb.connect(config={"enable_external_access": "false"}) as connection:
            for name, table in self._tables.items():
                connection.register(name, table)
            return select(connection, sql, parameters)
