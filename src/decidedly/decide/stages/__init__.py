"""The stages of the kernel, one a file: plain functions `(plan, batch, state) -> None` over arrays."""

from decidedly.decide.stages.arbitrate import arbitrate
from decidedly.decide.stages.assign import assign
from decidedly.decide.stages.choose import choose
from decidedly.decide.stages.consent import consent
from decidedly.decide.stages.contact import contact
from decidedly.decide.stages.engagement import engagement
from decidedly.decide.stages.own_rules import own_rules
from decidedly.decide.stages.score import score
from decidedly.decide.stages.slate import slate

__all__ = ["arbitrate", "assign", "choose", "consent", "contact", "engagement", "own_rules", "score", "slate"]
