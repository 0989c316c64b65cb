"""Kill -9 at twenty random instants of a replay, run it again: each event of the quarantine is taken in once."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from decidedly.adapters.clock import FixedClock
from decidedly.adapters.sqlite import Database, SqliteJournal, SqliteQuarantine, SqliteReader, SqliteStore
from decidedly.capture import capture, segment
from tests.cases import NOON
from tests.e2e.replay_child import book, replay_all

ROOT = Path(__file__).resolve().parents[2]
KILLS = 20
EVENTS = 3000
EVERY = range(EVENTS)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose quarantine holds events that a mended dictionary takes; one in ten still does not fit."""
    folder = tmp_path_factory.mktemp("before")
    database = Database(folder)
    messages = [
        {"type": "track", "event": "scored", "userId": str(number % 97), "messageId": f"m{number}",
         "timestamp": "2017-10-30T11:00:00Z", "properties": {"score": ["x"] if number % 10 == 0 else "x"}}
        for number in EVERY
    ]  # fmt: skip
    clock = FixedClock(NOON)
    received = segment(msgspec.json.encode({"batch": messages}), clock=clock, dictionary=book("number(0)"))
    report = capture(
        received.raws, store=SqliteStore(database), reader=SqliteReader(database), clock=clock,
        dictionary=book("number(0)"), quarantine=SqliteQuarantine(database), arrivals=received.arrivals,
    )  # fmt: skip
    assert report.rejected == EVENTS
    database.close()
    return folder


def killed(folder: Path, after_s: float) -> bool:
    """Replay until that instant, then kill; False if it was done before."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    with subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.replay_child", str(folder)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == "replaying\n"
        try:
            assert child.wait(after_s) == 0
        except subprocess.TimeoutExpired:
            child.kill()
            return True
    return False


def test_a_replay_killed_at_twenty_random_instants_takes_in_each_event_once(before: Path, tmp_path: Path) -> None:
    right = sorted(f"m{number}" for number in EVERY if number % 10)
    whole = Path(shutil.copytree(before, tmp_path / "whole"))
    began = time.perf_counter()
    assert (replay_all(whole).taken, replay_all(whole).kept) == (len(right), EVENTS - len(right))
    usual_s = time.perf_counter() - began
    rng = random.Random(18)
    kills = round_ = 0
    while kills < KILLS:
        folder = Path(shutil.copytree(before, tmp_path / f"round-{round_}"))
        round_ += 1
        while kills < KILLS and killed(folder, rng.uniform(0, usual_s / 4)):
            kills += 1
        database = Database(folder)
        there = sum(SqliteJournal(database).counts().values())
        database.close()
        assert replay_all(folder).taken == len(right) - there
        database = Database(folder)
        logged = sorted(one.event.message_id for one in SqliteJournal(database).read(limit=2 * EVENTS))
        left = SqliteQuarantine(database).filled().events
        panes = [leaf.panes["scored"] for one in SqliteReader(database).people() for leaf in one.leaves]
        database.close()
        assert logged == right
        assert left == EVENTS - len(right)
        assert sum(len(pane.at) // 8 for pane in panes) == len(right)
