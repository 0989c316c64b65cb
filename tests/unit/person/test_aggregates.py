"""Aggregates of every kind over one history that a person can count by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from decidedly.core.dictionary import Aggregate, EventKind, Field
from decidedly.core.person import Leaf
from decidedly.core.policy import Text
from decidedly.person import aggregate_type, aggregates, combine, fold
from decidedly.playbook.over import read_window
from tests.cases import dictionary, event

AT = datetime(2017, 10, 30, 12, tzinfo=UTC)
KIND = EventKind(
    id="visit",
    name="visit",
    items="things",
    item_fields=(
        Field(name="what", type="string", keep=True),
        Field(name="paid", type="money(USD)", keep=True),
        Field(name="weight", type="number(2)", keep=True),
        Field(name="score", type="real", keep=True),
        Field(name="pieces", type="number(0)", keep=True),
        Field(name="gift", type="boolean", keep=True),
    ),
)
D = dictionary()


def thing(what: str | None = None, paid: int | None = None, **more: Any) -> dict[str, Any]:
    return {"what": what, "paid": paid, **more}


HISTORY = {
    70: [thing("tea", 500, weight=0.25, score=0.1, pieces=1, gift=False)],
    40: [thing("milk", 101, weight=1.1, score=0.2, pieces=2, gift=True), thing("tea", 100, pieces=3)],
    35: [thing()],
    3: [thing("milk", 25, weight=2.2, score=0.3, pieces=2), thing("jam", None), thing("milk", 150)],
    1: [],
}
LEAF = fold(
    Leaf(id="p1"),
    [event("visit", AT - timedelta(days=days), f"m{days}", things=things) for days, things in HISTORY.items()],
    replace(D, events=(*D.events, KIND), aggregates=()),
)


def told(is_: str, what: str = "", over: str = "", where: str = "", of: str = "visit") -> Any:
    condition = Text(where) if where else None
    one = Aggregate(id="a", name="a", is_=is_, of=of, what=what, over=read_window(over), where=condition)  # type: ignore[arg-type]
    whole = replace(D, events=(*D.events, KIND), aggregates=(one,))
    return aggregates(combine([LEAF], AT, whole), whole)["a"]


@pytest.mark.parametrize(
    ("is_", "what", "over", "where", "value"),
    [
        ("count", "", "", "", 5),
        ("count", "", "last 30 days", "", 2),
        ("count", "", "days 31 to 60", "", 2),
        ("count", "", "last 40 days", "", 4),
        ("count", "", "days 1 to 3", 'what = "milk"', 1),
        ("count", "", "", 'what = "milk"', 2),
        ("count", "what", "", 'what = "milk"', 3),
        ("count", "paid", "", "", 5),
        ("sum", "paid", "", "", 876),
        ("sum", "paid", "days 31 to 60", "", 201),
        ("sum", "paid", "", "paid > 1", 751),
        ("sum", "paid", "", 'what in ("tea", "jam") and paid < 5', 100),
        ("sum", "paid", "", 'what != "milk"', 600),
        ("sum", "paid", "", 'paid > 1 and not(what = "tea")', 251),
        ("sum", "paid", "", "what = null", 0),
        ("sum", "pieces", "", "gift", 2),
        ("sum", "pieces", "", "weight > 1.15", 2),
        ("sum", "weight", "", "", 355),
        ("sum", "paid", "yesterday", "", 0),
        ("average", "paid", "days 31 to 60", "", 100),
        ("average", "paid", "last 30 days", "", 88),
        ("average", "pieces", "", "", 2.0),
        ("average", "weight", "last 30 days", "", 2.2),
        ("average", "paid", "yesterday", "", None),
        ("minimum", "paid", "", "", 25),
        ("maximum", "paid", "", "", 500),
        ("maximum", "weight", "", "", 220),
        ("minimum", "score", "", "", 0.1),
        ("maximum", "paid", "yesterday", "", None),
        ("first", "paid", "", "", 500),
        ("last", "paid", "", "", 150),
        ("last", "pieces", "", 'what = "tea"', 3),
        ("last", "gift", "", "", True),
        ("last", "paid", "yesterday", "", None),
        ("distinct", "what", "", "", 3),
        ("distinct", "paid", "last 60 days", "", 4),
        ("distinct", "what", "yesterday", "", 0),
        ("days since last", "", "", "", 1),
        ("days since last", "paid", "", "", 3),
        ("days since last", "", "", 'what = "tea"', 40),
        ("days since last", "", "days 31 to 60", "", 35),
        ("days since last", "", "yesterday", 'what = "tea"', None),
        ("hours since last", "", "", "", 24),
        ("weeks since last", "paid", "", 'what = "tea"', 5),
        ("months since last", "", "", 'what = "tea"', 1),
        ("days since first", "", "", "", 70),
        ("months since first", "", "", "", 2),
        ("years since first", "", "", "", 0),
    ],
)
def test_an_aggregate_has_this_value(is_: str, what: str, over: str, where: str, value: Any) -> None:
    found = told(is_, what, over, where)
    assert found == value
    assert type(found) is type(value)


def test_a_sum_of_doubles_is_the_same_in_every_order() -> None:
    assert told("sum", "score") == 0.6


@pytest.mark.parametrize(
    ("is_", "what", "type_"),
    [
        ("count", "", "number(0)"),
        ("days since first", "", "number(0)"),
        ("sum", "weight", "number(2)"),
        ("average", "paid", "money(USD)"),
        ("average", "weight", "real"),
        ("maximum", "score", "real"),
        ("last", "gift", "boolean"),
        ("sum", "no", "any"),
    ],
)
def test_an_aggregate_has_this_type(is_: str, what: str, type_: str) -> None:
    one = Aggregate(id="a", name="a", is_=is_, of="visit", what=what)  # type: ignore[arg-type]
    assert aggregate_type(one, replace(D, events=(KIND,))) == type_
