"""Model: the trained parameters of a match, as they are kept under a name and a version."""

from __future__ import annotations

import hashlib
import math

import msgspec

from decidedly.core.errors import BadInput
from decidedly.person.match.standardise import Standard
from decidedly.person.match.words import Role
from decidedly.ports.model_store import ModelStore

FORM = 1
NAME = "match"
"""Under which a model store keeps the model in force."""
FREQUENCY = 0.5  # how much of the rarity of an equal value counts


class Weights(msgspec.Struct, frozen=True):
    """Of one comparison: m and u are the shares of matches and of other pairs at each level, the last of which differs.

    h         : shares among people who live together, the same as u where those have it no more in common
    frequency : share of each value among the known ones, where rare values count for more; only of those that three
                records have: the rarer ones would tell of single people
    rare      : share of a value that only two have
    """

    name: str
    m: tuple[float, ...]
    u: tuple[float, ...]
    h: tuple[float, ...] = ()
    frequency: dict[str, float] = {}
    rare: float = 0.0

    def weight(self, level: int) -> float:
        """log2 of how much likelier a match is at this level; 0 where nothing could be compared."""
        return 0.0 if level < 0 else math.log2(self.m[level] / self.u[level])

    def at_home(self, level: int) -> float:
        """log2 of how much likelier people who live together are than strangers."""
        return 0.0 if level < 0 or not self.h else math.log2(self.h[level] / self.u[level])


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """columns: standard ones. prior, household: shares of all pairs that match, and that live
    together without. rules: blocking rules, as `block` writes them.

    roles     : of the raw columns that the standard ones were made of
    day_first : whether a raw column of dates writes the day before the month
    """

    form: int = FORM
    columns: tuple[str, ...]
    prior: float
    household: float = 0.0
    weights: tuple[Weights, ...]
    rules: tuple[tuple[str, ...], ...]
    records: int
    roles: dict[str, Role] = {}
    day_first: dict[str, bool] = {}


def standard_of(model: Model) -> Standard:
    """How raw columns are made the standard ones that the model knows."""
    return Standard(model.roles, model.day_first)


def keep(store: ModelStore, model: Model) -> str:
    """Put the model in force; its version."""
    blob = msgspec.json.encode(model)
    version = hashlib.sha256(blob).hexdigest()[:16]
    store.publish(NAME, version, blob)
    return version


def kept(store: ModelStore, version: str | None = None) -> Model | None:
    """The model of this version, or the one in force; None where there is none. BadInput for one of another form."""
    version = version or store.current(NAME)
    blob = store.get(version) if version is not None else None
    if blob is None:
        return None
    if msgspec.json.decode(blob, type=dict).get("form") != FORM:
        raise BadInput(f"the match model {version} is of another form", hint="train it anew: decidedly identity match")
    return msgspec.json.decode(blob, type=Model)
