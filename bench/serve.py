"""The personal answer through HTTP beside a static one: CPU of the server, decisions a second, p50 and p99.

    python bench/serve.py [--offers 100 1000] [--people N] [--seconds S] [--curve] [--json]

A made-up bank (`bench/bank.py`): every offer with four conditions, customers with records of about 2 kB. One worker on
one core, load from the other; the decision is durable before the reply. Beside it, in turns in the same run, a server
with the same HTTP stack that replies as many bytes at once, and one that first inserts as many bytes as a decision
record has, by group commit. `--curve` prints the cost from 100 to 10,000 offers, in process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import bank
from bench.baselines import serve_static
from decidedly.adapters.blobs import DECISION
from decidedly.app import Hub, fixed_clock
from decidedly.core.ask import Ask
from decidedly.core.identifier import Identifier
from decidedly.decide.online import prepare

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS = 16
TURNS = 12
CHUNK = 5_000
TICKS = os.sysconf("SC_CLK_TCK")
ASKED = 2_000
"""Requests made beforehand, sent again and again; each is a new ask."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--offers", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each turn of each server")
    parser.add_argument("--curve", action="store_true", help="only the cost in process, from 100 to 10,000 offers")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    if options.curve:
        curve(options.people)
        return
    for offers in options.offers:
        with tempfile.TemporaryDirectory() as scratch:
            rows += measure(Path(scratch), offers, options.people, options.seconds)
    if options.json:
        print(json.dumps(rows))


def made(folder: Path, offers: int, people: int) -> None:
    """A hub with the bank's playbook and customers."""
    with Hub.open(folder / "hub", fixed_clock(bank.NOW)) as hub:
        hub.publish(bank.write(folder / "book", offers))
        raws = bank.customers(people)
        while some := list(islice(raws, CHUNK)):
            assert not hub.capture(some).refusals


def measure(folder: Path, offers: int, people: int, seconds: float) -> list[dict[str, Any]]:
    made(folder, offers, people)
    asks = [request(number, people) for number in range(ASKED)]
    with ExitStack() as stack:
        ours = stack.enter_context(served(our_command(folder)))
        reply = asyncio.run(burst(ours, asks[:1], 1)).sizes[0]
        record = record_size(folder)
        static = stack.enter_context(served([serve_static.__file__, str(folder), str(reply)]))
        insert = stack.enter_context(served([serve_static.__file__, str(folder), str(record), "--insert"]))
        servers = {"personal": ours, "static": static, "static after an insert": insert}
        found: dict[str, list[Burst]] = {name: [] for name in servers}
        for server in servers.values():
            asyncio.run(burst(server, asks, seconds / 2))
        for _ in range(TURNS):
            for name, server in servers.items():
                found[name].append(asyncio.run(burst(server, asks, seconds)))
        rate = np.median([one.rate for one in found["personal"]]) / 3
        calm: dict[str, list[Burst]] = {name: [] for name in ("personal", "static after an insert")}
        for _ in range(TURNS):
            for name, bursts in calm.items():
                bursts.append(asyncio.run(paced(servers[name], asks, seconds, rate)))
    return told(offers, people, found, calm, rate, reply, record)


