"""`decidedly say` writes rules back in words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from decidedly.cli.say import say
from decidedly.core.errors import NotFound

GROCER = Path(__file__).resolve().parents[3] / "examples" / "grocer"


def test_one_rule_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    say(GROCER, "seniors")
    told = capsys.readouterr().out
    assert 'A person belongs if age band is "65+".' in told
    assert "Alcohol" not in told


def test_an_unknown_rule_is_told_with_the_nearest() -> None:
    with pytest.raises(NotFound, match="seniorz"):
        say(GROCER, "seniorz")


def test_how_a_rule_runs_is_told_with_the_places_that_fall_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(GROCER, tmp_path, dirs_exist_ok=True)
    say(tmp_path, "alcohol", ways=True)
    assert capsys.readouterr().out.split()[-6:] == ["Python:", "native", "columns:", "native", "SQL:", "native"]
    text = "name = \"odd\"\nwhen = '(function(x) x > 1)(orders in all)'\n"
    (tmp_path / "segments" / "odd.toml").write_text(text, "utf-8")
    say(tmp_path, "odd", ways=True)
    told = capsys.readouterr().out
    assert "Python: segments/odd.toml:2:10 a function as a value is run by the reference" in told
    assert "runs row by row, because" in told
