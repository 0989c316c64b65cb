"""Every sentence of the page on identity has its test, and every such test its sentence."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_each_names_the_other() -> None:
    told = re.findall(r"\| `([a-z_]+)` \|$", (ROOT / "docs" / "identity.md").read_text("utf-8"), re.MULTILINE)
    tests = (ROOT / "tests" / "unit" / "capture" / "test_identity.py").read_text("utf-8")
    assert sorted(told) == sorted(re.findall(r"^def test_(\w+)\(shop", tests, re.MULTILINE))
