"""The file of rejected rows: CSV with the original columns and the reasons, or JSON lines where the rows were."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from decidedly.core.mapping import REJECTED


class RejectedFile:
    """Rejects port over a file that is made when the first row comes.

    size : of what is kept of a file that an interrupted run left; what lies behind is cut off and comes again
    """

    def __init__(self, path: Path, columns: Sequence[str], *, decimal: str = ".", size: int = 0) -> None:
        self.path = path
        self._columns = tuple(column for column in columns if column not in REJECTED)
        self._decimal = decimal
        self._lines = path.suffix == ".jsonl"
        self._size = size
        if path.exists():
            os.truncate(path, size)

    def write(self, rows: Sequence[dict[str, Any]]) -> None:
        if not rows:
            return
        raw = self._as_lines(rows) if self._lines else self._as_csv(rows)
        with self.path.open("ab") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        self._size += len(raw)

    def sync(self) -> int:
        return self._size

    def _as_csv(self, rows: Sequence[dict[str, Any]]) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        # The mark lets spreadsheet programs see that the file is UTF-8.
        mark = b"" if self._size else b"\xef\xbb\xbf"
        if not self._size:
            writer.writerow([*REJECTED[:1], *self._columns, *REJECTED[1:]])
        for row in rows:
            names = (*REJECTED[:1], *self._columns, *REJECTED[1:])
            writer.writerow([self._cell(row.get(name)) for name in names])
        return mark + text.getvalue().encode()

    def _as_lines(self, rows: Sequence[dict[str, Any]]) -> bytes:
        encode = msgspec.json.Encoder(enc_hook=str).encode
        return b"".join(encode(row) + b"\n" for row in rows)

    def _cell(self, value: Any) -> str:
        """As the mapping reads it back: the decimal point is the mapping's, times are ISO 8601."""
        match value:
            case None:
                return ""
            case str():
                return value
            case bool():
                return str(value).lower()
            case int():
                return str(value)
            case float() | Decimal():
                return f"{Decimal(str(value)):f}".replace(".", self._decimal)
            case datetime() | date() | time():
                return value.isoformat()
            case _:
                return msgspec.json.encode(value, enc_hook=str).decode()
