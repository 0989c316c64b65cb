"""CSV in Arrow batches, every cell as text: what a text means is the mapping's business."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.csv as pacsv
from msgspec.structs import replace

from decidedly.adapters.files.packed import Stream
from decidedly.core.errors import BadInput
from decidedly.core.mapping import ROW, From
from decidedly.ports.source import Batch, Broken

BLOCK = 1 << 20
"""Bytes of text in one batch."""
ROWS = 5000
SPACES = "spaces"
_DELIMITERS = (",", ";", "\t", "|")
_BYTEWISE = ("utf-8", "ascii", "cp125", "iso8859", "koi8", "mac-", "cp437", "cp85", "cp866")


class Shape(msgspec.Struct, frozen=True):
    """How one file is written. lines: physical lines above the first row."""

    columns: tuple[str, ...]
    delimiter: str
    encoding: str
    lines: int


class CsvFile:
    """One CSV file. A file of rejected rows is known by its heading, whatever the mapping says of the original."""

    def __init__(self, path: Path, from_: From) -> None:
        self._path = path
        self._from = from_

    def columns(self) -> tuple[str, ...]:
        return self._shape().columns

    def batches(self) -> Iterator[Batch]:
        shape = self._shape()
        return self._blanks(shape) if shape.delimiter == SPACES else self._cells(shape)

    def _shape(self) -> Shape:
        told = self._from
        encoding = _codec(told.encoding, self._path)
        with Stream(self._path) as stream:
            start = stream.file.read(1 << 16)
        for attempt in dict.fromkeys(("utf-8-sig", encoding, "cp1252")):
            text = start.decode(attempt, "replace")
            if ROW in text.split("\n", 1)[0]:
                told, encoding = replace(told, columns=(), skip=0, delimiter=""), attempt
                break
        text = start.decode("utf-8-sig" if encoding == "utf-8" else encoding, "replace")
        lines = text.splitlines(keepends=True)[told.skip :]
        delimiter = told.delimiter or _delimiter(lines[0] if lines else "")
        if told.columns:
            return Shape(told.columns, delimiter, encoding, told.skip)
        if not any(line.strip() for line in lines):
            raise BadInput("The file is empty.", place=str(self._path))
        if delimiter == SPACES:
            return Shape(_named(lines[0].split(), self._path), delimiter, encoding, told.skip + 1)
        heading = csv.reader(lines, delimiter=delimiter)
        names = _named(next(heading), self._path)
        return Shape(names, delimiter, encoding, told.skip + heading.line_num)

    def _cells(self, shape: Shape) -> Iterator[Batch]:
        bad: list[Broken] = []

        def invalid(row: pacsv.InvalidRow) -> str:
            bad.append(_uneven(row, shape))
            return "skip"

        bytewise = codecs.lookup(shape.encoding).name.startswith(_BYTEWISE)
        decoding = shape.encoding if bytewise else "utf-8"
        names = [f"c{place}" for place in range(len(shape.columns))]
        with Stream(self._path) as stream:
            try:
                reader = pacsv.open_csv(
                    stream.file,
                    read_options=pacsv.ReadOptions(
                        use_threads=False, block_size=BLOCK, column_names=names, skip_rows=shape.lines,
                        encoding="utf8" if bytewise else shape.encoding,
                    ),
                    parse_options=pacsv.ParseOptions(
                        delimiter=shape.delimiter, newlines_in_values=True, invalid_row_handler=invalid
                    ),
                    convert_options=pacsv.ConvertOptions(
                        column_types=dict.fromkeys(names, pa.binary()), null_values=[], strings_can_be_null=False
                    ),
                )  # fmt: skip
            except pa.ArrowInvalid as error:
                if "Empty CSV" in str(error) or "Could not skip" in str(error):
                    return
                raise
            number = 0
            for cells in reader:
                # The reader is ahead of what it gives: broken rows of later blocks are known already.
                gone = {one.number for one in bad}
                numbers: list[int] = []
                while len(numbers) < cells.num_rows:
                    number += 1
                    if number not in gone:
                        numbers.append(number)
                here = tuple(one for one in bad if one.number < number)
                bad = [one for one in bad if one.number > number]
                yield _decoded(cells, numbers, here, shape.columns, decoding, stream.share)
            if bad:
                yield Batch((), (), tuple(bad), 1.0)

    def _blanks(self, shape: Shape) -> Iterator[Batch]:
        with Stream(self._path) as stream:
            text = io.TextIOWrapper(stream.file, shape.encoding, "replace")
            lines = enumerate((line.split() for line in islice(text, shape.lines, None)), 1)
            while chunk := list(islice(lines, ROWS)):
                even = [(number, cells) for number, cells in chunk if len(cells) == len(shape.columns)]
                bad = tuple(
                    _short(number, cells, shape)
                    for number, cells in chunk
                    if cells and len(cells) != len(shape.columns)
                )
                rows = [dict(zip(shape.columns, cells, strict=True)) for _, cells in even]
                yield Batch([number for number, _ in even], rows, bad, stream.share)


def _decoded(
    cells: pa.RecordBatch, numbers: list[int], bad: tuple[Broken, ...], names: tuple[str, ...], encoding: str,
    share: float,
) -> Batch:  # fmt: skip
    columns: list[list[Any]] = []
    wrong: dict[int, str] = {}
    for name, column in zip(names, cells.columns, strict=True):
        texts, unreadable = _texts(column, encoding)
        columns.append(texts)
        wrong |= dict.fromkeys(unreadable, name)
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    if not wrong:
        return Batch(numbers, rows, bad, share)
    bad += tuple(
        Broken(
            numbers[place], rows[place], "import.encoding", f"Column '{name}' is not {encoding} text.",
            'Name the encoding in the mapping, under [from]: encoding = "windows-1252" is common.',
        )
        for place, name in sorted(wrong.items())
    )  # fmt: skip
    good = [place for place in range(len(rows)) if place not in wrong]
    return Batch([numbers[place] for place in good], [rows[place] for place in good], bad, share)


def _texts(column: pa.Array, encoding: str) -> tuple[list[str], Iterable[int]]:
    """The texts of a column of bytes, and the places of those that cannot be decoded."""
    if encoding == "utf-8":
        try:
            return column.cast(pa.string()).to_pylist(), ()
        except pa.ArrowInvalid:
            pass
    texts, wrong = [], []
    for place, raw in enumerate(column.to_pylist()):
        try:
            texts.append(raw.decode(encoding))
        except UnicodeDecodeError:
            texts.append(raw.decode(encoding, "replace"))
            wrong.append(place)
    return texts, wrong


def _uneven(row: pacsv.InvalidRow, shape: Shape) -> Broken:
    text = row.text if isinstance(row.text, str) else bytes(row.text).decode(shape.encoding, "replace")
    cells = next(csv.reader([text], delimiter=shape.delimiter), [])
    return _short(row.number - shape.lines, cells, shape)


def _short(number: int, cells: list[str], shape: Shape) -> Broken:
    have, want = len(cells), len(shape.columns)
    hint = "A value that holds the delimiter must stand in quotes." if have > want else "Is the line cut off?"
    padded = dict(zip(shape.columns, [*cells, *[""] * (want - have)], strict=False))
    return Broken(number, padded, "import.uneven", f"The row has {have} values, not {want}.", hint)


def _named(cells: list[str], path: Path) -> tuple[str, ...]:
    """The heading; a column without a name is called by its place. Raises BadInput where two have one name."""
    names = tuple(cell.strip() or f"column {place}" for place, cell in enumerate(cells, 1))
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        hint = 'Name them in the mapping, under [from]: skip = 1 and columns = ["...", "..."].'
        raise BadInput(f"Two columns are called '{twice}'.", place=str(path), hint=hint)
    return names


def _delimiter(line: str) -> str:
    """The most frequent of the usual ones in a heading."""
    return max(_DELIMITERS, key=line.count)


def _codec(name: str, path: Path) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError as error:
        hint = "Common ones are utf-8, windows-1252, iso-8859-15, utf-16."
        raise BadInput(f"There is no encoding '{name}'.", place=str(path), hint=hint) from error
