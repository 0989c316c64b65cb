"""What the whole population says about each action as of one moment: made once, so that an online call needs only
the lines of its own person."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np

from decidedly.models.columns import Catalogue, Floats, Ints, Offers, Purchases, distinct, meet

SCHEMA = 1
USED_PRIOR = 50
"""The share of lines bought with an offer is drawn to the population's as if so many more lines had been seen."""

BROAD = 1000
"""From so many products on an offer is for a whole department."""
FIXED = ("buyers", "sold", "products", "used_rate", "own_narrow", "several")


class Mix(NamedTuple):
    """Which groups of products an action is made of, weighted by how much of them is sold, three ways: what
    `Catalogue.groups` tells apart.

    starts   : (groups + 1,) the cells of group g are cell[starts[g]:starts[g + 1]]
    cell     : (cells,) way * actions + action
    share    : (cells,) share of the action that is of the group; sums to 1 over an action's groups of one way
    expected : (3, actions) baskets a shopping trip brings of an action's groups in the whole population
    """

    starts: Ints
    cell: Ints
    share: Floats
    expected: Floats


class Snapshot(NamedTuple):
    """The population before `at`; (actions,) columns unless said otherwise.

    fixed : (actions, len(FIXED)) the features that are the same for every person
    """

    at: int
    people: int
    trips: int
    buyers: Ints
    baskets: Ints
    fixed: Floats
    mix: Mix


def snapshot(purchases: Purchases, people: int, catalogue: Catalogue, offers: Offers, at: int) -> Snapshot:
    """Count the purchases of all `people` strictly before `at`; their order does not matter."""
    seen = purchases.before(at)
    n = offers.count
    trip_ids, trip = np.unique(seen.basket, return_inverse=True)
    trips = len(trip_ids)
    each = max(trips, 1)
    line, action = meet(offers, seen.product)
    baskets = np.bincount(distinct(action * each + trip[line])[0] // each, minlength=n)
    buyers = np.bincount(distinct(action * people + seen.person[line])[0] // people, minlength=n)
    with_offer = seen.offer_cents > 0
    overall = with_offer.mean() if len(with_offer) else 0.0
    used = np.bincount(action, weights=with_offer[line], minlength=n) + USED_PRIOR * overall
    products = np.bincount(offers.actions, minlength=n)
    fixed = [
        np.log(buyers + 1.0),
        np.log(baskets + 1.0),
        np.log(products + 1.0),
        used / (np.bincount(action, minlength=n) + USED_PRIOR),
        ~offers.value_named & (products < BROAD),
        offers.min_quantity > 1,
    ]
    mix = _mix(catalogue, seen.product, trip, each, offers)
    return Snapshot(at, people, trips, buyers, baskets, np.stack(fixed, axis=1).astype(np.float64), mix)


def _mix(catalogue: Catalogue, product: Ints, trip: Ints, trips: int, offers: Offers) -> Mix:
    products, ways = catalogue.groups.shape
    n = offers.count
    sold = np.bincount(product, minlength=products)
    of_product = np.repeat(np.arange(products), np.diff(offers.starts))
    # a product never sold still says what the action is about: it counts a hundredth of a line
    weight = np.tile(100 * sold[of_product] + 1, ways)
    width = ways * n
    cell = np.concatenate([way * n + offers.actions for way in range(ways)])
    keys = catalogue.groups[of_product].T.ravel() * width + cell
    pairs, place = np.unique(keys, return_inverse=True)
    group, cell = np.divmod(pairs, width)
    weight = np.bincount(place, weights=weight)
    share = weight / np.bincount(cell, weights=weight, minlength=width)[cell]
    baskets = np.zeros(catalogue.count)
    for way in range(ways):
        met = distinct(catalogue.groups[product, way] * trips + trip)[0] // trips
        baskets += np.bincount(met, minlength=catalogue.count)
    expected = np.bincount(cell, weights=share * baskets[group], minlength=width) / trips
    starts = np.searchsorted(group, np.arange(catalogue.count + 1))
    return Mix(starts, cell, share, expected.reshape(ways, n))


class _Column(msgspec.Struct, frozen=True):
    dtype: str
    shape: tuple[int, ...]
    data: bytes


class _Stored(msgspec.Struct, frozen=True):
    schema: int
    numbers: tuple[int, int, int]
    columns: tuple[_Column, ...]


def to_bytes(snapshot: Snapshot) -> bytes:
    """The same snapshot is always the same bytes."""
    columns = (*snapshot[3:6], *snapshot.mix)
    stored = tuple(_Column(c.dtype.str, c.shape, np.ascontiguousarray(c).tobytes()) for c in columns)
    return msgspec.msgpack.encode(_Stored(SCHEMA, snapshot[:3], stored))


def from_bytes(data: bytes) -> Snapshot:
    """Raises msgspec.ValidationError if the bytes are no snapshot, ValueError if of another schema."""
    stored = msgspec.msgpack.decode(data, type=_Stored)
    if stored.schema != SCHEMA:
        raise ValueError(f"snapshot of schema {stored.schema}; this version reads {SCHEMA}")
    columns = [np.frombuffer(c.data, dtype=c.dtype).reshape(c.shape) for c in stored.columns]
    buyers, baskets, fixed, *mix = columns
    return Snapshot(*stored.numbers, buyers, baskets, fixed, Mix(*mix))
