"""What rules read of the groups that a person is in, the same for one person and for all at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from decidedly.core.errors import BadInput
from decidedly.core.provenance import Provenance
from decidedly.person import aggregate_columns, aggregates, population
from tests.cases import NOON, event, order
from tests.homes import HOUR, Town, dictionary, joins, leaves

LATER = NOON + timedelta(days=2)
ANN, BOB, CLEO = "loyalty:1", "loyalty:2", "loyalty:3"


def refuses(who: str, id: str = "no") -> object:
    return event("consent", NOON, id, who, purpose="profiling", channel="all", granted=False)


def family() -> Town:
    town = Town()
    town.hear(
        event("identify", NOON - HOUR, "i1", ANN, **{"age-band": "35-44"}),
        event("identify", NOON - HOUR, "i2", BOB, **{"age-band": "19-24"}),
        joins(NOON, "j1", ANN, role="head", income_band="50-74K"),
        joins(NOON + HOUR, "j2", BOB, role="child"),
        order(NOON - timedelta(days=40), "o0", ("a", 100), person=ANN),
        order(NOON, "o1", ("a", 200), ("b", 300), person=ANN),
        order(NOON + HOUR, "o2", ("a", 700), person=BOB),
        order(NOON, "o3", ("a", 9000), person=CLEO),
    )
    return town


def test_the_groups_traits_the_role_and_since_when_are_facts_of_the_person() -> None:
    one = family().person(BOB, LATER)
    assert one.value("household.income-band") == "50-74K"
    assert one.value("household.role") == "child"
    assert one.value("household.since") == (NOON + HOUR).isoformat()
    assert one.facts["household.role"].message_id == "j2"
    assert one.facts["household.income-band"].provenance.at == NOON


def test_members_are_counted_and_conditions_are_asked_of_each() -> None:
    ids = ("household.members", "household.any-young", "household.all-young", "household.buyers")
    assert family().told(ANN, LATER, *ids) == [2, True, False, 2]
    assert family().told(ANN, NOON + HOUR, *ids) == [1, False, False, 1]
    fact = family().person(ANN, LATER).facts["household.buyers"]
    assert (fact.provenance, fact.message_id) == (
        Provenance(how="learnt", source="household", at=LATER), "group:household.buyers"
    )  # fmt: skip


def test_aggregates_among_a_household_are_of_all_members_histories_together() -> None:
    town = family()
    for who in (ANN, BOB):
        assert town.told(who, LATER, "home-orders", "home-spend", "home-last") == [3, 1200, 1]
    assert town.told(ANN, LATER, "orders") == [2]


def test_of_who_is_in_no_household_nothing_is_told_of_one() -> None:
    one = family().person(CLEO, LATER)
    assert not [id for id in one.facts if id.startswith(("household.", "home-"))]
    town = family()
    town.hear(leaves(NOON + 2 * HOUR, "l2", BOB))
    assert town.told(BOB, LATER, "household.members", "home-orders") == [None, None]
    assert town.told(ANN, LATER, "household.members", "home-orders") == [1, 2]
    assert town.told(BOB, NOON + 2 * HOUR, "household.members", "home-orders") == [2, 3]


def test_of_several_groups_of_a_kind_the_one_joined_last_tells() -> None:
    town = family()
    town.hear(
        joins(NOON, "a1", ANN, "account:A1", plan="gold"), joins(NOON + HOUR, "a2", ANN, "account:A2", plan="blue"),
        joins(NOON, "a3", BOB, "account:A1"), joins(NOON, "a4", CLEO, "account:A2"),
        joins(NOON, "a5", "loyalty:4", "account:A2"),
    )  # fmt: skip
    assert town.told(ANN, LATER, "account.plan", "account.members") == ["blue", 3]
    assert town.told(ANN, NOON + HOUR, "account.plan", "account.members") == ["gold", 2]


def test_who_refused_profiling_is_left_out_of_what_the_others_decisions_read() -> None:
    town = family()
    town.hear(refuses(BOB))  # type: ignore[arg-type]
    ids = ("household.members", "household.any-young", "household.buyers", "home-orders")
    assert town.told(ANN, LATER, *ids) == [1, False, 1, 2]
    assert town.told(BOB, LATER, *ids) == [2, True, 2, 3]
    assert town.told(ANN, NOON, *ids) == [None] * 4


def test_of_a_household_with_more_members_than_it_has_nobody_is_told_anything_of_the_others() -> None:
    town = family()
    town.hear(joins(NOON, "j3", "loyalty:7"), joins(NOON, "j4", "loyalty:8"))
    ids = ("household.members", "household.any-young", "home-orders", "household.income-band", "household.role")
    assert town.told(ANN, LATER, *ids) == [None, None, None, "50-74K", "head"]
    town.hear(leaves(NOON + HOUR, "l4", "loyalty:8"))
    assert town.told(ANN, LATER, *ids) == [3, True, 3, "50-74K", "head"]


def test_a_group_with_a_hundred_thousand_members_is_read_no_further_than_the_bound() -> None:
    town = family()
    group = town.person(ANN, LATER).groups[0].id
    town.state.groups[group].update(f"p{number}" for number in range(100_000))
    assert town.told(ANN, LATER, "household.members", "home-orders", "orders", "household.role") == [
        None, None, 2, "head",
    ]  # fmt: skip


def test_merged_members_count_once_and_twice_again_when_they_are_split() -> None:
    town = family()
    same = event("identify", NOON + 3 * HOUR, "same", ANN)
    town.hear(joins(NOON, "j9", "email:ann@b.de"))
    assert town.told(ANN, LATER, "household.members") == [3]
    town.hear(event("page", NOON + 3 * HOUR, "both", ANN))
    assert town.told(ANN, LATER, "household.members") == [3]
    from msgspec.structs import replace

    from decidedly.core.identifier import Identifier

    town.hear(replace(same, identifiers=(*same.identifiers, Identifier("email", "ann@b.de"))))
    assert town.told(ANN, LATER, "household.members") == [2]
    assert town.told("email:ann@b.de", LATER, "household.role", "home-orders") == ["head", 3]
    assert town.told(ANN, NOON + 3 * HOUR, "household.members") == [3]


def test_nothing_is_looked_up_where_nothing_of_a_group_is_wanted() -> None:
    town = family()
    group = town.reader.group
    looked: list[str] = []
    town.reader.group = lambda id, most=1000: looked.append(id) or group(id, most)  # type: ignore[method-assign,func-returns-value]
    town.person(ANN, LATER, ("orders", "age-band"))
    town.person(CLEO, LATER)
    assert looked == []
    town.person(ANN, LATER, ("household.role",))
    town.person(ANN, LATER, ("home-orders",))
    assert len(looked) == 2


def test_the_columns_of_everybody_tell_what_is_told_of_each() -> None:
    town = family()
    town.hear(
        joins(NOON, "j8", "loyalty:8", "household:H2"),
        order(NOON, "o8", ("c", 5), person="loyalty:8"),
        joins(NOON, "j9", "loyalty:9", "household:H3"),
        refuses(BOB),  # type: ignore[arg-type]
    )
    people = [town.person(f"loyalty:{number}", LATER) for number in (1, 2, 3, 8, 9)]
    table = aggregate_columns(population(people, town.book), town.book, LATER).to_pylist()
    for one, row in zip(people, table, strict=True):
        assert {id: row[id] for id in row if id != "person"} == aggregates(one, town.book)
    assert [row["home-orders"] for row in table] == [2, 3, None, 1, 0]
    with pytest.raises(BadInput, match="household"):
        aggregate_columns(population(people, town.book), town.book, NOON)


def test_a_condition_that_cannot_be_read_is_told_by_check_with_its_place() -> None:
    from msgspec.structs import replace

    from decidedly.core.policy import Text
    from decidedly.person import check

    book = dictionary()
    household = book.groups[0]
    wrong = replace(household, sees=(replace(household.sees[0], when=Text("age bnd = 1")),))
    (problem,) = check(replace(book, groups=(wrong,)))
    assert "age bnd" in problem.message
