"""No file makes the reading or the evaluation of a decision model fail or hang: it is told what is wrong."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from decidedly.rules.dmn_xml import read_dmn, write_dmn
from decidedly.rules.evaluate import evaluate_model, link
from decidedly.rules.model import DecisionModel, placeless
from decidedly.rules.model_text import read_model
from decidedly.rules.model_write import write_model
from tests.unit.rules.test_dmn_write import EVERYTHING
from tests.unit.rules.test_model_text import LOYALTY

PIECES = [
    "<", ">", "</", "/>", '"', "&", "&amp;", "<text>", "</text>", "<list/>", "<context>", 'typeRef="t"', "href='#d'",
    "1", "null", "D", "K(D)", "[1..3]", "for x in [1] return x", "\x00", "𝔘", "]]>", "<![CDATA[", "<?x?>", "<!--",
]  # fmt: skip
TOML = ["=", '"', "[", "]", "{", "}", "|", "->", "\n", "'''", "name", "needs", "dmn", "is = 1", "[[input]]", "#", "-"]
MODELS = [
    "<decision id='d' name='D'>{}</decision><businessKnowledgeModel id='k' name='K'><encapsulatedLogic>"
    "<formalParameter name='n'/>{}</encapsulatedLogic></businessKnowledgeModel>"
]
NEEDS = "<knowledgeRequirement><requiredKnowledge href='#k'/></knowledgeRequirement>"
TEXTS = st.sampled_from(["1", "null", "n", "K(1)", "K(K)", "[1, 2]", "x > 1", "item", "{a: 1}", "a", '"s"', "1 +", "K"])


@st.composite
def changed(draw: st.DrawFn, text: str, pieces: list[str]) -> str:
    """A text with some of it taken out, and other things put in."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        text = text[:start] + draw(st.sampled_from(pieces)) + text[end:]
    return text


def box(text: str) -> str:
    return f"<literalExpression><text>{text.replace('<', '&lt;').replace('>', '&gt;')}</text></literalExpression>"


BOXES = st.recursive(
    st.builds(box, TEXTS),
    lambda inner: st.one_of(
        st.builds("<list>{}{}</list>".format, inner, inner),
        st.builds("<context><contextEntry><variable name='a' typeRef='number'/>{}</contextEntry><contextEntry>{}"
                  "</contextEntry></context>".format, inner, inner),
        st.builds("<conditional><if>{}</if><then>{}</then><else>{}</else></conditional>".format, inner, inner, inner),
        st.builds("<for iteratorVariable='x'><in>{}</in><return>{}</return></for>".format, inner, inner),
        st.builds("<some iteratorVariable='x'><in>{}</in><satisfies>{}</satisfies></some>".format, inner, inner),
        st.builds("<filter><in>{}</in><match>{}</match></filter>".format, inner, inner),
        st.builds("<invocation>{}<binding><parameter name='n'/>{}</binding></invocation>".format, inner, inner),
        st.builds("<functionDefinition><formalParameter name='n'/>{}</functionDefinition>".format, inner),
    ),
    max_leaves=8,
)  # fmt: skip


def survives(model: DecisionModel) -> None:
    linked = link(model)
    linked.check()
    for node in (*model.decisions, *model.knowledge, *model.services):
        evaluate_model(linked, node.name, {"in": [Decimal(1)], "n": Decimal(2)})
    again, problems = read_dmn(write_dmn(model))
    assert problems == ()
    assert again is not None
    assert placeless(again) == placeless(model)
    back, problems = read_model(write_model(model))
    assert problems == ()
    assert placeless(back) == placeless(model)


@given(changed(EVERYTHING, PIECES))
def test_a_damaged_file_is_read_or_told(text: str) -> None:
    model, problems = read_dmn(text)
    assert model is not None or problems
    if model is not None:
        survives(model)


@given(st.sampled_from(sorted(LOYALTY)), st.data())
def test_a_damaged_text_is_read_or_told(file: str, data: st.DataObject) -> None:
    texts = {**LOYALTY, file: data.draw(changed(LOYALTY[file], TOML))}
    model, problems = read_model(texts)
    assert model is not None or problems
    if model is not None:
        survives(model)


@settings(max_examples=50)
@given(BOXES, BOXES)
def test_every_nesting_of_boxes_is_evaluated_written_and_read(decision: str, function: str) -> None:
    space = "https://www.omg.org/spec/DMN/20230324/MODEL/"
    inside = MODELS[0].format(NEEDS + decision, function + NEEDS)
    model, problems = read_dmn(f'<definitions xmlns="{space}" name="m" namespace="urn:m">{inside}</definitions>')
    assert model is not None, problems
    survives(model)
