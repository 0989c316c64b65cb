"""Live: one new or changed record against all that are known, in milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from decidedly.person.match import block
from decidedly.person.match.model import Model
from decidedly.person.match.score import Scorer, probability, reasons
from decidedly.person.match.standardise import Record

CROWD = 200  # a key that more records share tells nobody apart and is not followed


class Candidate(msgspec.Struct, frozen=True):
    """A known record that may be of the same person. weight: log2 of the odds."""

    id: str
    weight: float
    probability: float
    reasons: tuple[str, ...]


class Live:
    """Known records by their blocking keys, weighed by the population's model: the same numbers.

    It holds in memory a record's standard columns and one number per blocking rule. A class for it has a life: records
    come, change and go.
    """

    def __init__(self, model: Model, records: Iterable[tuple[str, Record]] = ()) -> None:
        self.model = model
        self._scorer = Scorer(model)
        self._records: dict[str, tuple[str | None, ...]] = {}
        self._by_key: dict[int, set[str]] = {}
        # A model of few records lets every pair through, which is no way to live with many.
        self._rules = [rule for rule in model.rules if rule] or list(block.usable(model.columns))[:20]
        for id, record in records:
            self.put(id, record)

    def __len__(self) -> int:
        return len(self._records)

    def put(self, id: str, record: Record) -> None:
        """Know a record, or know it as it is now."""
        self.drop(id)
        self._records[id] = tuple(record.get(column) for column in self.model.columns)
        for key in self._keys(record):
            self._by_key.setdefault(key, set()).add(id)

    def drop(self, id: str) -> None:
        """Know it no longer."""
        if id not in self._records:
            return
        for key in self._keys(self._record(id)):
            ids = self._by_key[key]
            ids.discard(id)
            if not ids:
                del self._by_key[key]
        del self._records[id]

    def candidates(self, record: Record, least: float, apart: Iterable[str] = (), own: str = "") -> list[Candidate]:
        """Known records whose weight with this one is at least `least`, best first.

        apart : ids that were said to be of other persons
        own   : the record's own id, where it is known already
        """
        whole = {column: record.get(column) for column in self.model.columns}
        near: set[str] = set()
        for key in self._keys(whole):
            ids = self._by_key.get(key, ())
            if len(ids) <= CROWD:
                near.update(ids)
        near.difference_update(apart, (own,))
        out = []
        for id in near:
            weight = self._scorer.weight(whole, self._record(id))
            if weight >= least:
                out.append((weight, id))
        return [
            Candidate(id, weight, probability(weight), reasons(self.model, whole, self._record(id)))
            for weight, id in sorted(out, key=lambda one: (-one[0], one[1]))
        ]

    def _record(self, id: str) -> Record:
        return dict(zip(self.model.columns, self._records[id], strict=True))

    def _keys(self, record: Mapping[str, str | None]) -> list[int]:
        whole = dict(record)
        found = ((number, block.key(rule, whole)) for number, rule in enumerate(self._rules))
        return [hash((number, *key)) for number, key in found if key is not None]
