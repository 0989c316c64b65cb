"""Limits: the contact policy as it bears on the actions of one service, its topics and globs looked up once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from decidedly.core.action import Action
from decidedly.core.dictionary import Dictionary
from decidedly.core.ledger import Entry, Mark
from decidedly.core.playbook import Playbook
from decidedly.core.policy import SAME, SERVICE_CLASS, ContactPolicy, ContactScope, QuietHours
from decidedly.core.service import DecisionService
from decidedly.decide.own_rules import topics_of
from decidedly.ledger import Calendar, broken_cap, is_full, memory_of, of_message, weekday_number

Mask = NDArray[np.bool_]
"""bool[n]: some of the actions."""


@dataclass(frozen=True)
class Limits:
    """The contact policy of a playbook, for the messages of one class that show some of its actions.

    actions       : those of the service, in the order of the plan
    repository    : action id -> action, all of the playbook: an outcome may be about any of them
    contact_class : of the service's messages
    outbound      : ids of all channels by which messages go
    topic_ids     : ids of the action attributes that name topics
    """

    policy: ContactPolicy
    actions: tuple[Action, ...]
    repository: Mapping[str, Action]
    contact_class: str
    outbound: frozenset[str]
    topic_ids: tuple[str, ...]
    first_weekday: int

    @cached_property
    def quiet(self) -> tuple[tuple[int, QuietHours], ...]:
        """The quiet hours that these messages keep to, each with its index."""
        mine = self.contact_class != SERVICE_CLASS
        return tuple((index, hours) for index, hours in enumerate(self.policy.quiet) if mine or hours.with_service)

    @cached_property
    def memory(self) -> timedelta:
        """How far back the limits look."""
        return memory_of(self.policy)

    def calendar(self, zone: ZoneInfo) -> Calendar:
        return Calendar(zone, self.first_weekday)

    def shown(self, chosen: Sequence[int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What a contact that shows these actions keeps of them: their ids, and the topics that some cap names."""
        found = frozenset[str]().union(*(self._topics_of(self.actions[index]) for index in chosen))
        return tuple(self.actions[index].id for index in chosen), tuple(sorted(found & self._limited_topics))

    def stopping(self, channel: str, at: datetime, contacts: Sequence[Entry], calendar: Calendar) -> int | None:
        """Index of the first cap that stops every message by this channel at a moment, or None."""
        message = Entry(id="", contact_class=self.contact_class, channel=channel, at=at, state="reserved")
        return broken_cap(self.policy.caps, contacts, message, calendar)

    def capped(
        self, channel: str, at: datetime, contacts: Sequence[Entry], calendar: Calendar
    ) -> list[tuple[int, Mask]]:
        """Index of each cap that stops some actions by this channel at a moment, and which."""
        return [
            (index, mask)
            for index, mask in self._of_candidates
            if self._bears_on(self.policy.caps[index].scope, channel, self.policy.caps[index].with_service)
            and is_full(self.policy.caps[index], contacts, at, calendar)
        ]

    def cooling(self, channel: str, at: datetime, marks: Sequence[Mark]) -> list[tuple[int, Mask]]:
        """Index of each cool-down that stops some actions by this channel at a moment, and which."""
        found = []
        for index, pause in enumerate(self.policy.cooldowns):
            if not self._bears_on(pause.scope, channel):
                continue
            silent = np.zeros(len(self.actions), np.bool_)
            for mark in marks:
                young = timedelta(0) <= at - mark.at < timedelta(days=pause.days)
                if mark.outcome == pause.after and young and fnmatchcase(mark.action, pause.of):
                    silent |= self._silent(pause.scope, mark.action)
            if silent.any():
                found.append((index, silent))
        return found

    def _bears_on(self, scope: ContactScope, channel: str, with_service: bool = False) -> bool:
        return of_message(scope, contact_class=self.contact_class, channel=channel, with_service=with_service)

    @cached_property
    def _of_candidates(self) -> tuple[tuple[int, Mask], ...]:
        """The caps that are of what a message shows, each with the actions concerned."""
        caps = self.policy.caps
        return tuple((index, self._about(cap.scope)) for index, cap in enumerate(caps) if cap.scope.of_candidates)

    @cached_property
    def _limited_topics(self) -> frozenset[str]:
        return frozenset(cap.scope.topic.lower() for cap in self.policy.caps if cap.scope.topic)

    def _about(self, scope: ContactScope) -> Mask:
        """The actions that a scope names by topic and glob; all where it names neither."""
        return np.array(
            [
                (not scope.topic or scope.topic.lower() in self._topics_of(action))
                and (not scope.action or fnmatchcase(action.id, scope.action))
                for action in self.actions
            ],
            np.bool_,
        )

    def _silent(self, scope: ContactScope, answered: str) -> Mask:
        """The actions of which a cool-down wants nothing after an outcome of this action."""
        silent = self._about(ContactScope(
            topic="" if scope.topic == SAME else scope.topic, action="" if scope.action == SAME else scope.action
        ))  # fmt: skip
        if scope.action == SAME:
            silent &= np.array([action.id == answered for action in self.actions], np.bool_)
        if scope.topic == SAME:
            known = self.repository.get(answered)
            topics = frozenset[str]() if known is None else self._topics_of(known)
            silent &= np.array([not topics.isdisjoint(self._topics_of(action)) for action in self.actions], np.bool_)
        return silent

    def _topics_of(self, action: Action) -> frozenset[str]:
        return topics_in(action, self.topic_ids)


def topics_in(action: Action, topic_ids: Sequence[str]) -> frozenset[str]:
    """The topics of an action, in small letters."""
    found: set[str] = set()
    for id in topic_ids:
        value = action.facts.get(id)
        if isinstance(value, str):
            found.add(value.lower())
        elif value:
            found.update(one.lower() for one in value)
    return frozenset(found)


def topic_ids_of(dictionary: Dictionary) -> tuple[str, ...]:
    """Ids of the action attributes whose values name topics."""
    names = {name for name, _ in topics_of(dictionary)}
    return tuple(one.id for one in dictionary.attributes if one.of == "action" and one.name in names)


def limits_of(playbook: Playbook, service: DecisionService, actions: tuple[Action, ...]) -> Limits:
    """The limits on the messages of a service, which show some of these actions."""
    return Limits(
        policy=playbook.contact,
        actions=actions,
        repository={action.id: action for action in playbook.actions},
        contact_class=service.contact_class,
        outbound=frozenset(channel.id for channel in playbook.channels if channel.direction == "outbound"),
        topic_ids=topic_ids_of(playbook.dictionary),
        first_weekday=weekday_number(playbook.dictionary.first_weekday),
    )
