"""fold(events) is the same for every order of arrival, every grouping, and every event folded twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.core.event import Event
from decidedly.core.ledger import Ledger
from decidedly.core.person import Leaf
from decidedly.person import aggregates, combine, fold, fold_contacts
from tests.cases import YEAR, dictionary, event, order

DICTIONARY = dictionary()
# Few different times, with and without fractions of a second, so that ties and neighbours are common.
TIMES = st.builds(
    lambda seconds, micros: YEAR + timedelta(seconds=seconds, microseconds=micros),
    st.integers(-2, 3),
    st.sampled_from((0, 0, 1, 999_999)),
)


@st.composite
def event_lists(draw: st.DrawFn) -> list[Event]:
    events: list[Event] = []
    for number in range(draw(st.integers(0, 12))):
        at, id = draw(TIMES), f"m{number}"
        match draw(st.integers(0, 5)):
            case 0:
                lines = draw(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-3, 9)), max_size=4))
                events.append(order(at, id, *lines))
            case 1:
                known = {
                    "age-band": draw(st.sampled_from(("x", "y"))),
                    "kids-count": draw(st.none() | st.integers(0, 2)),
                }
                events.append(event("identify", at, id, **known))
            case 2:
                channel = draw(st.sampled_from(("sms", "email", "all")))
                said = {"purpose": "marketing", "channel": channel, "granted": draw(st.booleans())}
                events.append(event("consent", at, id, **said))
            case 3:
                answered = draw(st.sampled_from(("", "", "d1")))
                received = event("campaign-received", at, id, campaign="18")
                events.append(replace(received, decision_id=answered, channel="print"))
            case 4:
                seconds = draw(st.none() | st.floats(0, 9, allow_nan=False))
                events.append(event("product-viewed", at, id, product_id="a", seconds=seconds))
            case _:
                events.append(event("never-declared", at, id, any=1))
    return events


def same(leaf: Leaf) -> Leaf:
    return replace(leaf, version=0)


EMPTY = Leaf(id="p1")


@given(event_lists(), st.randoms(use_true_random=False))
def test_every_order_of_arrival_gives_the_same_leaf(events: list[Event], random: object) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one_by_one = EMPTY
    for single in shuffled:
        one_by_one = fold(one_by_one, [single], DICTIONARY)
    assert same(one_by_one) == same(fold(EMPTY, events, DICTIONARY))


@given(event_lists(), st.integers(0, 12))
def test_folding_twice_is_folding_once(events: list[Event], cut: int) -> None:
    leaf = fold(EMPTY, events, DICTIONARY)
    assert same(fold(leaf, events[cut:], DICTIONARY)) == same(leaf)
    assert same(fold(EMPTY, [*events, *events[:cut]], DICTIONARY)) == same(leaf)


@given(event_lists(), st.integers(0, 12))
def test_contacts_and_their_epoch_are_the_same_for_every_order(events: list[Event], cut: int) -> None:
    whole = fold_contacts(Ledger(leaf="p1"), events, DICTIONARY)
    parts = Ledger(leaf="p1")
    for part in (events[cut:], events[:cut]):
        parts = fold_contacts(parts, part[::-1], DICTIONARY)
    assert replace(parts, version=0) == replace(whole, version=0)


@given(event_lists(), TIMES)
def test_the_person_at_a_time_is_made_of_what_came_before_it(events: list[Event], at: datetime) -> None:
    seen = combine([fold(EMPTY, events, DICTIONARY)], at, DICTIONARY)
    earlier = combine([fold(EMPTY, [one for one in events if one.at < at], DICTIONARY)], at, DICTIONARY)
    assert seen.facts == earlier.facts
    assert seen.consents == earlier.consents
    assert {kind: pane for kind, pane in seen.panes.items() if pane.at} == {
        kind: pane for kind, pane in earlier.panes.items() if pane.at
    }


@given(event_lists(), st.lists(st.booleans(), min_size=12, max_size=12), TIMES)
def test_two_leaves_combine_to_the_same_person_as_one(events: list[Event], side: list[bool], at: datetime) -> None:
    left = fold(Leaf(id="p1"), [one for one, is_left in zip(events, side, strict=False) if is_left], DICTIONARY)
    right = fold(Leaf(id="p2"), [one for one, is_left in zip(events, side, strict=False) if not is_left], DICTIONARY)
    two, one = combine([left, right], at, DICTIONARY), combine([fold(EMPTY, events, DICTIONARY)], at, DICTIONARY)
    assert two == one


@given(event_lists(), TIMES)
def test_aggregates_agree_with_counting_the_events(events: list[Event], at: datetime) -> None:
    person = combine([fold(EMPTY, events, DICTIONARY)], at, DICTIONARY)
    past = [one for one in events if one.at < at]
    orders = [one for one in past if one.kind == "order"]
    recent = [one for one in orders if one.at >= at - timedelta(days=60)]
    lines = [line for one in orders for line in one.properties["products"]]
    viewed = [one.properties["seconds"] or 0.0 for one in past if one.kind == "product-viewed"]
    found = aggregates(person, DICTIONARY)
    assert found["orders"] == len(orders)
    assert found["lines"] == len(lines)
    assert found["spend-60"] == sum(line["sales_cents"] for one in recent for line in one.properties["products"])
    assert found["products"] == len({line["product_id"] for line in lines})
    assert found["viewed-s"] == sum(viewed) or abs((found["viewed-s"] or 0) - sum(viewed)) < 1e-9
    assert found["last-order"] == ((at - max(one.at for one in orders)).days if orders else None)
    assert "times-bought" not in found
