"""Deciding: asks and inputs through one kernel into records; explaining and replaying them."""

from decidedly.decide.batch import BatchReport, ask_of, decide_all
from decidedly.decide.chances import chances
from decidedly.decide.condition import holds
from decidedly.decide.desk import Desk
from decidedly.decide.explain import Explanation, dropped_by, explain
from decidedly.decide.membership import Membership, membership
from decidedly.decide.online import Deciding, decide, decide_together, dry_run
from decidedly.decide.people import People
from decidedly.decide.plan import Plan, compile_plan
from decidedly.decide.propensity import PropensityScorer
from decidedly.decide.replay import replay
from decidedly.decide.scores import Scorer, Scores
from decidedly.decide.set_rule import OwnRuleSet, rule_against, set_rule
from decidedly.decide.slates import placements_of
from decidedly.decide.snapshot import Snapshot, Snapshots
from decidedly.decide.treat import postal_lines, view_of
from decidedly.decide.unscored import Unscored

__all__ = [
    "BatchReport",
    "Deciding",
    "Desk",
    "Explanation",
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
    "ask_of",
    "chances",
    "compile_plan",
    "decide",
    "decide_all",
    "decide_together",
    "dropped_by",
    "dry_run",
    "explain",
    "holds",
    "membership",
    "placements_of",
    "postal_lines",
    "replay",
    "rule_against",
    "set_rule",
    "view_of",
]
