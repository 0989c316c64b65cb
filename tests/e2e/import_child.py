"""Imports a file into a hub, to be killed: import_child.py FOLDER MAPPING REJECTED. Says a line after each commit."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from decidedly.adapters.clock import SystemClock
from decidedly.adapters.files import FileSource, RejectedFile
from decidedly.adapters.published import StoredPositions
from decidedly.adapters.sqlite import Database, SqliteMeta, SqliteReader, SqliteStore
from decidedly.capture import Imported, Ports, take_rows
from decidedly.core.mapping import Position
from decidedly.playbook import read_mapping
from tests.cases import dictionary


def import_all(
    folder: Path, path: Path, rejected: Path, progress: Callable[[int, float], None] = lambda rows, share: None
) -> Imported:
    """One run, from where the last one came to."""
    database = Database(folder)
    book = dictionary()
    mapping, problems = read_mapping(path, book)
    assert mapping is not None
    assert problems == ()
    positions = StoredPositions(SqliteMeta(database))
    start = positions.get(mapping.name) or Position(rejected=str(rejected))
    if not start.rejected:  # the run before was killed after its end
        start = replace(start, rejected=str(rejected.with_suffix(".next")))
    source = FileSource(mapping.from_, path.parent)
    rejects = RejectedFile(Path(start.rejected), source.columns(), size=start.size)
    ports = Ports(SqliteStore(database), SqliteReader(database), SystemClock(), positions)
    try:
        return take_rows(mapping, source, book, ports, rejects, start, progress, chunk=40)
    finally:
        database.close()


if __name__ == "__main__":
    print("importing", flush=True)
    folder, mapping, rejected = map(Path, sys.argv[1:4])
    import_all(folder, mapping, rejected, lambda rows, share: print(rows, flush=True))
