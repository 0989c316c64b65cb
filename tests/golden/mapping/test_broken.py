"""Broken copies of a mapping: each mistake is reported at its line and column, with a hint.

`DECIDEDLY_REWRITE=1 pytest tests/golden/mapping` writes the diagnostics as they come now; read the difference.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from decidedly.playbook import check_columns, read_mapping
from tests.cases import dictionary

HERE = Path(__file__).parent
RIGHT = (HERE / "right.toml").read_text(encoding="utf-8")
CASES = tomllib.loads((HERE / "broken.toml").read_text(encoding="utf-8"))["case"]
EXPECTED = HERE / "broken.txt"
COLUMNS = ("order", "at", "card", "mail", "shop", "product", "paid", "changed", "age", "born", "kids")


def reported(text: str, folder: Path) -> str:
    path = folder / "shop.toml"
    path.write_text(text, encoding="utf-8")
    mapping, problems = read_mapping(path, dictionary())
    if mapping is not None:
        problems += check_columns(mapping, COLUMNS, open_ended=False)
    return "".join(f"    {problem}\n" for problem in sorted(problems, key=lambda one: one.place)).replace(
        f"{folder}/", ""
    )


def broken(case: dict[str, Any], folder: Path) -> str:
    assert case["old"] in RIGHT, f"the case no longer breaks anything: {case['name']}"
    return reported(RIGHT.replace(case["old"], case["new"], 1), folder)


def expected() -> dict[str, str]:
    """Title line, then its indented diagnostics."""
    found: dict[str, str] = {}
    title = ""
    for line in EXPECTED.read_text(encoding="utf-8").splitlines(keepends=True) if EXPECTED.exists() else ():
        if line.startswith("    "):
            found[title] += line
        elif line.strip():
            title = line.strip()
            found[title] = ""
    return found


@pytest.fixture(scope="module", autouse=True)
def rewrite(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Writes the expected diagnostics as they come now, where that is asked for: read the difference."""
    if "DECIDEDLY_REWRITE" in os.environ:
        blocks = [f"{case['name']}\n{broken(case, tmp_path_factory.mktemp('case'))}" for case in CASES]
        EXPECTED.write_text("\n".join(blocks), encoding="utf-8")


def test_the_right_mapping_has_no_mistake(tmp_path: Path) -> None:
    assert reported(RIGHT, tmp_path) == ""


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_mistake_is_reported_where_it_stands(case: dict[str, Any], tmp_path: Path) -> None:
    assert broken(case, tmp_path) == expected()[case["name"]]
