"""Whatever the service: each change that is named makes the action win when it is decided so, and none smaller does."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.core.action import Money
from decidedly.core.ask import Ask
from decidedly.core.decision import DecisionRecord, Inputs
from decidedly.core.ledger import Entry
from decidedly.core.policy import Policy, Text, Tier
from decidedly.core.provenance import Fact, Provenance
from decidedly.decide import Change, Plan, Way, counterfactual
from decidedly.decide.record import decide_batch
from decidedly.ledger import standing
from tests.shop import MONDAY, action, ask, plan_of, playbook

SAID = Provenance(how="given", source="test", at=MONDAY - timedelta(days=9))
CATEGORIES = ("baby", "drinks", "alcohol")
RULES = (
    "kids count > {n}",
    "kids count <= {n}",
    "kids count between {n} and {m}",
    'if action.category = "baby" then kids count >= {n} else true',
    'age band in ("35-44", "45-54") or action.category != "alcohol"',
    'age band != "19-24"',
    "candidate.times bought < {n}",
    "kids count = null or kids count != {n}",
    "now() >= date and time(\"2017-11-0{d}T08:00:00Z\")",
)  # fmt: skip
TIERS: tuple[Tier, ...] = ("eligibility", "applicability", "suitability")


class Case(NamedTuple):
    plan: Plan
    ask: Ask
    inputs: Inputs


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A service of four actions, up to three rules drawn from `RULES`, and somebody who may lack any fact."""
    actions = tuple(
        action(
            f"grow/week/a{number}", draw(st.sampled_from(CATEGORIES)), draw(st.integers(1, 400)),
            draw(st.sampled_from((1.0, 1.25, 0.5))),
        )
        for number in range(4)
    )  # fmt: skip
    rules = tuple(
        Policy(id=f"r{number}", name=f"Rule {number}", tier=draw(st.sampled_from(TIERS)), when=Text(text.format(
            n=draw(st.integers(0, 4)), m=draw(st.integers(2, 6)), d=draw(st.integers(1, 9))
        )))
        for number, text in enumerate(draw(st.lists(st.sampled_from(RULES), max_size=3)))
    )  # fmt: skip
    book = playbook(service={"slots": draw(st.integers(1, 3))}, actions=actions, policies=rules)
    known: dict[str, Any] = {
        "age-band": draw(st.sampled_from((None, "19-24", "35-44"))),
        "kids-count": draw(st.sampled_from((None, 0, 2, 5))),
    }
    consents = draw(st.dictionaries(st.sampled_from(("email", "sms")), st.booleans()))
    contacts = tuple(
        Entry(
            id=f"e{number}", contact_class="marketing", channel=draw(st.sampled_from(("email", "sms"))),
            at=MONDAY - timedelta(hours=draw(st.integers(1, 200))), state="confirmed",
        )
        for number in range(draw(st.integers(0, 2)))
    )  # fmt: skip
    propensity = np.array(draw(st.lists(st.integers(1, 64), min_size=4, max_size=4)), "<f4") / 128
    bought = np.array(draw(st.lists(st.integers(0, 6), min_size=4, max_size=4)), "<i4")
    inputs = Inputs(
        facts={id: fact(value) for id, value in known.items() if value is not None},
        consents=consents,
        consent_ids={},
        candidates={"times-bought": bought.tobytes()},
        propensity=propensity.tobytes(),
        contacts=contacts,
        epoch=0,
    )
    plan = plan_of(book)
    wanted = {id: bought.tobytes() for id in plan.candidate_reads}
    return Case(plan, ask(1, f"ask-{draw(st.integers(0, 9))}"), replace(inputs, candidates=wanted))


def fact(value: Any) -> Fact:
    return Fact(value=value, provenance=SAID, message_id="m1")


def decided(case: Case) -> DecisionRecord:
    return decide_batch(case.plan, [case.ask], [("p1", True)], [case.inputs], "m1")[0]


