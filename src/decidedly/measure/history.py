"""History: the warehouse's columns as the models read them, as of one moment."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from decidedly.core.derive import key64
from decidedly.core.errors import NotFound
from decidedly.models import Catalogue, Ints, Moments, Offers, Purchases, Reads, catalogue, offers, rows_of
from decidedly.ports.warehouse import Warehouse

PRODUCTS, OFFERS, CAMPAIGNS = "products", "offers", "campaigns"
"""Reference tables: products (product_id, type, category, manufacturer); offers of campaigns (campaign, coupon,
product_id, value_named, min_quantity); campaigns (campaign, from, to)."""


class Campaign(NamedTuple):
    """A campaign: its actions by name and by key (int64), the same as columns, its first moment and its last day's."""

    names: tuple[str, ...]
    keys: Ints
    offers: Offers
    starts: datetime
    ends: datetime


class History(NamedTuple):
    """Everything before `before`. Person rows count through `people`.

    response_campaign, response_action, received_campaign : int64 keys, beside the moments
    """

    before: datetime
    people: tuple[str, ...]
    purchases: Purchases
    responses: Moments
    response_campaign: Ints
    response_action: Ints
    received: Moments
    received_campaign: Ints
    products: Ints
    catalogue: Catalogue


def table_of(kind: str) -> str:
    """Name of the warehouse table with the history of one event kind."""
    return f"history_{kind.replace('-', '_')}"


def read_history(warehouse: Warehouse, reads: Reads, before: datetime) -> History:
    """The history as it was known at `before`. Raises NotFound where a table was never projected."""
    lines = _before(warehouse.read(table_of(reads.purchases)), before)
    responses = _before(warehouse.read(table_of(reads.responses)), before)
    received = _before(warehouse.read(table_of(reads.received)), before)
    products, groups = read_catalogue(warehouse)
    row, known = rows_of(_ints(lines[reads.product]), products)
    purchases = Purchases(
        person=_codes(lines), basket=_ints(lines["key"]), at=_seconds(lines), product=row,
        cents=_ints(lines[reads.paid]), offer_cents=_ints(lines[reads.saved]),
    )  # fmt: skip
    return History(
        before=before,
        people=tuple(lines["person"].combine_chunks().dictionary.to_pylist()),
        purchases=Purchases(*(column[known] for column in purchases)),
        responses=Moments(_codes(responses), _seconds(responses)),
        response_campaign=_ints(responses[reads.campaign]),
        response_action=_ints(responses[reads.action]),
        received=Moments(_codes(received), _seconds(received)),
        received_campaign=_ints(received[reads.campaign]),
        products=products,
        catalogue=groups,
    )


def read_catalogue(warehouse: Warehouse) -> tuple[Ints, Catalogue]:
    """Rising product keys, those that only offers know included, and their groups."""
    table = warehouse.read(PRODUCTS, ("product_id", "type", "category", "manufacturer"))
    offered = warehouse.read(OFFERS, ("product_id",))["product_id"].unique().to_pylist()
    own = _keys(table["product_id"])
    order = np.argsort(own)
    products = np.union1d(own, np.array([key64(id) for id in offered], np.int64))
    row = np.searchsorted(products, own[order])
    ways = []
    for name in ("type", "category", "manufacturer"):
        codes = pc.dictionary_encode(table[name].combine_chunks(), null_encoding="encode").indices.to_numpy()
        way = np.full(len(products), codes.max() + 1)  # a group of its own for what the catalogue does not describe
        way[row] = codes[order]
        ways.append(way)
    return products, catalogue(*ways)


def read_campaign(warehouse: Warehouse, name: str, products: Ints) -> Campaign:
    """One campaign with its actions, in the order of their names. Raises NotFound."""
    told = warehouse.query(
        f'SELECT "from", "to" FROM {CAMPAIGNS} WHERE campaign = $campaign', {"campaign": name}
    ).to_pylist()
    if not told:
        known = warehouse.read(CAMPAIGNS, ("campaign",))["campaign"].to_pylist()
        raise NotFound.named("campaign", name, known)
    table = warehouse.query(
        f"SELECT coupon, product_id, value_named, min_quantity FROM {OFFERS} WHERE campaign = $campaign"
        " ORDER BY coupon, product_id",
        {"campaign": name},
    )
    encoded = pc.dictionary_encode(table["coupon"].combine_chunks())
    code = encoded.indices.to_numpy()
    first = np.unique(code, return_index=True)[1]
    row, known_product = rows_of(_keys(table["product_id"]), products)
    built = offers(
        row[known_product],
        code[known_product],
        len(products),
        table["value_named"].to_numpy(zero_copy_only=False)[first],
        table["min_quantity"].to_numpy(zero_copy_only=False)[first],
    )
    names = tuple(encoded.dictionary.to_pylist())
    return Campaign(names, _keys(encoded.dictionary), built, told[0]["from"], told[0]["to"])


def of_people(history: History, rows: Ints) -> tuple[Purchases, Moments]:
    """Purchases and responses of these people alone, who then count from 0 in the order given."""
    new = np.full(len(history.people), -1)
    new[rows] = np.arange(len(rows))
    person = new[history.purchases.person]
    kept, answered = person >= 0, new[history.responses.person] >= 0
    own = Purchases(*(column[kept] for column in history.purchases))
    return own._replace(person=person[kept]), Moments(
        new[history.responses.person[answered]], history.responses.at[answered]
    )


def _before(table: pa.Table, before: datetime) -> pa.Table:
    return table.filter(pc.less(table["at"], pa.scalar(before, table["at"].type)))


def _codes(table: pa.Table) -> Ints:
    return np.asarray(table["person"].combine_chunks().indices.to_numpy())


def _seconds(table: pa.Table) -> Ints:
    return np.asarray(table["at"].cast(pa.int64()).to_numpy() // 1_000_000)


def _ints(column: pa.ChunkedArray) -> Ints:
    return np.asarray(column.fill_null(0).to_numpy())


def _keys(column: pa.ChunkedArray | pa.Array) -> Ints:
    return np.array([key64(text) for text in column.to_pylist()], np.int64)
