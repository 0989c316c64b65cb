"""The adapters that every contract suite runs on: a new one is one function and its name in a list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from decidedly.adapters.duckdb import DuckdbWarehouse
from decidedly.adapters.memory import (
    MemoryJournal,
    MemoryModelStore,
    MemoryPlaybookStore,
    MemoryReader,
    MemoryStore,
    MemoryWarehouse,
    State,
)
from decidedly.adapters.sqlite import (
    Database,
    SqliteJournal,
    SqliteModelStore,
    SqlitePlaybookStore,
    SqliteReader,
    SqliteStore,
)
from decidedly.ports.journal import Journal
from decidedly.ports.model_store import ModelStore
from decidedly.ports.playbook_store import PlaybookStore
from decidedly.ports.reader import Reader
from decidedly.ports.store import Store
from decidedly.ports.warehouse import Warehouse


class Ports(NamedTuple):
    store: Store
    reader: Reader
    journal: Journal
    playbooks: PlaybookStore
    models: ModelStore


def memory(folder: Path) -> Ports:
    state = State()
    return Ports(
        MemoryStore(state), MemoryReader(state), MemoryJournal(state), MemoryPlaybookStore(), MemoryModelStore()
    )


def sqlite(folder: Path) -> Ports:
    database = Database(folder)
    return Ports(
        SqliteStore(database),
        SqliteReader(database),
        SqliteJournal(database),
        SqlitePlaybookStore(database),
        SqliteModelStore(database),
    )


@pytest.fixture(params=[memory, sqlite])
def ports(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ports]:
    opened = request.param(tmp_path)
    yield opened
    opened.store.close()


@pytest.fixture(params=["memory", "duckdb"])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Warehouse:
    return MemoryWarehouse() if request.param == "memory" else DuckdbWarehouse(tmp_path, threads=1)
