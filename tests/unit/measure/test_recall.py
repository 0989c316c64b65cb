import numpy as np
import pytest

from decidedly.measure import (
    hits_by_person,
    most_bought,
    paired_bootstrap,
    popular,
    random_order,
    recall_at_k,
    top_by_score,
)

RANKED = np.array([[2, 0, 1], [1, 2, 0]])
RELEVANT = np.array([[0, 2], [0, 1], [1, 0], [1, 1], [1, 1]])


def test_recall_is_the_one_counted_by_hand():
    # first two of person 0: 2 and 0, of person 1: 1 and 2; found are (0, 2) and (1, 1) of four different pairs
    assert hits_by_person(RANKED, RELEVANT, k=2).tolist() == [1, 1]
    assert recall_at_k(RANKED, RELEVANT, k=2) == 0.5


def test_recall_without_anything_relevant_is_an_error():
    with pytest.raises(ValueError, match="relevant"):
        recall_at_k(RANKED, np.empty((0, 2), dtype=int))


def test_a_ranking_compared_with_itself_differs_by_nothing():
    hits = np.array([1, 0, 2, 0])
    assert paired_bootstrap(hits, hits, np.array([2, 1, 2, 0])) == (0.0, 0.0, 0.0)


def test_a_ranking_that_is_better_for_everybody_is_surely_better():
    relevant = np.full(50, 2)
    found = paired_bootstrap(np.full(50, 2), np.full(50, 1), relevant)
    assert found == (0.5, 0.5, 0.5)
    assert found.sure


def test_a_difference_by_chance_is_not_sure_and_repeats_with_its_seed():
    draw = np.random.default_rng(5)
    relevant = np.full(300, 3)
    a, b = draw.binomial(3, 0.5, 300), draw.binomial(3, 0.5, 300)
    found = paired_bootstrap(a, b, relevant, seed=3)
    assert found.low < found.value < found.high
    assert not found.sure
    assert found == paired_bootstrap(a, b, relevant, seed=3)


def test_the_most_bought_come_first_and_ties_go_by_buyers_then_by_row():
    baskets = np.array([[0, 3, 0, 0], [1, 1, 1, 0]])
    buyers = np.array([5, 1, 9, 5])
    assert most_bought(baskets, buyers).tolist() == [[1, 2, 0, 3], [2, 0, 1, 3]]


def test_the_popular_are_the_same_for_everybody():
    assert popular(np.array([5, 1, 9, 5]), 2).tolist() == [[2, 0, 3, 1]] * 2


def test_equal_scores_go_by_row():
    assert top_by_score(np.array([[0.1, 0.5, 0.5]])).tolist() == [[1, 2, 0]]


def test_a_random_order_holds_every_action_once_and_repeats_with_its_seed():
    order = random_order(3, 8, seed=1)
    assert np.array_equal(np.sort(order, axis=1), np.tile(np.arange(8), (3, 1)))
    assert np.array_equal(order, random_order(3, 8, seed=1))
