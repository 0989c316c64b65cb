"""Changes: what could be another way about a situation where a rule stands in the way of an action, the least first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import numpy as np
from msgspec.structs import replace

from decidedly.core.decision import NULL, OWN_RULE
from decidedly.core.dictionary import AUTOMATED, Dictionary
from decidedly.core.own_rule import AtMost, Hours
from decidedly.core.policy import LAW
from decidedly.core.preference import A_WEEK, CHANNEL
from decidedly.core.provenance import Fact, Provenance
from decidedly.decide.condition import Condition
from decidedly.decide.moments import moments
from decidedly.decide.own_rules import name_of
from decidedly.decide.plan import Plan
from decidedly.decide.situation import Situation
from decidedly.decide.values import compared, distance, values
from decidedly.feel import Reference, to_plain
from decidedly.feel.types import STRING
from decidedly.feel.words import fact_words, said_value

Kind = Literal["time", "consent", "permission", "own-rule", "fact", "situation", "lever", "value", "history"]
By = Literal["person", "brand", "time", "nobody"]

HIGHEST_LEVER = 10_000
"""Hundredths: no lever beyond a hundredfold is tried, and no value beyond a hundredfold or so many cents."""
HIGHEST_VALUE = 1_000_000
_LASTING = frozenset({"birth", "birth_day", "birth_month", "birth_year", "age", "sex"})
_AGE = frozenset({"age", "born", "birth", "birthday", "birthdate"})


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that would have been another way.

    by     : who can bring it about; nobody where it is as it is: an age, a history, what a law asks
    before : None where it was not known
    also   : other values that would do as well, where one text is as near as another
    note   : why nobody can, or what it would mean
    """

    kind: Kind
    what: str
    before: Any
    after: Any
    by: By
    says: str
    note: str = ""
    also: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Step:
    """A change as it is tried. size: how far it goes, within its family."""

    family: tuple[str, str]
    change: Change
    size: float
    apply: Callable[[Situation], Situation]


@dataclass(frozen=True)
class Family:
    """Changes of one thing, the least first; of one that rises in whole numbers (hundredths, cents) the range instead.

    reads : ids of the facts that it says something about
    """

    name: tuple[str, str]
    steps: tuple[Step, ...] = ()
    rises: tuple[int, int] | None = None
    reads: frozenset[str] = frozenset()

    def step(self, here: Situation, action: int, number: int) -> Step:
        """The step to a number of a family that rises."""
        own = here.plan.actions[action]
        if self.name[0] == "lever":
            change = Change(kind="lever", what=f"lever of {own.id}", before=own.lever, after=number / 100, by="brand",
                            says=f"its lever were {number / 100:.2f} (it is {own.lever:.2f})")  # fmt: skip
        else:
            value = replace(own.value, minor=number)
            change = Change(kind="value", what=f"value of {own.id}", before=str(own.value), after=str(value),
                            by="brand", says=f"its value were {value} (it is {own.value})")  # fmt: skip
        size = float(number - (self.rises or (0, 0))[0])
        return Step(self.name, change, size, lambda there: raised(there, action, self, number))


def raised(here: Situation, action: int, family: Family, number: int) -> Situation:
    """The situation with the action's lever, or value, at a number of hundredths, or cents."""
    own = here.plan.actions[action]
    if family.name[0] == "lever":
        return here.with_action(action, replace(own, lever=number / 100))
    return here.with_action(action, replace(own, value=replace(own.value, minor=number)))


def families(here: Situation, action: int, column: int, rule: int | None, dictionary: Dictionary) -> Iterator[Family]:
    """What could be another way about what stands before an action on a channel.

    rule : index of the rule that drops it there; None where nothing does, and others were better
    """
    plan = here.plan
    channel = plan.channels[column]
    if rule is None:
        yield from _ranking(here, action, column, dictionary)
    elif rule >= len(plan.rules):
        yield _own_rule(here, rule)
        if isinstance(here.inputs.own_rules[OWN_RULE - rule].choice, Hours | AtMost):
            yield _time(here, action)
    elif rule == plan.consent_rule:
        yield _consent(here, channel.id)
    elif rule == plan.automated_rule:
        yield _permission(here)
    elif rule == plan.preference_rule:
        yield _time(here, action)
        yield _preference(here, A_WEEK, range(1, 32))
    elif (condition := _condition(plan, rule)) is None:
        yield _time(here, action)
    else:
        yield from _facts(here, action, condition, dictionary)


def _condition(plan: Plan, rule: int) -> Condition | None:
    places = (one for one in plan.slates.conditions if one is not None)
    tiers = (one for tier in plan.conditions.values() for one in tier)
    return next((one for one in (*tiers, *places) if one.rule == rule), None)


