"""Excel workbooks (.xlsx), row by row."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from decidedly.core.errors import BadInput, NotFound
from decidedly.core.mapping import From
from decidedly.ports.source import Batch

ROWS = 2000


class ExcelFile:
    """One sheet of a workbook: the first, or the one that the mapping names. Values of formulas are as last saved."""

    def __init__(self, path: Path, from_: From) -> None:
        self._path = path
        self._from = from_

    def columns(self) -> tuple[str, ...]:
        if self._from.columns:
            return self._from.columns
        for cells in self._rows(self._from.skip):
            names = [str(cell).strip() if cell is not None else "" for cell in cells]
            while names and not names[-1]:
                names.pop()
            return tuple(name or f"column {place}" for place, name in enumerate(names, 1))
        raise BadInput("The sheet is empty.", place=str(self._path))

    def batches(self) -> Iterator[Batch]:
        names = self.columns()
        rows = enumerate(self._rows(self._from.skip + (not self._from.columns)), 1)
        while chunk := list(islice(rows, ROWS)):
            full = [(number, cells) for number, cells in chunk if any(cell is not None for cell in cells)]
            yield Batch(
                [number for number, _ in full],
                [dict.fromkeys(names) | dict(zip(names, cells, strict=False)) for _, cells in full],
            )

    def _rows(self, skip: int) -> Iterator[tuple[Any, ...]]:
        try:
            book = load_workbook(self._path, read_only=True, data_only=True)
        except (BadZipFile, InvalidFileException, KeyError) as error:
            raise BadInput(f"This is no Excel workbook: {error}.", place=str(self._path)) from error
        try:
            if self._from.sheet and self._from.sheet not in book.sheetnames:
                raise NotFound.named("sheet", self._from.sheet, book.sheetnames)
            sheet = book[self._from.sheet] if self._from.sheet else book.worksheets[0]
            yield from islice(sheet.iter_rows(values_only=True), skip, None)
        finally:
            book.close()
