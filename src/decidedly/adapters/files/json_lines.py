"""JSON lines: one object a line. A line that is none is a broken row, not the end."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from decidedly.adapters.files.packed import Stream
from decidedly.core.mapping import TEXT
from decidedly.ports.source import Batch, Broken

ROWS = 2000
LOOKED_AT = 1000
"""Rows from which the columns are told."""


class JsonLinesFile:
    """One file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def columns(self) -> tuple[str, ...]:
        """Of the first rows; members of an object in a row are called by their path, "customer.email"."""
        found: dict[str, None] = {}
        for batch in islice(self.batches(), 1 + LOOKED_AT // ROWS):
            for row in batch.rows[:LOOKED_AT]:
                found |= dict.fromkeys(_paths(row))
        return tuple(found)

    def batches(self) -> Iterator[Batch]:
        with Stream(self._path) as stream:
            lines = enumerate(io.BufferedReader(stream.file), 1)
            while chunk := list(islice(lines, ROWS)):
                numbers, rows, broken = [], [], []
                for number, line in chunk:
                    row = _row(line)
                    if isinstance(row, dict):
                        numbers.append(number)
                        rows.append(row)
                    elif line.strip():
                        text = line.decode("utf-8", "replace").strip()
                        hint = "Each line holds one object: {...}."
                        broken.append(Broken(number, {TEXT: text}, "import.not-json", f"The line {row}.", hint))
                yield Batch(numbers, rows, tuple(broken), stream.share)


def _row(line: bytes) -> dict[str, Any] | str:
    """The object of a line, or what is wrong with it. A rejected line that was no JSON comes back in one member."""
    try:
        found = msgspec.json.decode(line)
        if isinstance(found, dict) and TEXT in found:
            found = msgspec.json.decode(str(found[TEXT]))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return f"is not JSON: {error}"
    return found if isinstance(found, dict) else "is no object"


def _paths(row: dict[str, Any], before: str = "") -> Iterator[str]:
    for name, value in row.items():
        yield before + name
        if isinstance(value, dict):
            yield from _paths(value, f"{before}{name}.")
