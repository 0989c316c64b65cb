"""The playbook's own form of a decision model: readable, told where it is wrong, and the same as DMN."""

from __future__ import annotations

import pytest

from decidedly.feel.diagnostics import Place
from decidedly.rules.dmn_xml import read_dmn, write_dmn
from decidedly.rules.model import BoxedTable, DecisionModel, placeless
from decidedly.rules.model_text import read_model
from decidedly.rules.model_write import write_model

from .test_dmn_write import EVERYTHING

TIER = """name  = "tier"
needs = ["spend"]
type  = "string"
hit   = "first"

# Who spends much.
| spend | -> tier |
|-------|---------|
| > 100 | "gold"  |
| -     | "basic" |
"""
LOYALTY = {
    "model.toml": """name = "Loyalty"

[[input]]
name = "spend"
type = "number"
from = "spend last 30 days"

[[service]]
name  = "Greeting service"
gives = ["greeting"]
works-out = ["tier"]
takes = ["spend"]
""",
    "tier.table": TIER.replace("# Who spends much.\n", ""),
    "greeting.toml": """name  = "greeting"
needs = ["tier", "shout"]
type  = "string"
if    = 'tier = "gold"'
then  = { invoke = "shout", with = [{ name = "text", is = "tier" }] }
else  = '"hello"'
""",
    "shout.toml": """name  = "shout"
gives = "upper case(text)"

[[parameters]]
name = "text"
type = "string"
""",
}


def read(texts: dict[str, str]) -> DecisionModel:
    model, problems = read_model(texts)
    assert problems == ()
    assert model is not None
    return model


def test_a_model_is_read_from_its_files() -> None:
    model = read(LOYALTY)
    assert [node.name for node in model.nodes] == ["spend", "greeting", "shout", "tier", "Greeting service"]
    tier = model.decisions[1]
    assert isinstance(tier.logic, BoxedTable)
    assert [one.href for one in tier.requirements] == ["#input-spend"]
    assert str(tier.logic.table.rows[0].cells[0].place) == "tier.table:8:3"


def test_what_was_read_is_written_alike() -> None:
    texts = write_model(read(LOYALTY))
    assert texts == write_model(read(texts))
    assert texts["tier.table"] == LOYALTY["tier.table"]
    assert "dmn" not in "".join(texts.values())


def test_text_to_dmn_and_back_is_the_same_text() -> None:
    texts = write_model(read(LOYALTY))
    model, problems = read_dmn(write_dmn(read(LOYALTY)))
    assert problems == ()
    assert model is not None
    assert write_model(model) == texts


def test_dmn_to_text_and_back_is_the_same_model() -> None:
    model, _ = read_dmn(EVERYTHING)
    assert model is not None
    assert placeless(read(write_model(model))) == placeless(model)


@pytest.mark.parametrize(
    ("file", "text", "code", "hint"),
    [
        ("model.toml", "name = ", "model.syntax", 'Write key = "text".'),
        ("model.toml", 'name = "m"\n[[inputs]]\nname = "x"', "model.unknown-key", "Did you mean 'input'?"),
        ("greeting.toml", 'name = "g"\nneeds = ["teir"]\nis = "1"', "model.unknown-name", "Did you mean 'tier'?"),
        ("greeting.toml", 'name = "g"\nis = "1"\nif = "2"', "model.form", "An expression has one form."),
        ("greeting.toml", 'name = "g"\nif = "2"', "model.form", ""),
        ("greeting.toml", 'name = "g"\nlist = "2"', "model.form", ""),
        ("greeting.toml", 'is = "1"', "model.no-name", 'Write name = "...".'),
        ("greeting.toml", 'name = "g"\nis = "1"\ndmn = { logic = { "=" = "x" } }', "model.dmn", "Leave 'dmn' out."),
        ("tier.table", TIER, "table.line", "Start the line with | or with # for a note."),
    ],
)
def test_mistakes_are_told_with_their_file(file: str, text: str, code: str, hint: str) -> None:
    if file == "tier.table":
        text = text.replace("| -     |", "oops\n| -     |")
    model, problems = read_model({**LOYALTY, file: text}, lambda file, path: Place(file, 1, 1 + len(path)))
    assert model is None
    assert code in [problem.code for problem in problems]
    problem = next(problem for problem in problems if problem.code == code)
    assert problem.place.file == file
    assert problem.hint == hint
