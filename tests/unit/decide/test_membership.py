"""Membership of a segment: each criterion with its facts, and the exact moment at which time alone changes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from decidedly.core.dictionary import Aggregate, Dictionary, EventKind, Field, Window
from decidedly.core.errors import NotFound
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.person import Leaf, Person
from decidedly.core.playbook import Brand, Playbook
from decidedly.core.policy import ContactPolicy, Segment, Text
from decidedly.core.provenance import Fact, Provenance
from decidedly.decide.membership import Membership, membership
from decidedly.person import aggregates, combine, fold

DAY = timedelta(days=1)
MICRO = timedelta(microseconds=1)
ORDERED = datetime(2017, 10, 1, 10, 31, tzinfo=UTC)
DICTIONARY = Dictionary(
    identifiers=("loyalty",),
    user_id="loyalty",
    attributes=(),
    events=(
        EventKind(
            id="order", name="Order", items="lines",
            item_fields=(Field(name="cents", type="money(GBP)", keep=True),),
        ),
    ),
    aggregates=(
        Aggregate(id="o30", name="orders last 30 days", is_="count", of="order",
                  over=Window(unit="day", newest=1, oldest=30)),
        Aggregate(id="s60", name="spend days 31 to 60", is_="sum", of="order", what="cents",
                  over=Window(unit="day", newest=31, oldest=60)),
        Aggregate(id="month", name="orders this month", is_="count", of="order",
                  over=Window(unit="month", newest=0, oldest=0, calendar=True)),
        Aggregate(id="since", name="days since last order", is_="days since last", of="order"),
    ),
    time_zone="Europe/London",
)  # fmt: skip
LAPSING = "orders last 30 days = 0 and spend days 31 to 60 between 50 and 150"


def book(**rules: str) -> Playbook:
    brand = Brand(name="Shop", currency="GBP", locale="en-GB", time_zone="Europe/London", postal_address="",
                  website="")  # fmt: skip
    return Playbook(
        brand=brand, dictionary=DICTIONARY, actions=(), policies=(), contact=ContactPolicy(),
        segments=tuple(Segment(id=id, name=id, when=Text(rule)) for id, rule in rules.items()),
        channels=(), services=(), templates=(), models=(),
    )  # fmt: skip


def view(leaf: Leaf, at: datetime) -> Person:
    one = combine([leaf], at, DICTIONARY)
    learnt = Provenance(how="learnt", source="history", at=at)
    computed = {
        id: Fact(value=value, provenance=learnt, message_id=id)
        for id, value in aggregates(one, DICTIONARY).items()
        if value is not None
    }
    return replace(one, facts={**one.facts, **computed})


def told(rule: str, at: datetime, *orders: tuple[datetime, int], **more: str) -> Membership:
    leaf = Leaf(id="p1")
    for number, (when, cents) in enumerate(orders):
        event = _order(number, when, cents)
        leaf = fold(leaf, [event], DICTIONARY)
    return membership(book(asked=rule, **more), "asked", partial(view, leaf), at)


def _order(number: int, when: datetime, cents: int) -> Event:
    values: dict[str, Any] = {"lines": [{"cents": cents}]}
    return Event(message_id=f"m{number}", kind="order", at=when, received_at=when,
                 identifiers=(Identifier("loyalty", "1"),), source="till", properties=values)  # fmt: skip


def test_a_person_comes_in_when_the_last_order_leaves_thirty_days() -> None:
    one = told(LAPSING, ORDERED + 5 * DAY, (ORDERED, 8000))
    assert not one.member
    assert one.change is not None
    assert one.change.member
    assert one.change.at == ORDERED + 30 * DAY + MICRO
    assert one.change.when == "31 October 2017 at 10:31"
    assert one.change.because == "orders last 30 days falls to 0 and spend days 31 to 60 rises to 80 GBP"


def test_a_person_drops_out_when_the_order_leaves_sixty_days() -> None:
    one = told(LAPSING, ORDERED + 40 * DAY, (ORDERED, 8000))
    assert one.member
    assert one.change is not None
    assert one.change.at == ORDERED + 60 * DAY + MICRO
    assert not one.change.member


def test_each_criterion_is_told_with_its_facts() -> None:
    one = told(LAPSING, ORDERED + 40 * DAY, (ORDERED, 20000))
    assert [(c.met, c.facts) for c in one.criteria] == [
        (True, (("orders last 30 days", "0"),)),
        (False, (("spend days 31 to 60", "200 GBP"),)),
    ]
    assert one.change is None


def test_a_segment_that_is_used_is_told_criterion_by_criterion() -> None:
    one = told("segment.lapsing", ORDERED + 40 * DAY, (ORDERED, 8000), lapsing=LAPSING)
    assert [(c.level, c.met) for c in one.criteria] == [(0, True), (1, True), (1, True)]


def test_a_calendar_window_changes_at_the_brands_midnight() -> None:
    one = told("orders this month >= 1", ORDERED + DAY, (ORDERED, 1))
    assert one.change is not None
    assert one.change.at == datetime(2017, 11, 1, tzinfo=UTC)


def test_a_lapse_of_time_changes_a_unit_after_the_event() -> None:
    one = told("days since last order >= 3", ORDERED + DAY, (ORDERED, 1))
    assert one.change is not None
    assert one.change.at == ORDERED + 3 * DAY


def test_a_moment_that_a_rule_names_is_found() -> None:
    one = told('now() > @"2017-10-05T12:34:56Z"', ORDERED)
    assert one.change is not None
    assert one.change.at == datetime(2017, 10, 5, 12, 34, 56, 1, tzinfo=UTC)


def test_what_is_not_known_is_told() -> None:
    one = told("days since last order < 3", ORDERED)
    assert not one.member
    assert one.criteria[0].met is None
    assert one.criteria[0].why == ("days since last order is not known",)


def test_an_unknown_segment_is_refused() -> None:
    with pytest.raises(NotFound):
        membership(book(a="1 = 1"), "b", partial(view, Leaf(id="p1")), ORDERED)
