"""The operational store at scale: a PostgreSQL database, which many workers share."""

from decidedly.adapters.postgres.database import Database
from decidedly.adapters.postgres.holdings import PostgresHoldings
from decidedly.adapters.postgres.journal import PostgresJournal
from decidedly.adapters.postgres.meta import PostgresMeta
from decidedly.adapters.postgres.quarantine import PostgresQuarantine
from decidedly.adapters.postgres.reader import PostgresReader
from decidedly.adapters.postgres.store import PostgresStore

__all__ = [
    "Database",
    "PostgresHoldings",
    "PostgresJournal",
    "PostgresMeta",
    "PostgresQuarantine",
    "PostgresReader",
    "PostgresStore",
]
