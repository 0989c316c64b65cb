"""The price of a lever: what the push costs in value, whom it displaces, and that asking stores nothing."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from decidedly.core.decision import DecisionRecord
from decidedly.core.policy import ContactPolicy, Text
from decidedly.decide.levers import ALL, lever_prices
from tests.shop import ACTIONS, COFFEE, DIAPERS, SERVICE, WINE, Shop, playbook

PRIORITY = Text("propensity * lever * value")


def shop(levers: dict[str, float], **service: Any) -> Shop:
    actions = tuple(replace(one, lever=levers.get(one.id, 1.0)) for one in ACTIONS)
    one = Shop(playbook({"priority": PRIORITY, "slots": 1, **service}, actions=actions, contact=ContactPolicy()))
    for number in (1, 2, 3):
        one.meet(number, age_band="35-44", kids_count=2)
    return one


def decided(one: Shop, *propensities: tuple[float, float, float]) -> list[DecisionRecord]:
    found = []
    for number, (coffee, diapers, wine) in enumerate(propensities, 1):
        one.scorer.propensity = {COFFEE: coffee, DIAPERS: diapers, WINE: wine}
        found.append(one.dry_run(number, channel="web"))
    return found


def test_a_push_costs_what_the_displaced_would_have_been_worth_more() -> None:
    one = shop({WINE: 2.0})
    records = decided(one, (0.5, 0.2, 0.3), (0.2, 0.5, 0.1), (0.1, 0.1, 0.4))
    told = lever_prices(SERVICE, "USD", [records[:2], records[2:]], lambda record: one.world("web").plan)
    (wine,) = told.levers
    assert (told.decisions, told.left_out) == (3, 0)
    assert (wine.action, wine.lever, wine.shown, wine.changed) == (WINE, 2.0, 2, 1)
    assert wine.cost == pytest.approx(0.2, abs=1e-6)
    assert wine.a_decision == pytest.approx(0.2 / 3, abs=1e-6)
    assert [(gone.action, gone.times) for gone in wine.displaced] == [(COFFEE, 1)]


def test_levers_that_push_against_each_other_are_priced_alone_and_together() -> None:
    one = shop({WINE: 2.0, DIAPERS: 3.0})
    told = lever_prices(SERVICE, "USD", [decided(one, (0.5, 0.2, 0.29))], lambda record: one.world("web").plan)
    prices = {price.action: price for price in told.levers}
    assert [prices[id].changed for id in (WINE, DIAPERS)] == [0, 1]
    assert prices[DIAPERS].cost == pytest.approx(0.58 - 0.2, abs=1e-6)
    assert told.together is not None
    assert (told.together.action, told.together.changed) == (ALL, 1)
    assert told.together.cost == pytest.approx(0.5 - 0.2, abs=1e-6)


def test_without_levers_there_is_nothing_to_price() -> None:
    one = shop({})
    told = lever_prices(SERVICE, "USD", [decided(one, (0.5, 0.2, 0.3))], lambda record: one.world("web").plan)
    assert (told.levers, told.together) == ((), None)


def test_decisions_of_another_kernel_are_left_out() -> None:
    one = shop({WINE: 2.0})
    (record,) = decided(one, (0.5, 0.2, 0.3))
    told = lever_prices(SERVICE, "USD", [[replace(record, kernel="0")]], lambda record: one.world("web").plan)
    assert (told.decisions, told.left_out, told.levers) == (0, 1, ())
