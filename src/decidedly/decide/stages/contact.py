"""Contact policy: caps, quiet hours, and the number of messages that the person likes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from decidedly.core.ledger import Entry
from decidedly.core.preference import A_WEEK
from decidedly.decide.hours import zone_of
from decidedly.decide.plan import Plan
from decidedly.decide.state import Batch, State
from decidedly.ledger import broken_cap, quiet_until


def contact(plan: Plan, batch: Batch, state: State) -> None:
    """Contact caps and quiet hours of each channel that we would send by."""
    for person in range(len(batch)):
        for column, channel in enumerate(plan.channels):
            if channel.direction == "inbound":
                continue
            rule = _contact_rule(plan, batch.facts[person], batch.contacts[person], channel.id, batch.at[person])
            if rule is not None:
                slots = state.dropped[person, :, column]
                state.dropped[person, :, column] = np.where(slots == 0, np.uint16(1 + rule), slots)


def _contact_rule(
    plan: Plan, facts: Mapping[str, Any], contacts: Sequence[Entry], channel: str, at: datetime
) -> int | None:
    cap = broken_cap(plan.caps, contacts, contact_class=plan.service.contact_class, channel=channel, at=at)
    if cap is not None:
        return plan.first_cap_rule + cap
    for index, hours in enumerate(plan.quiet):
        silent = hours.then == "drop" and hours.channel == channel and quiet_until(hours, at, zone_of(facts, plan.zone))
        if silent:
            return plan.first_quiet_rule + index
    wanted = facts.get(A_WEEK)
    if plan.heeds_preferences and type(wanted) is int and plan.contacts_in_week(contacts, at) >= wanted:
        return plan.preference_rule
    return None
