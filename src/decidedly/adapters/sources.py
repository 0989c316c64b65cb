"""Sources: the rows that a mapping names, or a call in its place, in a file, a folder or a database."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from decidedly.adapters.adbc import AdbcSource
from decidedly.adapters.duckdb import DuckdbSource
from decidedly.adapters.files import FileSource
from decidedly.core.errors import NotReady
from decidedly.core.mapping import Mapping
from decidedly.ports.source import Source


def open_source(mapping: Mapping, files: Sequence[Path] = (), url: str = "") -> Source:
    """The source of a mapping, or the files or url that are named instead. Raises NotReady without the variable."""
    own = mapping.from_
    if not url and not files and own.variable:
        url = os.environ.get(own.variable, "")
        if not url:
            raise NotReady(f"The environment variable {own.variable} is not set.", hint="It must hold the url.")
    url = url or own.url
    if files or not url:
        return FileSource(own, Path(mapping.file).parent, files)
    return DuckdbSource(own, url) if url.startswith("duckdb:") else AdbcSource(own, url)
