"""A small made-up population: enough to train on, and quick."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from decidedly.models import (
    Catalogue,
    Example,
    Features,
    Moments,
    Offers,
    Purchases,
    Settings,
    Snapshot,
    affinity,
    catalogue,
    offers,
    snapshot,
)
from decidedly.models.affinity import CANDIDATE, PERSON

PEOPLE, PRODUCTS, ACTIONS, LINES = 60, 80, 12, 6000
DAY = 86_400
AT = 200 * DAY

SETTINGS = Settings("test", "Responds.", ("then",), CANDIDATE, PERSON, caution=5.0, keen=1.0, folds=3)


class Population(NamedTuple):
    purchases: Purchases
    responses: Moments
    catalogue: Catalogue
    offers: Offers
    snapshot: Snapshot

    def features(self) -> Features:
        return affinity(self.purchases, self.responses, PEOPLE, self.catalogue, self.offers, self.snapshot, AT)

    def alone(self, person: int) -> Features:
        mine, answered = self.purchases.person == person, self.responses.person == person
        lines = Purchases(*(column[mine] for column in self.purchases))
        return affinity(
            lines._replace(person=np.zeros_like(lines.person)),
            Moments(np.zeros(answered.sum(), dtype=np.int64), self.responses.at[answered]),
            1,
            self.catalogue,
            self.offers,
            self.snapshot,
            AT,
        )


def population(seed: int = 1) -> Population:
    """People with favourite products; a fifth of the lines is dated at or after AT."""
    draw = np.random.default_rng(seed)
    basket = draw.integers(0, LINES // 6, LINES)
    person = basket % PEOPLE
    product = (person * 7 + draw.geometric(0.08, LINES)) % PRODUCTS
    purchases = Purchases(
        person=person,
        basket=basket,
        at=draw.integers(0, 250 * DAY, LINES // 6)[basket],
        product=product,
        cents=draw.integers(50, 900, LINES),
        offer_cents=np.where(draw.random(LINES) < 0.1, 50, 0),
    )
    codes = np.arange(PRODUCTS)
    groups = catalogue(codes // 4, codes // 16, codes % 9)
    pairs = draw.integers(0, PRODUCTS, 50), draw.integers(0, ACTIONS, 50)
    actions = offers(*pairs, PRODUCTS, draw.random(ACTIONS) < 0.7, draw.integers(1, 3, ACTIONS))
    responses = Moments(draw.integers(0, PEOPLE, 40), draw.integers(0, 250 * DAY, 40))
    seen = snapshot(purchases, PEOPLE, groups, actions, AT)
    return Population(purchases, responses, groups, actions, seen)


def example(people: Population, seed: int = 2) -> Example:
    """Outcomes that follow habit, with much chance."""
    features = people.features()
    habit = features.candidates[:, :, CANDIDATE.index("baskets")]
    chance = 1 / (1 + np.exp(-(habit - 1.5)))
    return Example(features, np.random.default_rng(seed).random(chance.shape) < chance)
