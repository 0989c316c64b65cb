"""Worth: what a decision expects of its message, by which messages compete for the contacts that the caps leave."""

from __future__ import annotations

import numpy as np

from decidedly.core.decision import DecisionRecord
from decidedly.decide.plan import Plan


def net_worth(plan: Plan, record: DecisionRecord) -> float:
    """Priorities of the chosen actions less the cost of the contact, in major units; 0 for no-action."""
    if record.result == "no-action":
        return 0.0
    column = record.channels.index(record.channel)
    priorities = np.frombuffer(record.priority, "<f4").reshape(record.actions, len(record.channels))
    gains = priorities[list(record.chosen), column].astype(np.float64)
    cost = next(channel.contact_cost for channel in plan.channels if channel.id == record.channel)
    return float(gains.cumsum()[-1]) - cost / 100
