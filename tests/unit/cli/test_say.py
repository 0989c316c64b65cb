"""`decidedly say` writes rules back in words."""

from __future__ import annotations

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
