"""One SELECT over named tables, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import duckdb
import pyarrow as pa

from decidedly.core.errors import BadInput

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,99}")


def check_name(name: str) -> str:
    """The name of a table, which is the name of its file too. Raises BadInput."""
    if not _NAME.fullmatch(name):
        raise BadInput(
            f"'{name}' is no name of a table.", place="table", hint="Use small letters, digits, '-' and '_'."
        )
    return name


def select(connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any] | None) -> pa.Table:
    """Run one SELECT. Raises BadInput with the statement where it is none, or where DuckDB refuses it."""
    try:
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise BadInput("Only one SELECT may be asked.", place="sql", hint=f"In: {sql}")
        return connection.sql(sql, params=parameters or None).to_arrow_table()
    except duckdb.Error as error:
        raise BadInput(str(error).strip(), place="sql", hint=f"In: {sql}") from error
