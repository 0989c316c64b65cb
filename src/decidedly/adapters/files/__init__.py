"""Files as sources of rows: CSV, JSON lines, Parquet, Excel. And the file of rejected rows."""

from decidedly.adapters.files.rejected import RejectedFile
from decidedly.adapters.files.source import FileSource

__all__ = ["FileSource", "RejectedFile"]
