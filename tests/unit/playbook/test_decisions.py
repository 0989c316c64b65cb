"""Decision models of a playbook: loaded, checked with places, asked by policies."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from decidedly.core.playbook import Playbook
from decidedly.playbook import compile_decisions, load_checked, policy_scope

GROCER = Path(__file__).parents[3] / "examples" / "grocer"
MODEL = {
    "decisions/pets/model.toml": """name = "Pets"

[[input]]
name = "what it is"
from = "action.main category"

[[input]]
name = "times bought"
from = "candidate.times bought"
""",
    "decisions/pets/for-pets.table": """name  = "for pets"
needs = ["what it is"]
hit   = "first"

| what it is           | -> for pets |
|----------------------|-------------|
| "CAT FOOD", "DOG FOODS" | true |
| -                    | false       |
""",
    "decisions/pets/may-have.toml": """name  = "may have"
needs = ["for pets", "times bought"]
is    = "not(for pets) or times bought > 0"
""",
    "policies/suitability/pets.toml": 'name = "Pet food only to those who buy it"\ndecision = "pets/may have"\n',
}


def playbook(root: Path, **changes: str) -> tuple[Playbook | None, list[str]]:
    shutil.copytree(GROCER, root, dirs_exist_ok=True)
    for name, text in {**MODEL, **{key.replace("__", "/"): text for key, text in changes.items()}}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    book, problems = load_checked(root)
    return book, [f"{problem.place} {problem.code} {problem.hint}".strip() for problem in problems]


def test_a_policy_asks_a_decision(tmp_path: Path) -> None:
    book, problems = playbook(tmp_path)
    assert problems == []
    assert book is not None
    assert ("pets", "Pets") in [(one.id, one.name) for one in book.decisions]
    models, _ = compile_decisions(book, policy_scope(book.dictionary))
    decision = models["pets"].decision("may have")
    assert {str(one) for one in decision.reads} == {"action.main category", "candidate.times bought"}
    by_name = {one.name: one.id for one in book.dictionary.attributes if one.of == "action"}
    food = {by_name["main category"]: "CAT FOOD"}
    times = next(one.id for one in book.dictionary.aggregates if one.name == "times bought")
    assert decision.run({}, food, {times: 0}, {}) is False
    assert decision.run({}, food, {times: 1}, {}) is True
    assert decision.run({}, {}, {}, {}) is True


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        (
            "decisions/pets/may-have.toml", 'name = "may have"\nneeds = ["for pet"]\nis = "true"',
            "decisions/pets/may-have.toml:2:11 model.unknown-name Did you mean 'for pets'?",
        ),
        (
            "decisions/pets/may-have.toml", 'name = "may have"\nneeds = ["for pets"]\nis = "for pets and tims"',
            "decisions/pets/may-have.toml:3:20 feel.unknown-name",
        ),
        (
            "decisions/pets/may-have.toml", 'name = "may have"\nneeds = ["for pets"]\nis = "1 +',
            "decisions/pets/may-have.toml:3:1 model.syntax Write key = \"text\".",
        ),
        (
            "decisions/pets/for-pets.table", MODEL["decisions/pets/for-pets.table"].replace('"first"', '"frst"'),
            "decisions/pets/for-pets.table:3:1 table.hit Did you mean 'first'?",
        ),
        (
            "policies/suitability/pets.toml", 'name = "p"\ndecision = "pets/may hav"',
            "policies/suitability/pets.toml:2:13 decisions.unknown Did you mean 'pets/may have'?",
        ),
        (
            "decisions/pets/may-have.toml", 'name = "may have"\nneeds = ["times bought"]\nis = "times bought"',
            "policies/suitability/pets.toml:2:13 decisions.type",
        ),
        (
            "policies/suitability/pets.toml", 'name = "p"\ndecision = "pets/may have"\nwhen = "true"',
            "policies/suitability/pets.toml policies.condition",
        ),
        ("decisions/loose.toml", 'name = "x"', "decisions/loose.toml decisions.folder"),
    ],
)  # fmt: skip
def test_mistakes_have_file_line_and_column(tmp_path: Path, file: str, text: str, told: str) -> None:
    _, problems = playbook(tmp_path, **{file.replace("/", "__"): text})
    place, _, rest = told.partition(" ")
    assert [problem for problem in problems if problem.startswith(place) and rest in problem], problems


def test_tables_of_models_and_policies_are_checked_as_a_whole(tmp_path: Path) -> None:
    name = "decisions/pets/for-pets.table"
    without_last = MODEL[name].replace("| -                    | false       |\n", "")
    alcohol = (GROCER / "policies/regulation/alcohol.table").read_text("utf-8").rstrip().rpartition("\n")[0] + "\n"
    _, problems = playbook(tmp_path, **{name: without_last, "policies/regulation/alcohol.table": alcohol})
    hint = "Add a row for it, or a last row of '-' or a default."
    assert problems == [
        f"{name}:5:3 table.gap {hint}",
        f"policies/regulation/alcohol.table:7:3 table.gap {hint}",
    ]
