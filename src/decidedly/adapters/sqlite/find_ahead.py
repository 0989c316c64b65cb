"""Find ahead: the events of an older store whose time had not come, listed so that they are found when it does."""

from __future__ import annotations

from sqlite3 import Connection

from decidedly.adapters.blobs import EVENT


def find_ahead(writer: Connection) -> None:
    """Make the table `ahead` and list in it what was dated ahead. History that was loaded ahead of its time is not: it
    had been received when it happened, as far as anybody told."""
    writer.execute("CREATE TABLE ahead (offset INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT")
    writer.execute("CREATE INDEX ahead_by_time ON ahead (at, offset)")
    for offset, at, payload in writer.execute("SELECT offset, at, payload FROM events"):
        # The name of the flag stands in the bytes of every event that has it: few need to be decoded.
        if b"future" not in payload:
            continue
        event = EVENT.decode(payload)
        if event.ahead and event.at > event.received_at:
            writer.execute("INSERT INTO ahead (offset, at) VALUES (?, ?)", (offset, at))
