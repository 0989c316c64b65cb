"""A file, or all files that a pattern names, as one source of rows."""

from __future__ import annotations

import glob
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from decidedly.adapters.files.excel import ExcelFile
from decidedly.adapters.files.json_lines import JsonLinesFile
from decidedly.adapters.files.parquet import ParquetFile
from decidedly.adapters.files.text import CsvFile
from decidedly.core.errors import BadInput, NotFound
from decidedly.core.mapping import Cursor, Format, From
from decidedly.ports.source import Batch, Part

ENDINGS: dict[str, Format] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv",
    ".jsonl": "json-lines", ".ndjson": "json-lines", ".json": "json-lines",
    ".parquet": "parquet", ".pq": "parquet",
    ".xlsx": "excel", ".xlsm": "excel",
}  # fmt: skip
PACKED = (".gz", ".bz2", ".zst", ".lz4")

_File = CsvFile | JsonLinesFile | ParquetFile | ExcelFile


class FileSource:
    """Source port over files. Files named expressly are read as they are; a pattern is looked up in `folder`."""

    def __init__(self, from_: From, folder: Path, files: Sequence[Path] = ()) -> None:
        self._from = from_
        self._folder = folder
        self._named = tuple(files)

    @property
    def open_ended(self) -> bool:
        return isinstance(self._open(self.parts()[0].name), JsonLinesFile)

    def parts(self) -> tuple[Part, ...]:
        if self._named:
            paths = [str(path) for path in self._named]
        else:
            paths = sorted(glob.glob(str(self._folder / self._from.file), recursive=True))
        there = [Path(path) for path in paths]
        missing = [str(path) for path in there if not path.is_file()]
        if missing or not there:
            where = missing[0] if missing else str(self._folder / self._from.file)
            hint = "" if missing else "A pattern like orders-*.csv is looked up beside the mapping file."
            raise NotFound(f"There is no file {where}.", place="file", hint=hint)
        labels = [self._label(path) for path in there]
        counted = Counter(labels)
        for path, label in zip(there, labels, strict=True):
            if counted[label] > 1:
                hint = "Rows are called by the file's name: import them one after the other, or rename one."
                raise BadInput(f"Two files are called {label}.", place=str(path), hint=hint)
        return tuple(
            Part(str(path.absolute()), _fingerprint(path), label) for path, label in zip(there, labels, strict=True)
        )

    def _label(self, path: Path) -> str:
        """The path from the mapping on, so that it is the same wherever the command is called; elsewhere the name."""
        whole, folder = path.absolute(), self._folder.absolute()
        return whole.relative_to(folder).as_posix() if whole.is_relative_to(folder) else whole.name

    def columns(self) -> tuple[str, ...]:
        return self._open(self.parts()[0].name).columns()

    def batches(self, part: str, after: int = 0, since: Cursor | None = None) -> Iterator[Batch]:
        try:
            for batch in self._open(part).batches():
                if batch.numbers and batch.numbers[-1] <= after and not any(one.number > after for one in batch.broken):
                    continue
                yield batch if not after else _behind(batch, after)
        except (pa.ArrowException, OSError, EOFError) as error:
            hint = "Is it whole, and of the format that the mapping says?"
            raise BadInput(f"The file cannot be read on: {error}.", place=part, hint=hint) from error

    def _open(self, name: str) -> _File:
        path = Path(name)
        # A file that is named expressly may be another than the mapping's: its ending tells more.
        told = self._from.format if not self._named or not known(path) else None
        match told or format_of(path):
            case "parquet":
                return ParquetFile(path)
            case "excel":
                return ExcelFile(path, self._from)
            case "json-lines":
                return JsonLinesFile(path)
            case _:
                return CsvFile(path, self._from)


def known(path: Path) -> bool:
    """Whether the file's ending tells its format."""
    return _ending(path) in ENDINGS


def format_of(path: Path) -> Format:
    """By the file's ending, whether it is packed or not. Raises BadInput."""
    found = ENDINGS.get(_ending(path))
    if found is None:
        hint = 'Write in the mapping, under [from], format = "csv", "json-lines", "parquet" or "excel".'
        if _ending(path) == ".xls":
            hint = "Save it as .xlsx or as .csv: the old .xls format is not read."
        raise BadInput(f"The format of {path.name} cannot be told from its ending.", place=str(path), hint=hint)
    return found


def _ending(path: Path) -> str:
    endings = [ending.lower() for ending in path.suffixes]
    if endings and endings[-1] in PACKED:
        endings.pop()
    return endings[-1] if endings else ""


def _fingerprint(path: Path) -> str:
    known = path.stat()
    return f"{known.st_size}:{known.st_mtime_ns}"


def _behind(batch: Batch, after: int) -> Batch:
    start = sum(number <= after for number in batch.numbers)
    broken = tuple(one for one in batch.broken if one.number > after)
    return Batch(batch.numbers[start:], batch.rows[start:], broken, batch.share)
