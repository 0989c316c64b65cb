"""Trained: a model with all it needs to score the actions it was trained for, in one blob under one version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from decidedly.core.action import Action
from decidedly.core.derive import digest, key64
from decidedly.models.columns import Catalogue, Ints, Offers, offers
from decidedly.models.propensity import Propensity
from decidedly.models.propensity import from_bytes as model_from_bytes
from decidedly.models.snapshot import Snapshot
from decidedly.models.snapshot import from_bytes as population_from_bytes
from decidedly.models.snapshot import to_bytes as population_to_bytes

SCHEMA = 1
NAMES_ITS_VALUE, MIN_QUANTITY = "value-named", "min-quantity"
"""Attribute ids of actions that the features know; a dictionary without them leaves both unknown."""


class Reads(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the history stands that features are made of: event kinds and their kept fields.

    purchases : kind whose items are lines of shopping trips, with its fields `product`, `paid` and `saved`
    responses : kind of a response to an action, with its fields `campaign` and `action`
    received  : kind that says who received which campaign
    """

    purchases: str = "order"
    product: str = "product_id"
    paid: str = "sales_cents"
    saved: str = "coupon_disc_cents"
    responses: str = "redemption"
    received: str = "campaign-received"
    campaign: str = "campaign"
    action: str = "coupon"


class Trained(NamedTuple):
    """products : int64, rising key64 of the product ids; row i of the catalogue is products[i]
    actions  : ids of the actions that the population snapshot knows, in its order"""

    model: Propensity
    reads: Reads
    products: Ints
    catalogue: Catalogue
    actions: tuple[str, ...]
    population: Snapshot


class _Stored(msgspec.Struct, frozen=True):
    schema: int
    model: bytes
    reads: Reads
    products: bytes
    groups: bytes
    group_count: int
    actions: tuple[str, ...]
    population: bytes


def to_bytes(trained: Trained) -> bytes:
    return msgspec.msgpack.encode(
        _Stored(
            schema=SCHEMA,
            model=trained.model.to_bytes(),
            reads=trained.reads,
            products=trained.products.astype("<i8").tobytes(),
            groups=trained.catalogue.groups.astype("<i4").tobytes(),
            group_count=trained.catalogue.count,
            actions=trained.actions,
            population=population_to_bytes(trained.population),
        )
    )


def from_bytes(blob: bytes) -> Trained:
    """Raises msgspec.ValidationError if the bytes are no model, ValueError if of another schema."""
    stored = msgspec.msgpack.decode(blob, type=_Stored)
    if stored.schema != SCHEMA:
        raise ValueError(f"trained model of schema {stored.schema}; this version reads {SCHEMA}")
    return Trained(
        model=model_from_bytes(stored.model),
        reads=stored.reads,
        products=np.frombuffer(stored.products, "<i8"),
        catalogue=Catalogue(np.frombuffer(stored.groups, "<i4").astype(np.int64).reshape(-1, 3), stored.group_count),
        actions=stored.actions,
        population=population_from_bytes(stored.population),
    )


def version_of(blob: bytes) -> str:
    """Content hash: the same model on the same population for the same actions."""
    return "m" + digest(blob, size=10)


def bind(actions: Sequence[Action], products: Ints) -> Offers:
    """The actions as columns over the catalogue's rows; products that the catalogue does not know are left out."""
    keys = [np.array([key64(product) for product in action.products], np.int64) for action in actions]
    product, action = (
        np.concatenate([*keys, np.empty(0, np.int64)]),
        np.repeat(np.arange(len(keys)), list(map(len, keys))),
    )
    row, known = rows_of(product, products)
    named = np.array([bool(one.facts.get(NAMES_ITS_VALUE)) for one in actions])
    quantity = np.array([one.facts.get(MIN_QUANTITY) or 1 for one in actions])
    return offers(row[known], action[known], len(products), named, quantity)


def rows_of(keys: Ints, products: Ints) -> tuple[Ints, Ints]:
    """Catalogue rows of product keys, and which of them the catalogue knows."""
    row = np.minimum(np.searchsorted(products, keys), len(products) - 1)
    return row, products[row] == keys
