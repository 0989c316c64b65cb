"""The grocer's segments and its decision model, on households that a person can judge."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from decidedly.core.playbook import Playbook
from decidedly.feel import BOOLEAN, compile_tree
from decidedly.playbook import compile_decisions, find_decision, load, policy_scope, segment_names

GROCER = Path(__file__).parents[3] / "examples" / "grocer"
CONTEXT = {"now": datetime(2017, 10, 30, tzinfo=UTC), "today": date(2017, 10, 30)}
GONE = {"orders-last-30-days": 0, "orders-last-60-days": 0, "spend-days-31-to-60": 0}


@pytest.fixture(scope="module")
def grocer() -> Playbook:
    playbook, problems = load(GROCER)
    assert problems == ()
    assert playbook is not None
    return playbook


def segments(playbook: Playbook, household: dict[str, Any]) -> set[str]:
    scope = policy_scope(playbook.dictionary)
    found = set()
    for name in segment_names(playbook.dictionary, playbook.segments):
        assert name.tree is not None
        compiled, problems = compile_tree(name.tree, scope, BOOLEAN)
        assert compiled is not None, problems
        if compiled.fn(household, {}, {}, CONTEXT) is True:
            found.add(name.name)
    return found


@pytest.mark.parametrize(
    ("household", "expected"),
    [
        ({"orders-last-30-days": 0, "orders-last-60-days": 2, "spend-days-31-to-60": 5000},
         {"lapsing-mid-spenders", "win-back"}),
        ({"orders-last-30-days": 1, "orders-last-60-days": 3, "spend-days-31-to-60": 5000}, set()),
        ({"orders-last-30-days": 0, "orders-last-60-days": 2, "spend-days-31-to-60": 15001}, set()),
        ({**GONE, "orders-days-61-to-180": 4}, {"lapsed", "win-back"}),
        ({**GONE, "orders-days-61-to-180": 3}, set()),
        ({"orders-last-90-days": 12, "spend-last-90-days": 90000, "kids-count": "2"},
         {"loyal", "families", "loyal-families"}),
        ({"orders-last-90-days": 12, "spend-last-90-days": 90000}, {"loyal"}),
        ({"orders-last-30-days": 1, "orders-days-31-to-60": 4}, {"slowing-down"}),
        ({"orders-last-30-days": 3, "orders-days-31-to-60": 8}, {"slowing-down"}),
        ({"orders-last-30-days": 3, "orders-days-31-to-60": 7}, set()),
        ({"coupons-redeemed": 3, "coupon-lines-last-90-days": 6, "days-since-last-coupon": 90},
         {"value-seekers", "coupon-shoppers"}),
        ({"coupons-redeemed": 3, "coupon-lines-last-90-days": 6, "days-since-last-coupon": 91}, {"value-seekers"}),
    ],
)  # fmt: skip
def test_a_household_is_in_these_segments(grocer: Playbook, household: dict[str, Any], expected: set[str]) -> None:
    assert segments(grocer, household) == expected


@pytest.mark.parametrize(
    ("pieces", "household", "verdict"),
    [
        (2, {}, True),
        (None, {}, True),
        (3, {"household-size": "1", "most-at-once-last-90-days": 2}, False),
        (3, {"household-size": "1", "most-at-once-last-90-days": 3}, True),
        (4, {"household-size": "5+"}, True),
        (3, {}, False),
    ],
)
def test_multi_buys_are_for_those_who_can_use_them(
    grocer: Playbook, pieces: int | None, household: dict[str, Any], verdict: bool
) -> None:
    models, problems = compile_decisions(grocer, policy_scope(grocer.dictionary))
    decision, more = find_decision(next(p.decision for p in grocer.policies if p.id == "multi-buys"), models)
    assert (problems, more) == ((), ())
    assert decision is not None
    assert decision.run(household, {"min-quantity": pieces}, {}, CONTEXT) is verdict


def test_the_playbook_uses_the_language(grocer: Playbook) -> None:
    # The tables of policies and segments, and those of the decision model.
    tables = [one for one in (*grocer.policies, *grocer.segments) if one.table is not None]
    model = [name for one in grocer.decisions for name in one.parts if name.endswith(".table")]
    assert len(tables) + len(model) >= 3
    assert len(grocer.segments) >= 10
    assert len(grocer.dictionary.aggregates) >= 20
