"""Opened: the operational store that a URL names, as the ports over it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from decidedly.adapters import postgres, sqlite
from decidedly.adapters.published import StoredModels, StoredPlaybooks, StoredPositions
from decidedly.core.errors import BadInput
from decidedly.ports.holdings import Holdings
from decidedly.ports.journal import Journal
from decidedly.ports.model_store import ModelStore
from decidedly.ports.playbook_store import PlaybookStore
from decidedly.ports.positions import Positions
from decidedly.ports.quarantine import Quarantine
from decidedly.ports.reader import Reader
from decidedly.ports.store import Store

_POSTGRES = ("postgresql://", "postgres://")
_SQLITE = "sqlite:"


class Opened(NamedTuple):
    """The ports over one store; closing its `store` closes all."""

    store: Store
    reader: Reader
    journal: Journal
    playbooks: PlaybookStore
    models: ModelStore
    positions: Positions
    quarantine: Quarantine
    holdings: Holdings


def open_store(url: str, folder: Path, writer: Path | None = None) -> Opened:
    """The store of a URL, made where there is none.

    url    : "postgresql://…"; "sqlite:FOLDER"; or "" and "sqlite:" for SQLite in `folder`
    writer : the socket of the process that commits for this one (SQLite only)
    Raises BadInput for another URL, StoreUnavailable, StoreTooNew.
    """
    if not is_embedded(url):
        return _postgres(url)
    database = sqlite.Database(sqlite_folder(url, folder))
    meta = sqlite.SqliteMeta(database)
    return Opened(
        sqlite.SqliteStore(database) if writer is None else sqlite.WriterStore(writer, database),
        sqlite.SqliteReader(database),
        sqlite.SqliteJournal(database),
        StoredPlaybooks(meta),
        StoredModels(meta),
        StoredPositions(meta),
        sqlite.SqliteQuarantine(database),
        sqlite.SqliteHoldings(database),
    )


def is_embedded(url: str) -> bool:
    """Whether the store is a file, for which one process commits. Raises BadInput for a URL of neither sort."""
    if url.startswith(_POSTGRES):
        return False
    if url and not url.startswith(_SQLITE):
        raise BadInput(
            "The address of the store names no store that there is.",
            place="store",
            hint="Write sqlite:FOLDER or postgresql://USER@HOST:PORT/DATABASE.",
        )
    return True


def write_for_all(url: str, folder: Path, socket: Path, ready: Callable[[], None]) -> None:
    """Commit for all processes that ask on a socket, until SIGTERM (SQLite only)."""
    sqlite.write_for_all(sqlite_folder(url, folder), socket, ready)


def sqlite_folder(url: str, folder: Path) -> Path:
    """Where the file of a SQLite store lies."""
    named = url.removeprefix(_SQLITE).removeprefix("//")
    return Path(named) if named else folder


def _postgres(url: str) -> Opened:
    database = postgres.Database(url)
    meta = postgres.PostgresMeta(database)
    return Opened(
        postgres.PostgresStore(database),
        postgres.PostgresReader(database),
        postgres.PostgresJournal(database),
        StoredPlaybooks(meta),
        StoredModels(meta),
        StoredPositions(meta),
        postgres.PostgresQuarantine(database),
        postgres.PostgresHoldings(database),
    )
