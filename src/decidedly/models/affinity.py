"""How close each person is to each action, from what they bought: the one feature function, used for training, in
batch and online.

Each person is worked out on their own and every sum runs over whole numbers, so the result depends neither on who
else is in the batch nor on the order of the lines.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from decidedly.models.columns import Catalogue, Floats, Ints, Moments, Offers, Purchases, distinct, meet
from decidedly.models.snapshot import FIXED, Mix, Snapshot

DAY_S = 86_400
HALF_LIFE_DAYS = 40
FIXED_POINT = 2**20
"""Fading weights are whole multiples of 2**-20: their sums are exact, whatever the order."""

CANDIDATE = (
    "baskets",
    "lately",
    "spent",
    "spent_rank",
    "lift_rank",
    "used",
    "kind",
    "category_lift",
    "maker",
    "maker_lift",
    "maker_only",
    "breadth",
    *FIXED,
)
PERSON = ("trips_90", "responses_90", "offers_used_90")
LATELY_DAYS = 90
"""What is known of a person is counted over a window of fixed length: a count over all time would grow with the
history, and a level learnt on it would drift."""


class Features(NamedTuple):
    """candidates : (people, actions, len(CANDIDATE)), people : (people, len(PERSON)); finite.
    baskets : int32 (people, actions), shopping trips with any of the action's products"""

    candidates: Floats
    people: Floats
    baskets: NDArray[np.int32]


def affinity(
    purchases: Purchases,
    responses: Moments,
    people: int,
    catalogue: Catalogue,
    offers: Offers,
    snapshot: Snapshot,
    at: int,
) -> Features:
    """Features of each of `people` for each of the actions, from what happened strictly before `at`.

    Raises ValueError if the snapshot knows more than it may, or other actions.
    """
    if snapshot.at > at:
        raise ValueError(f"the snapshot is of {snapshot.at}, later than the decision at {at}")
    if len(snapshot.buyers) != offers.count:
        raise ValueError(f"the snapshot knows {len(snapshot.buyers)} actions, not {offers.count}")
    seen = purchases.before(at)
    order = np.argsort(seen.person, kind="stable")
    seen = Purchases(*(column[order] for column in seen))
    starts = np.searchsorted(seen.person, np.arange(people + 1))
    since = at - LATELY_DAYS * DAY_S
    recent = (responses.at >= since) & (responses.at < at)
    answered = np.bincount(responses.person[recent], minlength=people)
    candidates = np.empty((people, offers.count, len(CANDIDATE)))
    persons = np.empty((people, len(PERSON)))
    baskets = np.empty((people, offers.count), np.int32)
    for i in range(people):
        own = slice(starts[i], starts[i + 1])
        lines = Purchases(*(column[own] for column in seen))
        trip_at, baskets[i] = _one(lines, catalogue, offers, snapshot, at, candidates[i])
        with_offer = np.count_nonzero((lines.offer_cents > 0) & (lines.at >= since))
        persons[i] = np.count_nonzero(trip_at >= since), answered[i], with_offer
    candidates[:, :, -len(FIXED) :] = snapshot.fixed
    return Features(candidates, np.log1p(persons), baskets)


def _one(
    lines: Purchases, catalogue: Catalogue, offers: Offers, snapshot: Snapshot, at: int, out: Floats
) -> tuple[Ints, Ints]:
    """Write one person's columns into `out` (actions, features); when their trips were, how many met each action."""
    n = offers.count
    trip_ids, trip = np.unique(lines.basket, return_inverse=True)
    trips = len(trip_ids)
    each = max(trips, 1)
    trip_at = np.zeros(each, dtype=np.int64)
    np.maximum.at(trip_at, trip, lines.at)
    fresh = (at - trip_at) / -DAY_S

    line, action = meet(offers, lines.product)
    cells, _ = distinct(action * each + trip[line])
    of_cell, trip_of_cell = np.divmod(cells, each)
    baskets = np.bincount(of_cell, minlength=n)
    cents = np.bincount(action, weights=lines.cents[line], minlength=n)
    used = np.bincount(action, weights=lines.offer_cents[line] > 0, minlength=n)
    weight = np.floor(np.exp2(fresh / HALF_LIFE_DAYS) * FIXED_POINT)
    faded = np.bincount(of_cell, weights=weight[trip_of_cell], minlength=n) / FIXED_POINT
    lift = (baskets + 0.1) / (trips * (snapshot.baskets / max(snapshot.trips, 1)) + 0.1)
    kinds, categories, makers = _groups(lines.product, trip, each, catalogue, snapshot.mix)
    usual = trips * snapshot.mix.expected + 0.1
    maker_lift = np.log((makers + 0.1) / usual[2])
    habit = np.log(baskets + 0.3)

    out[:, 0] = habit
    out[:, 1] = np.log(faded + 0.1)
    out[:, 2] = np.log(cents / 100 + 1)
    out[:, 3] = np.log(_rank(cents, snapshot.buyers) + 3)
    out[:, 4] = np.log(_rank(lift, snapshot.buyers) + 3)
    out[:, 5] = np.log1p(used)
    out[:, 6] = np.log(kinds + 0.3)
    out[:, 7] = np.log((categories + 0.1) / usual[1])
    out[:, 8] = np.log(makers + 0.3)
    out[:, 9] = maker_lift
    # who never bought the products themselves is known by the makers only
    out[:, 10] = np.where(baskets == 0, maker_lift, 0.0)
    # a trip says less about an offer for thousands of products than about one for a few
    out[:, 11] = habit * snapshot.fixed[:, FIXED.index("products")]
    return trip_at, baskets


def _groups(product: Ints, trip: Ints, trips: int, catalogue: Catalogue, mix: Mix) -> Floats:
    """Baskets with the groups an action is made of, weighted by their share of it: (ways, actions)."""
    met, _ = distinct((catalogue.groups[product] * trips + trip[:, None]).ravel())
    group, baskets = distinct(met // trips)
    first = mix.starts[group]
    many = mix.starts[group + 1] - first
    place = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many - first, many)
    weight = np.repeat(baskets, many) * mix.share[place]
    # in ascending order of the groups, so that the sums of fractions are always the same
    trips_with = np.bincount(mix.cell[place], weights=weight, minlength=mix.expected.size)
    return trips_with.astype(np.float64, copy=False).reshape(mix.expected.shape)


def _rank(value: Ints | Floats, buyers: Ints) -> Ints:
    """0 for the largest; equal values go by the number of buyers, then by the action's place."""
    order = np.lexsort((-buyers, -value))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank
