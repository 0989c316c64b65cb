"""Filling placements together, beside the best slate there is, found by trying all."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import NamedTuple

import numpy as np
import pytest
from msgspec.structs import replace

from decidedly.core.action import Action
from decidedly.core.dictionary import Attribute
from decidedly.core.policy import Text
from decidedly.core.service import AtMostOf, Bundle, DecisionService, NeverTogether, Placement, SlateRule
from decidedly.decide.fill import Filled, fill, steady
from decidedly.decide.slates import Slates, slates_of
from decidedly.playbook import policy_scope
from tests.shop import action, dictionary

LEAST, ON_AVERAGE = 0.75, 0.995
"""What a filled slate is worth at least, and on average, as a share of the best there is, in the small cases below."""
WORDS = replace(
    dictionary(),
    attributes=(*dictionary().attributes, Attribute(id="lines", name="lines", of="action", type="number(0)")),
)
SCOPE = policy_scope(WORDS)


class Case(NamedTuple):
    slates: Slates
    fits: np.ndarray
    priority: np.ndarray

    def filled(self, kept: list[tuple[int, int]] | None = None) -> Filled:
        order = np.argsort(-self.priority, kind="stable").tolist()
        none = np.zeros(len(order), np.bool_)
        return fill(self.slates, self.fits, order, self.priority, none, kept or [])


def offer(id: str, category: str = "drinks", lines: int = 1) -> Action:
    made = action(id, category)
    return replace(made, facts={**made.facts, "lines": lines})


def case(
    actions: list[Action], priority: list[float], placements: tuple[Placement, ...], rules: tuple[SlateRule, ...] = ()
) -> Case:
    service = DecisionService(
        id="page",
        name="Page",
        candidates="*",
        slots=1,
        channels=(),
        priority=Text("1"),
        placements=placements,
        rules=rules,
    )
    slates = slates_of(service, actions, WORDS, SCOPE, 0)
    return Case(slates, slates.fits, np.array(priority, np.float32))


def place(id: str, slots: int = 1, candidates: str = "*", budget: float | None = None) -> Placement:
    return Placement(
        id=id, name=id, slots=slots, candidates=candidates, budget=budget, size="" if budget is None else "lines",
    )  # fmt: skip


ABC = [offer("a"), offer("b"), offer("c")]


def test_the_best_action_stands_in_the_first_placement() -> None:
    filled = case(ABC, [0.1, 0.3, 0.2], (place("hero"), place("rest", 2))).filled()
    assert (filled.actions, filled.places) == ((1, 2, 0), (0, 1, 1))


def test_an_action_moves_over_for_one_that_fits_nowhere_else() -> None:
    actions = [offer("any/a"), offer("only/b")]
    filled = case(actions, [0.9, 0.1], (place("one"), place("two", candidates="any/*"))).filled()
    assert sorted(zip(filled.actions, filled.places, strict=True)) == [(0, 1), (1, 0)]


def test_an_action_stands_in_one_placement_only() -> None:
    filled = case(ABC, [0.1, 0.3, 0.2], (place("one", 3), place("two", 3))).filled()
    assert sorted(filled.actions) == [0, 1, 2]


def test_at_most_so_many_of_one_value_over_the_slate_or_in_a_placement() -> None:
    actions = [offer("a"), offer("b"), offer("c", "baby")]
    whole = AtMostOf(id="r", name="One drink", count=1, of_one="category")
    assert case(actions, [3, 2, 1], (place("one", 2), place("two")), (whole,)).filled().actions == (0, 2)
    inside = replace(whole, placement="one")
    filled = case(actions, [3, 2, 1], (place("one", 2), place("two")), (inside,)).filled()
    assert sorted(zip(filled.actions, filled.places, strict=True)) == [(0, 0), (1, 1), (2, 0)]


def test_two_that_never_stand_together_leave_the_slate_that_is_worth_more() -> None:
    rule = NeverTogether(id="r", name="A never with the others", one="a", other="[bc]")
    assert case(ABC, [0.5, 0.4, 0.3], (place("one", 2),), (rule,)).filled().actions == (1, 2)


def test_space_is_filled_with_what_is_worth_the_most_together() -> None:
    actions = [offer("a", lines=5), offer("b", lines=3), offer("c", lines=3)]
    assert case(actions, [0.6, 0.4, 0.4], (place("receipt", 3, budget=6),)).filled().actions == (1, 2)


def test_what_does_not_say_its_size_stands_in_no_limited_space() -> None:
    assert case([action("a", "drinks")], [1.0], (place("receipt", budget=6),)).filled().actions == ()


def test_a_bundle_stands_whole_side_by_side_or_not_at_all() -> None:
    rule = Bundle(id="r", name="Both", actions=("a", "c"))
    assert case(ABC, [0.4, 0.3, 0.2], (place("one", 3),), (rule,)).filled().actions in ((0, 2, 1), (1, 0, 2))
    assert case(ABC, [0.4, 0.3, 0.2], (place("one", 1), place("two", 1)), (rule,)).filled().actions == (1,)
    shared = replace(rule, adjacent=False)
    assert case(ABC, [0.4, 0.3, 0.2], (place("one", 1),), (shared,)).filled().actions == (0, 2)


def test_what_was_kept_comes_first_in_its_place_as_far_as_it_fits() -> None:
    one = case(ABC, [0.9, 0.5, 0.1], (place("hero"), place("rest", 1)))
    assert one.filled([(2, 0)]).actions == (2, 0)
    assert one.filled([(2, 0), (1, 0)]).actions == (2, 1)


def test_what_is_worth_less_than_nothing_is_left_out() -> None:
    assert case(ABC, [0.2, -0.1, 0.0], (place("one", 3),)).filled().actions == (0, 2)


@pytest.mark.parametrize(
    ("gains", "shown"),
    [([1.0, 0.95, 0.5], [1, 0, 2]), ([1.0, 0.8, 0.5], [0, 1, 2]), ([1.0, 0.95, 1.2], [2, 0, 1])],
    ids=["a-little-better-waits", "much-better-overtakes", "the-last-much-better-overtakes-all"],
)
def test_a_stable_order_stays_until_an_option_is_better_by_more_than_the_margin(
    gains: list[float], shown: list[int]
) -> None:
    predicted = sorted(range(3), key=lambda one: -gains[one])
    assert steady(predicted, [1, 0, 2], gains, 0.1) == shown


def test_a_stable_order_is_predicted_anew_where_the_options_are_others() -> None:
    assert steady([0, 1, 2], [1, 0], [3, 2, 1], 1.0) == [0, 1, 2]


def drawn(seed: int, kinds: str) -> Case:
    """A small random case: up to 8 actions, up to 3 placements, of some kinds of constraint."""
    rng = Random(seed)
    n = rng.randint(3, 8)
    actions = [offer(f"{rng.choice('xy')}/{number}", rng.choice("dbw"), rng.randint(1, 6)) for number in range(n)]
    budgets = "budget" in kinds
    placements = tuple(
        place(f"p{number}", rng.randint(1, 3), rng.choice(("*", "*", "x/*", "y/*")),
              rng.randint(4, 12) if budgets and rng.random() < 0.7 else None)
        for number in range(rng.randint(1, 3))
    )  # fmt: skip
    rules: list[SlateRule] = []
    if "group" in kinds:
        rules.append(AtMostOf(id="g", name="g", count=rng.randint(1, 2), of_one="category",
                              placement=rng.choice(("", "p0"))))  # fmt: skip
    if "pair" in kinds:
        one, other = rng.sample([one.id for one in actions], 2)
        rules.append(NeverTogether(id="n", name="n", one=one, other=rng.choice((other, "x/*"))))
    if "bundle" in kinds:
        rules.append(Bundle(id="b", name="b", actions=tuple(one.id for one in rng.sample(actions, 2)),
                            adjacent=rng.random() < 0.5))  # fmt: skip
    return case(actions, [rng.randint(1, 64) / 64 for _ in actions], placements, tuple(rules))


def best_worth(one: Case) -> float:
    """By trying every way to place every action."""
    gains = one.priority.astype(float).tolist()
    choices = [[-1, *np.flatnonzero(row).tolist()] for row in one.fits]
    return max(
        (
            sum(gains[at] for at, where in enumerate(way) if where >= 0)
            for way in product(*choices)
            if keeps(one.slates, way)
        ),
        default=0.0,
    )


def keeps(slates: Slates, way: tuple[int, ...]) -> bool:
    """Whether a placement of each action (-1: left out) keeps to everything; said apart from how it is filled."""
    chosen = [action for action, where in enumerate(way) if where >= 0]
    saved = [0] * len(slates.placements)
    for whole in slates.wholes:
        where = {way[action] for action in whole.actions}
        if len(where) > 1:
            return False
        if where != {-1} and not whole.adjacent:
            saved[where.pop()] += len(whole.actions) - 1
    for index, place in enumerate(slates.placements):
        inside = [action for action in chosen if way[action] == index]
        if len(inside) - saved[index] > place.slots:
            return False
        if place.budget is not None and sum(slates.sizes[action][index] for action in inside) > place.budget:
            return False
    for group in slates.groups:
        inside = [action for action in chosen if group.placement in (-1, way[action])]
        values = [value for action in inside for value in group.values[action]]
        if any(values.count(value) > group.most for value in values):
            return False
    return not any(
        pair.one[a] and pair.other[b] for pair in slates.pairs for a in chosen for b in chosen if a != b
    )  # fmt: skip


KINDS = ("slots", "group", "pair", "bundle", "budget", "budget group", "group pair", "budget group pair bundle")


@pytest.mark.parametrize("kinds", KINDS)
def test_a_filled_slate_keeps_to_everything_and_is_near_the_best_there_is(kinds: str) -> None:
    shares = []
    for seed in range(60):
        one = drawn(seed, kinds)
        filled = one.filled()
        way = [-1] * len(one.priority)
        for chosen, where in zip(filled.actions, filled.places or (0,) * len(filled.actions), strict=True):
            way[chosen] = where
        assert keeps(one.slates, tuple(way)), seed
        assert filled.worth == pytest.approx(sum(float(one.priority[action]) for action in filled.actions))
        best = best_worth(one)
        shares.append(filled.worth / best if best else 1.0)
    print(f"{kinds:24} least {min(shares):.3f}, on average {sum(shares) / len(shares):.4f} of the best")
    if kinds == "slots":
        assert min(shares) == pytest.approx(1.0)
    assert min(shares) >= LEAST
    assert sum(shares) / len(shares) >= ON_AVERAGE
