"""Outcome: what came of a decision. The log and the decisions are the truth; outcomes are worked out from them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

import msgspec

from decidedly.core.action import Money

Reported = Literal["impression", "click", "accept", "reject", "convert", "complain", "bounce"]
"""Outcomes that are reported to us; that nothing came is for us to say. A bounce is a message that reached nobody."""
OutcomeKind = Literal[Reported, "non-response"]
OUTCOMES: tuple[OutcomeKind, ...] = get_args(OutcomeKind)
"""What may come of a decision, in the order in which it mostly does."""

NON_RESPONSE: Literal["non-response"] = "non-response"
"""The outcome, and the kind of the event by which it is recorded."""
RESPONSES: tuple[OutcomeKind, ...] = ("click", "accept", "reject", "convert", "complain")
"""Outcomes by which the person answered; having seen it is none."""
POSITIVE: tuple[OutcomeKind, ...] = ("click", "accept", "convert")

Verdict = Literal["human", "machine", "unsure"]

BY_DECISION, BY_MATURITY = "decision id", "maturity"
"""By what an outcome was joined, where it was not by an attribution rule."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome of one decision: an event joins a decision once for each kind of outcome and action.

    message_id : of the event; "" for a non-response whose window has passed and that nobody recorded yet
    action     : id of the action that it is about, "" for the decision as a whole
    placement  : id of the place where that action was shown, "" for the decision as a whole
    channel    : by which the decision reached the person
    value      : what it was worth, None where the event does not say
    verdict    : whether the person gave it or software; what software gave counts for nothing
    by         : `BY_DECISION` (the event named the decision), `BY_MATURITY`, or the id of an attribution rule
    share      : of the credit, 0 < share <= 1; below 1 where several decisions share one event
    superseded : of a non-response: the person answered after all, so that it does not count
    """

    decision_id: str
    kind: OutcomeKind
    at: datetime
    message_id: str = ""
    action: str = ""
    placement: str = ""
    channel: str = ""
    value: Money | None = None
    verdict: Verdict = "human"
    by: str = BY_DECISION
    share: float = 1.0
    superseded: bool = False

    @property
    def counts(self) -> bool:
        """Whether it says something of the person."""
        return self.verdict != "machine" and not self.superseded
