"""Kill -9 at seeded random instants of a batch: nobody is decided twice, nobody is left out."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from decidedly.core.decision import to_bytes
from decidedly.decide import decide_all
from decidedly.demo import run as demo
from tests.grocer.steps import HOUSEHOLDS, RUN, open_hub, prepared

KILLS = 10
ROOT = Path(__file__).resolve().parents[2]


def begin(folder: Path) -> subprocess.Popen[bytes]:
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.batch_child", str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"deciding\n"
    return child


def test_a_killed_batch_decides_for_everybody_exactly_once(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, whole = tmp_path / "killed", tmp_path / "whole"
    for copy in (folder, whole):
        shutil.copytree(prepared(tmp_path_factory), copy)
    with open_hub(whole) as hub:
        who = demo.audience(hub, demo.CAMPAIGN)
        began = time.perf_counter()
        report = decide_all(RUN, who, demo.DECISION_DAY, hub.world(demo.SERVICE, ""), chunk=4)
        usual_s = time.perf_counter() - began
        expected = {id: to_bytes(hub.decision(id)) for id in report.decided}
    draw = random.Random(2017)
    decided_at_kill = []
    for _ in range(KILLS):
        child = begin(folder)
        time.sleep(draw.random() * usual_s / KILLS * 1.5)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        assert child.stdout is not None
        child.stdout.close()
        with open_hub(folder) as hub:
            decided_at_kill.append(len(hub.reader.decided(expected)))
    assert decided_at_kill == sorted(decided_at_kill)
    assert any(0 < count < HOUSEHOLDS for count in decided_at_kill), "no kill fell into the middle of the batch"
    child = begin(folder)
    assert child.wait() == 0
    assert child.stdout is not None
    child.stdout.close()
    with open_hub(folder) as hub:
        found = {id: to_bytes(hub.decision(id)) for id in expected}
        messages = hub.reader.messages("waiting", limit=10_000)
        entries = [entry.id for stored in hub.people() for entry in stored.ledger.entries if entry.state == "reserved"]
        per_person = [len(hub.reader.decisions_of(stored.leaf.id, limit=100)) for stored in hub.people()]
        slates = [id for id in expected if hub.decision(id).result == "slate"]
    assert found == expected
    assert max(per_person) == 1
    assert sum(per_person) == HOUSEHOLDS
    assert sorted(entries) == sorted(slates)
    assert sorted(message.decision_id for message in messages) == sorted(slates)
