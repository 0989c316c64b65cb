"""Panes: history as columns, cut at any moment."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from decidedly.core.dictionary import EventKind, Field
from decidedly.core.errors import BadInput
from decidedly.core.person import Pane
from decidedly.person import arrays, cut, schema_of, string_key
from decidedly.person.append import append
from decidedly.person.panes import count_before
from tests.cases import NOON, dictionary, event, order

ORDER = schema_of(dictionary()).kinds["order"]
VIEWED = schema_of(dictionary()).kinds["product-viewed"]
SECOND = timedelta(seconds=1)
MICRO = timedelta(microseconds=1)


def test_items_stand_in_columns_by_event_in_order_of_time() -> None:
    pane = append(Pane(), [order(NOON, "2", ("x", 5)), order(NOON - SECOND, "1", ("y", 1), ("z", 2))], ORDER)
    found = arrays(pane, ORDER)
    assert found.first.tolist() == [0, 2, 3]
    assert found.columns["sales_cents"].tolist() == [1, 2, 5]
    assert found.columns["product_id"].tolist() == [string_key("y"), string_key("z"), string_key("x")]
    assert found.columns["sales_cents"].dtype == np.int32
    assert np.diff(found.at).tolist() == [1]


def test_an_event_without_items_stays_an_event() -> None:
    found = arrays(append(Pane(), [order(NOON, "1"), order(NOON + SECOND, "2", ("x", 5))], ORDER), ORDER)
    assert found.first.tolist() == [0, 0, 1]


def test_what_was_not_said_is_null() -> None:
    found = arrays(append(Pane(), [event("product-viewed", NOON, "1", product_id="a")], VIEWED), VIEWED)
    assert np.isnan(found.columns["seconds"]).tolist() == [True]


def test_a_field_declared_later_is_null_in_earlier_events() -> None:
    before = schema_of(dictionary()).kinds["redemption"]
    pane = append(Pane(), [event("redemption", NOON, "1", campaign="18", coupon="c")], before)
    old = Pane(at=pane.at, key=pane.key, first=pane.first, columns={"campaign": pane.columns["campaign"]})
    both = append(old, [event("redemption", NOON + SECOND, "2", campaign="18", coupon="c")], before)
    assert arrays(both, before).columns["coupon"].tolist() == [0, string_key("c")]


def test_a_number_past_the_column_is_bad_input() -> None:
    with pytest.raises(BadInput, match="32 bits"):
        append(Pane(), [order(NOON, "1", ("x", 2**31))], ORDER)


def test_a_column_folded_under_another_type_is_bad_input() -> None:
    pane = append(Pane(), [event("product-viewed", NOON, "1", product_id="a")], VIEWED)
    changed = Pane(at=pane.at, key=pane.key, first=pane.first, columns={"seconds": b"\0" * 4})
    with pytest.raises(BadInput, match="another type"):
        arrays(changed, VIEWED)


@pytest.mark.parametrize(
    ("shift", "events"),
    [
        (-SECOND, 0),
        (timedelta(0), 0),
        (MICRO, 1),
        (timedelta(microseconds=500_000), 1),
        (timedelta(microseconds=500_001), 2),
        (SECOND, 2),
        (SECOND + MICRO, 3),
        (timedelta(days=1), 3),
    ],
)
def test_the_cut_is_strictly_before_to_the_microsecond(shift: timedelta, events: int) -> None:
    times = (NOON, NOON + timedelta(microseconds=500_000), NOON + SECOND)
    pane = append(Pane(), [order(at, str(at), ("x", 1), ("y", 2)) for at in times], ORDER)
    assert count_before(pane, NOON + shift) == events
    assert arrays(cut(pane, NOON + shift), ORDER).first.tolist() == [0, 2, 4, 6][: events + 1]


def test_nothing_to_cut_gives_the_same_pane() -> None:
    pane = append(Pane(), [order(NOON, "1", ("x", 1))], ORDER)
    assert cut(pane, NOON + SECOND) is pane
    assert cut(Pane(), NOON) == Pane()


def test_a_field_that_is_no_column_is_bad_input() -> None:
    kind = EventKind(id="k", name="k", fields=(Field(name="tags", type="list of string", keep=True),))
    given = dictionary()
    with pytest.raises(BadInput, match="cannot be kept"):
        schema_of(type(given)(identifiers=("a",), user_id="a", attributes=(), events=(kind,), aggregates=()))
