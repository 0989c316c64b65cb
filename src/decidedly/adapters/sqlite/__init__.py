"""The operational store of the embedded default: one SQLite file in a folder."""

from decidedly.adapters.sqlite.database import Database
from decidedly.adapters.sqlite.holdings import SqliteHoldings
from decidedly.adapters.sqlite.journal import SqliteJournal
from decidedly.adapters.sqlite.meta import SqliteMeta
from decidedly.adapters.sqlite.quarantine import SqliteQuarantine
from decidedly.adapters.sqlite.reader import SqliteReader
from decidedly.adapters.sqlite.store import SqliteStore
from decidedly.adapters.sqlite.writer import write_for_all
from decidedly.adapters.sqlite.writer_store import WriterFailed, WriterStore

__all__ = [
    "Database",
    "SqliteHoldings",
    "SqliteJournal",
    "SqliteMeta",
    "SqliteQuarantine",
    "SqliteReader",
    "SqliteStore",
    "WriterFailed",
    "WriterStore",
    "write_for_all",
]
