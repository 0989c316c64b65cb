"""What check tells of rules: validity, contradictions with regulation, rules that change nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from decidedly.core.policy import Example, Policy, Segment, Text
from decidedly.feel import Diagnostic, Place
from decidedly.playbook import check
from tests.shop import POLICIES, TABLE, playbook

LAW = Policy(id="law", name="No alcohol to the young", tier="regulation", table=Text(TABLE), source="a law",
             owner="legal", place=Place("law"))  # fmt: skip


def own(**given: Any) -> Policy:
    return Policy(id="own", name="Own", tier="suitability", place=Place("own"), **given)


def told(*policies: Policy, on: date | None = None, segments: tuple[Segment, ...] = ()) -> list[Diagnostic]:
    problems = check(playbook(policies=policies, segments=segments), on=on)
    return [one for one in problems if one.code != "playbook.unknown-name"]


def codes(*policies: Policy, on: date | None = None) -> list[str]:
    return [one.code for one in told(*policies, on=on) if one.code.startswith(("policies", "examples"))]


def test_a_rule_that_allows_only_what_regulation_refuses_is_told_with_an_example() -> None:
    rule = own(when=Text('action.category = "alcohol" and age band = "19-24"'))
    problem = next(one for one in told(LAW, rule) if one.code == "policies.contradiction")
    assert problem.place == Place("own")
    assert 'the action\'s category is "alcohol"' in problem.message
    assert 'age band is "19-24"' in problem.message
    assert problem.hint == "Nothing may override it: a law."


def test_a_row_that_allows_what_regulation_refuses_is_told_at_the_row() -> None:
    table = """hit = "first"

| action.category | age band | -> may have |
|-----------------|----------|-------------|
| "alcohol"       | "19-24"  | true        |
| "drinks"        | -        | true        |
| -               | -        | false       |
"""
    problems = [one for one in told(LAW, own(table=Text(table, Place("own.table")))) if "contradiction" in one.code]
    assert [one.place.line for one in problems] == [5]


def test_a_rule_that_lets_pass_all_that_regulation_does_changes_nothing() -> None:
    assert codes(LAW, own(when=Text('action.category != "alcohol" or age band != "19-24"'))) == ["policies.no-effect"]


def test_a_rule_that_is_stricter_than_regulation_is_fine() -> None:
    assert codes(LAW, own(when=Text('not(action.category = "alcohol")'))) == []


def test_what_cannot_be_analysed_is_said() -> None:
    rule = own(when=Text("string length(action.category) > kids count"))
    assert codes(LAW, rule) == ["policies.not-analysed"]


def test_the_shops_own_rules_do_not_contradict_each_other() -> None:
    law = next(one for one in POLICIES if one.tier == "regulation")
    assert codes(LAW, *(one for one in POLICIES if one != law)) == []


def test_a_rule_that_has_lapsed_or_soon_will_is_told_for_a_day() -> None:
    law = Policy(id="law", name="Law", tier="regulation", when=Text("kids count > 0"), source="a law", owner="legal",
                 valid_to=date(2017, 12, 31))  # fmt: skip
    assert codes(law) == []
    assert codes(law, on=date(2017, 1, 1)) == []
    assert codes(law, on=date(2017, 11, 1)) == ["policies.lapses"]
    assert codes(law, on=date(2018, 1, 1)) == ["policies.lapsed"]


def test_a_validity_that_ends_before_it_begins_is_a_mistake() -> None:
    law = own(when=Text("kids count > 0"), valid_from=date(2018, 1, 1), valid_to=date(2017, 1, 1))
    assert codes(law) == ["policies.valid"]


def test_examples_of_rules_and_segments_run() -> None:
    example = Example(who="a family", facts={"kids count": 1}, expect=False, place=Place("own", 7))
    problems = [one for one in told(own(when=Text("kids count > 0"), examples=(example,))) if "examples" in one.code]
    assert [(one.code, one.place.line) for one in problems] == [("examples.fails", 7)]
    family = Segment(id="family", name="Family", when=Text("kids count > 0"), examples=(example,))
    assert [one.code for one in told(segments=(family,))] == ["examples.fails"]


def test_a_segments_table_is_looked_through_for_rows_that_never_decide() -> None:
    table = """hit = "first"

| kids count | -> belongs |
|------------|------------|
| > 0        | true       |
| > 1        | false      |
| -          | false      |
"""
    family = Segment(id="family", name="Family", table=Text(table, Place("family.table")))
    assert [one.place.line for one in told(segments=(family,))] == [6]


def test_a_condition_that_is_the_same_for_everyone_is_told() -> None:
    assert [one.code for one in told(own(when=Text("1 > 2")))] == ["feel.constant"]
