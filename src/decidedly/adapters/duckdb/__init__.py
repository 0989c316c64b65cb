"""The warehouse of the embedded default: Parquet files in one folder, DuckDB over them."""

from decidedly.adapters.duckdb.warehouse import DuckdbWarehouse

__all__ = ["DuckdbWarehouse"]
