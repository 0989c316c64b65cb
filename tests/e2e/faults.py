"""A real server under load, for tests of what happens when something fails; and the count afterwards."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any

import httpx
from msgspec.structs import replace

from decidedly.adapters.memory import MemoryReader, MemoryStore, State
from decidedly.adapters.opened import open_store
from decidedly.app import Hub, Settings
from decidedly.capture import load
from decidedly.core.person import Leaf
from decidedly.demo.playbook import grocer
from decidedly.ports.reader import Reader

SRC = Path(__file__).parents[2] / "src"
FAULTS = int(os.environ.get("DECIDEDLY_FAULTS", "2"))
"""Kills of each sort; a nightly run takes twenty."""
PEOPLE = 8
LONGEST_S = 60 * (1 + FAULTS)

Message = dict[str, Any]


def prepared(folder: Path, store: str = "") -> None:
    """A hub with the grocer's playbook."""
    with Hub(Settings(folder, store=store)) as hub:
        hub.publish(grocer())


def batches(count: int, size: int, seed: int) -> list[list[Message]]:
    """Messages of a few people, each with an id of its own, most with two identifiers, dated in any order."""
    rng = random.Random(seed)
    made = []
    for batch in range(count):
        messages = []
        for number in range(size):
            person = rng.randrange(PEOPLE)
            message = {
                "type": "track",
                "event": "Product Viewed",
                "messageId": f"m{seed}-{batch}-{number}",
                "userId": str(person),
                "timestamp": f"2017-10-{rng.randint(1, 28):02}T{rng.randrange(24):02}:{rng.randrange(60):02}:00Z",
                "properties": {"product_id": str(rng.randrange(99))},
            }
            if rng.random() < 0.6:
                message["anonymousId"] = f"device-{person}-{rng.randrange(3)}"
            messages.append(message)
        made.append(messages)
    return made


class Server:
    """`decidedly serve` as a process, on one port over restarts."""

    def __init__(self, folder: Path, workers: int = 1, store: str = "") -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._words = ["serve", "--workdir", str(folder), "--port", str(self.port), "--workers", str(workers)]
        self._environment = os.environ | {"PYTHONPATH": str(SRC), "DECIDEDLY_STORE": store}
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "decidedly", *self._words],
            env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert any(re.search(r"http://127", line) for line in self.process.stdout), "the server did not start"

    def children(self) -> list[int]:
        """Process ids of the writer, if there is one, and the workers, in the order of their start."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]

    def kill(self) -> None:
        """Kill -9 the first process; the others end by themselves, with what they were asked, and free the port."""
        running = self.process.poll() is None
        children = self.children() if running else []
        self.process.kill()
        self.process.communicate()
        began = monotonic()
        while any(_lives(pid) for pid in children):
            assert monotonic() - began < 30, "a process outlives the server"
            sleep(0.01)

    def stop(self) -> int:
        self.process.terminate()
        self.process.communicate(timeout=30)
        return self.process.returncode


def _lives(pid: int) -> bool:
    """Whether a process runs; one that ended may wait for ever for somebody to ask how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@contextmanager
def serving(folder: Path, workers: int = 1, store: str = "") -> Iterator[Server]:
    server = Server(folder, workers, store)
    try:
        yield server
    finally:
        server.kill()


class Flood:
    """Several clients send batches, each again until it is acknowledged; `told` is what they were answered."""

    def __init__(self, url: str, parts: Sequence[list[Message]], clients: int = 3) -> None:
        self._url = url
        self._waiting: Queue[list[Message]] = Queue()
        for part in parts:
            self._waiting.put(part)
        self._lock = Lock()
        self.acknowledged: list[str] = []
        self.told: Counter[str] = Counter()
        self._threads = [Thread(target=self._send, daemon=True) for _ in range(clients)]
        for thread in self._threads:
            thread.start()

    def reached(self, share: float, of: int) -> None:
        """Wait until so large a share of so many messages is acknowledged."""
        self.wait(lambda: len(self.acknowledged) >= share * of)

    def wait(self, until: Any) -> None:
        began = monotonic()
        while not until() and any(thread.is_alive() for thread in self._threads):
            assert monotonic() - began < LONGEST_S, self.told
            sleep(0.005)

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        began = monotonic()
        with httpx.Client(base_url=self._url, timeout=20) as client:
            while monotonic() - began < LONGEST_S:
                try:
                    part = self._waiting.get_nowait()
                except Empty:
                    return
                answer = self._answer(client, part)
                with self._lock:
                    self.told[answer] += 1
                    if answer == "200":
                        self.acknowledged.extend(message["messageId"] for message in part)
                if answer != "200":
                    self._waiting.put(part)
                    sleep(0.05)

    def _answer(self, client: httpx.Client, part: list[Message]) -> str:
        try:
            answer = client.post("/v1/batch", json={"batch": part})
        except httpx.HTTPError:
            return "no answer"
        if answer.status_code == 200:
            assert answer.json()["rejected"] == []
            return "200"
        later = "later" if "retry-after" in answer.headers else "never"
        return f"{answer.status_code} {answer.json()['error']['code']} {later}"


def counted(folder: Path, store: str, acknowledged: Sequence[str], sent: Sequence[list[Message]]) -> None:
    """Everything acknowledged is in the log, nothing twice, and every record is what the log says."""
    with Hub(Settings(folder, store=store)) as hub:  # settles what a crash left over
        assert hub.reader.unsettled() == []
        dictionary, clock = hub.snapshot.book.dictionary, hub.clock
    opened = open_store(store, folder)
    try:
        events = [one.event for one in opened.journal.read(limit=1_000_000)]
        logged = Counter(event.message_id for event in events)
        assert set(acknowledged) <= logged.keys(), "an acknowledged event is missing"
        assert set(logged.values()) <= {1}, "an event is there twice"
        assert logged.keys() <= {message["messageId"] for part in sent for message in part}
        state = State()
        load([events], store=MemoryStore(state), reader=MemoryReader(state), clock=clock, dictionary=dictionary)
        assert records(opened.reader) == records(MemoryReader(state))
    finally:
        opened.store.close()


def records(reader: Reader) -> dict[tuple[str, ...], list[Leaf]]:
    """Who is who, and every record, without the number of times it was written."""
    return {
        stored.cluster.leaves: [replace(leaf, version=0) for leaf in stored.leaves]
        for stored in reader.people(limit=1_000_000)
    }


def victims(server: Server, rng: random.Random) -> None:
    """Kill -9 one process of a server with workers: the first, the writer, or a worker; what dies is started again."""
    chosen = rng.choice([server.process.pid, *server.children()])
    if chosen == server.process.pid:
        server.kill()
        server.start()
    else:
        os.kill(chosen, signal.SIGKILL)
