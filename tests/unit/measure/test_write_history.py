"""What models learn from: everybody's history, but for those who do not want it."""

from __future__ import annotations

from datetime import timedelta

from decidedly.adapters.clock import FixedClock
from decidedly.adapters.memory import MemoryReader, MemoryStore, MemoryWarehouse, State
from decidedly.capture import load
from decidedly.core.dictionary import PROFILING
from decidedly.measure import table_of, write_history
from decidedly.person import seen
from tests.cases import NOON, dictionary, event

DAY = timedelta(days=1)


def rows(*said: tuple[str, bool]) -> list[str]:
    """Who of two buyers is in the history after person 1 said these words about purposes."""
    state, book, warehouse = State(), dictionary(), MemoryWarehouse()
    store, reader = MemoryStore(state), MemoryReader(state)
    line = {"product_id": "p1", "quantity": 1}
    events = [
        event("order", NOON - 9 * DAY, f"o{number}", f"loyalty:{number}", order_id=f"o{number}", products=[line])
        for number in (1, 2)
    ] + [
        event("consent", NOON - 5 * DAY, f"c{place}", "loyalty:1", purpose=purpose, channel="all", granted=granted)
        for place, (purpose, granted) in enumerate(said)
    ]
    load([events], store=store, reader=reader, clock=FixedClock(NOON), dictionary=book)
    write_history(warehouse, [seen(stored, NOON, book) for stored in reader.people()], book)
    return sorted(warehouse.read(table_of("order"))["person"].to_pylist())


def test_who_refused_profiling_is_not_in_it() -> None:
    assert len(rows()) == len(rows((PROFILING, True))) == 2
    assert len(rows((PROFILING, False))) == 1
    assert set(rows((PROFILING, False))) < set(rows())


def test_other_refusals_say_nothing_about_it() -> None:
    assert rows(("marketing", False)) == rows()
