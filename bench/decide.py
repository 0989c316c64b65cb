"""The online decision over the grocer's 209 actions, beside a hand-written NumPy script that does the same work.

    python bench/decide.py [--workdir demo-run] [--json]

Both are timed in turns in one run, one decision a slice, and quoted by the 10th percentile of slices (shared machines
freeze for tenths of a second) and the median. The share of each stage is measured apart, on the same asks.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.baselines.decide_numpy import NumpyDecision
from decidedly.app import Hub, fixed_clock
from decidedly.core.ask import Ask
from decidedly.core.identifier import Identifier
from decidedly.core.person import Person
from decidedly.decide import kernel, record
from decidedly.decide.online import prepare
from decidedly.demo.run import DECISION_DAY, SERVICE, run

PEOPLE = 300
ROUNDS = 4
CHANNEL = "web"
NOON = DECISION_DAY + timedelta(hours=12)


class _Silent:
    @contextmanager
    def step(self, title: str, total: int = 0):
        print(f"  {title} ...", file=sys.stderr)
        yield lambda done: None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workdir", type=Path, default=Path("demo-run"), help="of a demo; a sample is made if missing")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        workdir = options.workdir
        if not (workdir / "decidedly.sqlite").exists():
            workdir = Path(scratch) / "sample"
            run(workdir, _Silent(), households=PEOPLE)
        with Hub.open(workdir, fixed_clock(NOON)) as hub:
            measured = measure(hub, Path(scratch))
    if options.json:
        print(json.dumps(measured))


def measure(hub: Hub, scratch: Path) -> list[dict[str, object]]:
    listed = hub.warehouse.query("SELECT loyalty FROM lists WHERE campaign = '18' ORDER BY loyalty")
    names = listed["loyalty"].to_pylist()[:PEOPLE]
    world = hub.world(SERVICE, CHANNEL)
    plan = world.plan
    people = [world.view(stored.leaf, NOON) for name in names if (stored := hub.reader.person((who(name),)))]
    reads = world.scorer.trained.reads, hub.snapshot.book.dictionary
    baseline = NumpyDecision(scratch, hub.models.get(world.scorer.version), plan.actions, people, reads)
    same_work(hub, names, baseline)
    ours, theirs = [], []
    for turn in range(ROUNDS):
        for name in names:
            ask = ask_for(f"bench/{turn}/{time.time_ns()}", name)
            ours.append(timed(lambda ask=ask: hub.decide(ask)))
            theirs.append(timed(lambda name=name: baseline.decide(name, NOON)))
    print(f"One decision over {len(plan.actions)} actions, read and written durably; {len(ours)} slices in turns")
    rows = []
    for label, q in (("10th percentile", 10), ("median", 50), ("90th percentile", 90)):
        a, b = np.percentile(ours, q), np.percentile(theirs, q)
        print(f"  {label:16} ours {a:7.3f} ms   hand-written NumPy {b:7.3f} ms   ratio {a / b:5.2f}")
        rows.append(
            {
                "name": f"online decision over 209 actions, {label}", "value": round(a, 4), "unit": "ms",
                "baseline": "hand-written NumPy", "ratio": round(a / b, 3), "better": "lower",
            }
        )  # fmt: skip
    shares(hub, names)
    return rows


def same_work(hub: Hub, names: list[str], baseline: NumpyDecision) -> None:
    """Both must choose the same coupons, or the comparison means nothing. Ties are broken differently: compare sets."""
    for name in names[:50]:
        ours = set(hub.dry_run(ask_for("bench/check", name)).chosen)
        theirs = set(baseline.decide(name, NOON))
        if ours != theirs:
            raise SystemExit(f"loyalty:{name}: ours {sorted(ours - theirs)}, the baseline {sorted(theirs - ours)}")


def shares(hub: Hub, names: list[str]) -> None:
    """Where the time of one decision goes: medians, the stages of the kernel indented."""
    world = hub.world(SERVICE, CHANNEL)
    plan, spent = world.plan, {}

    def lap(step: str, work: Callable[[], object]) -> object:
        began = time.perf_counter()
        result = work()
        spent.setdefault(step, []).append((time.perf_counter() - began) * 1e6)
        return result

    for name in names:
        ask = ask_for(f"bench/share/{time.time_ns()}", name)
        lap("look the ask id up", lambda ask=ask: hub.reader.decision(ask.ask_id))
        stored = lap("read person and ledger", lambda ask=ask: hub.reader.person(ask.who))
        person: Person = lap("the record as of the ask", lambda stored=stored: world.view(stored.leaf, NOON))
        scores = lap("features and model", lambda person=person: world.scorer.scores([person]))
        inputs = lap("inputs", lambda p=person, s=stored, c=scores: record.inputs_of(plan, p, s.ledger, c, 0))
        batch = record.batch_of(plan, [ask], ["d"], [inputs])
        state = kernel.blank(plan, batch)
        for stage, work in kernel.STAGES:
            lap(f"  {stage}", lambda work=work, batch=batch, state=state: work(plan, batch, state))
        (prepared,) = prepare([ask], world)
        lap("write record and ledger durably", lambda w=prepared[1]: hub.store.commit([w]))
    total = sum(np.median(times) for times in spent.values())
    print("Share of each stage (median, us)")
    for step, times in spent.items():
        print(f"  {step:34} {np.median(times):7.0f}  {np.median(times) / total:5.0%}")


def who(name: str) -> Identifier:
    return Identifier("loyalty", name)


def ask_for(ask_id: str, name: str) -> Ask:
    return Ask(ask_id=ask_id, who=(who(name),), service=SERVICE, channel=CHANNEL, at=NOON)


def timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    main()
