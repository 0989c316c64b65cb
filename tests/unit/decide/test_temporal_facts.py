"""Rules hold on days and times of people and of the situation; the record keeps texts and replays to the byte."""

from __future__ import annotations

from functools import partial

import pytest
from msgspec.structs import replace

from decidedly.adapters.blobs import DECISION
from decidedly.core.dictionary import Attribute
from decidedly.core.identifier import Identifier
from decidedly.core.playbook import Playbook
from decidedly.core.policy import Policy, Segment, Text
from decidedly.decide import decide, explain, membership, replay
from tests import shop
from tests.shop import Shop, chosen, plan_of


def book(when: str) -> Playbook:
    base = shop.playbook()
    more = (
        Attribute(id="joined", name="joined", of="person", type="date and time"),
        Attribute(id="wakes", name="wakes", of="person", type="time"),
        Attribute(id="due", name="due", of="context", type="date"),
    )
    dictionary = replace(base.dictionary, attributes=base.dictionary.attributes + more)
    only = Policy(id="only", name="Only those", tier="eligibility", when=Text(when))
    segments = (Segment(id="those", name="those", when=Text(when)),)
    return replace(base, dictionary=dictionary, policies=(only,), segments=segments)


def met(when: str) -> Shop:
    world = Shop(book(when))
    world.meet(1, born_on="1980-01-31", joined="2017-10-30T10:00:00", wakes="07:30:00", age_band="35-44")
    return world


HOLD = [
    'born on = date("1980-01-31")',
    'born on < date("1999-10-30")',
    "born on.year = 1980",
    'born on + duration("P30Y") < today()',
    'joined < now()',
    'joined = date and time("2017-10-30T10:00:00Z")',
    'wakes < time("08:00:00")',
    'years and months duration(born on, today()).years = 37',
]  # fmt: skip


@pytest.mark.parametrize("when", HOLD)
def test_a_rule_on_a_day_or_time_holds(when: str) -> None:
    world = met(when)
    assert chosen(world.decide(1), world.book)


@pytest.mark.parametrize("when", ['born on > date("1999-10-30")', "joined > now()", 'wakes > time("08:00:00")'])
def test_and_does_not_hold_where_it_should_not(when: str) -> None:
    world = met(when)
    assert not chosen(world.decide(1), world.book)


@pytest.mark.parametrize("when", HOLD)
def test_the_record_comes_back_from_its_bytes_and_replays_to_the_byte(when: str) -> None:
    world = met(when)
    record = world.decide(1)
    raw = DECISION.encode(record)
    back = DECISION.decode(raw)
    assert back == record
    assert DECISION.encode(replay(back, plan_of(world.book))) == raw


@pytest.mark.parametrize("when", HOLD)
def test_the_segment_of_the_same_rule_has_the_person(when: str) -> None:
    world = met(when)
    stored = world.reader.person((Identifier("loyalty", "1"),))
    assert stored is not None
    assert membership(world.book, "those", partial(world.view, stored), shop.MONDAY).member


def test_an_explanation_shows_the_day_as_it_is_kept() -> None:
    world = met('born on > date("1999-10-30")')
    record = world.decide(1)
    told = explain(record, plan_of(world.book), action=shop.COFFEE)
    values = [fact.value for one in told.actions for drop in one.drops.values() for fact in drop.facts]
    assert "1980-01-31" in values


def test_a_day_of_the_situation_is_one_too() -> None:
    world = met("context.due >= today()")
    when = shop.MONDAY
    for due, passes in (("2017-11-01", True), ("2017-10-01", False)):
        asked = replace(shop.ask(1, f"due {due}", when), context={"due": due})
        record = decide(asked, world.world())
        assert bool(chosen(record, world.book)) is passes
        assert replay(record, plan_of(world.book)) == record
