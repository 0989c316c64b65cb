"""Explanation: why a decision came out as it did, as nouns."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from decidedly.decide.objective import Parts
from decidedly.feel import Place
from decidedly.models import Reason

Status = Literal["won", "ranked", "dropped"]


class FactRead(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that a rule read, and who said so. `how` is "" for what belongs to the action or the situation. `masked`:
    it is known, and not for everybody."""

    name: str
    value: Any
    how: str = ""
    source: str = ""
    at: datetime | None = None
    synthetic: bool = False
    provenance_id: str = ""
    masked: bool = False


class Drop(msgspec.Struct, frozen=True, kw_only=True):
    """What dropped a candidate.

    row      : line of the decision table's row that fired, 0 where there is none
    sentence : the condition, or the row that decided, in plain English, as it was understood
    nulls    : where a result that is not known came from: "age band is not known"
    """

    stage: str
    rule: str
    name: str
    source: str
    place: Place
    row: int = 0
    says: str = ""
    sentence: str = ""
    nulls: tuple[str, ...] = ()
    facts: tuple[FactRead, ...] = ()


class ActionExplained(msgspec.Struct, frozen=True, kw_only=True):
    """One of the considered actions.

    rank     : 1 is best, by priority on the channel that `channel` names; 0 where dropped
    drops    : channel -> what dropped it there
    propensity : None where a rule dropped it and no model was asked
    reasons  : the main reasons for its propensity, the strongest first; only where asked for
    parts    : what its priority is made of, where it passed
    held_back : name of the rule on the whole slate that kept it out though it passed, "" where there is none
    """

    action: str
    name: str
    status: Status
    rank: int
    channel: str
    propensity: float | None
    priority: float | None
    drops: dict[str, Drop] = {}
    reasons: tuple[Reason, ...] = ()
    parts: Parts | None = None
    held_back: str = ""


class RuleCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many candidates (action x channel) a rule dropped."""

    stage: str
    rule: str
    name: str
    source: str
    place: Place
    candidates: int


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why a decision came out as it did.

    permissions : whether the person let us profile and decide without a human being, and which word said so
    """

    decision_id: str
    person: str
    service: str
    at: datetime
    result: str
    summary: str
    channel: str
    playbook: str
    model: str
    kernel: str
    dropped_by: tuple[RuleCount, ...]
    actions: tuple[ActionExplained, ...]
    permissions: tuple[FactRead, ...] = ()
