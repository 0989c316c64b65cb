"""The coupons of a campaign as a table of actions that a business person can read and change.

    python -m decidedly.demo.coupons examples/grocer/actions/grow

writes `campaign-18.table` (one coupon a line) and `campaign-18.products` (its products). The source has no coupon's
value, so it is estimated from what earlier coupons took off the price of its products, before the campaign's first
day and never later. What is written is committed; a test checks that the generator still writes the same.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from decidedly.demo.gs1 import Terms, terms
from decidedly.demo.source import Source, cents
from decidedly.playbook.format import format_table

CAMPAIGN = 18
AS_OF = datetime(2017, 10, 30, tzinfo=UTC)
"""First day of the campaign: nothing dated on or after it is read."""

UNKNOWN = "UNKNOWN"
"""Category and department of a product that the product table does not have or does not place."""

PRIOR_LINES = 20
"""An estimate of few lines is drawn towards its category's mean, as if this many lines of it had been seen."""
LARGEST_LINE = 500
"""A discount of one line counts as at most so many cents: a few lines hold dozens of coupons."""
SHARE_OF_PRICE = 0.5
"""A coupon takes off at most this share of its products' typical price."""
STEP, LEAST = 5, 10
"""Values are multiples of 5 cents, and at least 10."""
WHOLE_DEPARTMENT = 1000
"""From so many products on an offer is named after all of them, not after the largest group."""
RECEIPT_WIDTH, CODE_LINES = 32, 2
"""Characters in a line of a receipt, and lines that a coupon's bar code takes."""
MOST = 0.6
"""A product type names the offer where it has this share of its products."""


class Coupon(NamedTuple):
    """One line of the table; value in cents, confidence from 0 to 1."""

    id: str
    name: str
    value: int
    confidence: float
    first: date
    last: date
    main_category: str
    terms: Terms
    departments: tuple[str, ...]
    categories: tuple[str, ...]
    products: tuple[int, ...]


def coupons(source: Source, campaign: int = CAMPAIGN, as_of: datetime = AS_OF) -> list[Coupon]:
    """The campaign's coupons by id, valued from purchases before `as_of`."""
    described = source.frame("campaign_descriptions").set_index("campaign_id").loc[campaign]
    first, last = described["start_date"].date(), described["end_date"].date()
    products = source.frame("products").set_index("product_id")
    offers = source.frame("coupons")
    offers = offers[offers["campaign_id"] == campaign][["coupon_upc", "product_id"]].drop_duplicates()
    offers = offers.sort_values(["coupon_upc", "product_id"]).join(products, on="product_id").fillna(UNKNOWN)
    values = estimate(source.frame("transactions"), products, offers, as_of)
    names = _names(offers, values)
    return [
        Coupon(
            id=str(coupon),
            name=names[coupon],
            value=values[coupon][0],
            confidence=values[coupon][1],
            first=first,
            last=last,
            main_category=_most(rows["product_category"]),
            terms=terms(coupon),
            departments=tuple(sorted(set(rows["department"]))),
            categories=tuple(sorted(set(rows["product_category"]))),
            products=tuple(rows["product_id"].tolist()),
        )
        for coupon, rows in offers.groupby("coupon_upc")
    ]


def estimate(
    lines: pd.DataFrame, products: pd.DataFrame, offers: pd.DataFrame, as_of: datetime
) -> dict[int, tuple[int, float]]:
    """Coupon -> (value in cents, confidence).

    The mean discount of earlier couponed lines with its products, shrunk towards the mean of its main category, which
    is itself shrunk towards the mean of all; capped by the typical price of its products. Confidence: lines seen /
    (lines seen + PRIOR_LINES).
    """
    lines = lines[lines["transaction_timestamp"] < as_of.replace(tzinfo=None)]
    paid = cents(lines["sales_value"]) + cents(lines["coupon_match_disc"])
    pieces = lines["quantity"].to_numpy()
    product = lines["product_id"].to_numpy()
    sold = pieces > 0
    prices = pd.DataFrame({"product_id": product[sold], "price": paid[sold] / pieces[sold]})
    discount = np.minimum(cents(lines["coupon_disc"]), LARGEST_LINE)
    used = pd.DataFrame({"product_id": product, "cents": discount})[discount > 0]
    used = used.join(products["product_category"], on="product_id").fillna(UNKNOWN)
    overall = float(used["cents"].mean())
    by_category = used.groupby("product_category")["cents"].agg(["sum", "size"])
    means = (by_category["sum"] + PRIOR_LINES * overall) / (by_category["size"] + PRIOR_LINES)
    by_product = used.groupby("product_id")["cents"].agg(["sum", "size"])
    typical = prices.groupby("product_id")["price"].median()
    found: dict[int, tuple[int, float]] = {}
    for coupon, rows in offers.groupby("coupon_upc"):
        seen = by_product.loc[by_product.index.intersection(rows["product_id"])].sum()
        prior = float(means.get(_most(rows["product_category"]), overall))
        mean = (float(seen["sum"]) + PRIOR_LINES * prior) / (float(seen["size"]) + PRIOR_LINES)
        price = typical.loc[typical.index.intersection(rows["product_id"])].median()
        if not pd.isna(price):  # never sold before: no price to hold it against
            mean = min(mean, SHARE_OF_PRICE * float(price))
        found[int(coupon)] = (
            max(LEAST, int(mean / STEP + 0.5) * STEP),
            round(float(seen["size"]) / (float(seen["size"]) + PRIOR_LINES), 2),
        )
    return found


