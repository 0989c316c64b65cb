"""`decidedly group show` and the groups on a person's record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from decidedly.app import Hub
from tests.unit.cli.test_commands import run
from tests.unit.playbook.test_groups import AGGREGATE, GROUPS, grocer


def test_a_group_and_a_persons_groups_are_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = grocer(tmp_path, GROUPS.replace("12", "2"), AGGREGATE)
    workdir = ["--workdir", str(tmp_path / "hub")]
    assert run(monkeypatch, "publish", str(folder), *workdir) == 0
    bodies = (
        '{"batch": [{"type": "group", "messageId": "m%s", "userId": "%s", "groupId": "H1",'
        ' "timestamp": "2017-10-30T08:00:0%sZ", "traits": {"role": "child", "garden": true}}]}'
    )
    for number in "12":
        with Hub.open(tmp_path / "hub") as hub:
            assert hub.capture(hub.read_segment((bodies % (number, number, number)).encode()).raws).accepted == 1
    capsys.readouterr()
    assert run(monkeypatch, "group", "show", "home:H1", *workdir) == 0
    told = capsys.readouterr().out
    assert "home has a garden" in told
    assert "loyalty:1" in told
    assert "loyalty:2" in told
    assert run(monkeypatch, "person", "show", "1", *workdir) == 0
    told = capsys.readouterr().out
    assert "home:H1" in told
    assert "home members" in told
    assert run(monkeypatch, "group", "show", "home:H1", "--at", "2017-10-30T08:00:02Z", "--json", *workdir) == 0
    assert len(json.loads(capsys.readouterr().out)["members"]) == 1
    with Hub.open(tmp_path / "hub") as hub:
        assert hub.capture(hub.read_segment((bodies % ("3", "3", "3")).encode()).raws).accepted == 1
    assert run(monkeypatch, "group", "show", "home:H1", *workdir) == 0
    assert "More than 2 are in it" in capsys.readouterr().out
    assert run(monkeypatch, "group", "show", "home:H2", *workdir) == 1
