"""Processes die, the disk is full, the store restarts, messages come twice and in any order: nothing acknowledged is
missing afterwards, nothing counts twice. DECIDEDLY_FAULTS says how many kills of each sort."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from time import sleep

import httpx
import pytest

from decidedly.adapters.opened import open_store
from tests.e2e.faults import FAULTS, PEOPLE, Flood, Server, batches, counted, prepared, records, serving, victims
from tests.postgres import PostgresServer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc and at Linux' limits")


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest) -> str:
    """The URL of a store, "" for SQLite in the hub's folder."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


def test_kill_9_at_random_instants_of_capture_loses_and_doubles_nothing(tmp_path: Path, store: str) -> None:
    rng = random.Random(20171030)
    prepared(tmp_path, store)
    sent = batches(40 * FAULTS, 4, seed=1)
    with serving(tmp_path, 2, store) as server:
        flood = Flood(server.url, sent)
        for number in range(FAULTS):
            flood.reached((number + rng.random()) / FAULTS, len(sent) * 4)
            sleep(rng.uniform(0, 0.03))
            victims(server, rng)
        flood.join()
        assert server.stop() == 0
    assert len(flood.acknowledged) == len(sent) * 4
    counted(tmp_path, store, flood.acknowledged, sent)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_is_said_and_survived(tmp_path: Path, workers: int) -> None:
    prepared(tmp_path)
    sent = batches(60, 4, seed=2)
    with serving(tmp_path, workers) as server:
        first = Flood(server.url, sent[:20])
        first.join()
        writer = server.process.pid if workers == 1 else server.children()[0]
        room = max(path.stat().st_size for path in tmp_path.glob("decidedly.sqlite*")) + 16_384
        resource.prlimit(writer, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        second = Flood(server.url, sent[20:])
        second.wait(lambda: any(answer.startswith("503") for answer in second.told))
        assert second.told["503 store.unavailable later"] > 0, second.told
        resource.prlimit(writer, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        second.join()
        assert set(second.told) == {"200", "503 store.unavailable later"}
        assert server.stop() == 0
    acknowledged = first.acknowledged + second.acknowledged
    assert len(acknowledged) == len(sent) * 4
    counted(tmp_path, "", acknowledged, sent)


def test_a_full_disk_of_the_database_is_said_and_survived(tmp_path: Path) -> None:
    with small_disk() as disk, postgres_on(disk) as store:
        prepared(tmp_path / "hub", store)
        sent = batches(60, 4, seed=2)
        with serving(tmp_path / "hub", 2, store) as server:
            first = Flood(server.url, sent[:20])
            first.join()
            fill(disk)
            second = Flood(server.url, sent[20:])
            second.wait(lambda: any(answer.startswith("503") for answer in second.told))
            assert second.told["503 store.unavailable later"] > 0, second.told
            (disk / BALLAST).unlink()
            second.join()
            assert set(second.told) == {"200", "503 store.unavailable later"}
            assert server.stop() == 0
        acknowledged = first.acknowledged + second.acknowledged
        assert len(acknowledged) == len(sent) * 4
        counted(tmp_path / "hub", store, acknowledged, sent)


BALLAST = "ballast"


@contextmanager
def small_disk() -> Iterator[Path]:
    """A disk of 64 MiB, in memory; skips where nobody may mount one."""
    folder = Path(tempfile.mkdtemp(prefix="decidedly-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode:
        folder.rmdir()
        pytest.skip(f"a disk of its own takes the right to mount: {mounted.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


@contextmanager
def postgres_on(disk: Path) -> Iterator[str]:
    """A server whose tables are on this disk, its write-ahead log on another; the URL of the store."""
    database = PostgresServer()
    try:
        database.own(disk)
        yield database.database(tablespace=disk)
    finally:
        database.remove()


def fill(disk: Path) -> None:
    """Write until nothing fits any more."""
    with (disk / BALLAST).open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


def test_a_store_that_restarts_under_load_is_waited_for(tmp_path: Path) -> None:
    rng = random.Random(7)
    database = PostgresServer()
    try:
        store = database.database()
        prepared(tmp_path, store)
        sent = batches(40 * FAULTS, 4, seed=3)
        with serving(tmp_path, 2, store) as server:
            flood = Flood(server.url, sent)
            for number in range(FAULTS):
                flood.reached((number + rng.random()) / FAULTS, len(sent) * 4)
                away = flood.told["503 store.unavailable later"]
                database.stop("immediate" if number % 2 else "fast")
                flood.wait(lambda away=away: flood.told["503 store.unavailable later"] > away)
                database.start()
            flood.join()
            assert server.stop() == 0
        assert set(flood.told) == {"200", "503 store.unavailable later"}
        assert len(flood.acknowledged) == len(sent) * 4
        counted(tmp_path, store, flood.acknowledged, sent)
    finally:
        database.remove()


@pytest.fixture
def server(tmp_path: Path, store: str) -> Iterator[Server]:
    prepared(tmp_path, store)
    with serving(tmp_path, 2, store) as server:
        yield server


def test_floods_of_duplicates_in_any_order_count_each_message_once(server: Server, tmp_path: Path, store: str) -> None:
    rng = random.Random(4)
    messages = [message for part in batches(30, 4, seed=4) for message in part]
    parts = []
    for _ in range(4):
        rng.shuffle(messages)
        parts += [messages[start : start + 6] for start in range(0, len(messages), 6)]
    flood = Flood(server.url, parts, clients=4)
    flood.join()
    assert set(flood.told) == {"200"}
    assert server.stop() == 0
    counted(tmp_path, store, flood.acknowledged, parts)


def test_workers_that_merge_the_same_persons_at_once_leave_one(server: Server, tmp_path: Path, store: str) -> None:
    """Everybody is merged with the next in a ring, by several callers at once, while events of them come in."""
    sent = batches(20, 4, seed=5)
    everybody = [{"type": "identify", "messageId": f"i{n}", "userId": str(n), "timestamp": "2017-01-01T00:00:00Z"}
                 for n in range(PEOPLE)]  # fmt: skip
    Flood(server.url, [everybody]).join()
    told: list[int] = []

    def merge(start: int) -> None:
        with httpx.Client(base_url=server.url, timeout=30) as client:
            for step in range(PEOPLE):
                one, other = (start + step) % PEOPLE, (start + step + 1) % PEOPLE
                pair = {"one": f"loyalty:{one}", "other": f"loyalty:{other}"}
                answer = client.post("/v1/identity/merge", json=pair)
                while answer.status_code == 503:
                    sleep(0.02)
                    answer = client.post("/v1/identity/merge", json=pair)
                told.append(answer.status_code)

    flood = Flood(server.url, sent, clients=2)
    callers = [Thread(target=merge, args=(start,)) for start in (0, 0, PEOPLE // 2, 3)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    flood.join()
    # 400: they were one already.
    assert set(told) <= {200, 400}
    assert set(flood.told) <= {"200", "503 capture.contended later", "503 identity.contended later"}
    assert server.stop() == 0
    opened = open_store(store, tmp_path)
    try:
        assert opened.reader.unsettled() == []
        (cluster,) = records(opened.reader)
        logged = [one.event.message_id for one in opened.journal.read(limit=100_000)]
        assert len(logged) == len(set(logged))
        assert set(flood.acknowledged) < set(logged)
        devices = {message.get("anonymousId") for part in sent for message in part} - {None}
        assert len(cluster) == PEOPLE + len(devices)
    finally:
        opened.store.close()
