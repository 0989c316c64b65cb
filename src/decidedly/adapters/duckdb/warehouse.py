"""Tables as Parquet files in one folder, one file a table."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import mkstemp
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from decidedly.adapters.duckdb.select import check_name, select
from decidedly.core.errors import NotFound


class DuckdbWarehouse:
    """Warehouse port over Parquet and DuckDB. Queries see only this folder and have no way to write."""

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        self._folder = folder.resolve()
        self._threads = threads
        self._folder.mkdir(parents=True, exist_ok=True)

    def write(self, name: str, table: pa.Table) -> None:
        target = self._path(name)
        handle, temporary = mkstemp(dir=self._folder, prefix=f".{name}-{os.getpid()}-", suffix=".writing")
        try:
            with os.fdopen(handle, "wb") as file:
                pq.write_table(table, file, compression="zstd", compression_level=1)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def read(self, name: str, columns: tuple[str, ...] = ()) -> pa.Table:
        path = self._path(name)
        if not path.exists():
            raise NotFound.named("table", name, self.names())
        with pq.ParquetFile(path) as file:
            for column in columns:
                if column not in file.schema_arrow.names:
                    raise NotFound.named("column", column, file.schema_arrow.names)
            table = file.read(list(columns) or None)
            return table.select(columns) if columns else table

    def sweep(self) -> None:
        for left in self._folder.glob(".*.writing"):
            writer = left.name.split("-")[-2]
            if not (writer.isdigit() and _lives(int(writer))):
                left.unlink(missing_ok=True)

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(path.stem for path in self._folder.glob("[a-z]*.parquet")))

    def query(self, sql: str, parameters: dict[str, Any] | None = None) -> pa.Table:
        with duckdb.connect(config={"threads": str(self._threads)}) as connection:
            connection.execute(f"SET allowed_directories = [{_literal(str(self._folder))}]")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            for name in self.names():
                path = _literal(str(self._path(name)))
                connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet({path})')
            return select(connection, sql, parameters)

    def _path(self, name: str) -> Path:
        return self._folder / f"{check_name(name)}.parquet"


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
