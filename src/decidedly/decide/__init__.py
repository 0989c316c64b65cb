"""Deciding: asks and inputs through one kernel into records; explaining and replaying them."""

from decidedly.decide.batch import BatchReport, ask_of, decide_all
from decidedly.decide.briefing import Briefing, briefing
from decidedly.decide.chances import chances
from decidedly.decide.changes import Change
from decidedly.decide.condition import holds
from decidedly.decide.counterfactual import Counterfactual, Way, counterfactual
from decidedly.decide.desk import Desk
from decidedly.decide.explain import explain
from decidedly.decide.explanation import Explanation
from decidedly.decide.letter import Letter, letter
from decidedly.decide.levers import LeverPrice, LeverPrices
from decidedly.decide.membership import Membership, membership
from decidedly.decide.online import Deciding, decide, decide_together, dry_run
from decidedly.decide.people import People
from decidedly.decide.plan import Plan, compile_plan
from decidedly.decide.propensity import PropensityScorer
from decidedly.decide.reading import dropped_by
from decidedly.decide.replay import replay
from decidedly.decide.scores import Scorer, Scores
from decidedly.decide.set_rule import OwnRuleSet, rule_against, set_rule
from decidedly.decide.slates import placements_of
from decidedly.decide.snapshot import Snapshot, Snapshots
from decidedly.decide.treat import postal_lines, view_of
from decidedly.decide.unscored import Unscored
from decidedly.decide.whom import whom
from decidedly.decide.why_not import WhyNot, why_not

__all__ = [
    "BatchReport",
    "Briefing",
    "Change",
    "Counterfactual",
    "Deciding",
    "Desk",
    "Explanation",
    "Letter",
    "LeverPrice",
    "LeverPrices",
    "Membership",
    "OwnRuleSet",
    "People",
    "Plan",
    "PropensityScorer",
    "Scorer",
    "Scores",
    "Snapshot",
    "Snapshots",
    "Unscored",
    "Way",
    "WhyNot",
    "ask_of",
    "briefing",
    "chances",
    "compile_plan",
    "counterfactual",
    "decide",
    "decide_all",
    "decide_together",
    "dropped_by",
    "dry_run",
    "explain",
    "holds",
    "letter",
    "membership",
    "placements_of",
    "postal_lines",
    "replay",
    "rule_against",
    "set_rule",
    "view_of",
    "whom",
    "why_not",
]
