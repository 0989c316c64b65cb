"""The event log on PostgreSQL.

Offsets rise with the commits: they are given out under a lock that is held until the commit is seen (`store`), so that
whoever pages by offset misses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from decidedly.adapters.blobs import EVENT
from decidedly.adapters.micros import to_micros
from decidedly.adapters.postgres.columns import of_texts
from decidedly.adapters.postgres.database import Database
from decidedly.adapters.rows import storable
from decidedly.ports.journal import Logged

_EVENTS = 'SELECT "offset", leaf, payload FROM events'
_READ = f'{_EVENTS} WHERE "offset" > %s ORDER BY "offset" LIMIT %s'
_READ_KINDS = f'{_EVENTS} WHERE "offset" > %s AND kind = ANY(%b) ORDER BY "offset" LIMIT %s'
_OF_PERSON = f'{_EVENTS} WHERE leaf = ANY(%b) AND at < %s ORDER BY at DESC, "offset" DESC LIMIT %s'
_OF_PERSON_KINDS = _OF_PERSON.replace("AND at <", "AND kind = ANY(%b) AND at <")
_DUE = (
    'SELECT e."offset", e.leaf, e.payload FROM ahead a JOIN events e ON e."offset" = a."offset"'
    ' WHERE a.at < %s ORDER BY a.at, a."offset" LIMIT %s'
)
_ANSWERS = (
    'SELECT e."offset", e.leaf, e.payload FROM answers a JOIN events e ON e."offset" = a."offset"'
    ' WHERE a.decision_id = ANY(%b) ORDER BY e."offset"'
)
_BETWEEN = f'{_EVENTS} WHERE leaf = ANY(%b) AND at >= %s AND at < %s ORDER BY at, "offset"'
_BETWEEN_KINDS = _BETWEEN.replace("AND at >=", "AND kind = ANY(%b) AND at >=")


_COUNTS = """
    SELECT kind, sum(n)::bigint FROM (
        SELECT kind, count(*) AS n FROM events GROUP BY kind
        UNION ALL SELECT name, count FROM kept WHERE what = 'event'
    ) all_time GROUP BY kind ORDER BY kind
"""


class PostgresJournal:
    """Journal port on PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, after: int = 0, limit: int = 1000, kinds: tuple[str, ...] = ()) -> list[Logged]:
        if kinds:
            return _logged(
                self._database.rows(_READ_KINDS, (after, of_texts([storable(kind) for kind in kinds]), limit))
            )
        return _logged(self._database.rows(_READ, (after, limit)))

    def of_person(
        self, leaves: Sequence[str], before: datetime, limit: int = 50, kinds: tuple[str, ...] = ()
    ) -> list[Logged]:
        if kinds:
            wanted = of_texts([storable(kind) for kind in kinds])
            return _logged(self._database.rows(_OF_PERSON_KINDS, (of_texts(leaves), wanted, to_micros(before), limit)))
        return _logged(self._database.rows(_OF_PERSON, (of_texts(leaves), to_micros(before), limit)))

    def answers(self, decisions: Sequence[str]) -> list[Logged]:
        return _logged(self._database.rows(_ANSWERS, (of_texts(decisions),)))

    def between(
        self, leaves: Sequence[str], since: datetime, before: datetime, kinds: tuple[str, ...] = ()
    ) -> list[Logged]:
        times = to_micros(since), to_micros(before)
        if kinds:
            wanted = of_texts([storable(kind) for kind in kinds])
            return _logged(self._database.rows(_BETWEEN_KINDS, (of_texts(leaves), wanted, *times)))
        return _logged(self._database.rows(_BETWEEN, (of_texts(leaves), *times)))

    def due(self, before: datetime, limit: int = 1000) -> list[Logged]:
        return _logged(self._database.rows(_DUE, (to_micros(before), limit)))

    def end(self) -> int:
        ((offset,),) = self._database.rows('SELECT coalesce(max("offset"), 0) FROM events')
        return int(offset)

    def counts(self) -> dict[str, int]:
        return dict(self._database.rows(_COUNTS))


def _logged(rows: Iterable[tuple[Any, ...]]) -> list[Logged]:
    return [Logged(offset, leaf, EVENT.decode(payload)) for offset, leaf, payload in rows]
