"""New limits of identifiers: the publisher is told what brings everybody to them, and it does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from decidedly.app import Hub
from decidedly.core.identifier import Identifier
from decidedly.demo.playbook import grocer
from tests.unit.cli.test_commands import run

ANN, BOB, TABLET = (Identifier.parse(one) for one in ("loyalty:1", "loyalty:2", "anonymous:tablet"))


def limit(folder: Path, old: str, new: str) -> None:
    path = folder / "dictionary" / "identifiers.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def seen(hub: Hub, number: str) -> None:
    body = (
        '{"batch": [{"type": "page", "messageId": "m%s", "userId": "%s", "anonymousId": "tablet",'
        ' "timestamp": "2017-10-30T08:00:0%sZ"}]}'
    )
    raws = hub.read_segment((body % (number, number, number)).encode()).raws
    assert hub.capture(raws).accepted == 1


def test_everybody_is_brought_to_new_limits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder, workdir = tmp_path / "grocer", tmp_path / "hub"
    shutil.copytree(grocer(), folder)
    assert run(monkeypatch, "publish", str(folder), "--workdir", str(workdir)) == 0
    assert "identity settle" not in capsys.readouterr().out
    with Hub.open(workdir) as hub:
        seen(hub, "1")
        seen(hub, "2")
        assert len(hub.graph.cluster(TABLET).leaves) == 2
    limit(folder, "at-most = 1", "at-most = 2")
    assert run(monkeypatch, "publish", str(folder), "--workdir", str(workdir)) == 0
    assert "`decidedly identity settle` brings everybody to them" in " ".join(capsys.readouterr().out.split())
    assert run(monkeypatch, "identity", "settle", "--workdir", str(workdir)) == 0
    assert capsys.readouterr().out.startswith("2 identifiers were worked out anew.")
    with Hub.open(workdir) as hub:
        assert len(hub.graph.cluster(TABLET).leaves) == 3
        assert hub.graph.cluster(ANN) == hub.graph.cluster(BOB)
