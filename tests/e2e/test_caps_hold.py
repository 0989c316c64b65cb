"""Two processes ask and send for the same three people at once, and are killed at random instants and started again:
no cap is broken, and no message that went out is missing from the ledger."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from decidedly.adapters.opened import open_store
from decidedly.core.ledger import Entry
from decidedly.ports.reader import Reader
from tests.e2e.ledger_child import CAPS, PEOPLE, ZONE
from tests.property.schedules import CAPS as SETS
from tests.property.schedules import book_of, most_in_any_window
from tests.shop import Shop, ask

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
ROUNDS, KILLS = 30, 3
WRITER = """
import sys
from pathlib import Path
from decidedly.adapters.opened import write_for_all
write_for_all("", Path(sys.argv[1]), Path(sys.argv[2]), lambda: print("writing", flush=True))
"""


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a store, "" for SQLite in the folder, behind its writer process."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@contextmanager
def writing(folder: Path, url: str) -> Iterator[str]:
    """The socket of the process that commits for all others, "" for a store that needs none."""
    if url:
        yield ""
        return
    with tempfile.TemporaryDirectory() as short:
        socket = f"{short}/writer.sock"
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder), socket], stdout=subprocess.PIPE, env=ENVIRONMENT
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"writing\n"
            yield socket
            writer.terminate()


def start(folder: Path, url: str, socket: str, number: int) -> subprocess.Popen[bytes]:
    words = [str(folder), url, socket, str(number), str(ROUNDS)]
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.ledger_child", *words], cwd=ROOT, stdout=subprocess.PIPE, env=ENVIRONMENT
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"asking\n"
    return child


def hammered(folder: Path, url: str, socket: str) -> None:
    """Both ask to the end; on the way now one, now the other is killed and begins again from the start."""
    rng = random.Random(20171027)
    children = {number: start(folder, url, socket, number) for number in (1, 2)}
    try:
        for _ in range(KILLS):
            number = rng.choice((1, 2))
            try:
                children[number].wait(rng.uniform(0.2, 1.5))
            except subprocess.TimeoutExpired:
                children[number].kill()
            children[number].communicate()
            children[number] = start(folder, url, socket, number)
        assert [child.wait(120) for child in children.values()] == [0, 0]
    finally:
        for child in children.values():
            child.kill()
            child.communicate()


def entries_of(reader: Reader, person: int) -> list[Entry]:
    stored = reader.person(ask(person).who)
    assert stored is not None
    return list(stored.own.entries)


def test_no_cap_is_broken_by_two_processes_that_are_killed(tmp_path: Path, url: str) -> None:
    opened = open_store(url, tmp_path)
    shop = Shop(book_of(CAPS, ZONE), store=opened.store, reader=opened.reader)
    for person in PEOPLE:
        shop.meet(person, age_band="35-44", kids_count=2)
    opened.store.close()
    with writing(tmp_path, url) as socket:
        hammered(tmp_path, url, socket)
    opened = open_store(url, tmp_path)
    try:
        sent = {path.stem for path in (tmp_path / "outbox").iterdir()}
        counted = [entry for person in PEOPLE for entry in entries_of(opened.reader, person)]
        assert sent <= {entry.id for entry in counted if entry.state in ("sending", "confirmed")}
        assert {row.key for row in opened.reader.messages("sent")} <= sent
        marketing = [entry for entry in counted if entry.id in sent and entry.contact_class == "marketing"]
        assert len(marketing) >= len(PEOPLE), "hardly anything was ever sent"
        for person in PEOPLE:
            reached = [one for one in entries_of(opened.reader, person) if one.state in ("sending", "confirmed")]
            for cap in SETS[CAPS]:
                for entry in reached:
                    assert most_in_any_window(cap, reached, entry, ZONE) <= cap.at_most
    finally:
        opened.store.close()
