"""A policy that asks a decision model decides as the same condition written out."""

from __future__ import annotations

from msgspec.structs import replace

from decidedly.core.playbook import DecisionModel
from decidedly.core.policy import Text
from tests import shop

MODEL = DecisionModel(
    id="families",
    name="Families",
    parts={
        "model.toml": 'name = "Families"\n\n[[input]]\nname = "category"\nfrom = "action.category"\n\n'
        '[[input]]\nname = "kids"\nfrom = "kids count"\n',
        "for-babies.table": 'name = "for babies"\nneeds = ["category"]\nhit = "first"\n\n'
        '| category | -> for babies |\n|---|---|\n| "baby" | true |\n| - | false |\n',
        "may-have.toml": 'name = "may have"\nneeds = ["for babies", "kids"]\n'
        'is = "if for babies then kids > 0 else true"\n',
    },
)


def test_a_decision_drops_whom_the_condition_drops() -> None:
    written = shop.playbook()
    families = next(one for one in written.policies if one.id == "families")
    asked = replace(families, when=None, decision=Text("families/may have"))
    policies = tuple(asked if one is families else one for one in written.policies)
    plans = [shop.plan_of(book) for book in (written, replace(written, policies=policies, decisions=(MODEL,)))]
    for kids in (None, 0, 2):
        for action in shop.ACTIONS:
            verdicts = {
                plan.conditions["suitability"][0].verdict({"kids-count": kids}, dict(action.facts), {}, {}) is True
                for plan in plans
            }
            assert len(verdicts) == 1, (kids, action.id)
    assert {str(one) for one in plans[1].conditions["suitability"][0].reads} == {
        "action.category", "person.kids count",
    }  # fmt: skip
