"""Decision models go to DMN and back by the command line, and can be asked there."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from decidedly.cli import main

TEXTS = {
    "model.toml": 'name = "Loyalty"\n\n[[input]]\nname = "spend"\ntype = "number"\n',
    "tier.table": 'name  = "tier"\nneeds = ["spend"]\nhit   = "first"\n\n'
    '| spend | -> tier |\n|-------|---------|\n| > 100 | "gold"  |\n| -     | "plain" |\n',
}


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["decidedly", "model", *map(str, words)])
    try:
        main()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "loyalty"
    found.mkdir()
    for name, text in TEXTS.items():
        (found / name).write_text(text, "utf-8")
    return found


def test_to_dmn_and_back_is_the_same(monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path) -> None:
    dmn, back = tmp_path / "loyalty.dmn", tmp_path / "back"
    assert run(monkeypatch, "export", folder, dmn) == 0
    assert run(monkeypatch, "import", dmn, back) == 0
    assert (back / "tier.table").read_text("utf-8") == TEXTS["tier.table"]
    again = tmp_path / "again.dmn"
    assert run(monkeypatch, "export", back, again) == 0
    assert again.read_text("utf-8") == dmn.read_text("utf-8")


def test_an_older_version_can_be_written(monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path) -> None:
    assert run(monkeypatch, "export", folder, tmp_path / "m.dmn", "--version", "1.3") == 0
    assert "20191111/MODEL" in (tmp_path / "m.dmn").read_text("utf-8")
    assert run(monkeypatch, "export", folder, tmp_path / "m.dmn", "--version", "2.0") == 1


def test_a_decision_is_asked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert run(monkeypatch, "run", folder, "tier", "spend=120", "--json") == 0
    assert json.loads(capsys.readouterr().out) == "gold"
    assert run(monkeypatch, "run", folder, "teir", "spend=120") == 0
    told = capsys.readouterr()
    assert json.loads(told.out) is None
    assert "Did you mean 'tier'?" in told.err


@pytest.mark.parametrize("words", [("run", "nowhere", "tier"), ("import", "nowhere.dmn", "x")])
def test_what_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    assert run(monkeypatch, *words) == 1


def test_a_broken_file_writes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "m.dmn").write_text("<definitions", "utf-8")
    assert run(monkeypatch, "import", tmp_path / "m.dmn", tmp_path / "out") == 1
    assert not (tmp_path / "out").exists()
