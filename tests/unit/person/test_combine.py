"""Combine: the person at a time; and what is computed of the history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from decidedly.core.derive import leaf_id
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.identity import Cluster, Edge
from decidedly.core.ledger import Ledger
from decidedly.core.person import Leaf, Person
from decidedly.person import aggregates, combine, consent_for, fold, persons_at, project, seen
from decidedly.ports.reader import Stored
from tests.cases import NOON, dictionary, event, order

D = dictionary()
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def consent(at: Any, id: str, channel: str, granted: bool, purpose: str = "marketing") -> Event:
    return event("consent", at, id, purpose=purpose, channel=channel, granted=granted)


def person(*events: Event) -> Person:
    return combine([fold(Leaf(id="p1"), events, D)], NOON, D)


def test_nobody_is_an_unknown_person() -> None:
    unknown = combine([], NOON, D)
    assert (unknown.known, unknown.id, unknown.value("age-band")) == (False, "", None)
    assert aggregates(unknown, D)["orders"] == 0


def test_the_newest_value_before_the_time_counts() -> None:
    found = person(
        event("identify", NOON - 2 * DAY, "m1", **{"age-band": "old"}),
        event("identify", NOON - DAY, "m2", **{"age-band": "new"}),
        event("identify", NOON, "m3", **{"age-band": "at that moment"}),
    )
    assert found.value("age-band") == "new"
    assert found.facts["age-band"].message_id == "m2"


def test_ties_go_by_message_id() -> None:
    found = person(
        event("identify", NOON - DAY, "m2", **{"age-band": "b"}),
        event("identify", NOON - DAY, "m1", **{"age-band": "a"}),
    )
    assert found.value("age-band") == "b"


@pytest.mark.parametrize(("all_at", "granted"), [(-3, True), (-1, False)])
def test_a_word_about_all_channels_counts_where_it_is_newer(all_at: int, granted: bool) -> None:
    found = person(consent(NOON - 2 * DAY, "m1", "sms", True), consent(NOON + all_at * DAY, "m2", "all", False))
    sms, email = consent_for(found, "sms"), consent_for(found, "email")
    assert sms is not None
    assert email is not None
    assert (sms.granted, email.granted) == (granted, False)


def test_consent_to_another_purpose_is_no_word_about_marketing() -> None:
    assert consent_for(person(consent(NOON - DAY, "m1", "sms", True, "research")), "sms") is None


def test_windows_include_their_first_moment_and_exclude_the_ask() -> None:
    at = [NOON - 30 * DAY - timedelta(microseconds=1), NOON - 30 * DAY, NOON - DAY, NOON]
    found = aggregates(person(*(order(one, str(number), ("x", 100)) for number, one in enumerate(at))), D)
    assert (found["orders"], found["orders-30"], found["last-order"]) == (3, 2, 1)


def test_sums_are_whole_cents() -> None:
    found = aggregates(person(order(NOON - DAY, "1", ("x", 2**31 - 1), ("y", 2**31 - 1), ("x", -7))), D)
    assert (found["spend-60"], found["products"], found["lines"]) == (2**32 - 9, 2, 3)


def test_null_is_neither_counted_nor_summed() -> None:
    said = order(NOON - DAY, "1", ("x", 5), ("y", 6))
    del said.properties["products"][1]["sales_cents"]
    assert aggregates(person(said), D)["spend-60"] == 5


def test_project_has_one_row_an_item_before_the_time() -> None:
    leaves = [
        fold(Leaf(id="p2"), [order(NOON - DAY, "1", ("x", 5), ("y", 6)), order(NOON, "2", ("z", 7))], D),
        Leaf(id="p1"),
        fold(Leaf(id="p3"), [order(NOON - DAY, "3", ("x", 8)), order(NOON - DAY, "4")], D),
    ]
    table = project([combine([leaf], NOON, D) for leaf in leaves], "order", D)
    assert table["person"].to_pylist() == ["p2", "p2", "p3"]
    assert table["sales_cents"].to_pylist() == [5, 6, 8]
    assert table["at"].to_pylist() == [NOON - DAY] * 3
    assert table["key"][0] == table["key"][1] != table["key"][2]


def test_project_of_nobody_has_the_columns() -> None:
    table = project([], "product-viewed", D)
    assert table.column_names == ["person", "key", "at", "product_id", "seconds"]
    assert table.num_rows == 0


def test_project_shows_what_was_not_said_as_null() -> None:
    leaf = fold(Leaf(id="p1"), [event("product-viewed", NOON - DAY, "1", product_id="a")], D)
    assert project([combine([leaf], NOON, D)], "product-viewed", D)["seconds"].to_pylist() == [None]


def test_who_was_joined_later_is_somebody_apart_before_and_nobody_is_left_out() -> None:
    names = [Identifier("loyalty", name) for name in "123"]
    ids = [leaf_id(name) for name in names]
    leaves = [
        fold(Leaf(id=id, identifiers=(name,)), [event("product-viewed", NOON - DAY, id, product_id="a")], D)
        for id, name in zip(ids, names, strict=True)
    ]
    edges = tuple(
        Edge(a=names[0], b=other, at=NOON + hours * HOUR, message_id=f"m{hours}", by="person")
        for hours, other in ((1, names[1]), (3, names[2]))
    )
    whole = Stored(
        leaf=min(ids),
        leaves=tuple(sorted(leaves, key=lambda leaf: leaf.id)),
        ledgers=tuple(Ledger(leaf=id) for id in sorted(ids)),
        cluster=Cluster(leaves=tuple(sorted(ids)), joins=edges),
    )
    for hours, persons in ((1, 3), (2, 2), (4, 1)):
        at = NOON + hours * HOUR
        everybody = [seen(stored, at, D) for stored in persons_at(whole, at)]
        assert len({one.id for one in everybody}) == len(everybody) == persons
        assert sum(len(one.panes["product-viewed"].at) for one in everybody) == 3 * 8
    assert seen(whole, NOON + 4 * HOUR, D).id == whole.person
