"""Limit words: what filled the cap, or what answer asked for the silence, by which a record dropped a candidate."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from decidedly.core.decision import DecisionRecord
from decidedly.core.ledger import Entry
from decidedly.decide.hours import zone_of
from decidedly.decide.plan import Plan
from decidedly.ledger import filling


def limit_words(plan: Plan, record: DecisionRecord, channel: str, rule: int) -> str:
    """A sentence on a cap or a cool-down of the playbook; "" for any other rule.

    rule : index into the plan's rules
    """
    policy, facts = plan.limits.policy, plan.facts(record.inputs.facts)
    cap, pause = rule - plan.first_cap_rule, rule - plan.first_cooldown_rule
    zone, at = zone_of(facts, plan.zone), record.ask.at
    if plan.direction(channel) == "outbound":
        at = plan.due(channel, facts, record.inputs.own_rules, at)
    if 0 <= cap < len(policy.caps):
        counted = filling(policy.caps[cap], record.inputs.contacts, at, plan.calendar(facts))
        said = policy.caps[cap].sentence
        return f"{said[0].upper()}{said[1:]}; counted: {', '.join(_contact(one, zone) for one in counted) or 'none'}."
    if 0 <= pause < len(policy.cooldowns):
        rests_on = policy.cooldowns[pause]
        answers = [_day(mark.at, zone) for mark in record.inputs.marks if mark.outcome == rests_on.after]
        said = rests_on.sentence
        return f"{said[0].upper()}{said[1:]}; heard: {', '.join(dict.fromkeys(answers))}."
    return ""


def _contact(entry: Entry, zone: ZoneInfo) -> str:
    """One contact: "3 November 2017 by email, worth 4.72"; a plan that has not gone yet says so."""
    worth = f", worth {entry.worth:.2f}" if entry.worth else ""
    plan = ", not sent yet" if entry.state == "reserved" else ""
    by = f" by {entry.channel}" if entry.channel else ""
    return f"{_day(entry.at, zone)}{by}{worth}{plan}"


def _day(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y}"
