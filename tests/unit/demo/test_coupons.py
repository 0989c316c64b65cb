"""The committed coupons are what the generator writes, and read nothing of the campaign's own time."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from decidedly.demo import coupons
from decidedly.demo.source import Source
from tests.unit.demo.data import whole_year

GROW = Path(__file__).parents[3] / "examples" / "grocer" / "actions" / "grow"


def test_the_committed_files_are_what_the_generator_writes() -> None:
    found = coupons.coupons(whole_year())
    assert coupons.table_text(found) == (GROW / "campaign-18.table").read_text(encoding="utf-8")
    assert coupons.products_text(found) == (GROW / "campaign-18.products").read_text(encoding="utf-8")


def test_what_happens_from_the_campaigns_first_day_on_changes_nothing() -> None:
    source = whole_year()
    names = ("transactions", "products", "campaigns", "campaign_descriptions", "coupons", "demographics")
    frames = {name: source.frame(name) for name in names}
    lines = frames["transactions"]
    before = lines["transaction_timestamp"] < pd.Timestamp(coupons.AS_OF.replace(tzinfo=None))
    hidden = frames | {"transactions": lines[before], "coupon_redemptions": source.frame("coupon_redemptions").head(0)}
    assert coupons.coupons(Source(hidden)) == coupons.coupons(source)


def test_a_value_is_a_round_amount_within_its_bounds() -> None:
    for coupon in coupons.coupons(whole_year()):
        assert coupons.LEAST <= coupon.value <= coupons.LARGEST_LINE
        assert coupon.value % coupons.STEP == 0
