"""The rules that the person set."""

from __future__ import annotations

from decidedly.core.decision import OWN_RULE
from decidedly.decide.plan import Plan
from decidedly.decide.state import Batch, State


def own_rules(plan: Plan, batch: Batch, state: State) -> None:
    """Every rule that the person set, on each channel; the first that stands in the way drops a candidate."""
    for person, rules in enumerate(batch.own_rules):
        if not rules:
            continue
        facts, contacts, at = batch.facts[person], batch.contacts[person], batch.at[person]
        for column, channel in enumerate(plan.channels):
            if state.dropped[person, :, column].all():
                continue
            message = plan.message(channel, facts, rules, contacts, at)
            for index, rule in enumerate(rules):
                assert rule.choice is not None, "a rule in force has a choice"
                slots = state.dropped[person, :, column]
                stopped = ~plan.own_rules.passing(rule.choice, message) & (slots == 0)
                state.dropped[person, stopped, column] = 1 + OWN_RULE - index
