"""Times: what is flagged, what waits for its time, and how it becomes part of its record then."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from decidedly.adapters.clock import FixedClock
from decidedly.capture import Raw, load
from decidedly.core.dictionary import EventKind, Field
from decidedly.core.errors import NotFound
from decidedly.core.identifier import Identifier
from decidedly.core.person import Leaf
from tests.cases import NOON, event, households, order
from tests.unit.capture.conftest import Hub, RacingStore, raw

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("at", "flags", "folded"),
    [
        (NOON, (), True),
        (NOON + 5 * MINUTE, (), True),
        (NOON + 6 * MINUTE, ("future",), False),
        (NOON + 3000 * DAY, ("future",), False),
        (datetime(9999, 12, 31, tzinfo=UTC), ("impossible-time",), False),
        (datetime(1970, 1, 1, tzinfo=UTC), ("impossible-time",), False),
        (datetime(1, 1, 1, tzinfo=UTC), ("impossible-time",), False),
        (datetime(1990, 1, 1, tzinfo=UTC), ("late",), True),
        (NOON - DAY, (), True),
        (NOON - DAY - timedelta.resolution, ("late",), True),
    ],
)
def test_times_are_flagged_and_only_possible_ones_are_folded(
    hub: Hub, at: datetime, flags: tuple[str, ...], folded: bool
) -> None:
    report = hub.capture(raw("page", "m1", at))
    assert hub.log[0].flags == flags
    assert ("page" in hub.leaf("loyalty:1").panes) == folded
    assert report.future == (not folded)


def test_loaded_history_is_not_late_but_impossible_times_are_flagged(hub: Hub) -> None:
    chunk = [
        replace(event("page", NOON - 400 * DAY, "a"), received_at=NOON),
        event("page", datetime(1970, 1, 1, tzinfo=UTC), "b"),
    ]
    load([chunk], store=hub.store, reader=hub.reader, clock=hub.clock, dictionary=hub.dictionary)
    assert [one.flags for one in hub.log] == [(), ("impossible-time",)]


def test_history_loaded_ahead_of_its_time_is_held_back_for_good(hub: Hub) -> None:
    chunk = [event("page", NOON, "a"), event("page", NOON - DAY, "b")]
    load([chunk], store=hub.store, reader=hub.reader, clock=hub.clock, dictionary=hub.dictionary, held=True)
    assert [one.flags for one in hub.log] == [("future", "held"), ()]
    hub.clock = FixedClock(NOON + DAY)
    assert hub.catch_up() == 0
    assert hub.rebuild().records == 0


def test_what_was_dated_ahead_is_folded_when_its_time_comes_and_once(hub: Hub) -> None:
    hub.capture(
        raw("campaign-received", "m1", NOON + 10 * MINUTE, campaign="18"),
        raw("page", "m2", NOON + 20 * MINUTE, "loyalty:1 anonymous:a"),
        raw("page", "m3", datetime(9999, 1, 1, tzinfo=UTC)),
    )
    assert hub.catch_up() == 0
    hub.clock = FixedClock(NOON + 11 * MINUTE)
    assert hub.catch_up() == 1
    assert hub.catch_up() == 0
    assert list(hub.leaf("loyalty:1").panes) == ["campaign-received"]
    stored = hub.reader.person((Identifier("loyalty", "1"),))
    assert stored is not None
    assert [entry.id for ledger in stored.ledgers for entry in ledger.entries] == ["m1"]
    hub.clock = FixedClock(NOON + 30 * MINUTE)
    assert hub.catch_up() == 1
    assert len(hub.leaf("loyalty:1").panes["page"].at) == 8
    assert len(hub.reader.people()) == 1
    assert hub.journal.due(NOON + 10_000 * DAY) == []


def test_what_comes_due_is_folded_as_if_it_had_come_in_then() -> None:
    events = [one for person in households(5, 12) for one in person]
    rng = random.Random(7)
    middle = sorted(one.at for one in events)[len(events) // 2]
    early, late = Hub(), Hub()
    early.clock, late.clock = FixedClock(middle), FixedClock(NOON + 400 * DAY)
    rng.shuffle(events)
    for hub in (early, late):
        hub.capture(*(Raw(one, "events[0]") for one in events))
    early.clock = late.clock
    assert early.catch_up() == sum(one.at > middle + 5 * MINUTE for one in events)
    for number in range(1, 6):
        assert bare(early.leaf(f"loyalty:{number}")) == bare(late.leaf(f"loyalty:{number}"))


def bare(leaf: Leaf) -> Leaf:
    return replace(leaf, version=0)


def test_others_writing_the_same_person_do_not_keep_the_due_away() -> None:
    hub = Hub()
    hub.capture(raw("page", "m1", NOON + 10 * MINUTE))
    hub.store = RacingStore(hub.state, races=2)
    hub.clock = FixedClock(NOON + 11 * MINUTE)
    assert hub.catch_up() == 1
    assert len(hub.leaf("loyalty:1").panes["page"].at) == 8


def test_what_no_longer_fits_the_dictionary_stays_out_and_off_the_list(hub: Hub) -> None:
    hub.capture(raw("page", "m1", NOON + 10 * MINUTE, name="home"))
    page = EventKind(id="page", name="page", fields=(Field(name="name", type="number(0)"),))
    hub.dictionary = replace(hub.dictionary, events=(page,))
    hub.clock = FixedClock(NOON + 11 * MINUTE)
    assert hub.catch_up() == 1
    assert hub.leaf("loyalty:1").panes == {}
    assert hub.catch_up() == 0


def declare_cart(hub: Hub) -> None:
    cart = EventKind(
        id="cart-viewed",
        name="cart viewed",
        also=("Cart Viewed",),
        fields=(Field(name="items", type="number(0)", keep=True),),
        contact="marketing",
    )
    hub.dictionary = replace(hub.dictionary, events=(*hub.dictionary.events, cart))


def test_the_history_of_a_kind_declared_late_gets_into_the_records(hub: Hub) -> None:
    hub.capture(
        raw("Cart Viewed", "m1", items=3),
        raw("Cart Viewed", "m2", items="many"),
        raw("cart-viewed", "m3", items=4),
        raw("Cart Viewed", "m4", NOON + 10 * MINUTE, items=5),
        raw("page", "m5"),
        raw("page", "m6", who="loyalty:2"),
    )
    assert list(hub.leaf("loyalty:1").panes) == ["page"]
    declare_cart(hub)
    done = hub.rebuild(kind="cart-viewed")
    assert (done.persons, done.records, done.events, done.refused) == (2, 1, 4, 1)
    assert done.refusals[0].place == "event m2.properties.items"
    leaf = hub.leaf("loyalty:1")
    assert len(leaf.panes["cart-viewed"].at) == 2 * 8
    assert len(leaf.panes["page"].at) == 8
    stored = hub.reader.person((Identifier("loyalty", "1"),))
    assert stored is not None
    assert [entry.id for entry in stored.own.entries] == ["m1", "m3"]
    assert hub.rebuild(kind="cart-viewed").records == 0
    assert hub.rebuild().records == 0


def test_a_field_kept_late_is_filled_by_a_rebuild(hub: Hub) -> None:
    hub.capture(raw("product-viewed", "m1", product_id="x", place="shelf"))
    viewed = EventKind(
        id="product-viewed",
        name="product viewed",
        fields=(
            Field(name="product_id", type="string", required=True, keep=True),
            Field(name="seconds", type="real", keep=True),
            Field(name="place", type="string", keep=True),
        ),
    )
    others = tuple(kind for kind in hub.dictionary.events if kind.id != viewed.id)
    hub.dictionary = replace(hub.dictionary, events=(*others, viewed))
    assert hub.rebuild(kind="product-viewed").records == 1
    assert hub.leaf("loyalty:1").panes["product-viewed"].columns["place"].strip(b"\0")


def test_any_record_can_be_made_anew_from_the_log(hub: Hub) -> None:
    hub.capture(
        raw("identify", "m1", NOON - MINUTE, "loyalty:1 email:e@x.com anonymous:a", **{"age-band": "35-44"}),
        raw("consent", "m2", purpose="marketing", channel="sms", granted=False),
        raw("page", "m3", NOON, "anonymous:a"),
        raw("campaign-received", "m4", campaign="18"),
        raw("page", "m5", NOON + 10 * MINUTE),
    )
    before = {id: hub.state.leaves[id] for id in hub.state.leaves}
    epochs = {id: ledger.epoch for id, ledger in hub.state.ledgers.items()}
    assert hub.rebuild().records == 0
    for id, leaf in before.items():
        hub.state.leaves[id] = Leaf(id=id, version=leaf.version, identifiers=leaf.identifiers)
    assert hub.rebuild().records == len([leaf for leaf in before.values() if leaf.panes or leaf.facts])
    assert {id: bare(leaf) for id, leaf in hub.state.leaves.items()} == {id: bare(leaf) for id, leaf in before.items()}
    assert set(epochs) == set(hub.state.ledgers)


def test_a_rebuild_folds_what_has_come_due(hub: Hub) -> None:
    hub.capture(raw("page", "m1", NOON + 10 * MINUTE))
    hub.clock = FixedClock(NOON + 11 * MINUTE)
    assert hub.rebuild().records == 1
    assert hub.catch_up() == 0
    assert len(hub.leaf("loyalty:1").panes["page"].at) == 8


def test_a_rebuild_can_begin_after_a_person(hub: Hub) -> None:
    hub.capture(*(raw("page", f"m{number}", who=f"loyalty:{number}") for number in range(5)))
    people = [stored.person for stored in hub.reader.people()]
    assert hub.rebuild(after=people[1]).persons == 3
    assert hub.rebuild().last == people[-1]


def test_a_rebuild_of_a_kind_that_is_not_declared_is_an_error(hub: Hub) -> None:
    with pytest.raises(NotFound):
        hub.rebuild(kind="cart-viewed")


def test_others_writing_the_same_person_do_not_spoil_a_rebuild() -> None:
    hub = Hub()
    hub.capture(raw("Cart Viewed", "m1", items=3), raw("page", "m2"))
    declare_cart(hub)
    hub.store = RacingStore(hub.state, races=2)
    assert hub.rebuild().records == 1
    assert set(hub.leaf("loyalty:1").panes) == {"cart-viewed", "page"}


def test_orders_survive_a_rebuild_to_the_byte(hub: Hub) -> None:
    lines = [(str(number), number * 10) for number in range(1, 9)]
    events = [order(NOON - number * DAY, str(number), *lines[: number % 8 + 1]) for number in range(20)]
    load([events], store=hub.store, reader=hub.reader, clock=hub.clock, dictionary=hub.dictionary)
    leaf = hub.leaf("loyalty:1")
    hub.state.leaves[leaf.id] = replace(leaf, panes={})
    hub.rebuild()
    assert hub.leaf("loyalty:1").panes == leaf.panes
