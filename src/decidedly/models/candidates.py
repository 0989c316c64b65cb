"""Counts of each person's own history over the products of each action, for the rules that ask for them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from decidedly.models.columns import Ints, Offers, Purchases, distinct, meet

DAY_S = 86_400


def times_bought(purchases: Purchases, people: int, offers: Offers) -> NDArray[np.int32]:
    """(people, actions): shopping trips with any of the action's products; one trip counts once."""
    n = offers.count
    line, action = meet(offers, purchases.product)
    trip_ids, trip = np.unique(purchases.basket, return_inverse=True)
    each = max(len(trip_ids), 1)
    cells = distinct((purchases.person[line].astype(np.int64) * n + action) * each + trip[line])[0] // each
    return np.bincount(cells, minlength=people * n).reshape(people, n).astype(np.int32)


def days_since_bought(purchases: Purchases, people: int, offers: Offers, at: int, null: int) -> NDArray[np.int32]:
    """(people, actions): whole days from the last purchase of any of the action's products to `at`; null if none."""
    n = offers.count
    line, action = meet(offers, purchases.product)
    last = np.full(people * n, np.iinfo(np.int64).min)
    np.maximum.at(last, purchases.person[line].astype(np.int64) * n + action, purchases.at[line])
    days = np.where(last == np.iinfo(np.int64).min, null, (at - last) // DAY_S)
    return days.reshape(people, n).astype(np.int32)


def windowed(purchases: Purchases, since: int) -> Purchases:
    """Only what happened at or after `since`."""
    kept: Ints = np.flatnonzero(purchases.at >= since)
    return Purchases(*(column[kept] for column in purchases))
