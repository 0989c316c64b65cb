"""Parquet in batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from decidedly.ports.source import Batch

ROWS = 5000


class ParquetFile:
    """One file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def columns(self) -> tuple[str, ...]:
        return tuple(pq.read_schema(self._path).names)

    def batches(self) -> Iterator[Batch]:
        with pq.ParquetFile(self._path, pre_buffer=False) as file:
            total, done = file.metadata.num_rows, 0
            for cells in file.iter_batches(batch_size=ROWS, use_threads=False):
                numbers = range(done + 1, done + cells.num_rows + 1)
                done += cells.num_rows
                yield Batch(numbers, cells.to_pylist(), (), done / total)
