"""Durable events a second through HTTP, identities resolved and records updated, beside a server that only inserts.

    python bench/capture.py [--bodies N] [--workers N] [--watch EVENTS] [--json]

Bodies of 100 messages in the Segment tracking format, of about 25 sessions each. Of the sessions two thirds are of
known people, a sixth of new ones, a sixth of visitors of whom half become known people in it. Both servers run all the
time and are sent to in turns, a few bodies over four connections a slice; rates are quoted by the 10th percentile of
slices (shared machines freeze) and the median. Beside them the rate of bare inserts of the same rows in this process,
100 a transaction. Both are one process each unless `--workers` gives ours more: they, and the one that writes for
them, use a second core then, as the baseline cannot. The processor time that each server took is printed too.
`--watch 1000000` sends so many events to ours alone and prints its memory and rate ten times.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.baselines import capture_insert
from decidedly.app import Hub
from decidedly.demo.playbook import grocer

ROOT = Path(__file__).resolve().parents[1]
SIZE = 100
CONNECTIONS = 4
SLICE = 8
SESSIONS = 25
KNOWN = 5_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bodies", type=int, default=480, help="to each server, after the warm-up")
    parser.add_argument("--workers", type=int, default=1, help="processes of ours that answer")
    parser.add_argument("--watch", type=int, default=0, metavar="EVENTS", help="only watch our memory over so many")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with Hub.open(folder / "hub") as hub:
            hub.publish(grocer())
        if options.watch:
            watch(folder, options.watch, options.workers)
            return
        measured = measure(folder, options.bodies, options.workers)
    if options.json:
        print(json.dumps(measured))


def measure(folder: Path, bodies: int, workers: int) -> list[dict[str, Any]]:
    shop = Shop(1)
    with ours(folder, workers) as our_url, baseline(folder) as their_url:
        for body in shop.welcome():
            asyncio.run(burst(our_url, [body]))
        times: dict[str, list[float]] = {"ours": [], "baseline": []}
        waits: dict[str, list[float]] = {"ours": [], "baseline": []}
        spent = {"ours": -processor_s(our_url), "baseline": -processor_s(their_url)}
        for _ in range(bodies // SLICE):
            slice_ = [shop.body() for _ in range(SLICE)]
            for name, url in (("ours", our_url), ("baseline", their_url)):
                began = time.perf_counter()
                waits[name] += asyncio.run(burst(url, slice_))
                times[name].append((time.perf_counter() - began) / (SLICE * SIZE))
        spent = {"ours": spent["ours"] + processor_s(our_url), "baseline": spent["baseline"] + processor_s(their_url)}
    bare = bare_inserts(folder, [shop.body() for _ in range(bodies // 4)])
    rates = {name: 1 / np.percentile(times[name], (10, 50)) for name in times}
    print(f"Durable events a second: {bodies} bodies of {SIZE} in slices of {SLICE} over {CONNECTIONS} connections")
    for name in times:
        fast, median = rates[name]
        p50, p99 = np.percentile(waits[name], (50, 99)) * 1e3
        micros = spent[name] / (bodies * SIZE) * 1e6
        print(
            f"  {name:12} {fast:9,.0f}  median {median:9,.0f}   acknowledged in {p50:6.2f} ms p50, {p99:6.2f} ms p99;"
            f" {micros:.0f} us of a processor an event"
        )
    print(f"  {'bare inserts':12} {bare:9,.0f}")
    ratio = rates["ours"][0] / rates["baseline"][0]
    medians = rates["ours"][1] / rates["baseline"][1]
    print(f"  ratio {ratio:.2f} (median {medians:.2f}); to bare inserts {rates['ours'][0] / bare:.2f}")
    named = "decode and insert"
    rows = [
        {
            "name": "durable events through HTTP", "value": round(rates["ours"][0]), "unit": "events/s",
            "baseline": named, "ratio": round(ratio, 3), "better": "higher",
        }
    ]  # fmt: skip
    for q in (50, 99):
        value, other = (float(np.percentile(waits[name], q)) * 1e3 for name in ("ours", "baseline"))
        rows.append(
            {
                "name": f"acknowledgement of {SIZE} events, p{q}", "value": round(value, 3), "unit": "ms",
                "baseline": named, "ratio": round(value / other, 3), "better": "lower",
            }
        )  # fmt: skip
    return rows


def watch(folder: Path, events: int, workers: int) -> None:
    shop = Shop(1)
    with ours(folder, workers) as url:
        process = int(url.rpartition("#")[2])
        began, done = time.perf_counter(), 0
        for step in range(1, 11):
            while done < events * step // 10:
                asyncio.run(burst(url, [shop.body() for _ in range(SLICE)]))
                done += SIZE * SLICE
            rate = done / (time.perf_counter() - began)
            memory = resident_mib(process)
            print(f"  {done:9,} events  {memory:6.0f} MiB  {rate:8,.0f}/s since the start", flush=True)


class Shop:
    """What people do, as a tracker's bodies; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.people = [str(10_000_000 + number) for number in range(KNOWN)]
        self.at = datetime.now(UTC) - timedelta(hours=2)

    def welcome(self) -> Iterator[bytes]:
        """Every known person once, with a history of some weeks."""
        for start in range(0, KNOWN, SIZE // 2):
            messages = []
            for person in self.people[start : start + SIZE // 2]:
                messages.append(self.message("identify", {"userId": person}, traits={"age-band": "35-44"}))
                messages.append(self.order({"userId": person}))
            yield self.packed(messages)

    def body(self) -> bytes:
        sessions = [list(self.session()) for _ in range(SESSIONS)]
        messages = [message for session in sessions for message in session]
        self.random.shuffle(messages)
        while len(messages) < SIZE:
            messages += self.session()
        return self.packed(messages[:SIZE])

    def session(self) -> Iterator[dict[str, Any]]:
        kind = self.random.random()
        visitor = {"anonymousId": str(uuid.UUID(int=self.random.getrandbits(128), version=4))}
        if kind < 2 / 3:
            who = {"userId": self.random.choice(self.people)}
        elif kind < 5 / 6:
            self.people.append(str(20_000_000 + len(self.people)))
            who = {"userId": self.people[-1]}
            yield self.message("identify", who, traits={"age-band": self.random.choice(("25-34", "35-44"))})
        else:
            who = visitor
        for _ in range(self.random.randint(1, 3)):
            yield self.message("page", who, name=self.random.choice(("home", "search", "basket")))
            yield self.track("Product Viewed", who, {"product_id": str(self.random.randint(800_000, 900_000))})
        if who is visitor and self.random.random() < 0.5:
            who = visitor | {"userId": self.random.choice(self.people)}
            yield self.message("identify", who, traits={})
        if self.random.random() < 0.3:
            yield self.order(who)

    def order(self, who: dict[str, str]) -> dict[str, Any]:
        lines = [
            {"product_id": str(self.random.randint(800_000, 900_000)), "quantity": 1, "sales_cents": 199}
            for _ in range(self.random.randint(1, 6))
        ]
        return self.track("Order Completed", who, {"order_id": str(self.random.getrandbits(40)), "products": lines})

    def track(self, event: str, who: dict[str, str], properties: dict[str, Any]) -> dict[str, Any]:
        return self.message("track", who, event=event, properties=properties)

    def message(self, type_: str, who: dict[str, str], **more: Any) -> dict[str, Any]:
        self.at += timedelta(milliseconds=self.random.randint(0, 100))
        id_ = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        context = {"library": {"name": "analytics-python", "version": "2.4.0"}, "channel": "web"}
        return {
            "type": type_, "messageId": id_, "timestamp": self.at.isoformat(), "context": context,
            "integrations": {}, **who, **more,
        }  # fmt: skip

    def packed(self, messages: list[dict[str, Any]]) -> bytes:
        body = json.dumps({"batch": messages, "sentAt": datetime.now(UTC).isoformat()}).encode()
        head = "POST /v1/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def burst(url: str, requests: list[bytes]) -> list[float]:
    """Send the requests over a few connections; seconds that each waited for its answer."""
    host, port = re.search(r"//([^:]+):(\d+)", url).groups()
    waits: list[float] = []
    left = iter(requests)

    async def worker() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        for request in left:
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(int(re.search(rb"content-length: (\d+)", head)[1]))
            waits.append(time.perf_counter() - began)
            if b" 200 " not in head or b'"code"' in body:
                raise SystemExit((head + body).decode())
        writer.close()

    await asyncio.gather(*(worker() for _ in range(min(CONNECTIONS, len(requests)))))
    return waits


@contextmanager
def ours(folder: Path, workers: int = 1) -> Iterator[str]:
    command = [
        sys.executable, "-m", "decidedly", "serve", "--port", "0", "--workdir", str(folder / "hub"),
        "--workers", str(workers),
    ]  # fmt: skip
    with served(command) as url:
        yield url


@contextmanager
def baseline(folder: Path) -> Iterator[str]:
    with served([sys.executable, capture_insert.__file__, str(folder)]) as url:
        yield url


@contextmanager
def served(command: list[str]) -> Iterator[str]:
    """The URL of a server, its process id behind "#"."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        try:
            assert server.stdout is not None
            url = next(found[0] for line in server.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
            yield f"{url}#{server.pid}"
        finally:
            server.terminate()
            server.communicate()


def processor_s(url: str) -> float:
    """Seconds that the processes of a server have run so far, in whole hundredths."""
    return sum(map(_ran_s, _processes(int(url.rpartition("#")[2]))))


def _processes(root: int) -> Iterator[int]:
    yield root
    for task in Path(f"/proc/{root}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _processes(int(child))


def _ran_s(process: int) -> float:
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def resident_mib(process: int) -> float:
    told = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", told)[1]) / 1024


def bare_inserts(folder: Path, requests: list[bytes]) -> float:
    """Events a second by the baseline's own insert, without HTTP and decoding, 100 a transaction."""
    (folder / "bare").mkdir()
    connection = capture_insert.database(folder / "bare")
    batches = [capture_insert.decode(request.partition(b"\r\n\r\n")[2]).batch for request in requests]
    times = []
    for messages in batches:
        began = time.perf_counter()
        capture_insert.insert(connection, messages)
        times.append((time.perf_counter() - began) / len(messages))
    return float(1 / np.percentile(times, 10))


if __name__ == "__main__":
    main()
