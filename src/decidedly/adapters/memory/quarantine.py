"""Refused events in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from threading import RLock

from decidedly.core.quarantine import MOST, MOST_BYTES, Quarantined, QuarantineFull
from decidedly.ports.quarantine import Filled


class MemoryQuarantine:
    """Quarantine port over a dictionary."""

    def __init__(self) -> None:
        self.most, self.most_bytes = MOST, MOST_BYTES
        self._lock = RLock()
        self._kept: dict[str, tuple[int, Quarantined]] = {}
        self._number = 0

    def put(self, events: Sequence[Quarantined]) -> int:
        with self._lock:
            kept = dict(self._kept)
            number = self._number
            for event in events:
                known = kept.get(event.id)
                if known is None and not event.times:
                    continue
                if known is None:
                    number += 1
                kept[event.id] = (number, event) if known is None else (known[0], event.again(known[1]))
            new = len(kept) - len(self._kept)
            size = sum(event.size for _, event in kept.values())
            if new and (len(kept) > self.most or size > self.most_bytes):
                filled = self.filled()
                raise QuarantineFull.beyond(filled.events, filled.size)
            self._kept, self._number = kept, number
            return new

    def get(self, id: str) -> Quarantined | None:
        with self._lock:
            return self._kept[id][1] if id in self._kept else None

    def page(self, after: int = 0, limit: int = 100, kind: str = "", code: str = "") -> list[tuple[int, Quarantined]]:
        with self._lock:
            found = sorted((one for one in self._kept.values() if one[0] > after), key=lambda one: one[0])
        return [
            (number, event) for number, event in found if kind in ("", event.kind) and (not code or code in event.codes)
        ][:limit]

    def counts(self) -> dict[str, int]:
        with self._lock:
            return dict(sorted(Counter(code for _, event in self._kept.values() for code in event.codes).items()))

    def filled(self) -> Filled:
        with self._lock:
            return Filled(len(self._kept), sum(event.size for _, event in self._kept.values()))

    def remove(self, ids: Iterable[str]) -> int:
        with self._lock:
            gone = [id for id in set(ids) if id in self._kept]
            for id in gone:
                del self._kept[id]
            return len(gone)
