import numpy as np

from decidedly.models.snapshot import from_bytes, to_bytes

from .population import ACTIONS, AT, PEOPLE, population


def test_a_snapshot_survives_its_bytes():
    seen = population().snapshot
    again = from_bytes(to_bytes(seen))
    assert to_bytes(again) == to_bytes(seen)
    assert np.array_equal(again.mix.share, seen.mix.share)


def test_buyers_are_counted_once_each():
    people = population()
    past = people.purchases.before(AT)
    for action in range(ACTIONS):
        starts = people.offers.starts
        products = [p for p in range(len(starts) - 1) if action in people.offers.actions[starts[p] : starts[p + 1]]]
        bought = np.isin(past.product, products)
        assert people.snapshot.buyers[action] == len(set(past.person[bought]))
        assert people.snapshot.baskets[action] == len(set(past.basket[bought]))
    assert people.snapshot.people == PEOPLE


def test_an_actions_groups_add_up_to_the_whole_of_it():
    seen = population().snapshot
    total = np.bincount(seen.mix.cell, weights=seen.mix.share, minlength=3 * ACTIONS)
    has_products = np.tile(seen.fixed[:, 2] > 0, 3)
    np.testing.assert_allclose(total, has_products, atol=1e-12)