def changed(case: Case, index: int, change: Change, after: Any) -> Case:
    """The case with one thing another way, made here from what the change says, not by the code under test."""
    own, inputs = case.plan.actions[index], case.inputs
    match change.kind:
        case "fact":
            id = change.what.removeprefix("person.").replace(" ", "-")
            facts = {key: one for key, one in inputs.facts.items() if key != id}
            value = int(after) if id == "kids-count" and after is not None else after
            return case._replace(inputs=replace(inputs, facts=facts if after is None else {**facts, id: fact(value)}))
        case "consent":
            return case._replace(inputs=replace(inputs, consents={**inputs.consents, change.what.split()[-1]: after}))
        case "history":
            column = np.frombuffer(inputs.candidates["times-bought"], "<i4").copy()
            column[index] = int(after)
            return case._replace(inputs=replace(inputs, candidates={"times-bought": column.tobytes()}))
        case "time":
            later = replace(inputs, contacts=standing(inputs.contacts, after))
            return case._replace(ask=replace(case.ask, at=after), inputs=later)
        case "lever":
            return with_action(case, index, replace(own, lever=after))
        case "value":
            return with_action(case, index, replace(own, value=Money(round(float(str(after).split()[0]) * 100), "USD")))
    raise AssertionError(change.kind)


def with_action(case: Case, index: int, other: Any) -> Case:
    actions = (*case.plan.actions[:index], other, *case.plan.actions[index + 1 :])
    return case._replace(plan=dataclasses.replace(case.plan, actions=actions))


def smaller(change: Change, start: Any) -> list[Any]:
    """Every smaller change of the same thing, or so many of them that one that wins would be met."""
    match change.kind:
        case "fact" if isinstance(change.after, str) or change.after is None:
            return []
        case "fact" | "history":
            before = 0 if change.before is None else int(change.before)
            far = abs(int(change.after) - before)
            near = {before + step for step in range(-far + 1, far)}
            return sorted(near - ({before} if change.before is not None else set()))
        case "lever":
            least, most = round(start.lever * 100), round(change.after * 100)
            return [number / 100 for number in {*range(least, most, max(1, (most - least) // 40)), most - 1}]
        case "value":
            most = round(float(str(change.after).split()[0]) * 100)
            numbers = {*range(start.value.minor, most, max(1, (most - start.value.minor) // 40)), most - 1}
            return [f"{number / 100:.2f} USD" for number in numbers]
        case "time":
            hours = int((change.after - change.before).total_seconds() // 3600)
            return [change.before + timedelta(hours=hour) for hour in range(0, hours + 1, max(1, hours // 60))][:-1]
    return []


@settings(max_examples=30, deadline=None)
@given(cases())
def test_every_way_wins_and_no_smaller_change_of_the_same_thing_does(case: Case) -> None:
    record = decided(case)
    told = np.frombuffer(case.inputs.propensity, "<f4")
    dictionary = playbook().dictionary
    for index, own in enumerate(case.plan.actions):
        found = counterfactual(record, case.plan, own.id, dictionary, told)
        assert found.wins == (index in record.chosen)
        for way in found.ways:
            assert wins(case, index, way)
            if len(way.changes) == 1:
                (change,) = way.changes
                for less in smaller(change, own):
                    assert index not in decided(changed(case, index, change, less)).chosen, (way, less)


@settings(max_examples=30, deadline=None)
@given(cases())
def test_of_several_changes_none_can_be_left_out(case: Case) -> None:
    record = decided(case)
    told = np.frombuffer(case.inputs.propensity, "<f4")
    for index, own in enumerate(case.plan.actions):
        for way in counterfactual(record, case.plan, own.id, playbook().dictionary, told).ways:
            for left_out in way.changes if len(way.changes) > 1 else ():
                rest = tuple(change for change in way.changes if change is not left_out)
                assert not wins(case, index, replace(way, changes=rest))


def wins(case: Case, index: int, way: Way) -> bool:
    for change in way.changes:
        case = changed(case, index, change, change.after)
    return index in decided(case).chosen
