"""What the docs say is so: links lead somewhere, code runs, commands and routes are all described."""

from __future__ import annotations

import contextlib
import inspect
import io
import re
from pathlib import Path

import pytest
from typer.main import get_command

from decidedly.api.app import OPERATIONS
from decidedly.cli import commands
from decidedly.measure import hits_by_person
from tests.unit.demo.data import whole_year

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REFERENCE = ROOT / "docs" / "reference"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page: Path) -> None:
    broken = [link for link in LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]
    assert broken == []


def test_the_tutorial_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole_year()
    monkeypatch.chdir(tmp_path)
    blocks = BLOCK.findall((ROOT / "docs/tutorial/01-first-decision.md").read_text("utf-8"))
    assert len(blocks) >= 8
    session: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for number, block in enumerate(blocks, 1):
            exec(compile(block, f"tutorial block {number}", "exec"), session)


def test_every_command_is_described() -> None:
    told = (REFERENCE / "cli.md").read_text("utf-8")
    names = get_command(commands()).commands  # type: ignore[attr-defined]
    assert [name for name in names if f"`decidedly {name}" not in told] == []


def test_every_route_is_described() -> None:
    told = (REFERENCE / "http-api.md").read_text("utf-8")
    routes = [f"{one.method.upper()} {one.path}" for one in OPERATIONS]
    assert routes
    assert [route for route in routes if route not in told] == []


def test_the_evaluation_code_shown_is_the_one_that_runs() -> None:
    assert inspect.getsource(hits_by_person) in (REFERENCE / "data.md").read_text("utf-8")


def test_the_readmes_commands_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^make (\w+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE):
        assert f"\n{target}:" in makefile
