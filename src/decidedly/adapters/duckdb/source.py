"""A query of DuckDB as a source of rows: over a DuckDB file, or over any file that DuckDB reads."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa

from decidedly.adapters.sql import ROWS, batches_of, columns_of, select_of, since_of
from decidedly.core.errors import BadInput
from decidedly.core.mapping import Cursor, From
from decidedly.ports.source import Batch, Part

SCHEME = "duckdb:"


class DuckdbSource:
    """Source port over DuckDB. url: "duckdb:FILE", opened for reading only, or "duckdb:" for queries over files."""

    open_ended = False

    def __init__(self, from_: From, url: str, *, threads: int = 2) -> None:
        self._from = from_
        self._file = url.removeprefix(SCHEME).removeprefix("//")
        self._threads = threads

    def parts(self) -> tuple[Part, ...]:
        return (Part(""),)

    def columns(self) -> tuple[str, ...]:
        with self._connect() as connection:
            return columns_of(self._run(connection, f"SELECT * FROM {select_of(self._from)} LIMIT 0").schema)

    def batches(self, part: str, after: int = 0, since: Cursor | None = None) -> Iterator[Batch]:
        with self._connect() as connection:
            try:
                yield from batches_of(self._run(connection, since_of(self._from, since)))
            except duckdb.Error as error:
                raise BadInput(f"DuckDB stopped: {error}.", place=SCHEME) from error

    def _connect(self) -> duckdb.DuckDBPyConnection:
        config: dict[str, str | bool | int | float | list[str]] = {"threads": self._threads}
        try:
            return duckdb.connect(self._file or ":memory:", read_only=bool(self._file), config=config)
        except duckdb.Error as error:
            raise BadInput(f"DuckDB cannot open {self._file}: {error}.", place="url") from error

    def _run(self, connection: duckdb.DuckDBPyConnection, sql: str) -> pa.RecordBatchReader:
        try:
            return connection.sql(sql).to_arrow_reader(ROWS)
        except duckdb.Error as error:
            raise BadInput(str(error).strip(), place="query", hint=f"In: {sql}") from error
