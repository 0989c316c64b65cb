"""The grocer's rules, checked on what came out and not on how: from the products up, without the rules' own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from decidedly.app import Hub
from decidedly.core.action import Action
from decidedly.core.decision import DecisionRecord
from tests.unit.demo.data import whole_year

ALCOHOL = {"BEERS/ALES", "DOMESTIC WINE", "IMPORTED WINE", "MISC WINE", "LIQUOR", "GIFT & FRUIT BASKETS"}
TOBACCO = {"CIGARETTES", "CIGARS", "TOBACCO OTHER"}
ADULTS = {"25-34", "35-44", "45-54", "55-64", "65+"}


@pytest.fixture(scope="module")
def categories(hub: Hub) -> dict[str, set[str]]:
    """Coupon's number -> categories of its products, read from the source's own tables; "" for one it does not say."""
    products = whole_year().products().to_pylist()
    category = {row["product_id"]: row["category"] or "" for row in products}
    found: dict[str, set[str]] = {}
    for row in whole_year().offers().to_pylist():
        if row["campaign"] == "18":
            found.setdefault(row["coupon"], set()).add(category.get(row["product_id"], ""))
    return found


@pytest.fixture(scope="module")
def ages(hub: Hub) -> dict[str, str]:
    """Household -> age band, of those the source knows it of."""
    table = whole_year().frame("demographics")
    known = table[table["age"].notna()]
    return dict(zip(known["household_id"].astype(str), known["age"].astype(str), strict=True))


def chosen(hub: Hub, records: list[DecisionRecord]) -> Iterator[tuple[str, Action]]:
    """Every chosen coupon with its household."""
    for record in records:
        actions = hub.plan_of(record).actions
        for index in record.chosen:
            yield record.ask.who[0].value, actions[index]


def coupon(action: Action) -> str:
    return action.id.rpartition("/")[2]


def test_nobody_gets_infant_formula(hub: Hub, records: list[DecisionRecord], categories: dict[str, set[str]]) -> None:
    assert not any("INFANT FORMULA" in categories[coupon(action)] for _, action in chosen(hub, records))


def test_nobody_gets_tobacco(hub: Hub, records: list[DecisionRecord], categories: dict[str, set[str]]) -> None:
    assert not any(categories[coupon(action)] & TOBACCO for _, action in chosen(hub, records))


def test_who_is_not_known_to_be_an_adult_gets_nothing_that_is_or_may_be_alcohol(
    hub: Hub, records: list[DecisionRecord], categories: dict[str, set[str]], ages: dict[str, str]
) -> None:
    for household, action in chosen(hub, records):
        if ages.get(household) not in ADULTS:
            barred = categories[coupon(action)] & (ALCOHOL | {"", "UNKNOWN"})
            assert not barred, (household, action.id)


def test_the_sample_has_adults_and_others(records: list[DecisionRecord], ages: dict[str, str]) -> None:
    kinds = Counter(ages.get(record.ask.who[0].value, "unknown") in ADULTS for record in records)
    assert kinds[True] > 10
    assert kinds[False] > 10


def test_some_coupons_are_barred_by_their_products(categories: dict[str, set[str]]) -> None:
    assert any(own & ALCOHOL for own in categories.values())
    assert any("INFANT FORMULA" in own for own in categories.values())


def test_nobody_is_written_to_by_a_channel_they_refused(hub: Hub, records: list[DecisionRecord]) -> None:
    for record in records:
        if record.result == "slate":
            stored = hub.reader.leaf(record.leaf)
            assert stored is not None
            said = {one.channel: one.granted for leaf in stored.leaves for one in leaf.consents}
            assert said[record.channel] is True


def test_who_refuses_every_channel_gets_no_action(hub: Hub, records: list[DecisionRecord]) -> None:
    refusers = [record for record in records if not any(record.inputs.consents.values())]
    assert refusers
    assert {record.result for record in refusers} == {"no-action"}
