"""`decidedly quarantine`, `dictionary infer` and `person rebuild` over a small hub."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from typer.main import get_command

from decidedly.app import Hub, Settings, fixed_clock
from decidedly.capture import Raw
from decidedly.cli import commands
from decidedly.core.errors import BadInput
from decidedly.core.event import Event
from decidedly.core.identifier import Identifier
from tests.cases import NOON
from tests.unit.api.hubs import book
from tests.unit.api.test_quarantine import with_kind


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "clock.toml").write_text("start = 2017-10-30T12:00:00Z\n")
    return tmp_path / "hub"


def seen(folder: Path, *values: Any, kind: str = "viewed") -> None:
    with Hub(Settings(folder, fixed_clock(NOON))) as hub:
        hub.playbooks.publish(with_kind("number(0)"))
        who = (Identifier("loyalty", "1"),)
        raws = [
            Raw(Event(message_id=f"{kind}{value}", kind=kind, at=NOON, received_at=NOON, identifiers=who,
                      source="web", properties={"n": value, "email": "jo@example.org"}), "events[0]")
            for value in values
        ]  # fmt: skip
        hub.capture(raws)


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(get_command(commands()), [*words, "--workdir", str(folder)])


def test_refused_events_are_listed_shown_replayed_and_dropped(folder: Path) -> None:
    seen(folder, "x", "y")
    listed = json.loads(run(folder, "quarantine", "list", "--json").stdout)
    assert (listed["total"], listed["counts"]) == (2, {"event.wrong-type": 2})
    assert "body" not in listed["events"][0]
    first, second = (one["id"] for one in listed["events"])
    assert first in run(folder, "quarantine", "list").stdout
    assert "event.wrong-type" in run(folder, "quarantine", "show", first).stdout
    assert "jo@example.org" not in run(folder, "quarantine", "show", first).stdout
    assert '"n":"x"' in run(folder, "quarantine", "show", first, "--sensitive").stdout
    tried = run(folder, "quarantine", "replay", "--dry-run").stdout
    assert "2 events: 0 would be taken in, 0 were known, 2 would stay" in tried
    with Hub(Settings(folder, fixed_clock(NOON))) as hub:
        hub.playbooks.publish(with_kind("string"))
    saved = folder / "saved.jsonl"
    assert "dropped 1 events" in run(folder, "quarantine", "drop", second, "--save", str(saved)).stdout
    assert len(saved.read_text().splitlines()) == 1
    assert json.loads(run(folder, "quarantine", "replay", "--json").stdout)["taken"] == 1
    assert "none" in run(folder, "quarantine", "list").stdout


def test_dropping_must_be_told_what(folder: Path) -> None:
    seen(folder, "x")
    assert isinstance(run(folder, "quarantine", "drop").exception, BadInput)
    assert "dropped 0 events" in run(folder, "quarantine", "drop", "--all", "--kind", "order").stdout
    assert "dropped 1 events" in run(folder, "quarantine", "drop", "--all").stdout


def test_what_is_not_declared_is_proposed_and_its_history_gets_into_the_records(folder: Path, tmp_path: Path) -> None:
    seen(folder, 1, 2, kind="clicked twice")
    printed = run(folder, "dictionary", "infer").stdout
    assert '[clicked-twice]\nname = "clicked twice"\nalso = ["clicked twice"]' in printed
    assert "jo@example.org" not in printed
    assert 'type = "number(0)"\nrequired = true' in printed
    draft = tmp_path / "draft"
    assert f"wrote {draft / 'events.toml'}" in run(folder, "dictionary", "infer", "--write", str(draft)).stdout
    assert (draft / "events.toml").read_text() in printed
    assert isinstance(run(folder, "dictionary", "infer", "--write", str(draft)).exception, BadInput)
    assert "0 records written anew" in run(folder, "person", "rebuild").stdout
    rebuilt = json.loads(run(folder, "person", "rebuild", "--kind", "viewed", "--json").stdout)
    assert (rebuilt["persons"], rebuilt["events"]) == (1, 0)
    assert book().dictionary.kind("clicked twice") is None
