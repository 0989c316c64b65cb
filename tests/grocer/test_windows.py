"""Every household at twenty moments of the year: aggregates told one by one are those of everybody at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from msgspec.structs import replace

from decidedly.app import Hub
from decidedly.core.dictionary import Aggregate, AggregateIs, Dictionary
from decidedly.core.policy import Text
from decidedly.person import aggregate_columns, aggregates, population, seen
from decidedly.playbook.over import read_window

LAST = datetime(2017, 10, 29, 23, tzinfo=UTC)
MOMENTS = [LAST - timedelta(days=15 * number, hours=7 * number, seconds=13 * number) for number in range(20)]


def _more(id: str, is_: AggregateIs, what: str = "", over: str = "", where: str = "") -> Aggregate:
    condition = Text(where) if where else None
    return Aggregate(id=id, name=id, is_=is_, of="order", what=what, over=read_window(over), where=condition)


def everything(dictionary: Dictionary) -> Dictionary:
    """The grocer's aggregates, and every kind over every kind of window, in a zone whose clocks change."""
    more = (
        _more("coupon-spend", "sum", "sales_cents", "days 31 to 60", "coupon_disc_cents > 0"),
        _more("least", "minimum", "sales_cents", "last 4 weeks", "sales_cents > 0"),
        _more("variety", "distinct", "product_id", "last 3 months"),
        _more("first", "first", "sales_cents"),
        _more("last", "last", "sales_cents", "this week"),
        _more("since-coupon", "days since last", "", "", "coupon_disc_cents > 0 or coupon_match_disc_cents > 0"),
        _more("tenure", "months since first"),
    )
    return replace(
        dictionary, aggregates=(*dictionary.aggregates, *more), time_zone="America/New_York", first_weekday="sunday"
    )


@pytest.mark.parametrize("moments", [MOMENTS[::2], MOMENTS[1::2]], ids=["even", "odd"])
def test_everybody_at_once_is_each_one_by_one(whole: Hub, moments: list[datetime]) -> None:
    book = everything(whole.snapshot.book.dictionary)
    known = list(whole.people())
    everybody = population([seen(stored, LAST, book) for stored in known], book)
    differing = []
    for at in moments:
        table = aggregate_columns(everybody, book, at)
        one_by_one = [aggregates(seen(stored, at, book), book) for stored in known]
        for id in table.column_names[1:]:
            told = pa.array([one[id] for one in one_by_one], table.schema.field(id).type)
            if not table[id].combine_chunks().equals(told):
                differing.append((at, id))
    assert not differing
    assert len(known) > 2_469
