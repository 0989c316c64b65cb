"""Kill -9 at seeded random instants of an erasure: the next start goes on, and nothing of the person is left."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from decidedly.core.errors import NotFound
from tests.grocer.erasing import Traces, found, traced
from tests.grocer.steps import open_hub

KILLS = 5
ROOT = Path(__file__).resolve().parents[2]


def start(folder: Path, traces: Traces) -> subprocess.Popen[bytes]:
    """An erasing child, past its imports."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.erase_child", str(folder), str(traces.who)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"erasing\n"
    return child


def test_an_erasure_that_is_killed_is_gone_on_with(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    before = tmp_path / "before"
    traces = traced(tmp_path_factory, before)
    shutil.copytree(before, tmp_path / "whole")
    with start(tmp_path / "whole", traces) as child:
        began = time.monotonic()
        assert child.wait() == 0
        takes_s = time.monotonic() - began
    assert found(tmp_path / "whole", traces.needles.values()) == set()
    chance = random.Random(4)
    interrupted = 0
    for kill in range(KILLS):
        folder = tmp_path / f"killed-{kill}"
        shutil.copytree(before, folder)
        with start(folder, traces) as child:
            try:
                child.wait(chance.uniform(0, takes_s))
            except subprocess.TimeoutExpired:
                child.kill()
        with open_hub(folder) as hub:
            erasures = hub.privacy.erasures()
            assert all(one.done for one in erasures)
            if erasures:
                interrupted += 1
                with pytest.raises(NotFound):
                    hub.person(traces.who)
                assert hub.privacy.verify(hub.privacy.receipt_file(erasures[0].id).read_bytes())
            else:
                assert hub.replay(traces.decisions[0])
                hub.privacy.erase(traces.who, "the officer", "again")
            assert hub.load([traces.events]).accepted == 0
        assert found(folder, traces.needles.values()) == set()
        shutil.rmtree(folder)
    assert interrupted
