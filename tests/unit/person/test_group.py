"""Groups of a person: who said so, since when, in any order of arrival, and over merges."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from decidedly.core.derive import leaf_id
from decidedly.core.group import TRAITS, group_id
from decidedly.core.identifier import Identifier
from decidedly.core.person import Leaf
from decidedly.person import combine, fold
from decidedly.person.group import group_of, groups_at, traits_at, traits_event
from tests.cases import NOON
from tests.homes import HOUR, HOUSEHOLD, dictionary, joins, leaves

BOOK = dictionary()
LATER = NOON + timedelta(days=9)


def leaf(*events: object, who: str = "loyalty:1") -> Leaf:
    one = Identifier.parse(who)
    return fold(Leaf(id=leaf_id(one), identifiers=(one,)), list(events), BOOK)  # type: ignore[arg-type]


def told(*some: Leaf, at: object = LATER) -> list[tuple[str, str]]:
    return [(one.name, one.role) for one in groups_at(some, at, BOOK)]  # type: ignore[arg-type]


def test_a_person_is_in_a_group_from_the_moment_that_somebody_says_so() -> None:
    one = leaf(joins(NOON, "m1", "loyalty:1", role="head"))
    assert told(one, at=NOON) == []
    (membership,) = groups_at([one], NOON + timedelta.resolution, BOOK)
    assert (membership.name, membership.role, membership.since) == ("household:H1", "head", NOON)
    assert (membership.provenance.source, membership.message_id) == ("test", "m1")


def test_a_second_household_ends_the_first_and_a_second_account_does_not() -> None:
    one = leaf(
        joins(NOON, "m1", "loyalty:1"),
        joins(NOON + HOUR, "m2", "loyalty:1", "household:H2"),
        joins(NOON, "m3", "loyalty:1", "account:A1"),
        joins(NOON + 2 * HOUR, "m4", "loyalty:1", "account:A2"),
    )
    assert told(one) == [("account:A2", ""), ("household:H2", ""), ("account:A1", "")]
    assert told(one, at=NOON + HOUR) == [("household:H1", ""), ("account:A1", "")]


def test_who_leaves_is_in_the_group_no_more_and_may_come_back() -> None:
    one = leaf(
        joins(NOON, "m1", "loyalty:1", role="head"),
        leaves(NOON + HOUR, "m2", "loyalty:1"),
        joins(NOON + 2 * HOUR, "m3", "loyalty:1"),
    )
    assert told(one, at=NOON + 2 * HOUR) == []
    (back,) = groups_at([one], LATER, BOOK)
    assert (back.since, back.role) == (NOON + 2 * HOUR, "")


def test_a_word_without_a_role_keeps_the_role_and_since_when() -> None:
    one = leaf(joins(NOON, "m1", "loyalty:1", role="child"), joins(NOON + HOUR, "m2", "loyalty:1"))
    (membership,) = groups_at([one], LATER, BOOK)
    assert (membership.role, membership.since, membership.message_id) == ("child", NOON, "m2")


def test_every_order_of_arrival_gives_the_same_memberships() -> None:
    rng = random.Random(4)
    groups = ("household:H1", "household:H2", "account:A1")
    events = []
    for number in range(40):
        at, group = NOON + HOUR * rng.randrange(8), rng.choice(groups)
        make = joins if rng.random() < 0.7 else leaves
        events.append(make(at, f"m{number}", "loyalty:1", group))
    whole = leaf(*events)
    for _ in range(20):
        rng.shuffle(events)
        some = leaf(*events[:15])
        again = fold(fold(some, events[10:], BOOK), events, BOOK)
        assert again.memberships == whole.memberships


def test_words_of_all_leaves_count_while_they_are_one_person_and_each_its_own_afterwards() -> None:
    one = leaf(joins(NOON, "m1", "loyalty:1"))
    other = leaf(joins(NOON + HOUR, "m2", "email:a@b.de", "household:H2"), who="email:a@b.de")
    together = combine([one, other], LATER, BOOK)
    assert [one.name for one in together.groups] == ["household:H2"]
    assert [each.name for each in combine([one], LATER, BOOK).groups] == ["household:H1"]
    assert [each.name for each in combine([other], LATER, BOOK).groups] == ["household:H2"]


def test_groups_of_kinds_that_nobody_declared_are_told_of_nobody() -> None:
    assert told(leaf(joins(NOON, "m1", "loyalty:1", "household:H1", group_kind="club"))) == []


@pytest.mark.parametrize(
    ("said", "group"),
    [
        ({"group_id": "H1"}, ("household", "H1")),
        ({"group_id": "account:A1"}, ("account", "A1")),
        ({"group_id": "A1", "group_kind": "account"}, ("account", "A1")),
        ({"group_id": "account:A1", "group_kind": "account"}, ("account", "A1")),
        ({"group_id": "x:1", "group_kind": "account"}, ("account", "x:1")),
        ({"group_id": "http://a.example"}, ("household", "http://a.example")),
        ({"group_id": " H1 "}, ("household", "H1")),
        ({"group_id": 7}, ("household", "")),
        ({}, ("household", "")),
    ],
)
def test_an_event_names_its_group_by_kind_by_prefix_or_is_of_the_first_kind(
    said: dict[str, object], group: tuple[str, str]
) -> None:
    assert group_of(said, BOOK) == group


def test_what_is_said_of_the_group_is_an_event_of_its_own_without_the_person() -> None:
    made = traits_event(joins(NOON, "m1", "loyalty:1", role="head", income_band="50-74K"), BOOK)
    assert made is not None
    assert (made.kind, str(made.identifiers[0]), len(made.identifiers)) == (TRAITS, "group/household:H1", 1)
    assert made.properties == {"income-band": "50-74K"}
    assert "m1" not in made.message_id
    assert traits_event(joins(NOON, "m1", "loyalty:1", role="head"), BOOK) is None
    assert traits_event(leaves(NOON, "m1", "loyalty:1"), BOOK) is None


def test_traits_of_a_group_survive_as_attributes_do_and_keep_who_said_so() -> None:
    said = [
        joins(NOON, "m1", "loyalty:1", income_band="50-74K", tags=["a"]),
        joins(NOON + HOUR, "m2", "loyalty:2", income_band="75-99K", tags=["b", "a"]),
    ]
    made = [one for event in said if (one := traits_event(event, BOOK)) is not None]
    own = Identifier("group/household", "H1")
    empty = Leaf(id=group_id("household", "H1"), identifiers=(own,))
    group = fold(fold(empty, made[1:], BOOK), made, BOOK)
    assert (group.panes, group.memberships) == ({}, ())
    traits = traits_at(group, HOUSEHOLD, LATER)
    assert (traits["income-band"].value, traits["tags"].value) == ("75-99K", ["a", "b"])
    assert traits["income-band"].message_id == made[1].message_id
    assert traits_at(group, HOUSEHOLD, NOON + HOUR)["income-band"].value == "50-74K"
    assert traits_at(None, HOUSEHOLD, LATER) == {}
