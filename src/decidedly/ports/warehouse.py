"""Warehouse: tables of columns beside the operational store (Parquet), written whole, read by column or by SQL."""

from __future__ import annotations

from typing import Any, Protocol

import pyarrow as pa


class Warehouse(Protocol):
    def write(self, name: str, table: pa.Table) -> None:
        """Replace a table, atomically: a reader sees the old one or the new one."""
        ...

    def read(self, name: str, columns: tuple[str, ...] = ()) -> pa.Table:
        """All rows, all columns if none is named. NotFound if there is no such table."""
        ...

    def sweep(self) -> None:
        """Remove what interrupted writes left behind."""
        ...

    def names(self) -> tuple[str, ...]: ...

    def query(self, sql: str, parameters: dict[str, Any] | None = None) -> pa.Table:
        """Run one SELECT over the tables by their names; $name marks a parameter."""
        ...
