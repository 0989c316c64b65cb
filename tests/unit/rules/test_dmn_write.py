"""What is written as DMN XML is read back as the same model, and editors can show it."""

from __future__ import annotations

from decidedly.rules.dmn_xml import laid_out, read_dmn, write_dmn
from decidedly.rules.model import DecisionModel, placeless

SPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"
EVERYTHING = f"""<definitions xmlns="{SPACE}" xmlns:ed="urn:editor" name="m" namespace="urn:m" id="m"
  ed:x="&lt;&#10;&quot;">
<description>  all that
 there is &amp; more </description>
<extensionElements><ed:note a="1">mixed <ed:b>bold</ed:b> text</ed:note><plain xmlns="">p</plain></extensionElements>
<import name="" namespace="urn:o" importType="{SPACE}" locationURI="o.dmn"/>
<itemDefinition name="t" isCollection="true"><typeRef>number</typeRef><allowedValues><text>[0..9]</text></allowedValues>
  <typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>
<itemDefinition name="c"><itemComponent name="x" id="cx"><typeRef>t</typeRef></itemComponent></itemDefinition>
<itemDefinition name="f"><functionItem outputTypeRef="number"><parameters name="a" typeRef="string"/></functionItem>
  </itemDefinition>
<inputData id="i" name="in" label="what comes in"><variable name="in" typeRef="t"/></inputData>
<decision id="d" name="D"><question>why?</question><allowedAnswers>because</allowedAnswers><variable name="D"/>
  <informationRequirement id="r"><requiredInput href="#i"/></informationRequirement>
  <knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>
  <authorityRequirement><requiredAuthority href="#s"/></authorityRequirement><decisionOwner href="#owner"/>
  <context><contextEntry><variable name="a"/>
      <decisionTable hitPolicy="COLLECT" aggregation="MAX" outputLabel="l"><input id="i1" label="how much">
        <inputExpression id="e1" typeRef="number"><text>count(in)</text></inputExpression>
        <inputValues id="v1"><text>[0..9]</text></inputValues></input>
        <output name="o" typeRef="number"><defaultOutputEntry><text>0</text></defaultOutputEntry></output>
        <annotation name="note"/><rule id="r1"><inputEntry id="c1"><text>&lt; 1</text></inputEntry>
        <outputEntry id="c2"><text>5</text></outputEntry><annotationEntry><text>few</text></annotationEntry></rule>
      </decisionTable></contextEntry>
    <contextEntry><variable name="b"/><relation><column name="p"/><row><literalExpression><text>1</text>
      </literalExpression></row></relation></contextEntry>
    <contextEntry><variable name="c"/><list><literalExpression><text>1</text></literalExpression></list></contextEntry>
    <contextEntry><variable name="d"/><conditional><if><literalExpression><text>true</text></literalExpression></if>
      <then><literalExpression><text>1</text></literalExpression></then>
      <else><literalExpression><text>2</text></literalExpression></else></conditional></contextEntry>
    <contextEntry><variable name="e"/><for iteratorVariable="x"><in><literalExpression><text>in</text>
      </literalExpression></in><return><literalExpression><text>x</text></literalExpression></return></for></contextEntry>
    <contextEntry><variable name="g"/><every iteratorVariable="x"><in><literalExpression><text>in</text>
      </literalExpression></in><satisfies><literalExpression><text>x</text></literalExpression></satisfies></every>
      </contextEntry>
    <contextEntry><variable name="h"/><filter><in><literalExpression><text>in</text></literalExpression></in>
      <match><literalExpression><text>item</text></literalExpression></match></filter></contextEntry>
    <contextEntry><invocation><literalExpression><text>K</text></literalExpression><binding><parameter name="n"/>
      <literalExpression><text>a</text></literalExpression></binding></invocation></contextEntry></context></decision>
<businessKnowledgeModel id="k" name="K"><variable name="K"/><encapsulatedLogic><formalParameter name="n"/>
  <functionDefinition kind="Java"><context/></functionDefinition></encapsulatedLogic></businessKnowledgeModel>
<decisionService id="ds" name="S"><outputDecision href="#d"/><inputData href="#i"/></decisionService>
<knowledgeSource id="s" name="law" locationURI="urn:law"><type>law</type><owner href="#owner"/></knowledgeSource>
<textAnnotation id="ta"><text>  a note </text></textAnnotation>
<organizationUnit id="owner" name="us"/>
</definitions>"""


def read(text: str) -> DecisionModel:
    model, problems = read_dmn(text)
    assert problems == ()
    assert model is not None
    return model


def test_a_model_with_everything_is_read_back_as_it_was() -> None:
    model = read(EVERYTHING)
    assert placeless(read(write_dmn(model))) == placeless(model)


def test_an_older_version_says_the_same() -> None:
    model = read(EVERYTHING)
    dated = {"1.2": "http://www.omg.org/spec/DMN/20180521", "1.3": "https://www.omg.org/spec/DMN/20191111"}
    for version, space in dated.items():
        text = write_dmn(model, version=version)
        assert f"{space}/MODEL/" in text
        assert "20230324" not in text
        assert placeless(read(text)) == placeless(model)


def test_a_diagram_places_each_node_above_what_it_needs() -> None:
    model = laid_out(read(EVERYTHING))
    assert model.diagram is not None
    drawn = model.diagram.elements[0].elements
    shapes = [one for one in drawn if one.name == "DMNShape"]
    heights = {shape.attributes["dmnElementRef"]: int(shape.elements[0].attributes["y"]) for shape in shapes}
    assert heights.keys() == {"i", "d", "k", "ds", "s"}
    assert heights["d"] < min(heights["i"], heights["k"], heights["s"])
    assert heights["ds"] < heights["d"]
    edges = [one.attributes["dmnElementRef"] for one in drawn if one.name == "DMNEdge"]
    assert edges == ["r", "d-needs-2", "d-needs-3"]
    assert placeless(read(write_dmn(model))) == placeless(model)


def test_a_drawn_model_keeps_its_diagram() -> None:
    model = laid_out(read(EVERYTHING))
    assert laid_out(model) is model


def test_decisions_that_need_each_other_are_drawn_too() -> None:
    needs = '<informationRequirement><requiredDecision href="#{}"/></informationRequirement>'
    decisions = [f'<decision id="{id_}" name="{id_}">{needs.format(other)}</decision>' for id_, other in ("ab", "ba")]
    model = read(f'<definitions xmlns="{SPACE}" name="m" namespace="urn:m">{"".join(decisions)}</definitions>')
    assert laid_out(model).diagram is not None
