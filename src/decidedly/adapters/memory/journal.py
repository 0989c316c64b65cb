"""The event log in memory."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from decidedly.adapters.memory.state import State
from decidedly.ports.journal import Logged


class MemoryJournal:
    """Journal port over a list."""

    def __init__(self, state: State) -> None:
        self._state = state

    def read(self, after: int = 0, limit: int = 1000, kinds: tuple[str, ...] = ()) -> list[Logged]:
        with self._state.lock:
            events = list(self._state.events)
        later = events[bisect_right(events, after, key=lambda logged: logged.offset) :]
        return [logged for logged in later if not kinds or logged.event.kind in kinds][:limit]

    def of_person(
        self, leaves: Sequence[str], before: datetime, limit: int = 50, kinds: tuple[str, ...] = ()
    ) -> list[Logged]:
        with self._state.lock:
            events = list(self._state.events)
        found = [logged for logged in events if logged.leaf in leaves and logged.event.at < before]
        found = [logged for logged in found if not kinds or logged.event.kind in kinds]
        return sorted(found, key=lambda logged: (logged.event.at, logged.offset), reverse=True)[:limit]

    def answers(self, decisions: Sequence[str]) -> list[Logged]:
        wanted = frozenset(decisions) - {""}
        with self._state.lock:
            return [logged for logged in self._state.events if logged.event.decision_id in wanted]

    def between(
        self, leaves: Sequence[str], since: datetime, before: datetime, kinds: tuple[str, ...] = ()
    ) -> list[Logged]:
        with self._state.lock:
            events = list(self._state.events)
        found = [logged for logged in events if logged.leaf in leaves and since <= logged.event.at < before]
        found = [logged for logged in found if not kinds or logged.event.kind in kinds]
        return sorted(found, key=lambda logged: (logged.event.at, logged.offset))

    def due(self, before: datetime, limit: int = 1000) -> list[Logged]:
        with self._state.lock:
            found = [logged for logged in self._state.ahead.values() if logged.event.at < before]
        return sorted(found, key=lambda logged: (logged.event.at, logged.offset))[:limit]

    def end(self) -> int:
        with self._state.lock:
            return self._state.events[-1].offset if self._state.events else 0

    def counts(self) -> dict[str, int]:
        with self._state.lock:
            counts = Counter(logged.event.kind for logged in self._state.events)
            for (what, kind, _), count in self._state.kept.items():
                counts[kind] += count if what == "event" else 0
            return {kind: count for kind, count in sorted(counts.items()) if count}
