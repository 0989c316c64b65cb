"""Plan: one decision service of one playbook, compiled. Built once a playbook, held in memory, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray

from decidedly.core.action import Action
from decidedly.core.ask import Ask
from decidedly.core.decision import OWN_RULE
from decidedly.core.derive import key64
from decidedly.core.dictionary import AUTOMATED, PROFILING, Dictionary, Purpose, Root
from decidedly.core.errors import AuthoringError, BadInput
from decidedly.core.ledger import Entry
from decidedly.core.own_rule import OwnRule
from decidedly.core.playbook import Playbook
from decidedly.core.policy import LAW, TIERS, QuietHours, Tier
from decidedly.core.preference import A_WEEK, PREFERENCE_IDS
from decidedly.core.provenance import Fact
from decidedly.core.service import Channel, DecisionService
from decidedly.decide.condition import Condition, Facts, compiled, condition_of, ids
from decidedly.decide.hours import due_at, minute_of_day, zone_of
from decidedly.decide.limits import Limits, limits_of
from decidedly.decide.objective import Objective, objective_of
from decidedly.decide.own_rules import OwnRules, name_of
from decidedly.decide.slates import Slates, slates_of, told_of
from decidedly.feel import (
    REAL,
    Compiled,
    Place,
)
from decidedly.ledger import Calendar, quiet_until
from decidedly.person import Readers, as_read, readers_of
from decidedly.playbook import compile_decisions, policy_scope, priority_scope, segment_names

_WEEK = timedelta(days=7)
StageName = Literal[
    "consent", "own-rules", "regulation", "eligibility", "applicability", "suitability", "contact", "slate"
]


class Rule(msgspec.Struct, frozen=True):
    """Something that can drop a candidate; a record names it by its index in `Plan.rules`."""

    stage: StageName
    id: str
    name: str
    source: str = ""
    owner: str = ""
    place: Place = Place()


@dataclass(frozen=True)
class Plan:
    """rules: all that can drop a candidate, in the order of the stages, then the permission to decide at all, the cap
    that the person likes, the cool-downs, and what the slate must keep to.

    told  : per action, what an answer says of it, by attribute id.
    memory: how far back any limit or slate of the playbook looks.
    Reads: attribute ids that deciding needs; law_reads: of the person, those of the tiers that may read them of one
    who refused profiling too.
    """

    playbook_hash: str
    service: DecisionService
    dictionary: Dictionary
    purpose: Purpose
    actions: tuple[Action, ...]
    channels: tuple[Channel, ...]
    rules: tuple[Rule, ...]
    consent_rule: int
    first_cap_rule: int
    first_quiet_rule: int
    automated_rule: int
    preference_rule: int
    first_cooldown_rule: int
    first_slate_rule: int
    slates: Slates
    memory: timedelta
    told: tuple[Facts, ...]
    own_rules: OwnRules
    profiling: Purpose
    automated: Purpose
    conditions: Mapping[Tier, tuple[Condition, ...]]
    limits: Limits
    zone: ZoneInfo
    weights: tuple[Compiled, ...]
    objective: Objective
    person_reads: tuple[str, ...]
    law_reads: tuple[str, ...]
    preference_reads: tuple[str, ...]
    candidate_reads: tuple[str, ...]
    readers: Mapping[Root, Readers]

    @cached_property
    def action_ids(self) -> tuple[str, ...]:
        return tuple(action.id for action in self.actions)

    @cached_property
    def action_numbers(self) -> dict[str, int]:
        """Index of each action by its id."""
        return {id: number for number, id in enumerate(self.action_ids)}

    @cached_property
    def action_keys(self) -> NDArray[np.uint64]:
        """uint64[n]: what breaks ties, together with the seed."""
        return np.array([key64(action.id) for action in self.actions], np.int64).view(np.uint64)

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """float64[n]: worth of each action to the person who takes it, in major units."""
        return np.array([action.value.minor / 100 for action in self.actions], np.float64)

    @cached_property
    def levers(self) -> NDArray[np.float64]:
        return np.array([action.lever for action in self.actions], np.float64)

    @cached_property
    def serving(self) -> NDArray[np.bool_]:
        """bool[n]: the actions that come before all others."""
        first = self.service.service_first
        return np.array([first and action.action_class == "service" for action in self.actions], np.bool_)

    def direction(self, channel: str) -> Literal["inbound", "outbound"]:
        return next(one.direction for one in self.channels if one.id == channel)

    def is_contact(self, channel: Channel) -> bool:
        """Whether what goes by this channel is a contact: a message, or an answer where the service counts those."""
        return channel.direction == "outbound" or self.service.impression == "contact"

    def calendar(self, facts: Facts) -> Calendar:
        """The calendar on the person's wall."""
        return self.limits.calendar(zone_of(facts, self.zone))

    def deferring(self, channel: str) -> tuple[QuietHours, ...]:
        """Quiet hours after which a message of this channel waits."""
        return tuple(hours for _, hours in self.limits.quiet if hours.channel == channel and hours.then != "drop")

    def yields(self, channel: str, facts: Facts, at: datetime) -> bool:
        """Whether a message by this channel would wait, and goes by another where one may take it."""
        mine = (one for _, one in self.limits.quiet if one.channel == channel and one.then == "other channel")
        return any(quiet_until(hours, at, zone_of(facts, self.zone)) is not None for hours in mine)

    def facts(self, known: Mapping[str, Fact]) -> Facts:
        """What rules may read of the person."""
        return as_read({id: fact.value for id, fact in known.items()}, self.readers["person"])

    def context(self, ask: Ask) -> Facts:
        """What rules may read of the situation: what the channel told, the channel itself, and the ask's moment."""
        today = ask.at.astimezone(self.zone).date()
        return {**as_read(ask.context, self.readers["context"]), "channel": ask.channel, "now": ask.at, "today": today}

    @property
    def heeds_preferences(self) -> bool:
        """Whether messages wait for the hours that people like and keep to their number: not those that a contract or
        the law asks for."""
        return self.purpose.basis == "consent"

    @property
    def heeds_marks(self) -> bool:
        """Whether it reads what outcomes the person gave before."""
        return bool(self.limits.policy.cooldowns) or self.objective.asks("complaints")

    def rule(self, index: int, own: Sequence[OwnRule]) -> Rule:
        """The rule that a record names by this index, given the person's own rules."""
        if index < len(self.rules):
            return self.rules[index]
        rule = own[OWN_RULE - index]
        return Rule("own-rules", f"own-rule:{rule.id}", name_of(rule), source="the person's own rule")

    def due(self, channel: str, facts: Facts, rules: Sequence[OwnRule], at: datetime) -> datetime:
        """When a message of this channel would go."""
        wishes = facts if self.heeds_preferences else {}
        return due_at(self.deferring(channel), wishes, rules, at, zone_of(facts, self.zone))

    def contacts_in_week(self, contacts: Sequence[Entry], at: datetime) -> int:
        """Contacts of the service's class within seven days before or after a moment, as caps count them."""
        one_class = (entry.at for entry in contacts if entry.contact_class == self.service.contact_class)
        return sum(abs(moment - at) < _WEEK for moment in one_class)

    def message(
        self, channel: Channel, facts: Facts, rules: Sequence[OwnRule], contacts: Sequence[Entry], at: datetime
    ) -> Facts:
        """What own rules may ask of a message by a channel: `own_rules.CONTACT`."""
        due = self.due(channel.id, facts, rules, at) if channel.direction == "outbound" else at
        return {
            "channel": channel.id,
            "direction": channel.direction,
            "minute of day": minute_of_day(due, zone_of(facts, self.zone)),
            "contacts in 7 days": self.contacts_in_week(contacts, due),
        }


