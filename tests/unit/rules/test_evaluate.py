"""Decision models are evaluated as DMN 1.5 says: requirements first, each once, types coerced, null where it fails."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from decidedly.rules.dmn_xml import read_dmn
from decidedly.rules.evaluate import Linked, Outcome, evaluate_model, link

SPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def linked(inside: str, *others: str) -> Linked:
    models = []
    for number, text in enumerate((inside, *others)):
        whole = f'<definitions xmlns="{SPACE}" name="m{number}" namespace="urn:m{number}">{text}</definitions>'
        model, problems = read_dmn(whole, file=f"m{number}.dmn")
        assert model is not None, problems
        models.append(model)
    return link(models[0], models[1:])


def decide(inside: str, name: str = "D", **inputs: Any) -> Outcome:
    return evaluate_model(linked(inside), name, inputs)


def needs(*ids: str, kind: str = "information", of: str = "requiredInput") -> str:
    return "".join(f'<{kind}Requirement><{of} href="#{id_}"/></{kind}Requirement>' for id_ in ids)


def literal(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


def test_a_decision_sees_only_what_it_requires() -> None:
    model = (
        '<inputData id="a" name="a"/><inputData id="b" name="b"/>'
        f'<decision id="D" name="D">{needs("a")}{literal("a + b")}</decision>'
    )
    outcome = decide(model, a=Decimal(1), b=Decimal(2))
    assert outcome.value is None
    assert "feel.unknown-name" in [problem.code for problem in outcome.problems]


@pytest.mark.parametrize(
    ("type_", "given", "expected"),
    [
        ("<typeRef>number</typeRef>", [Decimal(1)], Decimal(1)),
        ("<typeRef>number</typeRef>", "1", None),
        ('<typeRef>string</typeRef><allowedValues><text>"a", "b"</text></allowedValues>', "a", "a"),
        ('<typeRef>string</typeRef><allowedValues><text>"a", "b"</text></allowedValues>', "c", None),
    ],
)
def test_an_input_is_coerced_to_its_type(type_: str, given: Any, expected: Any) -> None:
    model = (
        f'<itemDefinition name="t">{type_}</itemDefinition>'
        '<inputData id="a" name="a"><variable name="a" typeRef="t"/></inputData>'
        f'<decision id="D" name="D">{needs("a")}{literal("a")}</decision>'
    )
    assert decide(model, a=given).value == expected


def test_allowed_values_are_of_the_items_and_a_constraint_of_the_whole() -> None:
    model = (
        '<itemDefinition name="t" isCollection="true"><typeRef>number</typeRef><allowedValues><text>[0..9]</text>'
        "</allowedValues><typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>"
        '<inputData id="a" name="a"><variable name="a" typeRef="t"/></inputData>'
        f'<decision id="D" name="D">{needs("a")}{literal("a")}</decision>'
    )
    one, two = Decimal(1), Decimal(2)
    assert decide(model, a=[one, two]).value == [one, two]
    assert decide(model, a=one).value == [one]
    assert decide(model, a=[one, Decimal(10)]).value is None
    assert decide(model, a=[one, one, one]).value is None


def test_decisions_that_need_each_other_are_null_and_named() -> None:
    model = (
        f'<decision id="D" name="D">{needs("E", of="requiredDecision")}{literal("E")}</decision>'
        f'<decision id="E" name="E">{needs("D", of="requiredDecision")}{literal("D")}</decision>'
    )
    outcome = decide(model)
    assert outcome.value is None
    assert "dmn.cycle" in [problem.code for problem in outcome.problems]


def test_an_imported_decision_is_used_under_its_prefix() -> None:
    model = linked(
        f'<import name="other" namespace="urn:m1" importType="{SPACE}"/>'
        '<decision id="D" name="D"><informationRequirement><requiredDecision href="urn:m1#E"/></informationRequirement>'
        f"{literal('other.the E + 1')}</decision>",
        f'<inputData id="a" name="a"/><decision id="E" name="the E">{needs("a")}{literal("a * 2")}</decision>',
    )
    assert evaluate_model(model, "D", {"urn:m1#a": Decimal(3)}).value == 7
    assert evaluate_model(model, "other.the E", {"a": Decimal(3)}).value == 6


def test_a_service_takes_its_input_decisions_and_works_out_the_rest() -> None:
    model = (
        f'<inputData id="a" name="a"/><decision id="E" name="E">{literal("100")}</decision>'
        f'<decision id="D" name="D">{needs("a")}{needs("E", of="requiredDecision")}{literal("a + E")}</decision>'
        '<decisionService id="S" name="S"><outputDecision href="#D"/><inputDecision href="#E"/><inputData href="#a"/>'
        "</decisionService>"
    )
    assert decide(model, "D", a=Decimal(1)).value == 101
    assert decide(model, "S", a=Decimal(1), E=Decimal(2)).value == 3


def test_an_unknown_decision_is_told_with_the_nearest_name() -> None:
    outcome = decide(f'<decision id="D" name="Discount">{literal("1")}</decision>', "Discont")
    assert outcome.value is None
    assert outcome.problems[0].hint == "Did you mean 'Discount'?"
