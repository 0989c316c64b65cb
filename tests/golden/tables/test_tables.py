"""Tables as data: the reference and the compiled table give what each case says."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from decidedly.feel import INTEGER, STRING, ListOf, Name, Place, Scope, evaluate, money, parse, to_plain
from decidedly.rules import compile_typed, fire, generate, read_table, result_type, type_table

SCOPE = Scope.of(
    {
        "person": [
            Name("orders", INTEGER),
            Name("age", INTEGER),
            Name("band", STRING),
            Name("tag", STRING),
            Name("tags", ListOf(STRING)),
            Name("spend", money("GBP")),
        ]
    },
    bare=["person"],
)
TABLES = tomllib.loads((Path(__file__).parent / "cases.toml").read_text(encoding="utf-8"))["table"]


@pytest.mark.parametrize("table", TABLES, ids=[table["name"] for table in TABLES])
@pytest.mark.parametrize("rows_as_ifs", [0, 1000])
def test_a_table_gives_what_its_cases_say(
    table: dict[str, Any], rows_as_ifs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "CHAIN_ROWS", rows_as_ifs)
    definition, problems = read_table(table["text"].strip(), place=Place("cases.toml"))
    assert definition is not None, problems
    typed, problems = type_table(definition, SCOPE)
    if typed is None:
        assert [problem.code for problem in problems][:1] == [table["problem"]], problems
        return
    compiled, problems = compile_typed(typed)
    assert compiled is not None, problems
    for case in table["cases"]:
        expected = tuple(value_of(text) for text in case["outputs"])
        rows = tuple(row - 1 for row in case["rows"])
        reference = fire(compiled.typed, {"person": case["facts"]})
        assert (reference.outputs, reference.rows) == (expected, rows), case
        found = compiled.fn(case["facts"])
        types = [result_type(compiled.typed, place) for place in range(len(expected))]
        outputs = tuple(to_plain(type_, value) for type_, value in zip(types, found.outputs, strict=True))
        assert (outputs, found.rows) == (expected, rows), case
        assert case.get("problem", "") == reference.problem == found.problem
        for place, output in enumerate(compiled.typed.outputs):
            assert compiled.output(output.head.text)(case["facts"]) == found.outputs[place]


def value_of(text: str) -> Any:
    tree, problems = parse(text, SCOPE)
    assert tree is not None, problems
    return evaluate(tree, {})
