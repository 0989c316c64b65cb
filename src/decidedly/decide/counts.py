"""What rules ask of candidates, counted from each person's own history."""

from __future__ import annotations

from datetime import datetime
from math import ceil

import numpy as np
from numpy.typing import NDArray

from decidedly.core.decision import NULL
from decidedly.core.dictionary import Aggregate, Dictionary
from decidedly.decide.plan import Plan
from decidedly.models import Offers, Purchases, days_since_bought, times_bought, windowed
from decidedly.person import span


def counted_of(plan: Plan, dictionary: Dictionary) -> tuple[Aggregate, ...]:
    """The aggregates of candidates that the plan's rules read."""
    return tuple(one for one in dictionary.aggregates if one.root == "candidate" and one.id in plan.candidate_reads)


def counted(
    one: Aggregate, purchases: Purchases, people: int, offers: Offers, at: datetime, dictionary: Dictionary
) -> NDArray[np.int32]:
    """int32[people, n] as of a moment."""
    since, _ = span(one.over, at, dictionary)
    if since is not None:
        purchases = windowed(purchases, ceil(since.timestamp()))
    if one.is_ == "count":
        return times_bought(purchases, people, offers)
    return days_since_bought(purchases, people, offers, int(at.timestamp()), NULL)


def of_nothing(one: Aggregate) -> int:
    """The count of a candidate without products."""
    return 0 if one.is_ == "count" else NULL