def _facts(here: Situation, action: int, condition: Condition, dictionary: Dictionary) -> Iterator[Family]:
    policy = condition.policy
    clock = any(one.root == "context" and one.id in ("now", "today") for one in condition.reads)
    if clock or (policy is not None and (policy.valid_from or policy.valid_to)):
        yield _time(here, action)
    told = here.plan.rules[condition.rule]
    roots = {
        "person": here.plan.facts(here.inputs.facts), "action": here.plan.actions[action].facts,
        "context": here.plan.context(here.ask),
    }  # fmt: skip
    every = [one for tier in here.plan.conditions.values() for one in tier]
    for reference in condition.reads:
        # What other rules compare a text with are values that it can have.
        rules = [condition, *(every if reference.type == STRING else ())]
        written = [value for one in rules for value in compared(one.tree, one.table, reference, roots)]
        if reference.root == "person":
            yield _fact(here, reference, written, dictionary, law=told.stage in LAW,
                        source=told.source if told.stage == "regulation" else "")  # fmt: skip
        elif reference.root == "candidate":
            yield _counted(here, action, reference, written)
        elif reference.root == "context" and reference.id not in ("now", "today", "channel"):
            yield _situation(here, reference, written)


def _ranking(here: Situation, action: int, column: int, dictionary: Dictionary) -> Iterator[Family]:
    plan, own = here.plan, here.plan.actions[action]
    yield Family(("lever", ""), rises=(round(own.lever * 100), max(HIGHEST_LEVER, round(own.lever * 10_000))))
    yield Family(("value", ""), rises=(own.value.minor, max(HIGHEST_VALUE, own.value.minor * 100)))
    if CHANNEL in plan.preference_reads and len(plan.channels) > 1:
        yield _preference(here, CHANNEL, (plan.channels[column].id,))
    trees = (*(one.compiled.tree for one in plan.objective.formulas), *(one.tree for one in plan.weights))
    reads = (*plan.objective.reads, *(reference for one in plan.weights for reference in one.reads))
    roots = {"person": plan.facts(here.inputs.facts), "action": own.facts, "context": plan.context(here.ask)}
    for reference in dict.fromkeys(one for one in reads if one.root == "person"):
        written = [value for tree in trees for value in compared(tree, None, reference, roots)]
        yield _fact(here, reference, written, dictionary, law=False, source="")


def _time(here: Situation, action: int) -> Family:
    def step(at: Any) -> Step:
        said = said_value(at.astimezone(here.plan.zone))
        change = Change(kind="time", what="moment of the ask", before=here.ask.at, after=at, by="time",
                        says=f"it were asked not before {said}", note="all else as it was")  # fmt: skip
        return Step(("time", ""), change, (at - here.ask.at).total_seconds(), lambda there: there.later(at))

    return Family(("time", ""), tuple(map(step, moments(here, action))))


def _consent(here: Situation, channel: str) -> Family:
    before = here.inputs.consents.get(channel)
    what = f"consent to {here.plan.purpose.name} by {channel}"
    was = "it was refused" if before is False else "there is no word"
    change = Change(kind="consent", what=what, before=before, after=True, by="person",
                    says=f"there were a {what} ({was})")  # fmt: skip

    def apply(there: Situation) -> Situation:
        return there.with_inputs(consents={**there.inputs.consents, channel: True})

    return Family(("consent", channel), (Step(("consent", channel), change, 1.0, apply),))


def _permission(here: Situation) -> Family:
    change = Change(kind="permission", what=f"permission for {AUTOMATED}", before=False, after=True, by="person",
                    says="the person let us decide without a human being (it was refused)")  # fmt: skip

    def apply(there: Situation) -> Situation:
        return there.with_inputs(permissions={**there.inputs.permissions, AUTOMATED: True})

    return Family(("permission", AUTOMATED), (Step(("permission", AUTOMATED), change, 1.0, apply),))


def _own_rule(here: Situation, rule: int) -> Family:
    own = here.inputs.own_rules[OWN_RULE - rule]
    change = Change(kind="own-rule", what=f"own rule {own.id}", before=name_of(own), after=None, by="person",
                    says=f'the person took back their own rule "{name_of(own)}"')  # fmt: skip

    def apply(there: Situation) -> Situation:
        return there.with_inputs(own_rules=tuple(one for one in there.inputs.own_rules if one.id != own.id))

    return Family(("own-rule", own.id), (Step(("own-rule", own.id), change, 1.0, apply),))


def _preference(here: Situation, id: str, wanted: Any) -> Family:
    fact = here.inputs.facts.get(id)
    before = fact.value if fact else None
    name = id.replace("-", " ")

    def step(after: Any) -> Step:
        change = Change(kind="fact", what=f"person.{name}", before=before, after=after, by="person",
                        says=f"{name} were {said_value(after)} (it is {said_value(before)})")  # fmt: skip
        return Step(("fact", id), change, distance(before, after), lambda there: _told(there, id, after))

    steps = sorted((step(after) for after in wanted if after != before), key=lambda one: one.size)
    return Family(("fact", id), tuple(steps), reads=frozenset({id}))


