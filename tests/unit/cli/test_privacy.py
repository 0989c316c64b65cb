"""Handing out and erasing from the command line."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from decidedly.app import Hub, fixed_clock
from decidedly.cli import main
from tests.unit.privacy.test_erase import NOW, fill


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Hub.open(tmp_path / "hub", fixed_clock(NOW)) as hub:
        fill(hub)
    (tmp_path / "hub" / "clock.toml").write_text("start = 2017-10-30T08:00:00Z\n")
    return tmp_path / "hub"


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["decidedly", "person", *words, "--workdir", str(folder)])
    try:
        main()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def test_erasing_asks_first(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    assert run(monkeypatch, folder, "erase", "471147", "--why", "asked for") == 1
    assert "This cannot be taken back." in capsys.readouterr().out
    assert run(monkeypatch, folder, "show", "471147") == 0


def test_a_person_is_handed_out_erased_and_the_receipt_verified(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    assert run(monkeypatch, folder, "export", "471147", "--to", str(tmp_path / "out")) == 0
    assert (tmp_path / "out" / "record.html").read_text().startswith("<!doctype html>")
    # Two identifiers of one person are one erasure.
    assert run(monkeypatch, folder, "erase", "471147", "471148", "--why", "asked for", "--yes", "--by", "officer") == 0
    told = capsys.readouterr().out
    assert "store.events" in told
    assert not (tmp_path / "out").exists()
    (receipt,) = (folder / "receipts").iterdir()
    assert run(monkeypatch, folder, "verify-receipt", str(receipt)) == 0
    assert run(monkeypatch, folder, "erasures") == 0
    assert run(monkeypatch, folder, "reapply-erasures") == 0
    receipt.write_text(receipt.read_text().replace("officer", "somebody"))
    assert run(monkeypatch, folder, "verify-receipt", str(receipt)) == 1
    assert run(monkeypatch, folder, "show", "471147") == 1
