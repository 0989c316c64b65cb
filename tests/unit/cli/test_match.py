"""decidedly identity match: shown, joined, proposed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from decidedly.app import Hub
from decidedly.demo.playbook import grocer
from tests.unit.cli.test_commands import run


def test_a_match_is_shown_by_a_dry_run_and_then_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder, workdir = tmp_path / "grocer", tmp_path / "hub"
    shutil.copytree(grocer(), folder)
    path = folder / "dictionary" / "person.toml"
    declared = "".join(
        f'\n[{id}]\nname = "{id}"\ntype = "string"\nrole = "{role}"\n'
        for id, role in (("familyname", "surname"), ("givenname", "given_name"), ("born", "birth"))
    )
    path.write_text(path.read_text("utf-8") + declared, "utf-8")
    assert run(monkeypatch, "publish", str(folder), "--workdir", str(workdir)) == 0
    with Hub.open(workdir) as hub:
        for n in range(30):
            traits = {
                "familyname": "abcdefghij"[n % 10] * 3 + "son", "givenname": "klmnopqrst"[n // 3] * 3 + "a",
                "born": f"19{50 + n}-0{1 + n % 9}-1{n % 8}",
            }  # fmt: skip
            for twin in (0, 100) if n < 5 else (0,):
                one = {"type": "identify", "messageId": f"m{n + twin}", "anonymousId": f"a{n + twin}", "traits": traits}
                body = json.dumps({"batch": [one | {"timestamp": "2017-10-30T08:00:00Z"}]})
                assert hub.capture(hub.read_segment(body.encode()).raws).accepted == 1
    capsys.readouterr()
    assert run(monkeypatch, "identity", "match", "--dry-run", "--workdir", str(workdir)) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "35 people were compared by surname, given_name, birth" in shown
    assert "5 matches would be joined" in shown
    assert run(monkeypatch, "identity", "match", "--workdir", str(workdir)) == 0
    assert "5 matches joined" in " ".join(capsys.readouterr().out.split())
    assert run(monkeypatch, "identity", "match", "--review", "0.99", "--workdir", str(workdir)) != 0
