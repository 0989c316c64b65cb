"""A hub of memory for capture: what came in, and what the store holds of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import pytest

from decidedly.adapters.clock import FixedClock
from decidedly.adapters.memory import MemoryJournal, MemoryQuarantine, MemoryReader, MemoryStore, State
from decidedly.capture import (
    Raw,
    Rebuilt,
    Received,
    Replayed,
    Report,
    capture,
    catch_up,
    rebuild,
    replay,
    segment,
)
from decidedly.core.dictionary import Dictionary
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.person import Leaf
from decidedly.core.work import Committed, Work
from tests.cases import NOON, dictionary


class Hub:
    def __init__(self, store: MemoryStore | None = None, state: State | None = None) -> None:
        self.state = state or State()
        self.store = store or MemoryStore(self.state)
        self.reader = MemoryReader(self.state)
        self.journal = MemoryJournal(self.state)
        self.quarantine = MemoryQuarantine()
        self.clock = FixedClock(NOON)
        self.dictionary: Dictionary = dictionary()

    def capture(self, *raws: Raw) -> Report:
        return capture(
            raws,
            store=self.store,
            reader=self.reader,
            clock=self.clock,
            dictionary=self.dictionary,
            quarantine=self.quarantine,
        )

    def send(self, *messages: object, **batch: object) -> Report:
        """One body of a tracker."""
        body = msgspec.json.encode({"batch": messages, **batch})
        return self.receive(segment(body, clock=self.clock, dictionary=self.dictionary))

    def receive(self, received: Received) -> Report:
        return capture(
            received.raws,
            store=self.store,
            reader=self.reader,
            clock=self.clock,
            dictionary=self.dictionary,
            quarantine=self.quarantine,
            unread=received.refusals,
            arrivals=received.arrivals,
        )

    def replay(self, **how: Any) -> Replayed:
        return replay(
            self.quarantine,
            store=self.store,
            reader=self.reader,
            clock=self.clock,
            dictionary=self.dictionary,
            **how,
        )

    def catch_up(self) -> int:
        return catch_up(
            journal=self.journal,
            store=self.store,
            reader=self.reader,
            dictionary=self.dictionary,
            now=self.clock.now(),
        )

    def rebuild(self, **how: Any) -> Rebuilt:
        return rebuild(
            journal=self.journal,
            store=self.store,
            reader=self.reader,
            clock=self.clock,
            dictionary=self.dictionary,
            **how,
        )

    def leaf(self, who: str) -> Leaf:
        stored = self.reader.person((Identifier.parse(who),))
        assert stored is not None
        (leaf,) = stored.leaves
        return leaf

    def leaves(self, who: str) -> tuple[Leaf, ...]:
        stored = self.reader.person((Identifier.parse(who),))
        assert stored is not None
        return stored.leaves

    @property
    def log(self) -> list[Event]:
        return [logged.event for logged in self.journal.read()]


class RacingStore(MemoryStore):
    """A store where somebody else writes the same person just before us, so many times."""

    def __init__(self, state: State, races: int) -> None:
        super().__init__(state)
        self._races = races

    def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
        if self._races:
            self._races -= 1
            for work in works:
                version = 1 if work.expect.leaf is None else work.expect.leaf + 1
                identifiers = () if work.leaf is None else work.leaf.identifiers
                other = Leaf(id=work.person, version=version, identifiers=identifiers)
                super().commit([Work(person=work.person, leaf=other, edges=work.edges)])
        return super().commit(works)


@pytest.fixture
def hub() -> Hub:
    return Hub()


def raw(kind: str, id: str, at: datetime = NOON, who: str = "loyalty:1", **properties: object) -> Raw:
    identifiers = tuple(Identifier.parse(one) for one in who.split())
    named = next((one.id for one in dictionary().events if kind in one.also), kind)
    event = Event(
        message_id=id, kind=named, at=at, received_at=NOON, identifiers=identifiers, source="web", properties=properties
    )
    return Raw(event, "events[0]")
