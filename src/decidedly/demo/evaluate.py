"""How good the ranking is: recall@16 of a campaign's redemptions, beside three plain rankings, in the same run.

This file knows rankings and outcomes. The baselines are plain SQL over the warehouse; nothing here imports a model.

    recall@16 = hits / distinct household-coupon pairs redeemed from the campaign's first day on
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
import numpy as np
from numpy.typing import NDArray

from decidedly.measure import (
    Difference,
    hits_by_person,
    most_bought,
    paired_bootstrap,
    popular,
    random_order,
    recall_at_k,
)
from decidedly.ports.journal import Journal
from decidedly.ports.warehouse import Warehouse

SLATE = 16
RANDOM_SEEDS = 20

Ints = NDArray[np.integer]


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """Recall of ours less that of habit, 95 % paired bootstrap over households. claim: the interval leaves zero out."""

    difference: float
    low: float
    high: float
    claim: bool


class Recall(msgspec.Struct, frozen=True, kw_only=True):
    """recall@16 by way of ranking. ours_before_policy: the model's order; ours: what was decided, all rules applied."""

    pairs: int
    random: float
    popular: float
    most_bought: float
    ours_before_policy: float
    ours: float
    before_policy_against_habit: Interval
    ours_against_habit: Interval


class Field(msgspec.Struct, frozen=True, eq=False):
    """The households of a campaign and its coupons, in the order of every array here.

    households : loyalty numbers; persons: ids of the persons that they are
    """

    campaign: str
    first_day: datetime
    households: tuple[str, ...]
    persons: tuple[str, ...]
    coupons: tuple[str, ...]


def evaluate(field: Field, journal: Journal, warehouse: Warehouse, before_policy: Ints, decided: Ints) -> Recall:
    """Recall of two rankings of ours, int (households, places) of coupon rows, -1 for an empty place."""
    relevant = redeemed(field, journal)
    baskets, buyers = bought(field, warehouse)
    habit = hits_by_person(most_bought(baskets, buyers), relevant, SLATE)
    by_person = np.bincount(relevant[:, 0], minlength=len(field.households))
    people, coupons = len(field.households), len(field.coupons)

    def against_habit(ranked: Ints) -> Interval:
        found: Difference = paired_bootstrap(hits_by_person(ranked, relevant, SLATE), habit, by_person)
        return Interval(difference=found.value, low=found.low, high=found.high, claim=found.sure)

    return Recall(
        pairs=len(relevant),
        random=float(
            np.mean([recall_at_k(random_order(people, coupons, seed), relevant, SLATE) for seed in range(RANDOM_SEEDS)])
        ),
        popular=recall_at_k(popular(buyers, people), relevant, SLATE),
        most_bought=float(habit.sum() / len(relevant)),
        ours_before_policy=recall_at_k(before_policy, relevant, SLATE),
        ours=recall_at_k(decided, relevant, SLATE),
        before_policy_against_habit=against_habit(before_policy),
        ours_against_habit=against_habit(decided),
    )


def redeemed(field: Field, journal: Journal) -> Ints:
    """(pairs, 2): household row and coupon row of what was redeemed from the first day on, each pair once."""
    household = {name: row for row, name in enumerate(field.households)}
    coupon = {name: row for row, name in enumerate(field.coupons)}
    pairs = set()
    after = 0
    while page := journal.read(after, 5000, ("redemption",)):
        after = page[-1].offset
        for logged in page:
            told = logged.event.properties
            if told["campaign"] == field.campaign and logged.event.at >= field.first_day:
                pairs.add((household[logged.event.identifiers[0].value], coupon[told["coupon"]]))
    return np.array(sorted(pairs), np.int64).reshape(-1, 2)


def bought(field: Field, warehouse: Warehouse) -> tuple[Ints, Ints]:
    """Baskets with any of a coupon's products, (households, coupons), and the chain's households that ever bought one,
    (coupons,), both before the first day."""
    counted = warehouse.query(
        """
        WITH covers AS (
            SELECT DISTINCT coupon, product_key FROM offers WHERE campaign = $campaign
        )
        SELECT person, coupon, count(DISTINCT key) AS baskets
        FROM history_order JOIN covers ON product_id = product_key
        WHERE history_order."at" < $first_day
        GROUP BY person, coupon
        """,
        {"campaign": field.campaign, "first_day": field.first_day},
    )
    coupon = {name: row for row, name in enumerate(field.coupons)}
    household = {id: row for row, id in enumerate(field.persons)}
    baskets = np.zeros((len(field.households), len(field.coupons)), np.int64)
    buyers = np.zeros(len(field.coupons), np.int64)
    for one in counted.to_pylist():
        column = coupon[one["coupon"]]
        buyers[column] += 1
        if (row := household.get(one["person"])) is not None:
            baskets[row, column] = one["baskets"]
    return baskets, buyers


def places(rankings: Sequence[Sequence[int]], width: int = SLATE) -> Ints:
    """Rankings of different lengths as one array, -1 for what is missing."""
    table = np.full((len(rankings), width), -1)
    for row, ranked in enumerate(rankings):
        table[row, : len(ranked)] = ranked[:width]
    return table
