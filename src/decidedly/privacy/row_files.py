"""Row files: `row-files.jsonl`, which files of rows of many people were written (rejected rows, saved refused events).
An erasure takes out of them what names its person.

A row is overwritten by empty lines, which no reader takes for rows: its bytes are gone, the file keeps its length, and
whoever is still appending to it, or goes on after an interruption, finds everything in its place.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from decidedly.core.derive import leaf_id
from decidedly.core.errors import BadInput
from decidedly.core.identifier import Identifier
from decidedly.core.quarantine import Quarantined
from decidedly.privacy.exports import path_of
from decidedly.privacy.places import Places
from decidedly.privacy.refused import names_in
from decidedly.privacy.remembered import erased_of, named, remembered

FILE = "row-files.jsonl"
_PAGE = 1_000
"""Rows that are looked at together."""
_QUOTE = b'"'

Row = tuple[int, bytes, dict[str, set[str]]]
"""Where a row begins, its bytes, and the texts of each column; those of the column "" each name somebody."""


class RowFile(msgspec.Struct, frozen=True, kw_only=True):
    """file: its path, relative to the hub's folder where it lies in it; columns: the namespace of whose identifiers a
    column is."""

    file: str
    columns: dict[str, str] = {}


_decoder = msgspec.json.Decoder(RowFile)
_refused = msgspec.json.Decoder(Quarantined)


def note_rows(folder: Path, file: Path, columns: Mapping[str, str]) -> None:
    """Write down that rows are about to be written into a file, before they are."""
    noted = RowFile(file=path_of(file, folder), columns=dict(columns))
    if noted in read_row_files(folder):
        return
    handle = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab") as out:
        out.write(msgspec.json.encode(noted) + b"\n")
        out.flush()
        os.fsync(out.fileno())


def read_row_files(folder: Path) -> list[RowFile]:
    """All of them, in the order in which they were written."""
    path = folder / FILE
    found = []
    for line in path.read_bytes().splitlines() if path.exists() else ():
        with suppress(msgspec.DecodeError):  # what a crash cut off was not written yet
            found.append(_decoder.decode(line))
    return found


def sweep_rows(places: Places) -> Iterator[str]:
    """Take the rows of erased people out of the files that are still where they were written."""
    for one in read_row_files(places.folder):
        path = places.folder / one.file
        if path.is_file():
            with path.open("r+b") as file:
                yield from ["rows"] * sum(_clear(file, page, one, places) for page in _pages(file, places))
                os.fsync(file.fileno())


def _clear(file: BinaryIO, page: list[Row], noted: RowFile, places: Places) -> int:
    """Overwrite those rows of a page that name an erased person; how many."""
    texts: dict[str, set[str]] = {}
    for _, _, cells in page:
        for column, said in cells.items():
            texts.setdefault(column, set()).update(said)
    erased = {column: _erased(places, column, said, noted) for column, said in texts.items()}
    end, cleared = file.tell(), 0
    for at, raw, cells in page:
        if any(not erased[column].isdisjoint(said) for column, said in cells.items()):
            file.seek(at)
            file.write(b"\n" * len(raw))
            cleared += 1
    file.seek(end)
    return cleared


def _erased(places: Places, column: str, texts: set[str], noted: RowFile) -> set[str]:
    if not column:
        return erased_of(places, texts)
    found = named(places, column, texts)
    if namespace := noted.columns.get(column):
        leaves = {text: leaf_id(places.sought(Identifier(namespace, text))) for text in texts if text}
        erased = remembered(places, "leaf", set(leaves.values()))
        found |= {text for text, leaf in leaves.items() if leaf in erased}
    return found


def _pages(file: BinaryIO, places: Places) -> Iterator[list[Row]]:
    page: list[Row] = []
    header: list[str] = []
    for at, raw in _rows(file):
        if cells := _as_json(raw, places):
            page.append((at, raw, cells))
        elif not header:
            header = _cells(raw)
        else:
            cells = {name: {text} for name, text in zip(header, _cells(raw), strict=False) if text}
            page.append((at, raw, cells))
        if len(page) >= _PAGE:
            yield page
            page = []
    yield page


def _rows(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each row that is not empty, with the place where it begins; a cell in quotes may go over several lines."""
    at, raw = 0, b""
    while line := file.readline():
        raw += line
        if raw.count(_QUOTE) % 2 == 0 or raw.startswith(b"{"):
            if raw.strip():
                here = file.tell()
                yield at, raw
                file.seek(here)
            at, raw = at + len(raw), b""
    if raw.strip():
        yield at, raw


def _as_json(raw: bytes, places: Places) -> dict[str, set[str]]:
    """The texts of a row of JSON by column, or of a refused event those that may name its person."""
    if not raw.startswith(b"{"):
        return {}
    with suppress(msgspec.DecodeError, BadInput):
        return {"": names_in(_refused.decode(raw), places.namespaces)}
    with suppress(msgspec.DecodeError):
        found = msgspec.json.decode(raw, type=dict[str, object])
        return {name: {str(value)} for name, value in found.items() if isinstance(value, str | int)}
    return {}


def _cells(raw: bytes) -> list[str]:
    text = raw.decode("utf-8-sig", "replace")
    delimiter = max(",;\t", key=text.count)
    return next(csv.reader([text.rstrip("\r\n")], delimiter=delimiter), [])
