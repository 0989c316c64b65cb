"""Import rows: one run over a source, from where the last one came to, with a file for the rows that are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from decidedly.capture.take_rows import Imported, Ports, Progress, take_rows
from decidedly.core.dictionary import Dictionary
from decidedly.core.errors import BadInput
from decidedly.core.mapping import Mapping, Position
from decidedly.ports.source import Rejects, Source


def import_rows(
    mapping: Mapping,
    source: Source,
    dictionary: Dictionary,
    ports: Ports,
    rejected: Path,
    opened: Callable[[Path, int], Rejects],
    *,
    again: bool = False,
    whole: bool = False,
    progress: Progress = lambda rows, share: None,
) -> tuple[Imported, Path]:
    """Take in what is new in a source; rejected rows go to a file, that of an interrupted run first. Which it was.

    opened : a file of rejected rows, cut to a size that an interrupted run had made durable
    again  : from the beginning; what is in the log already is recognized
    whole  : all rows of the source, whatever the mapping's cursor says
    Raises BadInput where the file of rejected rows is there already, or is still written to.
    """
    start = ports.positions.get(mapping.name) or Position()
    parts = {part.name for part in source.parts()}
    if again:
        finished = {name: known for name, known in start.finished.items() if name not in parts}
        start = Position(finished=finished)
    if start.rejected and start.rejected in parts:
        hint = f"End it first: decidedly import {mapping.file}."
        raise BadInput("This file is still being written by an interrupted run.", place=start.rejected, hint=hint)
    path = Path(start.rejected) if start.rejected else rejected.resolve()
    if not start.rejected and path.exists():
        raise BadInput(f"The file {path} is there already.", place="--rejected", hint="Name another.")
    rejects = opened(path, start.size)
    start = replace(start, rejected=str(path))
    return take_rows(mapping, source, dictionary, ports, rejects, start, progress, whole=whole), path
