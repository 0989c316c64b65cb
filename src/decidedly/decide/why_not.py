"""Why not: what kept an action out of the slate, channel by channel. Runs the kernel in memory, writes nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from decidedly.core.decision import DecisionRecord
from decidedly.core.errors import NotFound
from decidedly.decide.explanation import Drop
from decidedly.decide.objective import Parts
from decidedly.decide.plan import Plan
from decidedly.decide.reading import Reading
from decidedly.decide.situation import Outcome, Situation
from decidedly.feel.words import said_value

Kept = Literal["won", "dropped", "outranked", "slate-rules", "other-channel", "not-worth-contact"]
PARTS = ("propensity", "weight", "value", "lever")


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """An action as it was ranked on a channel. parts: None where they would tell what is masked."""

    action: str
    name: str
    priority: float
    parts: Parts | None


class OnChannel(msgspec.Struct, frozen=True, kw_only=True):
    """What kept the action out on one channel.

    drop    : the first rule that dropped it, with the facts that it read
    missing : names of the facts that this rule read and nobody told us
    own     : the action as it was ranked, where nothing dropped it
    last    : the action of the channel's slate that was worth the least: what it had to beat
    short   : by how much priority it fell short of that
    part    : the part of the priority in which the other is the furthest ahead: propensity, weight, value, lever, or
              the term that speaks for the customer where that makes the most of the difference
    ahead   : how many times it is as large there; 0 for the customer's term
    rule    : the rule on the whole slate that kept it out though it was worth more
    """

    channel: str
    kept: Kept
    says: str
    drop: Drop | None = None
    missing: tuple[str, ...] = ()
    own: Ranked | None = None
    last: Ranked | None = None
    short: float = 0.0
    part: str = ""
    ahead: float = 0.0
    rule: str = ""


class WhyNot(msgspec.Struct, frozen=True, kw_only=True):
    decision_id: str
    action: str
    name: str
    says: str
    channels: tuple[OnChannel, ...]


def why_not(
    record: DecisionRecord,
    plan: Plan,
    action: str,
    told: NDArray[np.float32] | None = None,
    hidden: Collection[str] = (),
) -> WhyNot:
    """Why an action is not in the slate of a stored decision.

    told   : float32[n], the propensity of every action (`chances`); those of the record alone by default
    hidden : ids of the facts whose values are masked, and what is said of rules that read them
    Raises NotFound if the action was not considered.
    """
    ids = [one.id for one in plan.actions]
    if action not in ids:
        raise NotFound.named("action in this decision", action, ids)
    index = ids.index(action)
    situation = Situation.of(record, plan, told)
    asking = _Asking(record, plan, Reading(record, plan, hidden, told), situation.outcome(), index)
    channels = tuple(asking.on(column) for column in range(len(plan.channels)))
    own = plan.actions[index]
    return WhyNot(
        decision_id=record.id, action=action, name=own.name, says=_says(own.name, channels), channels=channels
    )


class _Asking:
    def __init__(self, record: DecisionRecord, plan: Plan, reading: Reading, outcome: Outcome, index: int) -> None:
        self.record = record
        self.plan = plan
        self.reading = reading
        self.outcome = outcome
        self.index = index

    def on(self, column: int) -> OnChannel:
        channel = self.plan.channels[column].id
        code = int(self.reading.dropped[self.index, column])
        if code:
            return self._dropped(channel, code - 1)
        own = self._ranked(self.index, column)
        slate = self._slate(column)
        if self.index in self.record.chosen and channel == self.record.channel:
            return OnChannel(channel=channel, kept="won", own=own, says=f"It was chosen for {channel}.")
        if self.index not in slate:
            ranked = [self._ranked(one, column) for one in slate]
            return self._outranked(channel, own, min(ranked, key=lambda one: one.priority))
        if not self.record.channel:
            says = f"By {channel} it passed and was among the best, but no slate was worth its contact."
            return OnChannel(channel=channel, kept="not-worth-contact", own=own, says=says)
        taken = self.record.channel
        says = f"By {channel} it would have been chosen, but {taken} was taken: worth more, or what the person prefers."
        return OnChannel(channel=channel, kept="other-channel", own=own, says=says)

    def _slate(self, column: int) -> list[int]:
        """The actions that the channel would have shown, best first."""
        if self.plan.channels[column].id == self.record.channel:
            return list(self.record.chosen)
        passed = int((~np.isnan(self.reading.priority[:, column])).sum())
        order = self.outcome.state.order[0, column, : min(passed, self.plan.service.slots)]
        return [int(one) for one in order]

    def _dropped(self, channel: str, rule: int) -> OnChannel:
        drop = self.reading.drop(self.index, channel, rule)
        missing = tuple(fact.name for fact in drop.facts if fact.value is None and not fact.masked)
        because = "; ".join(filter(None, (drop.says, drop.sentence.rstrip(".")))) or _plainly(drop)
        source = f" Source: {drop.source}." if drop.source else ""
        unknown = f" Not known: {', '.join(missing)}." if missing else ""
        says = (
            f"By {channel} '{drop.name}' ({drop.stage}) dropped it{': ' + because if because else ''}.{source}{unknown}"
        )
        return OnChannel(channel=channel, kept="dropped", drop=drop, missing=missing, says=says)

    def _outranked(self, channel: str, own: Ranked, last: Ranked) -> OnChannel:
        if own.priority > last.priority:
            rule = self.reading.made.held_back(self.index)
            which = f"'{rule}'" if rule else "how actions go together (placements, service first)"
            says = f"By {channel} it passed every rule and was worth more than {last.name}, but {which} kept it out."
            return OnChannel(channel=channel, kept="slate-rules", own=own, last=last, rule=rule, says=says)
        part, ahead, against = _furthest(own, last)
        far = f", most of all in {part} ({against})" if part else ""
        says = (
            f"By {channel} it passed every rule, but {last.name} was the least that found a place: priority"
            f" {last.priority:.4f} against {own.priority:.4f}{far}."
        )
        return OnChannel(
            channel=channel, kept="outranked", own=own, last=last, short=last.priority - own.priority, says=says,
            part=part, ahead=ahead,
        )  # fmt: skip

    def _ranked(self, index: int, column: int) -> Ranked:
        own = self.plan.actions[index]
        priority = float(self.reading.priority[index, column])
        return Ranked(
            action=own.id, name=own.name, priority=priority, parts=self.reading.made.parts(index, column)
        )  # fmt: skip


def _furthest(own: Ranked, last: Ranked) -> tuple[str, float, str]:
    """The part in which the other is the furthest ahead, how many times, and both numbers in words."""
    if own.parts is None or last.parts is None:
        return "", 0.0, ""
    for_them = last.parts.customer - own.parts.customer
    if for_them * 2 > last.priority - own.priority:
        return "customer", 0.0, f"{last.parts.customer:.4g} against {own.parts.customer:.4g}"
    theirs, ours = last.parts.terms, own.parts.terms
    ratios = {part: _times(theirs[part], ours[part]) for part in PARTS if part in theirs and part in ours}
    part = max(ratios, key=lambda one: ratios[one], default="")
    if not part or ratios[part] <= 1:
        return "", 0.0, ""
    return part, ratios[part], f"{theirs[part]:.4g} against {ours[part]:.4g}"


def _plainly(drop: Drop) -> str:
    """What a rule without a condition went by: a refusal, contacts."""
    refused = [f"{fact.name} was refused" for fact in drop.facts if fact.value is False]
    contacts = [f"{fact.name} on {said_value(fact.at.date())}" for fact in drop.facts if fact.at and not refused]
    return "; ".join(refused or contacts)


def _times(theirs: float, own: float) -> float:
    """How many times one part is the other."""
    if theirs == own:
        return 1.0
    return theirs / own if own > 0 else float(np.finfo(np.float32).max)


def _says(name: str, channels: tuple[OnChannel, ...]) -> str:
    if any(one.kept == "won" for one in channels):
        return f"{name} was chosen."
    alike = {one.drop.rule for one in channels if one.drop is not None}
    if len(alike) == 1 and all(one.kept == "dropped" for one in channels):
        first = channels[0].drop
        assert first is not None
        return f"{name} was dropped by '{first.name}' ({first.stage}) on every channel."
    if all(one.kept == "dropped" for one in channels):
        return f"{name} was dropped on every channel, by {len(alike)} rules."
    passed = " and ".join(one.channel for one in channels if one.kept != "dropped")
    return f"{name} passed every rule on {passed}, but was not chosen."
