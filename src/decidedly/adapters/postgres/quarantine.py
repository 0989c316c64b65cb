"""Refused events on PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from psycopg import Connection
from psycopg.rows import TupleRow

from decidedly.adapters.blobs import QUARANTINED
from decidedly.adapters.postgres.columns import of_texts
from decidedly.adapters.postgres.database import Database
from decidedly.adapters.rows import storable
from decidedly.core.quarantine import MOST, MOST_BYTES, Quarantined, QuarantineFull
from decidedly.ports.quarantine import Filled

_LOCK = "SELECT pg_advisory_xact_lock(%s)"
_OURS = 0x6465636964656402
"""An advisory lock of ours: one fills the quarantine at a time, so that it never holds more than it may."""
_FILLED = "SELECT count(*), coalesce(sum(size), 0)::bigint FROM quarantine"
_PAGE = (
    "SELECT number, payload FROM quarantine WHERE number > %s AND (%s::text = '' OR kind = %s)"
    " AND (%s::text = '' OR %s = ANY(codes)) ORDER BY number LIMIT %s"
)
_PUT = (
    "INSERT INTO quarantine (id, kind, codes, size, payload) VALUES (%s, %s, %s, %s, %s) ON CONFLICT (id)"
    " DO UPDATE SET kind = excluded.kind, codes = excluded.codes, size = excluded.size, payload = excluded.payload"
)


class PostgresQuarantine:
    """Quarantine port on PostgreSQL. Numbers are given out under a lock, so that whoever pages misses nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.most, self.most_bytes = MOST, MOST_BYTES

    def put(self, events: Sequence[Quarantined]) -> int:
        if not events:
            return 0
        with self._database.connection() as connection, connection.transaction():
            connection.execute(_LOCK, (_OURS,))
            row = connection.execute(_FILLED).fetchone()
            before = Filled(*row) if row is not None else Filled(0, 0)
            grown = [_put(connection, event) for event in events]
            new = sum(size > 0 for size in grown)
            if new and (before.events + new > self.most or before.size + sum(grown) > self.most_bytes):
                raise QuarantineFull.beyond(before.events, before.size)
        return new

    def get(self, id: str) -> Quarantined | None:
        rows = self._database.rows("SELECT payload FROM quarantine WHERE id = %s", (storable(id),))
        return QUARANTINED.decode(rows[0][0]) if rows else None

    def page(self, after: int = 0, limit: int = 100, kind: str = "", code: str = "") -> list[tuple[int, Quarantined]]:
        kind = storable(kind)
        rows = self._database.rows(_PAGE, (after, kind, kind, code, code, limit))
        return [(number, QUARANTINED.decode(payload)) for number, payload in rows]

    def counts(self) -> dict[str, int]:
        found: Counter[str] = Counter()
        for codes, number in self._database.rows("SELECT codes, count(*) FROM quarantine GROUP BY codes"):
            found.update(dict.fromkeys(codes, number))
        return dict(sorted(found.items()))

    def filled(self) -> Filled:
        return Filled(*self._database.rows(_FILLED)[0])

    def remove(self, ids: Iterable[str]) -> int:
        gone = of_texts([storable(id) for id in ids])
        with self._database.connection() as connection:
            return connection.execute("DELETE FROM quarantine WHERE id = ANY(%b)", (gone,)).rowcount


def _put(connection: Connection[TupleRow], event: Quarantined) -> int:
    """Keep one event; the bytes that it adds, 0 where it was there."""
    row = connection.execute("SELECT payload FROM quarantine WHERE id = %s", (event.id,), binary=True).fetchone()
    if row is None and not event.times:
        return 0
    kept = event if row is None else event.again(QUARANTINED.decode(row[0]))
    connection.execute(_PUT, (kept.id, storable(kept.kind), list(kept.codes), kept.size, QUARANTINED.encode(kept)))
    return kept.size if row is None else 0
