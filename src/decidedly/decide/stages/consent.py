"""Consent and permissions."""

from __future__ import annotations

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
