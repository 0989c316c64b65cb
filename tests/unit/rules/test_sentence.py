"""Decision tables in words."""

from __future__ import annotations

from decidedly.feel import INTEGER, STRING, ListOf, Name, Scope, money
from decidedly.rules import compile_table
from decidedly.rules.sentence import table_sentences

SCOPE = Scope.of(
    {
        "person": [Name("age band", STRING), Name("orders", INTEGER), Name("spend", money("USD"))],
        "action": [Name("departments", ListOf(STRING))],
    },
    bare=["person"],
)


def said(text: str) -> tuple[str, ...]:
    table, problems = compile_table(text, SCOPE)
    assert table is not None, problems
    return table_sentences(table.typed)


def test_each_row_is_a_sentence_with_its_reason() -> None:
    text = """hit = "first"

| action.departments | age band     | -> may have | -> reason         |
|--------------------|--------------|-------------|-------------------|
| not("SPIRITS")     | -            | true        |                   |
| "SPIRITS"          | "19-24"      | false       | "may be under 21" |
| -                  | null, "65+"  | false       | "not known"       |
| -                  | -            | true        |                   |
"""
    assert said(text) == (
        "The first of these that is so decides:",
        'If "SPIRITS" is not among the action\'s departments, then may have is true.',
        'If "SPIRITS" is among the action\'s departments and age band is "19-24", then may have is false,'
        ' because "may be under 21".',
        'If (age band is not known or age band is "65+"), then may have is false, because "not known".',
        "In all other cases, may have is true.",
    )


def test_the_hit_policy_and_the_default_are_said() -> None:
    text = """hit     = "collect +"
default = { "bonus" = "0" }

| spend      | -> bonus   |
|------------|------------|
| > 100      | 5          |
| [50..100]  | orders * 2 |
"""
    assert said(text) == (
        "The results of all that are so are added up:",
        "If spend is more than 100 USD, then bonus is 5.",
        "If spend is between 50 and 100 USD (both included), then bonus is orders times 2.",
        "If none is so, then bonus is 0.",
    )
