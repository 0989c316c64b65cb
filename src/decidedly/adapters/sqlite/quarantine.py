"""Refused events on SQLite, in the file of the store: kept, or gone, with everything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from sqlite3 import Connection

from decidedly.adapters.blobs import QUARANTINED
from decidedly.adapters.sqlite.database import Database
from decidedly.core.quarantine import MOST, MOST_BYTES, Quarantined, QuarantineFull
from decidedly.ports.quarantine import Filled

_FILLED = "SELECT count(*), coalesce(sum(size), 0) FROM quarantine"


class SqliteQuarantine:
    """Quarantine port on SQLite. Numbers are never given twice, so that a page goes on where the last one ended."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.most, self.most_bytes = MOST, MOST_BYTES

    def put(self, events: Sequence[Quarantined]) -> int:
        if not events:
            return 0
        with self._database.writing() as writer:
            before = Filled(*writer.execute(_FILLED).fetchone())
            grown = [_put(writer, event) for event in events]
            new = sum(size > 0 for size in grown)
            if new and (before.events + new > self.most or before.size + sum(grown) > self.most_bytes):
                raise QuarantineFull.beyond(before.events, before.size)
        return new

    def get(self, id: str) -> Quarantined | None:
        row = self._database.reader.execute("SELECT payload FROM quarantine WHERE id = ?", (id,)).fetchone()
        return None if row is None else QUARANTINED.decode(row[0])

    def page(self, after: int = 0, limit: int = 100, kind: str = "", code: str = "") -> list[tuple[int, Quarantined]]:
        rows = self._database.reader.execute(
            "SELECT number, payload FROM quarantine WHERE number > ? AND (? = '' OR kind = ?)"
            " AND (? = '' OR instr(codes, ?)) ORDER BY number LIMIT ?",
            (after, kind, kind, code, f" {code} ", limit),
        )
        return [(number, QUARANTINED.decode(payload)) for number, payload in rows]

    def counts(self) -> dict[str, int]:
        found: Counter[str] = Counter()
        for codes, number in self._database.reader.execute("SELECT codes, count(*) FROM quarantine GROUP BY codes"):
            found.update(dict.fromkeys(codes.split(), number))
        return dict(sorted(found.items()))

    def filled(self) -> Filled:
        return Filled(*self._database.reader.execute(_FILLED).fetchone())

    def remove(self, ids: Iterable[str]) -> int:
        with self._database.writing() as writer:
            return sum(writer.execute("DELETE FROM quarantine WHERE id = ?", (id,)).rowcount for id in ids)


def _put(writer: Connection, event: Quarantined) -> int:
    """Keep one event; the bytes that it adds, 0 where it was there."""
    row = writer.execute("SELECT payload FROM quarantine WHERE id = ?", (event.id,)).fetchone()
    if row is None and not event.times:
        return 0
    kept = event if row is None else event.again(QUARANTINED.decode(row[0]))
    writer.execute(
        "INSERT INTO quarantine (id, kind, codes, size, payload) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id)"
        " DO UPDATE SET kind = excluded.kind, codes = excluded.codes, size = excluded.size, payload = excluded.payload",
        (kept.id, kept.kind, f" {' '.join(kept.codes)} ", kept.size, QUARANTINED.encode(kept)),
    )
    return kept.size if row is None else 0
