"""Broken copies of the grocer's playbook: each mistake is reported at its file, line and column, with a hint.

`DECIDEDLY_REWRITE=1 pytest tests/golden/playbook` writes the diagnostics as they come now; read the difference.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from decidedly.playbook import load_checked

GROCER = Path(__file__).parents[3] / "examples" / "grocer"
CASES = tomllib.loads(Path(__file__).with_name("broken.toml").read_text(encoding="utf-8"))["case"]
EXPECTED = Path(__file__).with_name("broken.txt")


def reported(case: dict[str, Any], copy: Path) -> str:
    shutil.copytree(GROCER, copy)
    path = copy / case["file"]
    if "move" in case:
        (copy / case["move"]).parent.mkdir(exist_ok=True)
        path.rename(copy / case["move"])
    else:
        text = path.read_text(encoding="utf-8")
        assert case["old"] in text, f"the case no longer breaks anything: {case['name']}"
        path.write_text(text.replace(case["old"], case["new"], 1), encoding="utf-8")
    return "".join(f"    {problem}\n" for problem in load_checked(copy)[1])


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
        blocks = [f"{case['name']}\n{reported(case, tmp_path_factory.mktemp('case') / 'grocer')}" for case in CASES]
        EXPECTED.write_text("\n".join(blocks), encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_mistake_is_reported_where_it_stands(case: dict[str, Any], tmp_path: Path) -> None:
    assert reported(case, tmp_path / "grocer") == expected()[case["name"]]
