"""Set: one of a person's own rules from the choices of a form, as an event; and whether a new rule stops a message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec

from decidedly.core.decision import DecisionRecord
from decidedly.core.derive import digest
from decidedly.core.errors import BadInput, NotReady
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from decidedly.core.own_rule import AtMost, Hours, NoChoice, choice_of, sentence
from decidedly.core.person import Person
from decidedly.core.playbook import Playbook
from decidedly.decide.own_rules import known_topics, name_of, text_of, topics_of
from decidedly.decide.plan import Plan
from decidedly.feel import did_you_mean
from decidedly.person import OWN_RULE

SHOWN = 20


class OwnRuleSet(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that a person set. says: in plain words; feel: the condition that it became, "" where it was taken
    back."""

    rule: str
    says: str
    feel: str


def set_rule(
    who: Identifier, said: Mapping[str, Any], playbook: Playbook, now: datetime, *, source: str, rule: str = ""
) -> tuple[Event, OwnRuleSet]:
    """The event that sets a rule, or takes it back where `said` is {"removed": True}.

    said : the choice and its parts, as `core.own_rule.choice_of` reads them; null and empty parts are left out
    rule : id of the rule that is changed; a new one without it
    Raises NotReady for a playbook from before there were own rules, BadInput for what makes no rule, and for a topic
    that no action is about: a form offers those that there are.
    """
    if playbook.dictionary.kind(OWN_RULE) is None:
        message = "The playbook in force does not know the customer's own rules yet."
        raise NotReady(message, hint="Publish it again: decidedly publish FOLDER.")
    id = rule or digest("own-rule", uuid4().hex, size=6)
    told = {name: value for name, value in said.items() if value is not None and value is not False}
    properties = {name: value for name, value in told.items() if value not in ("", [], ())} | {"rule": id}
    try:
        choice = choice_of(properties)
    except NoChoice as wrong:
        raise BadInput(str(wrong), place=f"body.{wrong.field}") from wrong
    _check_topic(properties.get("topic"), playbook)
    event = Event(
        message_id=f"own-rule:{uuid4().hex}", kind=OWN_RULE, at=now, received_at=now, identifiers=(who,),
        source=source, properties=properties,
    )  # fmt: skip
    if choice is None:
        return event, OwnRuleSet(rule=id, says="Taken back", feel="")
    return event, OwnRuleSet(rule=id, says=sentence(choice), feel=text_of(choice, topics_of(playbook.dictionary)))


def rule_against(plan: Plan, record: DecisionRecord, person: Person, at: datetime) -> str:
    """The rule that the person has set since a decision was made and that its message would break, by name; "" for
    none. Hours and numbers a week were settled when the message was."""
    known = {rule.message_id for rule in record.inputs.own_rules}
    facts = plan.facts(person.facts)
    channel = next(one for one in plan.channels if one.id == record.channel)
    for rule in person.own_rules:
        if rule.message_id in known or rule.choice is None or isinstance(rule.choice, AtMost | Hours):
            continue
        message = plan.message(channel, facts, (), (), at)
        if not plan.own_rules.passing(rule.choice, message)[list(record.chosen)].all():
            return name_of(rule)
    return ""


def _check_topic(topic: Any, playbook: Playbook) -> None:
    known = known_topics(playbook.dictionary, playbook.actions)
    if isinstance(topic, str) and topic.lower() not in {one.lower() for one in known}:
        hint = did_you_mean(topic, known) or f"There are: {', '.join(known[:SHOWN])}."
        raise BadInput(f"Nothing is about '{topic}'.", place="body.topic", hint=hint)