def _fact(
    here: Situation, reference: Reference, written: list[Any], dictionary: Dictionary, *, law: bool, source: str
) -> Family:
    """What the person, or their record, could say instead. Of one who refused profiling most rules read none of it."""
    id, type_ = reference.id, reference.type
    inputs = here.inputs
    stranger = inputs.open_facts is not None and not law and id not in here.plan.preference_reads
    before = here.plan.facts(inputs.facts).get(id)
    by, note = _who(reference, before, dictionary, source)
    name = fact_words(reference.path, reference.root)
    was = said_value(to_plain(type_, before), type_)

    def step(after: Any) -> Step:
        shown = (
            "none of those that rules name"
            if type_ == STRING and after == ""
            else said_value(to_plain(type_, after), type_)
        )
        change = Change(kind="fact", what=str(reference), before=to_plain(type_, before), after=to_plain(type_, after),
                        by=by, says=f"{name} were {shown} (it is {was})", note=note)  # fmt: skip
        return Step(("fact", id), change, distance(before, after), lambda there: _told(there, id, after))

    steps = () if stranger else tuple(map(step, values(type_, written, before)))
    return Family(("fact", id), steps, reads=frozenset({id}))


def _who(reference: Reference, before: Any, dictionary: Dictionary, source: str) -> tuple[By, str]:
    """Who can change a fact, and why nobody can."""
    if any(one.id == reference.id for one in dictionary.aggregates):
        return "nobody", "it is worked out from what happened"
    if any(reference.id.startswith(f"{group.id}.") for group in dictionary.groups):
        return "nobody", "it is told of a group that the person is in"
    if before is None:
        return "person", "only if it is so"
    attribute = next((one for one in dictionary.attributes if one.id == reference.id), None)
    named = set(reference.id.split("-")) | set(reference.path[-1].lower().split())
    if (attribute is not None and attribute.role in _LASTING) or named & _AGE:
        return "nobody", "nobody can change it; a mistake can be corrected"
    if source:
        return "nobody", f"the law decides by it: {source}"
    return "person", "only if it is so"


def _counted(here: Situation, action: int, reference: Reference, written: list[Any]) -> Family:
    id = reference.id
    kept = int(np.frombuffer(here.inputs.candidates[id], "<i4")[action])
    before = None if kept == NULL else kept
    name = fact_words(reference.path, reference.root)

    def step(after: Any) -> Step:
        change = Change(kind="history", what=str(reference), before=before, after=after, by="nobody",
                        says=f"{name} were {said_value(after)} (it is {said_value(before)})",
                        note="it is worked out from what happened")  # fmt: skip

        def apply(there: Situation) -> Situation:
            column = np.frombuffer(there.inputs.candidates[id], "<i4").copy()
            column[action] = NULL if after is None else after
            return there.with_inputs(candidates={**there.inputs.candidates, id: column.tobytes()})

        return Step(("history", id), change, distance(before, after), apply)

    wanted = [one for one in values(reference.type, written, before) if one is None or abs(one) < 2**31]
    return Family(("history", id), tuple(map(step, wanted)), reads=frozenset({id}))


def _situation(here: Situation, reference: Reference, written: list[Any]) -> Family:
    id, type_ = reference.id, reference.type
    before = here.plan.context(here.ask).get(id)
    name = fact_words(reference.path, reference.root)

    def step(after: Any) -> Step:
        shown, was = (said_value(to_plain(type_, one), type_) for one in (after, before))
        change = Change(kind="situation", what=str(reference), before=to_plain(type_, before),
                        after=to_plain(type_, after), by="person", says=f"{name} were {shown} (it is {was})",
                        note="asked in another situation")  # fmt: skip
        return Step(("situation", id), change, distance(before, after), lambda there: there.with_context(id, after))

    return Family(("situation", id), tuple(map(step, values(type_, written, before))), reads=frozenset({id}))


def _told(here: Situation, id: str, value: Any) -> Situation:
    """The situation in which the person's fact is another; None: not known."""
    said = Fact(value=value, provenance=Provenance(how="given", source="", at=here.ask.at), message_id="")

    def other(facts: dict[str, Fact]) -> dict[str, Fact]:
        return {**facts, id: said} if value is not None else {key: one for key, one in facts.items() if key != id}

    inputs = here.inputs
    stranger = inputs.open_facts
    asked_for = stranger is not None and id in here.plan.preference_reads
    return here.with_inputs(
        facts=other(inputs.facts),
        open_facts=other(stranger) if stranger is not None and asked_for else stranger,
    )
