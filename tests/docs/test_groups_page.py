"""Every row of the page on groups has its test."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_each_row_names_a_test_that_there_is() -> None:
    rows = re.findall(r"^\|.*\| (`[a-z_`, ]+`) \|$", (ROOT / "docs" / "groups.md").read_text("utf-8"), re.MULTILINE)
    told = [name for row in rows for name in re.findall(r"`([a-z_]{20,})`", row)]
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(told) > 15
    assert [name for name in told if f"def test_{name}(" not in tests] == []
