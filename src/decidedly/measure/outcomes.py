"""Outcomes: what came of one decision, worked out from the decisions and the log.

A pure function of the set of events: in whatever order they came, and whoever was merged meanwhile, the outcomes are
the same. Nothing of it is stored but the events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec
import numpy as np
from msgspec.structs import replace

from decidedly import capture
from decidedly.core.event import Event
from decidedly.core.outcome import BY_DECISION, BY_MATURITY, NON_RESPONSE, RESPONSES, Outcome, Verdict
from decidedly.measure.credit import credited
from decidedly.measure.joining import Joining
from decidedly.measure.shown import Exposed, Shown, exposed
from decidedly.person import bursts, micros_of
from decidedly.ports.journal import Logged

Standing = Literal["no-action", "waiting", "not-reached", "pending", "responded", "non-response"]
"""How a decision stands: nothing was chosen; its message may still go; it reached nobody; it reached the person, who
has time to answer; who answered; who did not in time."""


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one decision. due: when somebody reached who has not answered is a non-response, None for never."""

    shown: Shown
    exposed: Exposed
    outcomes: tuple[Outcome, ...]
    due: datetime | None
    at: datetime

    @property
    def is_due(self) -> bool:
        """Whether the time to answer has passed."""
        return self.due is not None and self.due <= self.at

    @property
    def standing(self) -> Standing:
        counted = {one.kind for one in self.outcomes if one.counts}
        if not self.shown.actions:
            return "no-action"
        if not counted.isdisjoint(RESPONSES):
            return "responded"
        if NON_RESPONSE in counted:
            return "non-response"
        if self.exposed.first is not None:
            return "pending"
        return "waiting" if self.shown.waiting else "not-reached"

    def of(self, action: str) -> tuple[Outcome, ...]:
        """The outcomes of one action that count."""
        return tuple(one for one in self.outcomes if one.counts and one.action == action)

    def standing_of(self, action: str) -> Standing:
        """How one action of it stands: who answered another has not answered this one."""
        if any(one.kind in RESPONSES for one in self.of(action)):
            return "responded"
        if self.exposed.of(action) is not None:
            return "non-response" if self.is_due else "pending"
        return "waiting" if self.shown.waiting else "not-reached"


def outcomes_of(
    shown: Shown, logged: Iterable[Logged], joining: Joining, at: datetime, others: Sequence[Shown] = ()
) -> Came:
    """What came of a decision as of a moment, its outcomes in the order of their times.

    logged : events that name this decision or one of the others, and those of the person of the kinds `joining.of`;
             clicks with those around them
    others : further decisions about the same person, who may have earned the credit that a rule gives
    """
    events = [one for one in logged if one.event.at <= at and "held" not in one.event.flags]
    verdict_of = _verdicts(events, joining)
    touches = [exposed(one, direct(one, events, joining, verdict_of)) for one in (shown, *others)]
    found = direct(shown, events, joining, verdict_of)
    joined = {(one.message_id, one.kind, one.action) for one in found}
    for outcome in credited(touches[0], touches[1:], events, joining, verdict_of):
        key = (outcome.message_id, outcome.kind, outcome.action)
        if key not in joined:
            joined.add(key)
            found.append(outcome)
    due = due_at(touches[0], joining)
    found = _matured(found, shown, due, at)
    outcomes = tuple(sorted(found, key=lambda one: (one.at, one.message_id, one.kind, one.action)))
    return Came(shown=shown, exposed=touches[0], outcomes=outcomes, due=due, at=at)


def direct(
    shown: Shown, events: Iterable[Logged], joining: Joining, verdict_of: Mapping[str, Verdict]
) -> list[Outcome]:
    """Outcomes of events that name the decision, each event once."""
    found: dict[tuple[str, str], Outcome] = {}
    for logged in events:
        event = logged.event
        if event.decision_id != shown.id or event.kind not in joining.kinds:
            continue
        kind, field = joining.kinds[event.kind]
        for action in _actions(event, shown):
            found[event.message_id, action] = Outcome(
                decision_id=shown.id,
                kind=kind,
                at=event.at,
                message_id=event.message_id,
                action=action,
                placement=shown.placement_of(action),
                channel=shown.channel,
                value=joining.worth(event.properties.get(field)) if field else None,
                verdict=verdict_of[event.message_id],
                by=BY_MATURITY if kind == NON_RESPONSE else BY_DECISION,
            )
    return list(found.values())


def _actions(event: Event, shown: Shown) -> tuple[str, ...]:
    """Ids of the actions that an event is about, "" for the decision as a whole; none where it names only others."""
    if event.kind == NON_RESPONSE:
        return ("",)
    told = event.properties.get("action", event.properties.get("actions"))
    named = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    ids = list(dict.fromkeys(one for one in named if isinstance(one, str) and one))
    if not ids:
        return (shown.actions[0].id,) if len(shown.actions) == 1 else ("",)
    return tuple(id for id in ids if shown.placed(id))


def _verdicts(events: Sequence[Logged], joining: Joining) -> dict[str, Verdict]:
    """Message id -> verdict: the event's own, and of clicks that lie in a burst of their leaf that software gave them,
    whichever of them came first."""
    found = {one.event.message_id: verdict(one.event) for one in events}
    clicks: dict[tuple[str, str], dict[str, int]] = {}
    for one in events:
        if one.event.kind in joining.clicks:
            clicks.setdefault((one.leaf, one.event.kind), {})[one.event.message_id] = micros_of(one.event.at)
    for moments in clicks.values():
        ids = sorted(moments, key=lambda id: moments[id])
        for id, together in zip(ids, bursts(np.array([moments[id] for id in ids], np.int64)), strict=True):
            if together:
                found[id] = "machine"
    return found


def verdict(event: Event) -> Verdict:
    """The event's own verdict; what nobody judged is a human's."""
    return "human" if event.machine is None else capture.verdict(event.machine)


def due_at(touch: Exposed, joining: Joining) -> datetime | None:
    """When somebody whom the decision reached, and who has not answered, is a non-response; None for never."""
    within = joining.matures.get(touch.shown.service)
    return None if within is None or touch.first is None else touch.first + within


def _matured(found: list[Outcome], shown: Shown, due: datetime | None, at: datetime) -> list[Outcome]:
    """With the non-response: recorded or due, and superseded by any answer of the person."""
    answered = any(one.kind in RESPONSES and one.verdict != "machine" for one in found)
    recorded = sorted((one for one in found if one.kind == NON_RESPONSE), key=lambda one: (one.at, one.message_id))
    rest = [one for one in found if one.kind != NON_RESPONSE]
    if recorded:
        # An answer, or a bounce, that came later than the record of it: it was none.
        rest.append(replace(recorded[0], superseded=answered or due is None or due > at))
    elif not answered and due is not None and due <= at:
        rest.append(Outcome(decision_id=shown.id, kind=NON_RESPONSE, at=due, channel=shown.channel, by=BY_MATURITY))
    return rest
