"""The operational store of the embedded default: one SQLite file in a folder."""

from decidedly.adapters.sqlite.database import Database
from decidedly.adapters.sqlite.journal import SqliteJournal
from decidedly.adapters.sqlite.model_store import SqliteModelStore
from decidedly.adapters.sqlite.playbook_store import SqlitePlaybookStore
from decidedly.adapters.sqlite.reader import SqliteReader
from decidedly.adapters.sqlite.store import SqliteStore

__all__ = [
    "Database",
    "SqliteJournal",
    "SqliteModelStore",
    "SqlitePlaybookStore",
    "SqliteReader",
    "SqliteStore",
]
