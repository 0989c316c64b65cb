"""Loads synthetic history into SQLite, to be killed: load_child.py FOLDER HOUSEHOLDS ORDERS CHUNK."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from decidedly.adapters.clock import SystemClock
from decidedly.adapters.sqlite import Database, SqliteReader, SqliteStore
from decidedly.capture import Report, load
from decidedly.core.event import Event
from decidedly.ports.reader import Reader
from decidedly.ports.store import Store
from tests.cases import dictionary, households


def chunks(count: int, orders: int, size: int) -> Iterator[list[Event]]:
    """Chunks of a fixed size, which cut persons in two."""
    events = chain.from_iterable(households(count, orders))
    while chunk := list(islice(events, size)):
        yield chunk


def load_all(store: Store, reader: Reader, count: int, orders: int, size: int) -> Report:
    return load(chunks(count, orders, size), store=store, reader=reader, clock=SystemClock(), dictionary=dictionary())


if __name__ == "__main__":
    database = Database(Path(sys.argv[1]))
    print("loading", flush=True)
    load_all(SqliteStore(database), SqliteReader(database), *map(int, sys.argv[2:5]))
    database.close()
