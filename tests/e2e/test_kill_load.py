"""Kill -9 at ten random instants of the load, start again: no event is lost or doubled, every record is right."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from msgspec.structs import replace

from decidedly.adapters.memory import MemoryReader, MemoryStore, State
from decidedly.adapters.sqlite import Database, SqliteJournal, SqliteReader, SqliteStore
from decidedly.core.ledger import Ledger
from decidedly.core.person import Leaf
from decidedly.ports.reader import Reader
from tests.e2e.load_child import chunks, load_all

ROOT = Path(__file__).resolve().parents[2]
KILLS = 10
SIZE = (250, 16, 30)
LONGEST_S = 0.35


def start(folder: Path) -> subprocess.Popen[str]:
    """A loading child, past its imports."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.load_child", str(folder), *map(str, SIZE)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "loading\n"
    return child


def killed(folder: Path, after_s: float) -> bool:
    """Load until that instant, then kill; False if the load was done before."""
    with start(folder) as child:
        try:
            assert child.wait(after_s) == 0
        except subprocess.TimeoutExpired:
            child.kill()
            return True
    return False


def records(reader: Reader) -> dict[str, tuple[Leaf, Ledger]]:
    """Every person's record, without the number of times it was written."""
    return {
        stored.person: (replace(stored.leaves[0], version=0), replace(stored.own, version=0))
        for stored in reader.people(limit=1_000_000)
    }


def test_a_load_killed_at_ten_random_instants_loses_and_doubles_nothing(tmp_path: Path) -> None:
    state = State()
    untouched = load_all(MemoryStore(state), MemoryReader(state), *SIZE)
    expected = sorted(event.message_id for chunk in chunks(*SIZE) for event in chunk)
    assert untouched.accepted == len(expected)
    rng = random.Random(20171030)
    kills = round_ = 0
    while kills < KILLS:
        # A fast machine ends a load between two kills: then the next round begins with an empty folder.
        folder = tmp_path / f"round-{round_}"
        round_ += 1
        kills_before = kills
        while kills < KILLS and killed(folder, rng.uniform(0, LONGEST_S)):
            kills += 1
        if kills == kills_before:
            continue
        database = Database(folder)
        store, reader, journal = SqliteStore(database), SqliteReader(database), SqliteJournal(database)
        try:
            there = sum(journal.counts().values())
            report = load_all(store, reader, *SIZE)
            assert (report.accepted, report.duplicates) == (len(expected) - there, there)
            logged = [one.event.message_id for one in journal.read(limit=1_000_000)]
            assert sorted(logged) == expected
            assert records(reader) == records(MemoryReader(state))
        finally:
            store.close()
