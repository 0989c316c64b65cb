"""Contact policy: caps, cool-downs, quiet hours, and the number of messages that the person likes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from decidedly.core.ledger import Entry
from decidedly.core.preference import A_WEEK
from decidedly.core.service import Channel
from decidedly.decide.hours import zone_of
from decidedly.decide.plan import Plan
from decidedly.decide.state import Batch, State
from decidedly.ledger import quiet_until


def contact(plan: Plan, batch: Batch, state: State) -> None:
    """The limits of each channel by which we would reach the person, as of the moment at which the message would go.

    Limits of messages stop the channel; limits of what a message shows stop those actions alone.
    """
    for person in range(len(batch)):
        facts, own, at = batch.facts[person], batch.own_rules[person], batch.at[person]
        contacts, marks = batch.contacts[person], batch.marks[person]
        for column, channel in enumerate(plan.channels):
            if not plan.is_contact(channel):
                continue
            dropped = state.dropped[person, :, column]
            if dropped.all():
                continue
            due = plan.due(channel.id, facts, own, at) if channel.direction == "outbound" else at
            rule = _against_message(plan, facts, contacts, channel, due)
            if rule is not None:
                _drop(dropped, np.ones(len(dropped), np.bool_), rule)
                continue
            for index, mask in plan.limits.capped(channel.id, due, contacts, plan.calendar(facts)):
                _drop(dropped, mask, plan.first_cap_rule + index)
            for index, mask in plan.limits.cooling(channel.id, due, marks):
                _drop(dropped, mask, plan.first_cooldown_rule + index)


def _drop(dropped: NDArray[np.uint16], mask: NDArray[np.bool_], rule: int) -> None:
    """In place; what an earlier rule dropped stays with that."""
    dropped[mask & (dropped == 0)] = 1 + rule


def _against_message(
    plan: Plan, facts: Mapping[str, Any], contacts: Sequence[Entry], channel: Channel, due: datetime
) -> int | None:
    """Index of the first rule that stops every message by this channel, or None."""
    cap = plan.limits.stopping(channel.id, due, contacts, plan.calendar(facts))
    if cap is not None:
        return plan.first_cap_rule + cap
    if channel.direction == "inbound":
        return None
    for index, hours in plan.limits.quiet:
        drops = hours.then == "drop" and hours.channel == channel.id
        if drops and quiet_until(hours, due, zone_of(facts, plan.zone)):
            return plan.first_quiet_rule + index
    wanted = facts.get(A_WEEK)
    if plan.heeds_preferences and type(wanted) is int and plan.contacts_in_week(contacts, due) >= wanted:
        return plan.preference_rule
    return None
