"""Refit: events of the log as the dictionary of today has them, to be folded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec.structs import replace

from decidedly.capture.capture import examined
from decidedly.capture.times import counts
from decidedly.capture.validate import Rules
from decidedly.core.event import Event
from decidedly.core.refusal import Refusal


class Refit(msgspec.Struct, frozen=True, kw_only=True):
    """Events that may be folded; how many do not fit the dictionary, and why."""

    events: tuple[Event, ...]
    refused: int
    refusals: tuple[Refusal, ...]


def refit(events: Iterable[Event], rules: Rules, now: datetime) -> Refit:
    """Those of these logged events whose time has come by `now`, under their declared kinds, checked anew."""
    fit: list[Event] = []
    refusals: list[Refusal] = []
    refused = 0
    for event in events:
        if not counts(event, now):
            continue
        kind = rules.kind(event.kind)
        named = event if kind == event.kind else replace(event, kind=kind)
        checked, wrong = examined(named, rules, f"event {event.message_id}")
        refusals += wrong
        if wrong:
            refused += 1
        else:
            fit.append(checked)
    return Refit(events=tuple(fit), refused=refused, refusals=tuple(refusals))
