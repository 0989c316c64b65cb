"""A table or query of a database as a source of rows, through the database's ADBC driver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from adbc_driver_manager import Error

from decidedly.adapters.sql import batches_of, columns_of, select_of, since_of
from decidedly.core.errors import BadInput, NotReady
from decidedly.core.mapping import Cursor, From
from decidedly.ports.source import Batch, Part

DRIVERS = {
    "postgresql": "adbc_driver_postgresql", "postgres": "adbc_driver_postgresql",
    "sqlite": "adbc_driver_sqlite",
    "snowflake": "adbc_driver_snowflake",
    "grpc": "adbc_driver_flightsql", "grpc+tls": "adbc_driver_flightsql",
}  # fmt: skip
"""Scheme of the url -> Python package of the driver."""

_BATCH = {"adbc_driver_postgresql": {"adbc.postgresql.batch_size_hint_bytes": "1000000"}}


class AdbcSource:
    """Source port over ADBC. Only SELECTs are run: a table or query stands in brackets behind FROM."""

    open_ended = False

    def __init__(self, from_: From, url: str) -> None:
        self._from = from_
        self._url = url
        self._scheme = url.partition(":")[0]

    def parts(self) -> tuple[Part, ...]:
        return (Part(""),)

    def columns(self) -> tuple[str, ...]:
        with self._reading(f"SELECT * FROM {select_of(self._from)} LIMIT 0") as reader:
            return columns_of(reader.schema)

    def batches(self, part: str, after: int = 0, since: Cursor | None = None) -> Iterator[Batch]:
        with self._reading(since_of(self._from, since)) as reader:
            yield from batches_of(reader)

    @contextmanager
    def _reading(self, sql: str) -> Iterator[Any]:
        package = DRIVERS.get(self._scheme)
        if package is None:
            known = ", ".join(dict.fromkeys(["duckdb", *DRIVERS]))
            raise BadInput(f"There is no source '{self._scheme}:'.", place="url", hint=f"Known are {known}.")
        try:
            driver = import_module(f"{package}.dbapi")
        except ModuleNotFoundError as error:
            hint = f"Install it: pip install {package.replace('_', '-')}."
            raise NotReady(f"The driver of '{self._scheme}:' is not installed.", place="url", hint=hint) from error
        where = self._url
        if self._scheme == "sqlite":
            # Never made where it is not there, and never written.
            path = Path(where.removeprefix("sqlite:").removeprefix("//")).resolve()
            where = f"{path.as_uri()}?mode=ro"
        try:
            with driver.connect(where) as connection, connection.cursor(adbc_stmt_kwargs=_BATCH.get(package)) as cursor:
                cursor.execute(sql)
                reader = cursor.fetch_record_batch()
                try:
                    yield reader
                finally:
                    reader.close()
        except Error as error:
            raise BadInput(_first(str(error)), place=self._scheme, hint=f"In: {sql}") from error


def _first(text: str) -> str:
    """What the database says, without the statement, which the hint shows."""
    said = text.partition("\n")[0].strip()
    return said if said.endswith(".") else f"{said}."
