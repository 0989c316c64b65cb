"""The grocer's year as events: nothing lost, nothing doubled, every cent."""

from __future__ import annotations

from collections import Counter

import pytest

from decidedly.core.event import Event
from decidedly.demo.source import Source
from tests.unit.demo.data import whole_year


@pytest.fixture(scope="module")
def source() -> Source:
    return whole_year()


def test_the_tables_have_their_published_counts(source: Source) -> None:
    assert len(source.households) == 2_469
    assert len(source.frame("transactions")) == 1_469_307
    assert len(source.frame("coupons")) == 116_204
    counts = {name: table.num_rows for name, table in source.tables().items()}
    assert counts == {"products": 92_331, "offers": 116_204, "campaigns": 27, "lists": 6_589}


def test_every_row_becomes_an_event_and_every_cent_is_counted(source: Source) -> None:
    kinds: Counter[str] = Counter()
    ids: set[str] = set()
    cents = lines = 0
    for household, events in source.events():
        for event in events:
            kinds[event.kind] += 1
            ids.add(event.message_id)
            assert event.identifiers[0].value == household
            if event.kind == "order":
                items = event.properties["products"]
                lines += len(items)
                cents += event.properties["total_cents"]
                assert event.properties["total_cents"] == sum(item["sales_cents"] for item in items)
    assert kinds == {"order": 155_848, "campaign-received": 6_589, "redemption": 2_102, "identify": 801}
    assert len(ids) == kinds.total()
    assert lines == 1_469_307
    assert cents == 459_603_958


def test_events_of_a_household_come_in_order_of_time(source: Source) -> None:
    events = next(events for household, events in source.events() if household == "1029")
    assert events == sorted(events, key=lambda event: (event.at, event.message_id))


def test_a_sample_has_the_events_that_the_whole_has(source: Source) -> None:
    sample = Source.read(households=5, seed=7)
    assert Source.read(households=5, seed=7).households == sample.households
    wanted = {str(household) for household in sample.households}
    whole: dict[str, list[Event]] = {}
    for household, events in source.events():
        if household in wanted:
            whole[household] = events
    assert dict(sample.events()) == whole
