"""The page for business people: each of its examples is understood as it says and comes out as it says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from decidedly.core.policy import Example
from decidedly.feel import BOOLEAN, DATE, INTEGER, REAL, STRING, ListOf, Name, Scope, money, parse
from decidedly.feel.tree import Node
from decidedly.feel.words import words
from decidedly.rules import compile_table, run_examples
from decidedly.rules.sentence import table_sentences

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rules" / "the-rule-language.md").read_text("utf-8")
WORKED = re.compile(r"^### (\d+)\. (.+?)\n(.*?)(?=^##)", re.MULTILINE | re.DOTALL)
RULE = re.compile(r"```feel\n(.*?)\n```", re.DOTALL)
SAID = re.compile(r"^> (.+)$", re.MULTILINE)
CASE = re.compile(r"^- `(.*)` gives (true|false)", re.MULTILINE)
CASES = WORKED.findall(PAGE + "\n## end")
GBP = money("GBP")
PERSON = [
    Name("orders last 30 days", INTEGER), Name("orders in all", INTEGER), Name("spend days 31 to 60", GBP),
    Name("spend last 90 days", GBP), Name("age band", STRING), Name("born", DATE), Name("member", BOOLEAN),
    Name("score", REAL), Name("interests", ListOf(STRING)), Name("monthly spend", ListOf(GBP)),
    Name("postcode", STRING),
]  # fmt: skip
ACTION = [Name("departments", ListOf(STRING)), Name("price", GBP), Name("valid until", DATE), Name("name", STRING)]


def scope() -> Scope:
    roots = {"person": PERSON, "action": ACTION, "candidate": [Name("times bought", INTEGER)], "context": []}
    plain = Scope.of(roots, bare=["person"], clock="context")
    loyal, _ = parse("orders in all >= 12 and spend last 90 days > 200", plain)
    return Scope.of(roots, bare=["person"], clock="context",
                    expressions={"segment": [Name("loyal", BOOLEAN, tree=loyal)]})  # fmt: skip


def rule(text: str) -> tuple[Node | object, list[str]]:
    if text.lstrip().startswith("hit"):
        table, problems = compile_table(text, scope())
        assert table is not None, problems
        return table.typed, list(table_sentences(table.typed))
    tree, problems = parse(text, scope())
    assert tree is not None, problems
    return tree, [words(tree)]


def test_there_are_twenty_examples() -> None:
    assert [int(number) for number, _, _ in CASES] == list(range(1, 21))


@pytest.mark.parametrize(("title", "body"), [(title, body) for _, title, body in CASES], ids=[c[1] for c in CASES])
def test_an_example_is_as_the_page_says(title: str, body: str) -> None:
    found = RULE.search(body)
    assert found is not None
    made, said = rule(found[1])
    assert SAID.findall(body) == said
    cases = CASE.findall(body)
    assert {expect for _, expect in cases} == {"true", "false"}
    examples = [
        Example(who=facts, facts=tomllib.loads(f"x = {{{facts}}}")["x"], expect=expect == "true")
        for facts, expect in cases
    ]
    assert run_examples(made, examples, scope(), "may have", ZoneInfo("UTC")) == ()  # type: ignore[arg-type]
