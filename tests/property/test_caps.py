"""No schedule of concurrent asks breaks a cap: real threads on one SQLite file, all reading before any writes."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier, BrokenBarrierError, local

from hypothesis import given, settings
from hypothesis import strategies as st

from decidedly.adapters.sqlite import Database, SqliteReader, SqliteStore
from decidedly.core.ledger import Entry
from decidedly.core.policy import Cap, ContactPolicy, ContactScope, Per
from decidedly.core.work import Committed, Work
from decidedly.decide import decide
from decidedly.ports.store import Store
from tests.shop import MONDAY, Shop, ask, playbook

PEOPLE = (1, 2)
# Within the three days for which a reservation counts: none lapses on the way.
ASKS = st.tuples(st.sampled_from(PEOPLE), st.integers(0, 60))
THREADS = st.lists(st.lists(ASKS, min_size=1, max_size=3), min_size=2, max_size=4)
CAPS = st.lists(
    st.builds(
        lambda at_most, days, channel: Cap(
            id="c", name="c", at_most=at_most, per=Per(unit="day", count=days), scope=ContactScope(channel=channel)
        ),
        st.integers(1, 2),
        st.integers(1, 3),
        st.sampled_from(("", "", "email")),
    ),
    min_size=1,
    max_size=2,
)


class Held:
    """A store that holds each thread's first write back until every thread wants to write: the worst schedule."""

    def __init__(self, store: Store, threads: int) -> None:
        self._store = store
        self._barrier = Barrier(threads, timeout=5)
        self._mine = local()

    def commit(self, works: Sequence[Work]) -> tuple[Committed, ...]:
        if not getattr(self._mine, "held", False):
            self._mine.held = True
            try:
                self._barrier.wait()
            except BrokenBarrierError as broken:
                raise AssertionError("a thread never came to write") from broken
        return self._store.commit(works)

    def close(self) -> None:
        self._store.close()


def most_in_any_window(entries: Sequence[Entry], cap: Cap) -> int:
    """The largest number of contacts that any `days` days in a row hold."""
    counted = sorted(entry.at for entry in entries if cap.scope.channel in ("", entry.channel))
    return max((_within(counted, start, cap.per.count) for start in counted), default=0)


def _within(times: Sequence[datetime], start: datetime, days: int) -> int:
    return sum(start <= at < start + timedelta(days=days) for at in times)


def run(shop: Shop, plans: Sequence[Sequence[tuple[int, int]]]) -> None:
    """Each thread asks in its own order; moments of different threads run back and forth."""
    held = Shop(shop.book, store=Held(shop.store, len(plans)), reader=shop.reader)
    world = held.world()

    def one(number: int) -> None:
        for turn, (person, hours) in enumerate(plans[number]):
            moment = MONDAY + timedelta(hours=hours, milliseconds=number)
            decide(ask(person, f"{number}/{turn}", moment), world)

    with ThreadPoolExecutor(len(plans)) as pool:
        for done in [pool.submit(one, number) for number in range(len(plans))]:
            done.result(timeout=60)


@settings(max_examples=30, deadline=None)
@given(THREADS, CAPS)
def test_no_schedule_of_concurrent_asks_breaks_a_cap(plans: list[list[tuple[int, int]]], caps: list[Cap]) -> None:
    with TemporaryDirectory() as folder:
        database = Database(Path(folder))
        store, reader = SqliteStore(database), SqliteReader(database)
        try:
            book = playbook(policies=(), contact=ContactPolicy(caps=tuple(caps)))
            shop = Shop(book, store=store, reader=reader)
            for person in PEOPLE:
                shop.meet(person, age_band="35-44")
            run(shop, plans)
            slates = [message.decision_id for message in reader.messages("waiting")]
            reserved: list[str] = []
            for stored in reader.people():
                # Within the three days none lapses; a better message may have taken the place of one that waited.
                entries = [entry for entry in stored.own.entries if entry.state == "reserved"]
                reserved += [entry.id for entry in entries]
                for cap in caps:
                    assert most_in_any_window(entries, cap) <= cap.at_most
            assert sorted(reserved) == sorted(slates)
        finally:
            store.close()
