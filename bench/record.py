"""What a decision record takes: bytes as they are stored, and the time to write and to read them.

    python bench/record.py [--json]

A made-up service (`bench/large_service.py`): four conditions, a person of 2 kB, 30 % of the candidates survive. The
baseline is the same record as plain JSON by msgspec, written and read in turns with ours; times are the 10th
percentile of single calls.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.large_service import plan_of, record
from decidedly.adapters.blobs import DECISION
from decidedly.core.decision import DecisionRecord

SHAPES = ((100, 1), (1_000, 1), (999, 3), (3_000, 3), (10_000, 1))
ROUNDS = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    print("candidates  channels  survive    bytes   JSON bytes  ratio   write us  JSON us   read us  JSON us")
    rows = [row for candidates, channels in SHAPES for row in measure(candidates, channels)]
    if options.json:
        print(json.dumps(rows))


def measure(candidates: int, channels: int) -> list[dict[str, object]]:
    plan = plan_of(candidates, channels)
    records = [record(plan, seed) for seed in range(1, 11)]
    blobs, plain = [DECISION.encode(one) for one in records], [msgspec.json.encode(one) for one in records]
    own, theirs = np.mean(list(map(len, blobs))), np.mean(list(map(len, plain)))
    read_json = msgspec.json.Decoder(DecisionRecord).decode
    calls: list[Callable[[int], object]] = [
        lambda at: DECISION.encode(records[at]), lambda at: msgspec.json.encode(records[at]),
        lambda at: DECISION.decode(blobs[at]), lambda at: read_json(plain[at]),
    ]  # fmt: skip
    spent: list[list[float]] = [[] for _ in calls]
    for turn in range(ROUNDS):
        for call, times in zip(calls, spent, strict=True):
            times.append(timed(lambda call=call, turn=turn: call(turn % len(records))))
    write, write_json, read, json_read = (float(np.percentile(times, 10)) for times in spent)
    survive = np.mean([(np.frombuffer(one.dropped, "<u2") == 0).mean() for one in records])
    print(f"{candidates:>10,}  {channels:>8}  {survive:>7.0%}  {own:>7,.0f}  {theirs:>11,.0f}  {own / theirs:>5.2f}"
          f"  {write:>9.1f}  {write_json:>7.1f}  {read:>8.1f}  {json_read:>7.1f}")  # fmt: skip
    name = f"decision record of {candidates:,} candidates on {channels} channels"
    return [
        {"name": f"{name}, {what}", "value": round(ours, 1), "unit": unit, "baseline": "plain JSON of the same record",
         "ratio": round(ours / base, 3), "better": "lower"}
        for what, ours, base, unit in (
            ("stored", own, theirs, "bytes"), ("written", write, write_json, "us"), ("read", read, json_read, "us"),
        )
    ]  # fmt: skip


def timed(work: Callable[[], object]) -> float:
    """Microseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e6


if __name__ == "__main__":
    main()
