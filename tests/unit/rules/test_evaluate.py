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


def test_the_own_name_space_may_stand_before_an_id() -> None:
    model = (
        '<inputData id="a" name="a"/><decision id="D" name="D"><informationRequirement><requiredInput href="urn:m0#a"/>'
        f"</informationRequirement>{literal('a + 1')}</decision>"
    )
    assert decide(model, a=Decimal(1)).value == 2


def test_an_argument_of_another_type_makes_the_whole_call_null() -> None:
    service = (
        '<decisionService id="S" name="S"><outputDecision href="#E"/><inputDecision href="#I"/></decisionService>'
        f'<decision id="I" name="I"><variable name="I" typeRef="string"/>{literal("null")}</decision>'
        f'<decision id="E" name="E">{needs("I", of="requiredDecision")}{literal("I = null")}</decision>'
        f'<decision id="D" name="D">{needs("S", kind="knowledge", of="requiredKnowledge")}{{}}</decision>'
    )
    assert decide(service.format(literal('S("a")'))).value is False
    assert decide(service.format(literal("S(null)"))).value is True
    outcome = decide(service.format(literal("S(1)")))
    assert outcome.value is None
    assert "dmn.type" in [problem.code for problem in outcome.problems]


def test_a_decision_without_logic_is_given() -> None:
    model = (
        '<decision id="E" name="E"><variable name="E" typeRef="number"/></decision>'
        f'<decision id="D" name="D">{needs("E", of="requiredDecision")}{literal("E + 1")}</decision>'
    )
    assert decide(model, E=[Decimal(1)]).value == 2


def test_a_function_may_call_itself_but_not_without_end() -> None:
    model = (
        '<inputData id="n" name="n"/><businessKnowledgeModel id="k" name="k"><encapsulatedLogic>'
        f'<formalParameter name="n"/>{literal("if n &lt; 1 then 0 else 1 + k(n - 1)")}</encapsulatedLogic>'
        "</businessKnowledgeModel>"
        f'<decision id="D" name="D">{needs("n")}{needs("k", kind="knowledge", of="requiredKnowledge")}{literal("k(n)")}'
        "</decision>"
    )
    assert decide(model, n=Decimal(10)).value == 10
    outcome = decide(model, n=Decimal(100_000))
    assert outcome.value is None
    assert outcome.problems


def test_inner_names_hide_outer_ones() -> None:
    model = (
        '<inputData id="a" name="a"/><decision id="D" name="D">' + needs("a") + "<context><contextEntry>"
        f'<variable name="a"/>{literal("a + 1")}</contextEntry><contextEntry><variable name="b"/>{literal("a + 1")}'
        f"</contextEntry><contextEntry>{literal('[a, b]')}</contextEntry></context></decision>"
    )
    assert decide(model, a=Decimal(1)).value == [2, 3]


def boxed(name: str, **parts: str) -> str:
    inside = "".join(f"<{part.strip('_')}>{literal(text)}</{part.strip('_')}>" for part, text in parts.items())
    variable = ' iteratorVariable="x"' if name in ("for", "some", "every") else ""
    return f'<decision id="D" name="D"><{name}{variable}>{inside}</{name}></decision>'


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (boxed("for", in_="[1..3]", return_="x + count(partial)"), [1, 3, 5]),
        (boxed("for", in_="null", return_="x"), None),
        (boxed("some", in_="[1, 2]", satisfies="x = 2"), True),
        (boxed("every", in_="[]", satisfies="x"), True),
        (boxed("every", in_="[1, null]", satisfies="x = 1"), False),
        (boxed("filter", in_="[{a: 1}, {a: 2}]", match="a = 2"), [{"a": 2}]),
        (boxed("filter", in_="[{the b: 1}, {the b: 2}]", match="item.the b = 2"), [{"the b": 2}]),
        (boxed("filter", in_="[5, 6]", match="2"), 6),
        (boxed("filter", in_="[5, 6]", match='"x"'), None),
        (boxed("filter", in_="5", match="item = 5"), [5]),
        (boxed("conditional", if_="null", then="1", else_="2"), 2),
        (boxed("conditional", if_="1", then="1", else_="2"), None),
    ],
)
def test_boxed_control(model: str, expected: Any) -> None:
    assert decide(model).value == expected


def test_the_names_of_an_empty_import_stand_bare() -> None:
    model = linked(
        f'<import name="" namespace="urn:m1" importType="{SPACE}"/>'
        '<decision id="D" name="D"><informationRequirement><requiredDecision href="urn:m1#E"/></informationRequirement>'
        f'<variable name="D" typeRef="t"/>{literal("E + 1")}</decision>',
        f'<itemDefinition name="t" isCollection="true"><typeRef>number</typeRef></itemDefinition>'
        f'<decision id="E" name="E">{literal("1")}</decision>',
    )
    assert evaluate_model(model, "D", {}).value == [2]


def test_functions_of_another_language_are_null_and_named() -> None:
    model = (
        '<decision id="D" name="D"><context><contextEntry><variable name="f"/><functionDefinition kind="Java">'
        f"<context/></functionDefinition></contextEntry><contextEntry>{literal('f()')}</contextEntry></context>"
        "</decision>"
    )
    outcome = decide(model)
    assert outcome.value is None
    assert "dmn.external-function" in [problem.code for problem in outcome.problems]


def test_what_is_not_there_is_told() -> None:
    model = linked(
        f'<import name="x" namespace="urn:x" importType="{SPACE}"/><decision id="D" name="D">{needs("b")}</decision>'
    )
    assert [problem.code for problem in model.check()] == ["dmn.import", "dmn.reference"]


@pytest.mark.parametrize("name", ["", "other"])
def test_models_may_import_each_other(name: str) -> None:
    there = f'<import name="{name}" namespace="urn:{{}}" importType="{SPACE}"/>'
    prefix = f"{name}." if name else ""
    model = linked(
        there.format("m1") + '<decision id="D" name="D"><informationRequirement><requiredDecision href="urn:m1#E"/>'
        f'</informationRequirement><variable name="D" typeRef="{prefix}t"/>{literal(prefix + "E + 1")}</decision>',
        there.format("m0") + '<itemDefinition name="t"><typeRef>nowhere.u</typeRef></itemDefinition>'
        f'<decision id="E" name="E">{literal("1")}</decision>',
    )
    assert evaluate_model(model, "D", {}).value == 2
    assert evaluate_model(model, "nothing", {}).problems[0].code == "dmn.unknown"


def test_a_service_with_several_outputs_gives_them_by_name() -> None:
    model = (
        f'<decision id="E" name="E">{literal("1")}</decision><decision id="F" name="F">{literal("2")}</decision>'
        '<decisionService id="S" name="S"><outputDecision href="#E"/><outputDecision href="#F"/></decisionService>'
        f'<decision id="D" name="D">{needs("S", kind="knowledge", of="requiredKnowledge")}{literal("S().E + S().F")}'
        "</decision>"
    )
    assert decide(model, "S").value == {"E": 1, "F": 2}
    assert decide(model).value == 3