def told(
    offers: int, people: int, found: dict[str, list[Burst]], calm: dict[str, list[Burst]], rate: float, reply: int,
    record: int,
) -> list[dict[str, Any]]:  # fmt: skip
    print(f"{offers} offers, {people:,} customers; replies of {reply} bytes, records of {record}")
    cpu = {name: float(np.percentile([one.cpu for one in bursts], 10)) * 1e6 for name, bursts in found.items()}
    for name, bursts in found.items():
        rates = np.median([one.rate for one in bursts])
        p50, p99 = np.percentile(np.concatenate([one.waits for one in bursts]), (50, 99)) * 1e3
        print(
            f"  {name:24} {cpu[name]:8.0f} us of CPU a reply   {rates:7,.0f} a second   p50 {p50:6.2f} ms"
            f"  p99 {p99:6.2f} ms"
        )
    ratio = cpu["personal"] / cpu["static"]
    print(f"  ratio of CPU {ratio:.1f}")
    # Shared machines freeze for tenths of a second: what is compared are the half of bursts that were least disturbed.
    quiet = {
        name: sorted(bursts, key=lambda one: float(one.waits.max()))[: TURNS // 2] for name, bursts in calm.items()
    }
    waits = {name: np.concatenate([one.waits for one in bursts]) * 1e3 for name, bursts in quiet.items()}
    p50, p99 = ({name: float(np.percentile(own, q)) for name, own in waits.items()} for q in (50, 99))
    other = "static after an insert"
    print(f"  at {rate:,.0f} asks a second: p50 {p50['personal']:.2f} ms against {p50[other]:.2f},", end="")
    print(f" p99 {p99['personal']:.2f} ms against {p99[other]:.2f} ({p99['personal'] / p99[other]:.2f})")
    named = f"{offers} offers"
    return [
        {
            "name": f"CPU of a decision over {named}", "value": round(cpu["personal"], 1), "unit": "us",
            "baseline": "static reply", "ratio": round(ratio, 2), "better": "lower",
        },
        {
            "name": f"median wait for a decision over {named}", "value": round(p50["personal"], 3), "unit": "ms",
            "baseline": other, "ratio": round(p50["personal"] / p50[other], 2), "better": "lower",
        },
        {
            "name": f"p99 wait for a decision over {named}", "value": round(p99["personal"], 3), "unit": "ms",
            "baseline": other, "ratio": round(p99["personal"] / p99[other], 2), "better": "lower",
        },
    ]  # fmt: skip


def curve(people: int) -> None:
    """CPU time of one decision in process, without its commit."""
    first = 0.0
    for offers in (100, 300, 1_000, 3_000, 10_000):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            made(folder, offers, min(people, 1_000))
            with Hub.open(folder / "hub", fixed_clock(bank.NOW)) as hub:
                world = hub.world(bank.SERVICE, bank.CHANNEL)
                times = []
                for number in range(400):
                    ask = Ask(
                        ask_id=f"curve-{number}", who=(Identifier("crm", f"c{number % 1000:06}"),),
                        service=bank.SERVICE, channel=bank.CHANNEL, at=bank.NOW,
                    )  # fmt: skip
                    began = time.process_time()
                    prepare([ask], world)
                    times.append(time.process_time() - began)
        cost = float(np.percentile(times[50:], 25)) * 1e6
        first = first or cost
        print(f"  {offers:6,} offers {cost:8.0f} us   {cost / first:5.1f} times that of 100")


def record_size(folder: Path) -> int:
    """Bytes of a stored decision, the median of some."""
    with Hub.open(folder / "hub", fixed_clock(bank.NOW)) as hub:
        world = hub.world(bank.SERVICE, bank.CHANNEL)
        asks = [
            Ask(ask_id=f"size-{n}", who=(Identifier("crm", f"c{n:06}"),), service=bank.SERVICE, channel=bank.CHANNEL,
                at=bank.NOW)
            for n in range(100)
        ]  # fmt: skip
        return int(np.median([len(DECISION.encode(record)) for record, _ in prepare(asks, world)]))


def request(number: int, people: int) -> bytes:
    who = f"c{number * 7919 % people:06}"
    body = json.dumps({"service": bank.SERVICE, "person": {"crm": who}, "channel": bank.CHANNEL}).encode()
    head = "POST /v1/decide HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    process: int

    def cpu_s(self) -> float:
        """CPU seconds of all its threads so far."""
        told = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / TICKS


@dataclass(frozen=True)
class Burst:
    """cpu: server seconds a reply; rate: replies a second; waits: seconds; sizes: of replies, bytes."""

    cpu: float
    rate: float
    waits: np.ndarray
    sizes: list[int]


async def burst(server: Server, asks: list[bytes], seconds: float) -> Burst:
    """As fast as it answers, over some connections."""
    waits: list[float] = []
    sizes: list[int] = []
    cpu, began = server.cpu_s(), time.perf_counter()
    end = began + seconds

    async def worker(first: int) -> None:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        number = first
        while time.perf_counter() < end or not sizes:
            sent = time.perf_counter()
            writer.write(asks[number % len(asks)])
            sizes.append(await answered(reader))
            waits.append(time.perf_counter() - sent)
            number += CONNECTIONS
        writer.close()

    await asyncio.gather(*(worker(first) for first in range(CONNECTIONS)))
    took = time.perf_counter() - began
    return Burst((server.cpu_s() - cpu) / len(waits), len(waits) / took, np.array(waits), sizes)


async def paced(server: Server, asks: list[bytes], seconds: float, rate: float) -> Burst:
    """At a fixed rate, whatever the answers take; a wait is counted from when the ask was due."""
    waits: list[float] = []
    cpu, began = server.cpu_s(), time.perf_counter()
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await asyncio.open_connection(server.host, server.port))

    async def ask(number: int, due: float) -> None:
        reader, writer = await free.get()
        writer.write(asks[number % len(asks)])
        await answered(reader)
        waits.append(time.perf_counter() - due)
        free.put_nowait((reader, writer))

    tasks = []
    for number in range(int(rate * seconds)):
        due = began + number / rate
        while (left := due - time.perf_counter()) > 0:
            await asyncio.sleep(left if left > 0.001 else 0)
        tasks.append(asyncio.create_task(ask(number, max(due, began))))
    await asyncio.gather(*tasks)
    while not free.empty():
        free.get_nowait()[1].close()
    took = time.perf_counter() - began
    return Burst((server.cpu_s() - cpu) / len(waits), len(waits) / took, np.array(waits), [])


async def answered(reader: asyncio.StreamReader) -> int:
    """Bytes of the body of one good reply."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(re.search(rb"content-length: (\d+)", head)[1])
    body = await reader.readexactly(length)
    if b" 200 " not in head:
        raise SystemExit((head + body).decode())
    return length


def our_command(folder: Path) -> list[str]:
    return ["-m", "decidedly", "serve", "--port", "0", "--workdir", str(folder / "hub")]


@contextmanager
def served(command: list[str]) -> Iterator[Server]:
    """A server on the first core; this process takes the other."""
    os.sched_setaffinity(0, {0})
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    os.sched_setaffinity(0, {os.cpu_count() - 1})
    try:
        url = next(found for line in process.stdout if (found := re.search(r"http://([0-9.]+):(\d+)", line)))
        yield Server(url[1], int(url[2]), process.pid)
    finally:
        process.terminate()
        process.communicate()


if __name__ == "__main__":
    main()
