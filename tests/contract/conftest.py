"""The adapters that every contract suite runs on: a new one is one function and its name in a list."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from decidedly.adapters.duckdb import DuckdbWarehouse
from decidedly.adapters.memory import (
    MemoryHoldings,
    MemoryJournal,
    MemoryModelStore,
    MemoryPlaybookStore,
    MemoryPositions,
    MemoryQuarantine,
    MemoryReader,
    MemoryStore,
    MemoryWarehouse,
    State,
)
from decidedly.adapters.opened import Opened, open_store
from decidedly.adapters.sqlite import Database, SqliteStore
from decidedly.adapters.sqlite.writer import answer_all
from decidedly.ports.warehouse import Warehouse

Ports = Opened


def memory(request: pytest.FixtureRequest) -> Ports:
    state = State()
    return Ports(
        MemoryStore(state),
        MemoryReader(state),
        MemoryJournal(state),
        MemoryPlaybookStore(),
        MemoryModelStore(),
        MemoryPositions(),
        MemoryQuarantine(),
        MemoryHoldings(state),
    )


def sqlite(request: pytest.FixtureRequest) -> Ports:
    return open_store("", request.getfixturevalue("tmp_path"))


def written(request: pytest.FixtureRequest) -> Ports:
    """SQLite, where another process writes; here it is a thread."""
    folder = Path(request.getfixturevalue("tmp_path"))
    path = Path(tempfile.mkdtemp()) / "writer.sock"  # a socket's path must be short
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen()
    store = SqliteStore(Database(folder))

    def answer() -> None:
        with suppress(OSError):
            answer_all(listener, store)

    def stop() -> None:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        store.close()
        shutil.rmtree(path.parent)

    Thread(target=answer, daemon=True).start()
    request.addfinalizer(stop)
    return open_store("", folder, path)


def postgres(request: pytest.FixtureRequest) -> Ports:
    return open_store(request.getfixturevalue("postgres_url"), request.getfixturevalue("tmp_path"))


@pytest.fixture(params=[memory, sqlite, written, postgres])
def ports(request: pytest.FixtureRequest) -> Iterator[Ports]:
    opened = request.param(request)
    yield opened
    opened.store.close()


@pytest.fixture(params=["memory", "duckdb"])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Warehouse:
    return MemoryWarehouse() if request.param == "memory" else DuckdbWarehouse(tmp_path, threads=1)
