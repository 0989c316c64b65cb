"""Shown: a decision as it was to reach somebody, and when it did."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from decidedly.core.action import Action
from decidedly.core.attribution import REACHES_WITHIN
from decidedly.core.decision import DecisionRecord
from decidedly.core.message import Message
from decidedly.core.outcome import RESPONSES, Outcome

SEEN_BY = ("impression", *RESPONSES)
"""Outcomes that tell that the person has seen it: who answers has."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One decision with the actions that were chosen, best first.

    at      : of the decision
    channel : "" where nothing was chosen
    inbound : the person came to us, so that only what is reported was seen; else a message was sent, or not
    sent_at : when its message went, None where none did
    waiting : its message may still go
    places  : for each action, the id of the placement that it stood in
    """

    id: str
    leaf: str
    service: str
    channel: str
    at: datetime
    inbound: bool
    actions: tuple[Action, ...]
    places: tuple[str, ...] = ()
    sent_at: datetime | None = None
    waiting: bool = False

    def placed(self, action: str) -> bool:
        """Whether it showed an action, by its id."""
        return any(one.id == action for one in self.actions)

    def placement_of(self, action: str) -> str:
        found = (place for one, place in zip(self.actions, self.places, strict=False) if one.id == action)
        return next(found, "")


class Exposed(msgspec.Struct, frozen=True, kw_only=True):
    """When somebody first saw a decision. whole: all of it; actions: single ones, by id."""

    shown: Shown
    whole: datetime | None = None
    actions: dict[str, datetime] = {}

    @property
    def first(self) -> datetime | None:
        """When anything of it was first seen; None for one that reached nobody."""
        moments = [*self.actions.values(), *([self.whole] if self.whole is not None else [])]
        return min(moments, default=None)

    def of(self, action: str) -> datetime | None:
        """When an action of it was first seen."""
        moments = [one for one in (self.whole, self.actions.get(action)) if one is not None]
        return min(moments, default=None)

    def in_time(self, moment: datetime | None) -> bool:
        """Whether an exposure is early enough after the decision to take part in attribution."""
        return moment is not None and moment <= self.shown.at + REACHES_WITHIN


def shown_of(
    record: DecisionRecord, actions: tuple[Action, ...], places: tuple[str, ...], message: Message | None
) -> Shown:
    """actions, places: of what was chosen, by the playbook that the record names. A message that was sent reached the
    person when it was due."""
    return Shown(
        id=record.id,
        leaf=record.leaf,
        service=record.ask.service,
        channel=record.channel,
        at=record.ask.at,
        inbound=bool(record.ask.channel),
        actions=actions,
        places=places,
        sent_at=message.due_at if message is not None and message.state == "sent" else None,
        waiting=message is not None and message.state == "waiting",
    )


def exposed(shown: Shown, direct: Iterable[Outcome]) -> Exposed:
    """When it was first seen, by its message and by what names it; a message that bounced was seen by nobody."""
    told = [one for one in direct if one.verdict != "machine"]
    bounced = any(one.kind == "bounce" for one in told)
    whole = [one.at for one in told if one.kind in SEEN_BY and not one.action]
    if shown.sent_at is not None and not bounced:
        whole.append(shown.sent_at)
    actions: dict[str, datetime] = {}
    for one in told:
        if one.kind in SEEN_BY and one.action:
            actions[one.action] = min(one.at, actions.get(one.action, one.at))
    return Exposed(shown=shown, whole=min(whole, default=None), actions=actions)