def compile_plan(playbook: Playbook, playbook_hash: str, service_id: str, channel: str = "") -> Plan:
    """The plan of a service: over its outbound channels, or over the one inbound channel that asks.

    Raises NotFound for an unknown service, BadInput for a channel that may not ask it, AuthoringError for rules that
    do not compile (a checked playbook has none).
    """
    service = playbook.service(service_id)
    if channel and channel not in service.inbound:
        raise BadInput(
            f"Service '{service_id}' does not answer channel '{channel}'.",
            place="channel",
            hint=f"It answers: {', '.join(service.inbound) or 'none'}.",
        )
    if not channel and not service.channels:
        raise BadInput(
            f"Service '{service_id}' sends by no channel of its own.",
            place="channel",
            hint=f"Name the one that asks: {', '.join(service.inbound) or 'it has none'}.",
        )
    channels = tuple(playbook.channel(id) for id in ((channel,) if channel else service.channels))
    actions = tuple(action for action in playbook.actions if service.takes(action.id))
    segments = segment_names(playbook.dictionary, playbook.segments)
    scope = policy_scope(playbook.dictionary, segments)
    decisions, problems = compile_decisions(playbook, scope)
    if any(problem.severity == "error" for problem in problems):
        raise AuthoringError(problems)
    rules = [Rule("consent", "consent", f"Consent to {service.purpose} by this channel", place=service.place)]
    conditions: dict[Tier, tuple[Condition, ...]] = {}
    for tier in TIERS:
        of_tier = []
        for policy in playbook.policies:
            if policy.tier == tier:
                of_tier.append(condition_of(policy, len(rules), scope, actions, decisions))
                rules.append(Rule(tier, policy.id, policy.name, policy.source, policy.owner, policy.place))
        conditions[tier] = tuple(of_tier)
    first_cap_rule = len(rules)
    rules += [Rule("contact", cap.id, cap.name, place=cap.place) for cap in playbook.contact.caps]
    first_quiet_rule = len(rules)
    rules += [Rule("contact", hours.id, hours.name, place=hours.place) for hours in playbook.contact.quiet]
    automated_rule = len(rules)  # after the others, so that those keep the indices of earlier records
    rules.append(Rule("consent", AUTOMATED, "The person lets us decide without a human being", place=service.place))
    preference_rule = len(rules)
    rules.append(Rule("contact", A_WEEK, "No more messages a week than the person likes", place=service.place))
    first_cooldown_rule = len(rules)
    rules += [Rule("contact", pause.id, pause.name, place=pause.place) for pause in playbook.contact.cooldowns]
    first_slate_rule = len(rules)
    rules += [Rule("slate", one.id, f"A place in '{one.name}'", place=one.place) for one in service.placements]
    rules += [Rule("slate", one.id, one.name, place=one.place) for one in service.rules]
    limits = limits_of(playbook, service, actions)
    slates = slates_of(service, actions, playbook.dictionary, scope, first_slate_rule)
    weights = [compiled(channel.weight, scope, REAL) for channel in channels]
    declared = [term.name for term in service.terms]
    objective = objective_of(service, priority_scope(playbook.dictionary, segments, declared))
    reads = [
        *(reference for condition in slates.conditions if condition is not None for reference in condition.reads),
        *(reference for tier in TIERS for condition in conditions[tier] for reference in condition.reads),
        *(reference for one in weights for reference in one.reads),
        *objective.reads,
    ]
    law = [one for tier in LAW for condition in conditions[tier] for one in condition.reads]
    preferences = tuple(
        one.id for one in playbook.dictionary.attributes if one.of == "person" and one.id in PREFERENCE_IDS
    )
    return Plan(
        playbook_hash=playbook_hash,
        service=service,
        dictionary=playbook.dictionary,
        purpose=playbook.dictionary.purpose(service.purpose),
        actions=actions,
        channels=channels,
        rules=tuple(rules),
        consent_rule=0,
        first_cap_rule=first_cap_rule,
        first_quiet_rule=first_quiet_rule,
        automated_rule=automated_rule,
        preference_rule=preference_rule,
        first_cooldown_rule=first_cooldown_rule,
        first_slate_rule=first_slate_rule,
        slates=slates,
        told=told_of(service, actions, playbook.dictionary),
        memory=max(limits.memory, *(one.days_back for one in playbook.services)),
        own_rules=OwnRules(playbook.dictionary, actions),
        profiling=playbook.dictionary.purpose(PROFILING),
        automated=playbook.dictionary.purpose(AUTOMATED),
        conditions=conditions,
        limits=limits,
        zone=ZoneInfo(playbook.brand.time_zone),
        weights=tuple(weights),
        objective=objective,
        person_reads=tuple(dict.fromkeys((*ids(reads, "person"), *preferences))),
        law_reads=tuple(dict.fromkeys((*ids(law, "person"), *preferences))),
        preference_reads=preferences,
        candidate_reads=ids(reads, "candidate"),
        readers=readers_of(playbook.dictionary),
    )
