"""DMN XML of every version is read; what is wrong in a file is told with its place."""

from __future__ import annotations

import pytest

from decidedly.rules.dmn_xml import read_dmn
from decidedly.rules.model import BoxedTable, Decision, LiteralExpression

VERSIONS = [
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
]


def model_text(inside: str, space: str = VERSIONS[-1]) -> str:
    return f'<definitions xmlns="{space}" name="m" namespace="urn:m" id="m">\n{inside}\n</definitions>'


@pytest.mark.parametrize("space", VERSIONS)
def test_every_version_is_read_alike(space: str) -> None:
    text = model_text(
        '<decision id="d" name="A  B"><variable name="A B" typeRef="number"/>'
        "<literalExpression><text>\n  1 + 1 </text></literalExpression></decision>",
        space,
    )
    model, problems = read_dmn(text, file="m.dmn")
    assert problems == ()
    assert model is not None
    (decision,) = model.decisions
    assert isinstance(decision.logic, LiteralExpression)
    assert (decision.name, decision.logic.text.text) == ("A B", "1 + 1")
    assert str(decision.logic.text.place) == "m.dmn:3:3"


def test_a_table_keeps_texts_types_and_annotations() -> None:
    text = model_text(
        """<decision id="d" name="D"><decisionTable hitPolicy="COLLECT" aggregation="SUM">
        <input id="i" label="how old"><inputExpression typeRef="number"><text>age</text></inputExpression>
          <inputValues><text>[0..120]</text></inputValues></input>
        <output name="" typeRef="number"><defaultOutputEntry><text>0</text></defaultOutputEntry></output>
        <annotation name="why"/>
        <rule id="r"><inputEntry id="c"><text>&lt; 18</text></inputEntry><outputEntry><text>1</text></outputEntry>
          <annotationEntry><text>a child</text></annotationEntry></rule>
        </decisionTable></decision>"""
    )
    model, problems = read_dmn(text)
    assert problems == ()
    assert model is not None
    logic = model.decisions[0].logic
    assert isinstance(logic, BoxedTable)
    assert logic.table.hit == "collect +"
    assert logic.table.allowed == {"age": "[0..120]"}
    assert logic.table.defaults == {"": "0"}
    assert [cell.text for cell in logic.table.rows[0].cells] == ["< 18", "1"]
    assert (logic.inputs[0].label, logic.inputs[0].type, logic.rules[0].annotations) == (
        "how old",
        "number",
        ("a child",),
    )


def test_references_of_the_oldest_version_lose_their_prefixes() -> None:
    text = (
        f'<definitions xmlns="{VERSIONS[0]}" xmlns:feel="http://www.omg.org/spec/FEEL/20140401" '
        'xmlns:o="urn:other" name="m" namespace="urn:m"><import namespace="urn:other" importType="x"/>'
        '<inputData name="a" id="a"><variable name="a" typeRef="feel:number"/></inputData>'
        '<inputData name="b" id="b"><variable name="b" typeRef="o:tB"/></inputData></definitions>'
    )
    model, problems = read_dmn(text)
    assert problems == ()
    assert model is not None
    assert [node.variable.type for node in model.inputs if node.variable] == ["number", "o.tB"]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("", "xml.syntax", "m.dmn:1:1"),
        ("<a>\n  <b></a>", "xml.syntax", "m.dmn:2:8"),
        ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "xml.doctype", "m.dmn:1:13"),
        ("<a xmlns='urn:other'/>", "dmn.not-a-model", "m.dmn:1:1"),
        ("<a>" * 300 + "</a>" * 300, "xml.too-deep", "m.dmn:1:601"),
        (model_text("<decision id='d'/>"), "dmn.no-name", "m.dmn:2:1"),
        (model_text("<import name='x' namespace=''/>"), "dmn.import", "m.dmn:2:1"),
        (model_text("<decisionService name='s'><outputDecision/></decisionService>"), "dmn.reference", "m.dmn:2:27"),
        (model_text("<decision name='d'><decisionTable hitPolicy='UNIQE'><output/></decisionTable></decision>"),
         "table.hit", "m.dmn:2:20"),
        (model_text("<decision name='d'><decisionTable><output/><rule/></decisionTable></decision>"),
         "table.row", "m.dmn:2:44"),
        (model_text("<decision name='d'><conditional><if/></conditional></decision>"), "dmn.expression", "m.dmn:2:33"),
    ],
)  # fmt: skip
def test_what_is_wrong_has_a_place(text: str, code: str, place: str) -> None:
    model, problems = read_dmn(text, file="m.dmn")
    assert model is None
    assert (problems[0].code, str(problems[0].place)) == (code, place)


def test_what_an_editor_adds_is_kept() -> None:
    text = (
        f'<definitions xmlns="{VERSIONS[-1]}" xmlns:ed="urn:editor" name="m" namespace="urn:m" ed:colour="red">'
        "<extensionElements><ed:note>hello</ed:note></extensionElements>"
        '<decision name="d" id="d" ed:x="1"/></definitions>'
    )
    model, _ = read_dmn(text)
    assert model is not None
    assert model.kept.attributes == {"{urn:editor}colour": "red"}
    assert model.kept.elements[0].elements[0].text.text == "hello"
    assert isinstance(model.nodes[0], Decision)
    assert model.nodes[0].kept.attributes == {"{urn:editor}x": "1"}
