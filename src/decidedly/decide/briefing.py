"""Briefing: what an employee needs who speaks with the person: what to offer and why, and what to leave unsaid."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from decidedly.content import last_day, money
from decidedly.core.decision import DecisionRecord
from decidedly.core.dictionary import Dictionary
from decidedly.core.playbook import Brand
from decidedly.decide.explanation import ActionExplained, Explanation
from decidedly.decide.plan import Plan

SHOWN = 5
"""Names of refused actions that are listed for each rule."""
_BINDING = ("consent", "regulation", "eligibility", "suitability")


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """What to offer. points: what speaks for it, the strongest first."""

    action: str
    name: str
    points: tuple[str, ...]


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """What not to offer. why: the rule, and its source; actions: names, of `count` in all."""

    why: str
    actions: tuple[str, ...]
    count: int


class Briefing(msgspec.Struct, frozen=True, kw_only=True):
    """offers: best first. refuse: what no rule lets pass. unsaid: what is known and not to be mentioned, and why."""

    decision_id: str
    person: str
    says: str
    offers: tuple[Offered, ...]
    refuse: tuple[Refused, ...]
    unsaid: tuple[str, ...]

    @property
    def text(self) -> str:
        """To read out of the corner of an eye."""
        lines = [self.says]
        lines += ["", "Offer, best first:"] if self.offers else []
        for rank, one in enumerate(self.offers, 1):
            lines += [f"{rank}. {one.name}", *(f"   - {point}" for point in one.points)]
        lines += ["", "Do not offer:"] if self.refuse else []
        for refused in self.refuse:
            more = refused.count - len(refused.actions)
            names = ", ".join(refused.actions) + (f" and {more} more" if more else "")
            lines.append(f"- {refused.why}: {names}")
        lines += ["", "Do not mention:", *(f"- {one}" for one in self.unsaid)] if self.unsaid else []
        return "\n".join(lines)


def briefing(
    told: Explanation,
    record: DecisionRecord,
    plan: Plan,
    brand: Brand,
    dictionary: Dictionary,
) -> Briefing:
    """What `told` (an explanation of all actions) means for somebody who speaks with the person."""
    won = [one for one in told.actions if one.status == "won"]
    if won:
        says = f"{len(won)} of {record.actions} actions are for this person now."
    else:
        says = "Nothing is to be offered to this person now."
    if record.inputs.open_facts is not None:
        says += " They refused profiling: the choice is the one for somebody unknown."
    return Briefing(
        decision_id=record.id,
        person=told.person,
        says=says,
        offers=tuple(_offered(one, plan, brand) for one in won),
        refuse=tuple(_refused(told.actions)),
        unsaid=tuple(_unsaid(record, dictionary)),
    )


def _offered(one: ActionExplained, plan: Plan, brand: Brand) -> Offered:
    action = next(own for own in plan.actions if own.id == one.action)
    worth = f"worth {money(action.value, brand.locale)} to them" if action.value.minor else ""
    until = f"valid until {last_day(action.valid_until, plan.zone):%d %B %Y}"
    points = (*(reason.text for reason in one.reasons), *filter(None, (worth, until)))
    return Offered(action=one.action, name=one.name, points=points)


def _refused(actions: Sequence[ActionExplained]) -> list[Refused]:
    """By rule, those that were dropped by what binds an employee too: law, terms, what suits, own rules."""
    groups: dict[str, list[str]] = {}
    for one in actions:
        for drop in list(one.drops.values())[:1]:
            if one.status == "dropped" and drop.stage in _BINDING:
                says = f" ({drop.says})" if drop.says else ""
                source = f", {drop.source}" if drop.source else ""
                groups.setdefault(f"{drop.name}{says}{source}", []).append(one.name)
    return [Refused(why=why, actions=tuple(names[:SHOWN]), count=len(names)) for why, names in groups.items()]


def _unsaid(record: DecisionRecord, dictionary: Dictionary) -> list[str]:
    """What the person never told us: to hear it from a stranger is unpleasant, and it may be wrong."""
    names = dictionary.names
    facts = record.inputs.facts
    private = [names.get(id, id) for id in facts if id in dictionary.hidden]
    inferred = [
        names.get(id, id)
        for id, fact in facts.items()
        if fact.provenance.how == "learnt" and names.get(id, id) not in private
    ]
    found = [f"{', '.join(private)}: private, even if it counted"] if private else []
    return found + ([f"{', '.join(inferred)}: worked out by us, not told by them"] if inferred else [])
