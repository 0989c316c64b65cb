"""The event log on SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from decidedly.adapters.blobs import EVENT
from decidedly.adapters.micros import to_micros
from decidedly.adapters.sqlite.database import Database
from decidedly.ports.journal import Logged

_AT_ONCE = 400


class SqliteJournal:
    """Journal port on SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, after: int = 0, limit: int = 1000, kinds: tuple[str, ...] = ()) -> list[Logged]:
        among = f" AND kind IN ({', '.join('?' * len(kinds))})" if kinds else ""
        rows = self._database.reader.execute(
            f"SELECT offset, leaf, payload FROM events WHERE offset > ?{among} ORDER BY offset LIMIT ?",
            (after, *kinds, limit),
        )
        return [Logged(offset, leaf, EVENT.decode(payload)) for offset, leaf, payload in rows]

    def of_person(
        self, leaves: Sequence[str], before: datetime, limit: int = 50, kinds: tuple[str, ...] = ()
    ) -> list[Logged]:
        among = f" AND kind IN ({', '.join('?' * len(kinds))})" if kinds else ""
        rows = self._database.reader.execute(
            f"SELECT offset, leaf, payload FROM events WHERE leaf IN ({', '.join('?' * len(leaves))}) AND at < ?"
            f"{among} ORDER BY at DESC, offset DESC LIMIT ?",
            (*leaves, to_micros(before), *kinds, limit),
        )
        return [Logged(offset, leaf, EVENT.decode(payload)) for offset, leaf, payload in rows]

    def answers(self, decisions: Sequence[str]) -> list[Logged]:
        found: list[Logged] = []
        for start in range(0, len(decisions), _AT_ONCE):
            some = decisions[start : start + _AT_ONCE]
            rows = self._database.reader.execute(
                "SELECT e.offset, e.leaf, e.payload FROM answers a JOIN events e ON e.offset = a.offset"
                f" WHERE a.decision_id IN ({', '.join('?' * len(some))})",
                (*some,),
            )
            found += [Logged(offset, leaf, EVENT.decode(payload)) for offset, leaf, payload in rows]
        return sorted(found, key=lambda logged: logged.offset)

    def between(
        self, leaves: Sequence[str], since: datetime, before: datetime, kinds: tuple[str, ...] = ()
    ) -> list[Logged]:
        among = f" AND kind IN ({', '.join('?' * len(kinds))})" if kinds else ""
        rows = self._database.reader.execute(
            f"SELECT offset, leaf, payload FROM events WHERE leaf IN ({', '.join('?' * len(leaves))})"
            f" AND at >= ? AND at < ?{among} ORDER BY at, offset",
            (*leaves, to_micros(since), to_micros(before), *kinds),
        )
        return [Logged(offset, leaf, EVENT.decode(payload)) for offset, leaf, payload in rows]

    def due(self, before: datetime, limit: int = 1000) -> list[Logged]:
        rows = self._database.reader.execute(
            "SELECT e.offset, e.leaf, e.payload FROM ahead a JOIN events e ON e.offset = a.offset"
            " WHERE a.at < ? ORDER BY a.at, a.offset LIMIT ?",
            (to_micros(before), limit),
        )
        return [Logged(offset, leaf, EVENT.decode(payload)) for offset, leaf, payload in rows]

    def end(self) -> int:
        ((offset,),) = self._database.reader.execute("SELECT coalesce(max(offset), 0) FROM events").fetchall()
        return int(offset)

    def counts(self) -> dict[str, int]:
        rows = self._database.reader.execute(
            "SELECT kind, sum(n) FROM (SELECT kind, count(*) AS n FROM events GROUP BY kind"
            " UNION ALL SELECT name, count FROM kept WHERE what = 'event') GROUP BY kind ORDER BY kind"
        )
        return dict(rows.fetchall())
