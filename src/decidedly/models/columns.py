"""What the models read: plain columns, so that one person online and all of them in a batch go the same way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer]
Floats = NDArray[np.float64]


class Purchases(NamedTuple):
    """Lines of shopping trips, in any order; all columns (n,).

    person      : row of the person, 0 <= person < people
    basket      : number of the trip; the lines of one trip share it
    at          : unix seconds
    product     : row in the catalogue
    cents       : paid for the line
    offer_cents : taken off the line by an offer the person used, 0 where none
    """

    person: Ints
    basket: Ints
    at: Ints
    product: Ints
    cents: Ints
    offer_cents: Ints

    def before(self, at: int) -> Purchases:
        """Only what happened strictly before `at`."""
        kept = self.at < at
        return self if kept.all() else Purchases(*(column[kept] for column in self))


class Moments(NamedTuple):
    """Things that happened to people, such as earlier responses to offers; all columns (n,)."""

    person: Ints
    at: Ints


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The groups each product is in, three ways: its kind, its category, its maker.

    groups : (products, 3) codes; no code is used by two of the ways
    count  : number of codes in all
    """

    groups: Ints
    count: int


def catalogue(kind: Ints, category: Ints, maker: Ints) -> Catalogue:
    """From three columns of codes from 0, each (products,)."""
    ways = [np.asarray(way, dtype=np.int64) for way in (kind, category, maker)]
    sizes = [int(way.max()) + 1 for way in ways]
    groups = np.stack([ways[0], ways[1] + sizes[0], ways[2] + sizes[0] + sizes[1]], axis=1)
    return Catalogue(groups, sum(sizes))


@dataclass(frozen=True, slots=True)
class Offers:
    """The actions to be scored, each with its products (compressed sparse rows over products) and its terms.

    starts       : (products + 1,) the actions of product i are actions[starts[i]:starts[i + 1]]
    actions      : (pairs,) row of the action
    value_named  : (actions,) whether the offer itself names its value; a chain's own offers often do not
    min_quantity : (actions,) units that must be bought together, 1 where unknown
    """

    starts: Ints
    actions: Ints
    value_named: NDArray[np.bool_]
    min_quantity: Ints

    @property
    def count(self) -> int:
        return len(self.min_quantity)


def offers(product: Ints, action: Ints, products: int, value_named: NDArray[np.bool_], min_quantity: Ints) -> Offers:
    """Prepare the actions once: (pairs,) product rows and action rows, repeated pairs counted once."""
    pairs = np.unique(product.astype(np.int64) * len(min_quantity) + action)
    rows, actions = np.divmod(pairs, len(min_quantity))
    starts = np.searchsorted(rows, np.arange(products + 1))
    return Offers(starts, actions, value_named.astype(bool), min_quantity.astype(np.int64))


def meet(offers: Offers, product: Ints) -> tuple[Ints, Ints]:
    """Which lines meet which actions: (pairs,) line rows and (pairs,) action rows of these (lines,) products."""
    first = offers.starts[product]
    many = offers.starts[product + 1] - first
    line = np.repeat(np.arange(len(product)), many)
    within = np.arange(len(line)) - np.repeat(np.cumsum(many) - many, many)
    return line, offers.actions[first[line] + within]


def distinct(keys: Ints) -> tuple[Ints, Ints]:
    """The different keys in ascending order and how often each occurs; np.unique, without its overhead."""
    ordered = np.sort(keys)
    new = np.empty(len(ordered), bool)
    new[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    first = np.flatnonzero(new)
    often = np.empty(len(first), np.int64)
    np.subtract(first[1:], first[:-1], out=often[:-1])
    if len(first):
        often[-1] = len(ordered) - first[-1]
    return ordered[first], often
