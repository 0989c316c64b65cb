"""Live: one new or changed record against all that are known, in milliseconds."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
import numpy as np

from decidedly.person.match import block
from decidedly.person.match.cluster import SLACK
from decidedly.person.match.match import Match, Said, Thresholds, as_match, grouped, odds
from decidedly.person.match.model import Model
from decidedly.person.match.population import Pairs
from decidedly.person.match.score import Scorer, probability, reasons
from decidedly.person.match.standardise import Record

CROWD = 200  # a key that more records share tells nobody apart and is not followed
MOST = 300  # records that are weighed: those that share the most keys
NEAREST = 20  # records that are looked at together with one, to see how they group
RULES_IN_A_FEW = 40  # followed where the model itself lets every pair through
CACHE_KIB = 64 * 1024
AT_ONCE = 5000

_TABLES = """
    CREATE TABLE records (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, scored INTEGER NOT NULL, said BLOB NOT NULL
    );
    CREATE TABLE keys (key INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (key, number)) WITHOUT ROWID;
    CREATE TABLE heap (key INTEGER NOT NULL, number INTEGER NOT NULL);
"""
_encode, _decoder = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(tuple[str | None, ...])


class Candidate(msgspec.Struct, frozen=True):
    """A known record that may be of the same person. weight: log2 of the odds."""

    id: str
    weight: float
    probability: float
    reasons: tuple[str, ...]


class Live:
    """Known records by their blocking keys, weighed by the population's model: the same numbers.

    It holds each record's standard columns, and one number per record and blocking rule, in a database of its own that
    no other process sees and that is gone when it is closed. In memory are 64 MiB of it at most, whatever the number
    of records; what is more lies in a file that the operating system gives no name. A class for it has a life: records
    come, change and go.
    """

    def __init__(self, model: Model, records: Iterable[tuple[str, Record]] = ()) -> None:
        self.model = model
        self.scorer = Scorer(model)
        # A model of few records lets every pair through, which is no way to live with many.
        self._rules = [rule for rule in model.rules if rule] or list(block.usable(model.columns))[:RULES_IN_A_FEW]
        self._table = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._table.execute("PRAGMA journal_mode = OFF")
        self._table.execute("PRAGMA secure_delete = ON")
        self._table.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._table.executescript(_TABLES)
        # One transaction for ever: nobody else reads it, and nothing of it is kept.
        self._table.execute("BEGIN")
        for _ in self.fill(records):
            pass

    def __len__(self) -> int:
        ((count,),) = self._table.execute("SELECT count(*) FROM records").fetchall()
        return int(count)

    @property
    def size(self) -> int:
        """Bytes of its database, in memory and in its file."""
        ((pages,),), ((each,),) = (
            self._table.execute(f"PRAGMA {what}").fetchall() for what in ("page_count", "page_size")
        )
        return int(pages) * int(each)

    def fill(self, records: Iterable[tuple[str, Record]]) -> Iterator[int]:
        """Know many records, none of which is known yet; how many so far. Sorted keys are written far faster."""
        done = 0
        rows: list[tuple[int, str, bytes]] = []
        keys: list[tuple[int, int]] = []

        def write() -> None:
            self._table.executemany("INSERT INTO records VALUES (?, ?, 0, ?)", rows)
            self._table.executemany("INSERT INTO heap VALUES (?, ?)", keys)
            rows.clear()
            keys.clear()

        for done, (id, record) in enumerate(records, 1):
            rows.append((done, id, self._said(record)))
            keys += [(key, done) for key in set(self._keys(record))]
            if len(rows) == AT_ONCE:
                write()
                yield done
        write()
        self._table.execute("INSERT INTO keys SELECT key, number FROM heap ORDER BY key, number")
        self._table.execute("DELETE FROM heap")
        yield done

    def put(self, id: str, record: Record) -> None:
        """Know a record, or know it as it is now; whether it was scored is forgotten where it changed."""
        said = self._said(record)
        known = self._table.execute("SELECT said FROM records WHERE id = ?", (id,)).fetchone()
        if known is not None and known[0] == said:
            return
        self.drop(id)
        number = self._table.execute("INSERT INTO records (id, scored, said) VALUES (?, 0, ?)", (id, said)).lastrowid
        self._table.executemany("INSERT INTO keys VALUES (?, ?)", [(key, number) for key in set(self._keys(record))])

    def drop(self, id: str) -> None:
        """Know it no longer: its bytes are overwritten."""
        known = self._table.execute("SELECT number, said FROM records WHERE id = ?", (id,)).fetchone()
        if known is None:
            return
        number, said = known
        keys = set(self._keys(self._record(said)))
        self._table.executemany("DELETE FROM keys WHERE key = ? AND number = ?", [(key, number) for key in keys])
        self._table.execute("DELETE FROM records WHERE number = ?", (number,))

    def get(self, id: str) -> Record | None:
        """The record as it is known."""
        known = self._table.execute("SELECT said FROM records WHERE id = ?", (id,)).fetchone()
        return None if known is None else self._record(known[0])

    def ids(self) -> Iterator[str]:
        """Of all records."""
        for (id,) in self._table.execute("SELECT id FROM records"):
            yield id

    def scored(self, id: str) -> bool:
        """Whether the record was scored as it is."""
        known = self._table.execute("SELECT scored FROM records WHERE id = ?", (id,)).fetchone()
        return known is not None and bool(known[0])

    def mark(self, id: str) -> None:
        """The record was scored as it is."""
        self._table.execute("UPDATE records SET scored = 1 WHERE id = ?", (id,))

    def candidates(self, record: Record, least: float, apart: Iterable[str] = (), own: str = "") -> list[Candidate]:
        """Known records whose weight with this one is at least `least`, best first.

        apart : ids that were said to be of other persons
        own   : the record's own id, where it is known already
        """
        out = self.near(record, least, {*apart, own})
        return [
            Candidate(id, weight, probability(weight), reasons(self.scorer, self._whole(record), other))
            for weight, id, other in out
        ]

    def near(self, record: Record, least: float, without: Iterable[str] = ()) -> list[tuple[float, str, Record]]:
        """Weight, id and record of those that are near, best first."""
        whole, left_out = self._whole(record), set(without)
        shared: Counter[int] = Counter()
        for key in set(self._keys(whole)):
            numbers = self._table.execute("SELECT number FROM keys WHERE key = ? LIMIT ?", (key, CROWD + 1)).fetchall()
            if len(numbers) <= CROWD:
                shared.update(number for (number,) in numbers)
        # By number, so that the same are left out whatever the order in which keys are looked at.
        most = sorted(shared, key=lambda number: (-shared[number], number))[: MOST + len(left_out)]
        out = []
        for number in most:
            id, said = self._table.execute("SELECT id, said FROM records WHERE number = ?", (number,)).fetchone()
            if id not in left_out:
                other = self._record(said)
                weight = self.scorer.weight(whole, other)
                if weight >= least:
                    out.append((weight, id, other))
        return sorted(out, key=lambda one: (-one[0], one[1]))

    def nearest(self, id: str, thresholds: Thresholds, without: Iterable[str] = ()) -> list[str]:
        """The records that may be joined with one or proposed, best first; itself and those `without` are not."""
        record = self.get(id)
        assert record is not None
        return [other for _, other, _ in self.near(record, odds(thresholds.review) - SLACK, {id, *without})[:NEAREST]]

    def among(self, ids: Sequence[str], one: str, thresholds: Thresholds, said: Said) -> list[Match]:
        """The matches among known records, by their places, that tie one of them to others: what a match of everybody
        finds if these are everybody."""
        records = [record for id in ids if (record := self.get(id)) is not None]
        assert len(records) == len(ids)

        def weigh(a: int, b: int) -> float:
            return self.scorer.weight(records[a], records[b])

        left, right = np.triu_indices(len(ids), 1)
        weights = np.array([weigh(a, b) for a, b in zip(left.tolist(), right.tolist(), strict=True)], np.float64)
        groups = grouped(len(ids), Pairs(left, right, weights), weigh, thresholds, said)
        place = ids.index(one)
        return [
            as_match(join, automatic, self.scorer, records.__getitem__)
            for joins, of, automatic in ((groups.sure, groups.persons, True), (groups.unsure, groups.supposed, False))
            for join in joins
            if of[join.left] == of[place]
        ]

    def close(self) -> None:
        """Forget everything."""
        self._table.close()

    def _whole(self, record: Mapping[str, str | None]) -> dict[str, str | None]:
        return {column: record.get(column) for column in self.model.columns}

    def _said(self, record: Record) -> bytes:
        return _encode([record.get(column) for column in self.model.columns])

    def _record(self, said: bytes) -> Record:
        return dict(zip(self.model.columns, _decoder.decode(said), strict=True))

    def _keys(self, record: Mapping[str, str | None]) -> list[int]:
        whole = self._whole(record)
        found = ((number, block.key(rule, whole)) for number, rule in enumerate(self._rules))
        return [hash((number, *key)) for number, key in found if key is not None]
