"""A file as a stream of bytes, unpacked on the way where its ending says that it is packed."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa


class Stream:
    """Open it with `with`. share: how much of the file is read, 0 to 1."""

    def __init__(self, path: Path) -> None:
        self._size = path.stat().st_size
        self._raw = pa.OSFile(str(path), "rb")
        kind = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd", ".lz4": "lz4"}.get(path.suffix.lower())
        self.file = pa.CompressedInputStream(self._raw, kind) if kind else self._raw

    @property
    def share(self) -> float:
        return 1.0 if self._raw.closed or not self._size else self._raw.tell() / self._size

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self._raw.close()