def _names(offers: pd.DataFrame, values: dict[int, tuple[int, float]]) -> dict[int, str]:
    """A name of its own for every coupon, in plain English."""
    english = _english()
    named: dict[int, list[str]] = {}
    for coupon, rows in offers.groupby("coupon_upc"):
        main = _most(rows["product_category"])
        noun = english.get((main, _main_type(rows, main))) or english.get((main, "*")) or main.lower()
        own = "our own " if (rows["brand"] == "Private").mean() > 0.5 else ""
        amount = values[int(coupon)][0]
        count = len(rows)
        plain = f"${amount / 100:.2f} off {own}{noun}"
        kinds = f"{plain} ({count} {'kind' if count == 1 else 'kinds'})"
        named[int(coupon)] = [plain, kinds, f"{kinds[:-1]}, no. {str(coupon)[-4:]})"]
    chosen: dict[int, str] = {}
    for coupon, forms in named.items():
        others = [their for other, their in named.items() if other != coupon]
        chosen[coupon] = next(form for level, form in enumerate(forms) if all(their[level] != form for their in others))
    return chosen


def _main_type(rows: pd.DataFrame, main: str) -> str:
    if len(rows) >= WHOLE_DEPARTMENT:
        return "ALL"
    types = rows.loc[rows["product_category"] == main, "product_type"].value_counts()
    return str(types.index[0]) if types.iloc[0] >= MOST * len(rows) else "*"


def _most(column: pd.Series[str]) -> str:
    """The most frequent value; the first by alphabet of several."""
    counts = column.value_counts()
    return str(min(counts.index[counts == counts.iloc[0]]))


def _english() -> dict[tuple[str, str], str]:
    text = resources.files("decidedly.demo").joinpath("offer_names.txt").read_text(encoding="utf-8")
    rows = (line.split(" | ") for line in text.splitlines() if line and not line.startswith("#"))
    return {(category, kind): english for category, kind, english in rows}


def table_text(found: Iterable[Coupon], campaign: int = CAMPAIGN, as_of: datetime = AS_OF) -> str:
    """The action table, one coupon a line."""
    rows = [
        [
            one.id,
            one.name,
            f"{one.value / 100:.2f}",
            f"{one.confidence:.2f}",
            one.first.isoformat(),
            one.last.isoformat(),
            one.main_category,
            str(len(one.products)),
            str(one.terms.value_named).lower(),
            str(one.terms.min_quantity),
            str(lines(one.name)),
            "; ".join(one.departments),
            "; ".join(one.categories),
        ]
        for one in found
    ]
    head = ["id", "name", "value", "confidence", "from", "to"]
    head += ["main category", "product count", "value named", "min quantity", "lines", "departments", "categories"]
    preface = f"""\
# The coupons of campaign {campaign}. "to" is the last day. An offer's value is in dollars; it was estimated from what
# earlier coupons took off its products, and "confidence" says how sure that is. Change any cell: the rest follows.
# Written at first by: python -m decidedly.demo.coupons
name     = "Campaign {campaign}"
products = "campaign-{campaign}.products"   # which products each offer covers
value    = {{ how = "learnt", source = "earlier coupon discounts of its products", at = {as_of:%Y-%m-%d} }}
all      = {{ campaign = "{campaign}" }}
"""
    return format_table(preface, [head, *rows])


def lines(name: str) -> int:
    """How many lines a coupon takes on a receipt: its name, then its bar code."""
    return -(-len(name) // RECEIPT_WIDTH) + CODE_LINES


def products_text(found: Iterable[Coupon]) -> str:
    """The product lists: the coupon's id, a colon, its product ids."""
    return "".join(f"{one.id}: {' '.join(map(str, one.products))}\n" for one in found)


def main(folder: str) -> None:
    found = coupons(Source.read())
    for suffix, text in (("table", table_text(found)), ("products", products_text(found))):
        Path(folder, f"campaign-{CAMPAIGN}.{suffix}").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
