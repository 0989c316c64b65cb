"""Kill -9 at ten seeded random instants of a batch: nobody is decided twice, nobody is left out."""

from __future__ import annotations

import os
import random
import shutil
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


def start(folder: Path) -> subprocess.Popen[bytes]:
    """A deciding child, past its imports."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.batch_child", str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"deciding\n"
    return child


def killed(folder: Path, after_s: float) -> bool:
    """Decide until that instant, then kill; False if everybody was decided before."""
    with start(folder) as child:
        try:
            assert child.wait(after_s) == 0
        except subprocess.TimeoutExpired:
            child.kill()
            return True
    return False


def uninterrupted(folder: Path) -> tuple[dict[str, bytes], float]:
    """Decision id -> record of a batch that nobody kills, and how many seconds it took."""
    with open_hub(folder) as hub:
        who = demo.audience(hub, demo.CAMPAIGN)
        began = time.perf_counter()
        report = decide_all(RUN, who, demo.DECISION_DAY, hub.world(demo.SERVICE, ""), chunk=4)
        return {id: to_bytes(hub.decision(id)) for id in report.decided}, time.perf_counter() - began


def check(folder: Path, expected: dict[str, bytes]) -> None:
    """Everybody is decided once, as if nothing had happened, with one contact and one message for each slate."""
    with open_hub(folder) as hub:
        found = {id: to_bytes(hub.decision(id)) for id in expected}
        slates = sorted(id for id in expected if hub.decision(id).result == "slate")
        messages = sorted(message.decision_id for message in hub.reader.messages("waiting", limit=10_000))
        people = list(hub.people())
        contacts = sorted(
            entry.id
            for one in people
            for ledger in one.ledgers
            for entry in ledger.entries
            if entry.state == "reserved"
        )
        decisions = [len(hub.reader.decisions_of(one.cluster.leaves, limit=100)) for one in people]
    assert found == expected
    # Accounts that nothing joins to a household are persons of their own, about whom nobody asked.
    assert sorted(decisions, reverse=True) == [1] * HOUSEHOLDS + [0] * (len(people) - HOUSEHOLDS)
    assert contacts == slates
    assert messages == slates


def test_a_killed_batch_decides_for_everybody_exactly_once(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = prepared(tmp_path_factory)
    expected, usual_s = uninterrupted(Path(shutil.copytree(before, tmp_path / "whole")))
    draw = random.Random(2017)
    kills = round_ = between = 0
    while kills < KILLS:
        # A batch may end between two kills: then the next round begins before anybody is decided.
        folder = Path(shutil.copytree(before, tmp_path / f"round-{round_}"))
        round_ += 1
        while kills < KILLS and killed(folder, draw.random() * usual_s / KILLS * 1.5):
            kills += 1
            with open_hub(folder) as hub:
                between += 0 < len(hub.reader.decided(expected)) < HOUSEHOLDS
        assert start(folder).communicate()[0] == b""
        check(folder, expected)
    assert between, "no kill fell into the middle of the batch"
