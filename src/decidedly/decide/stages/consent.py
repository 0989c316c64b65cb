"""Consent, permissions and the person's own rules."""

from __future__ import annotations

from decidedly.core.decision import OWN_RULE
from decidedly.decide.plan import Plan
from decidedly.decide.state import Batch, State


def consent(plan: Plan, batch: Batch, state: State) -> None:
    """A message that we send needs the person's yes for its channel, unless its purpose rests on another lawful basis:
    then it needs that there is no no. Answering needs none. Whoever wants no automated decisions gets none at all, but
    where an employee decides by the answer."""
    for person, consents in enumerate(batch.consents):
        if not batch.decidable[person] and not plan.service.person_decides:
            state.dropped[person] = 1 + plan.automated_rule
            continue
        for column, channel in enumerate(plan.channels):
            if channel.direction == "outbound" and not consents.get(channel.id, plan.purpose.silence):
                state.dropped[person, :, column] = 1 + plan.consent_rule
            else:
                _own_rules(plan, batch, state, person, column)


def _own_rules(plan: Plan, batch: Batch, state: State, person: int, column: int) -> None:
    """The rules that the person set, on one channel."""
    rules = batch.own_rules[person]
    if not rules:
        return
    message = plan.message(plan.channels[column], batch.facts[person], rules, batch.contacts[person], batch.at[person])
    for index, rule in enumerate(rules):
        assert rule.choice is not None, "a rule in force has a choice"
        slots = state.dropped[person, :, column]
        stopped = ~plan.own_rules.passing(rule.choice, message) & (slots == 0)
        state.dropped[person, stopped, column] = 1 + OWN_RULE - index
