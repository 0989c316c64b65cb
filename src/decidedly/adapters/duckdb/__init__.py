"""DuckDB: the warehouse of the embedded default, Parquet files in one folder; and queries as sources of rows."""

from decidedly.adapters.duckdb.source import DuckdbSource
from decidedly.adapters.duckdb.warehouse import DuckdbWarehouse

__all__ = ["DuckdbSource", "DuckdbWarehouse"]
