"""Commands say what went wrong in a line and a hint, and leave with the right code."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from decidedly.adapters.access import hash_key
from decidedly.cli import main
from decidedly.cli.workdir import read_keys
from decidedly.demo.playbook import grocer


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Run a command as the shell would; its exit code."""
    monkeypatch.setattr(sys, "argv", ["decidedly", *words])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


def test_help_names_every_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "--help") == 0
    shown = capsys.readouterr().out
    for command in (
        "demo", "serve", "person", "explain", "replay", "decide", "batch", "check", "publish", "train", "format",
        "diff", "key",
    ):  # fmt: skip
        assert command in shown


def test_a_misspelt_command_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "explian") == 2


@pytest.mark.parametrize(
    "words", [("person", "show", "1"), ("explain", "d1"), ("replay", "d1"), ("train", "m"), ("batch", "r", "s", "-")]
)
def test_without_a_hub_the_command_says_how_to_make_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, words: tuple[str, ...]
) -> None:
    assert run(monkeypatch, *words, "--workdir", str(tmp_path / "none")) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error[not-found] --workdir: There is no hub in ")
    assert "decidedly demo" in told.err.splitlines()[1]


def test_a_decision_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(monkeypatch, "replay", "d1", "--workdir", str(tmp_path)) == 1
    assert capsys.readouterr().err.startswith("error[not-found] There is no decision 'd1'.")


def test_every_problem_of_a_playbook_is_shown_with_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "playbook.toml").write_text("nam = 1\n")
    assert run(monkeypatch, "check", str(folder)) == 1
    assert "playbook.toml:1" in capsys.readouterr().err


def test_a_playbook_does_not_differ_from_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "diff", str(grocer()), str(grocer())) == 0
    assert capsys.readouterr().out == "The two are the same.\n"


def test_formatting_is_checked_before_it_is_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    table = tmp_path / "a.table"
    table.write_text("|a|b|\n|-|-|\n|1|2|\n")
    assert run(monkeypatch, "format", str(tmp_path), "--check") == 1
    assert table.read_text().startswith("|a|b|")
    assert run(monkeypatch, "format", str(tmp_path)) == 0
    assert table.read_text().startswith("| a | b |")
    assert run(monkeypatch, "format", str(tmp_path), "--check") == 0


def test_of_a_key_only_the_hash_is_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(monkeypatch, "key", "read", "decide", "--workdir", str(tmp_path)) == 0
    made = capsys.readouterr().out.splitlines()[0]
    assert read_keys(tmp_path) == {hash_key(made): ("decide", "read")}


def test_a_misspelt_scope_names_the_nearest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(monkeypatch, "key", "raed", "--workdir", str(tmp_path)) == 1
    assert "Did you mean 'read'?" in capsys.readouterr().err
