"""Checks of the dictionary."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from decidedly.core.dictionary import Aggregate, Attribute, EventKind, Field
from decidedly.person import check
from tests.cases import dictionary

D = dictionary()


def test_a_good_dictionary_has_no_diagnostics() -> None:
    assert check(D) == ()


@pytest.mark.parametrize(
    ("aggregate", "code", "hint"),
    [
        (Aggregate(id="a", name="a", is_="count", of="ordr"), "dictionary.aggregate", "'order'"),
        (Aggregate(id="a", name="a", is_="sum", of="order"), "dictionary.aggregate", "what"),
        (Aggregate(id="a", name="a", is_="sum", of="order", what="sales_cent"), "dictionary.aggregate", "sales_cents"),
        (Aggregate(id="a", name="a", is_="sum", of="order", what="product_id"), "dictionary.aggregate", "distinct"),
    ],
)
def test_a_bad_aggregate_is_told_with_a_hint(aggregate: Aggregate, code: str, hint: str) -> None:
    found = check(replace(D, aggregates=(aggregate,)))
    assert [one.code for one in found] == [code]
    assert hint in found[0].hint


def test_unknown_types_and_unkeepable_fields_are_told() -> None:
    attribute = Attribute(id="a", name="a", of="person", type="strng")
    assert [one.code for one in check(replace(D, attributes=(attribute,)))] == ["type.unknown"]
    kind = EventKind(id="k", name="k", fields=(Field(name="day", type="list of string", keep=True),))
    found = check(replace(D, events=(kind,), aggregates=()))
    assert [one.code for one in found] == ["dictionary.unkeepable"]


def test_the_users_namespace_must_be_an_identifier() -> None:
    assert [one.code for one in check(replace(D, user_id="loyaltee"))] == ["dictionary.user-id"]
