"""Examples beside rules, and the reasons that an evaluation gives."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from decidedly.core.policy import Example
from decidedly.feel import DATE, INTEGER, STRING, Diagnostic, ListOf, Name, Scope, money, parse
from decidedly.rules import compile_table, explain_rule, run_examples

SCOPE = Scope.of(
    {
        "person": [
            Name("age band", STRING, "a1"), Name("orders", INTEGER, "a2"), Name("spend", money("USD"), "a3"),
            Name("born", DATE, "a4"),
        ],
        "action": [Name("departments", ListOf(STRING), "d1")],
        "context": [],
    },
    bare=["person"],
    clock="context",
)  # fmt: skip
TABLE = """hit = "first"

| action.departments | age band | -> may have | -> reason         |
|--------------------|----------|-------------|-------------------|
| not("SPIRITS")     | -        | true        | "no alcohol"      |
| -                  | "19-24"  | false       | "may be under 21" |
| -                  | -        | false       | "age not known"   |
"""


def ran(rule: str, facts: dict[str, Any], expect: Any, at: datetime | None = None) -> list[Diagnostic]:
    example = Example(who="Ann", facts=facts, expect=expect, at=at)
    if "|" in rule:
        table, problems = compile_table(rule, SCOPE)
        assert table is not None, problems
        return list(run_examples(table.typed, [example], SCOPE, "may have", ZoneInfo("UTC")))
    tree, problems = parse(rule, SCOPE)
    assert tree is not None, problems
    return list(run_examples(tree, [example], SCOPE, "", ZoneInfo("UTC")))


@pytest.mark.parametrize(
    ("rule", "facts", "expect"),
    [
        ("orders > 2", {"orders": 3}, True),
        ("orders > 2", {}, False),
        ("spend between 50 and 150", {"spend": 50.10}, True),
        ("spend between 50 and 150", {"person.spend": 49.99}, False),
        ('born < @"2000-01-01"', {"born": "1999-12-31"}, True),
        ("today() > born", {"born": "1999-12-31"}, True),
        (TABLE, {"action.departments": ["SPIRITS"], "age band": "19-24"}, False),
        (TABLE, {"action.departments": ["SPIRITS"]}, {"may have": False, "reason": "age not known"}),
    ],
)
def test_an_example_that_comes_out_says_nothing(rule: str, facts: dict[str, Any], expect: Any) -> None:
    assert ran(rule, facts, expect) == []


def test_an_example_sees_its_own_moment() -> None:
    at = datetime(1999, 1, 1, tzinfo=UTC)
    assert ran("today() > born", {"born": "1999-12-31"}, False, at) == []


def test_an_example_that_fails_says_what_was_expected_what_came_and_why() -> None:
    problem = ran(TABLE, {"action.departments": ["SPIRITS"], "age band": "19-24"}, True)[0]
    assert problem.code == "examples.fails"
    assert problem.message == "Example Ann expects true, but it is false."
    assert 'because "may be under 21"' in problem.hint
    assert 'age band is "19-24"' in problem.hint


def test_a_result_by_name_that_differs_is_told() -> None:
    problem = ran(TABLE, {"action.departments": ["BEER"]}, {"reason": "none"})[0]
    assert problem.message == 'Example Ann expects reason to be "none", but it is "no alcohol".'


@pytest.mark.parametrize(
    ("facts", "code"),
    [({"age bnd": "x"}, "examples.unknown-fact"), ({"orders": "many"}, "examples.value"),
     ({"spend": 1.999}, "examples.value"), ({"born": "soon"}, "examples.value")],
)  # fmt: skip
def test_a_fact_that_cannot_be_is_told(facts: dict[str, Any], code: str) -> None:
    assert [one.code for one in ran("orders > 2", facts, True)] == [code]


def test_a_null_is_traced_to_what_is_not_known() -> None:
    tree, _ = parse("orders > 2 and spend / orders > 1", SCOPE)
    assert tree is not None
    told = explain_rule(tree, {"person": {"a3": 100}})
    assert told.value is None
    assert told.nulls == ("orders is not known",)
    told = explain_rule(tree, {"person": {"a2": 3}})
    assert told.nulls == ("spend is not known",)


def test_a_null_is_traced_to_a_division_by_zero() -> None:
    tree, _ = parse("spend / orders > 1", SCOPE)
    assert tree is not None
    told = explain_rule(tree, {"person": {"a2": 0, "a3": 100}})
    assert told.nulls == ("spend divided by orders has no value",)
    assert [(one.name, one.said) for one in told.facts] == [("spend", "1 USD"), ("orders", "0")]


def test_a_table_names_the_row_that_decided() -> None:
    table, _ = compile_table(TABLE, SCOPE)
    assert table is not None
    told = explain_rule(table.typed, {"person": {"a1": "19-24"}, "action": {"d1": ["SPIRITS"]}}, "may have")
    assert (told.value, told.row) == (False, 1)
    assert told.sentence == 'If age band is "19-24", then may have is false, because "may be under 21".'
