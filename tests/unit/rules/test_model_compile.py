"""A decision model of the playbook compiles to functions that agree with its evaluation by the standard."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from decidedly.feel import DATE, INTEGER, STRING, Name, Place, Scope, money
from decidedly.feel.tree import references
from decidedly.feel.values import to_plain
from decidedly.rules.evaluate import evaluate_model, link
from decidedly.rules.model_compile import CompiledModel, compile_model
from decidedly.rules.model_text import read_model

SCOPE = Scope.of(
    {
        "person": [
            Name("age band", STRING, "p1"),
            Name("spend last 30 days", money("USD"), "p2"),
            Name("visits", INTEGER, "p3"),
        ],
        "action": [Name("department", STRING, "a1")],
        "context": [Name("today", DATE, "today")],
    },
    bare=["person"],
    clock="context",
)
TEXTS = {
    "model.toml": """name = "Loyalty"

[[input]]
name = "spend"
from = "spend last 30 days"

[[input]]
name = "visits"

[[input]]
name = "is alcohol"
from = 'action.department = "SPIRITS"'
""",
    "tier.table": """name  = "tier"
needs = ["spend", "visits"]
hit   = "first"

| spend | visits | -> tier |
|-------|--------|---------|
| > 100 | -      | "gold"  |
| > 20  | >= 3   | "gold"  |
| > 20  | -      | "plain" |
""",
    "points.toml": 'name = "points"\nneeds = ["tier", "visits"]\nis = "(if tier = \\"gold\\" then 2 else 1) * visits"',
    "may-have.toml": 'name = "may have"\nneeds = ["tier", "is alcohol"]\nis = "tier = \\"gold\\" and not(is alcohol)"',
    "both.table": """name  = "both"
needs = ["points"]
hit   = "collect"

| points | -> word | -> worth |
|--------|---------|----------|
| > 1    | "some"  | points   |
| > 5    | "many"  | 0        |
""",
    "double.toml": 'name = "double"\ngives = "n * 2"\n\n[[parameters]]\nname = "n"\ntype = "number"\n',
    "doubled.toml": 'name = "doubled"\nneeds = ["points", "double"]\ntype = "number"\nis = "double(points)"',
    "told.toml": """name = "told"
needs = ["doubled", "tier"]
if    = "doubled > 5"
then  = "tier"
else  = '"few"'
""",
}


def compiled(texts: dict[str, str]) -> CompiledModel:
    model, problems = read_model(texts)
    assert model is not None, problems
    found, problems = compile_model(model, SCOPE)
    assert found is not None, problems
    return found


def test_compiled_is_the_reference() -> None:
    model = compiled(TEXTS)
    linked = link(model.model)
    for spend, visits, department in product([None, 1999, 2001, 10001], [None, 0, 2, 3, 7], [None, "SPIRITS", "DELI"]):
        facts = ({"p2": spend, "p3": visits}, {"a1": department}, {"today": date(2017, 10, 30)})
        given: dict[str, Any] = {
            "spend": None if spend is None else Decimal(spend) / 100,
            "visits": None if visits is None else Decimal(visits),
            "is alcohol": department == "SPIRITS",
        }
        results = model.fn(*facts)
        for name, value in results.items():
            type_ = model.decisions[name].type
            expected = evaluate_model(linked, name, given).value
            shown = to_plain(type_, value)
            assert shown == expected, (name, given)


def test_one_decision_reads_only_what_it_needs() -> None:
    decision = compiled(TEXTS).decision("points")
    assert {str(one) for one in decision.reads} == {"person.spend last 30 days", "person.visits"}
    assert decision.run({"p2": 3000, "p3": 4}, {}, {}) == 8


def test_a_short_chain_of_decisions_is_one_expression() -> None:
    decisions = compiled(TEXTS).decisions
    assert {name for name, one in decisions.items() if one.tree is not None} == {"tier", "points", "may have"}
    assert decisions["may have"].needs == ()
    assert {str(one) for one in references(decisions["may have"].tree)} == {  # type: ignore[arg-type]
        "person.spend last 30 days", "person.visits", "action.department",
    }  # fmt: skip
    long = TEXTS["tier.table"] + "".join(f'| > {n} | - | "t{n}" |\n' for n in range(20))
    decisions = compiled({**TEXTS, "tier.table": long}).decisions
    assert decisions["tier"].tree is None
    assert decisions["may have"].needs == ("tier",)


def test_what_is_not_generated_says_why() -> None:
    decisions = compiled(TEXTS).decisions
    assert {name for name, one in decisions.items() if one.why} == {"doubled", "told"}
    assert decisions["doubled"].why == "runs by the reference: it uses 'double', which is no plain value"


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("model.toml", 'name = "m"\n[[input]]\nname = "spend"\nfrom = "spnd last 30 days"', "feel.unknown-name"),
        ("points.toml", 'name = "points"\nis = "visits + 1"', "feel.unknown-name"),
        ("points.toml", 'name = "points"\nneeds = ["tier"]\nis = "tier + 1"', "feel.type"),
        ("points.toml", 'name = "points"\nneeds = ["points"]\nis = "points"', "dmn.cycle"),
    ],
)
def test_mistakes_have_places(file: str, text: str, code: str) -> None:
    texts = {name: kept for name, kept in TEXTS.items() if name in ("model.toml", "tier.table")} | {file: text}
    if file == "model.toml":
        texts["tier.table"] = texts["tier.table"].replace(', "visits"', "").replace("| visits |", "| spend |")
    model, problems = read_model(texts, lambda file, path: Place(file, 1 + len(path)))
    assert model is not None, problems
    found, problems = compile_model(model, SCOPE)
    assert found is None
    assert next((one.code, one.place.file) for one in problems if one.severity == "error") == (code, file)
