"""Replays a quarantine, to be killed: replay_child.py FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from msgspec.structs import replace

from decidedly.adapters.clock import FixedClock
from decidedly.adapters.sqlite import Database, SqliteQuarantine, SqliteReader, SqliteStore
from decidedly.capture import Replayed, replay
from decidedly.core.dictionary import Dictionary, EventKind, Field
from tests.cases import NOON, dictionary


def book(type_: str) -> Dictionary:
    """The dictionary, in which a score is of this type."""
    base = dictionary()
    scored = EventKind(id="scored", name="scored", fields=(Field(name="score", type=type_, keep=True),))
    return replace(base, events=(*base.events, scored))


def replay_all(folder: Path) -> Replayed:
    database = Database(folder)
    try:
        return replay(
            SqliteQuarantine(database),
            store=SqliteStore(database),
            reader=SqliteReader(database),
            clock=FixedClock(NOON),
            dictionary=book("string"),
        )
    finally:
        database.close()


if __name__ == "__main__":
    print("replaying", flush=True)
    replay_all(Path(sys.argv[1]))
