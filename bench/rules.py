"""Rules for one person: decision tables and conditions beside hand-written Python and the fastest ready engine.

    python bench/rules.py [--json]

Baseline and candidate run in turns in slices of a millisecond or two over the same people, and are quoted by the 10th
percentile of slices. First all of them must give the same. The parts for columns and for SQL are in files of their own
and print in the same run.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.baselines import rules_python, rules_zen
from decidedly.feel import BOOLEAN, INTEGER, STRING, Name, Scope, compile_expression, compile_many, money
from decidedly.rules import compile_definition, compile_typed, read_table, type_table

TABLES = Path(__file__).parent / "tables"
PARTS = ("bench.rules_blocks", "bench.rules_sql")
SLICES = 200
SLICE_S = 0.0015
PEOPLE = 100
AGES = ["19-24", "25-34", "35-44", "45-54", "55-64", "65+"]
TYPES = {
    "days away": INTEGER, "spend": money("GBP"), "age band": STRING, "orders": INTEGER, "member": BOOLEAN,
    "city": STRING,
    **{f"visits w{week}": INTEGER for week in range(1, 13)},
    **{f"spend w{week}": money("GBP") for week in range(1, 13)},
}  # fmt: skip
SCOPE = Scope.of(
    {"person": [Name(name, type_, name.replace(" ", "_")) for name, type_ in TYPES.items()]}, bare=["person"]
)

Person = dict[str, object]
Measured = list[dict[str, object]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    measured = [*small_table(), *long_tables(), *fused(), *building()]
    for part in PARTS:
        if importlib.util.find_spec(part) is not None:
            measured += importlib.import_module(part).measure()
    if options.json:
        print(json.dumps(measured))


def people(seed: int = 7) -> list[Person]:
    """People with thirty facts, none of them null, spread over the rows of the table."""
    draw = random.Random(seed)
    found = []
    for _ in range(PEOPLE):
        days = draw.choice([(0, 7), (8, 30), (31, 60), (61, 90), (91, 365)])
        spend = draw.choice([(0, 1999), (2000, 4999), (5000, 9999), (10000, 30000)])
        facts = {
            "days_away": draw.randint(*days), "spend": draw.randint(*spend), "age_band": draw.choice(AGES),
            "orders": draw.randint(0, 12), "member": draw.random() < 0.5,
            "city": draw.choice(["Leeds", "York", "Bath"]),
            **{f"visits_w{week}": draw.randint(0, 6) for week in range(1, 13)},
            **{f"spend_w{week}": draw.randint(0, 12000) for week in range(1, 13)},
        }  # fmt: skip
        order = list(facts)
        draw.shuffle(order)
        found.append({name: facts[name] for name in order})
    return found


def small_table() -> Measured:
    """The 20x5 first-hit table over a dict of 30 facts."""
    table, problems = read_table((TABLES / "tiers.table").read_text(encoding="utf-8"))
    assert table is not None, problems
    compiled, problems = compile_definition(table, SCOPE)
    assert compiled is not None, problems
    everyone, fn, hand = people(), compiled.fn, rules_python.tier
    forms = rules_zen.forms()
    for person in everyone:
        fired = fn(person)
        if (fired.outputs, fired.rows) != hand(person):
            raise SystemExit(f"ours {fired}, by hand {hand(person)}: {person}")
        for name, (call, told) in forms.items():
            if told(call(person)) != fired.outputs[0]:
                raise SystemExit(f"ours {fired}, {name} {call(person)}: {person}")
    calls = {"ours": fn, "hand-written Python": hand, **{f"zen, {name}": call for name, (call, _) in forms.items()}}
    took = in_turns(everyone, calls)
    print(f"A first-hit table of 20 rows and 5 columns, one person of 30 facts; {SLICES} slices in turns")
    show(took, "us")
    best = min((name for name in took if name.startswith("zen")), key=lambda name: took[name])
    return [
        row("20x5 first-hit table", took["ours"], took["hand-written Python"], "hand-written Python if-chain"),
        row("20x5 first-hit table", took["ours"], took[best], f"zen-engine, {best.removeprefix('zen, ')}"),
    ]


def long_tables() -> Measured:
    """Tables of 500 and 1,000 rows against the one of 20: the same columns, cut finer."""
    everyone = people()
    calls = {}
    for bands, amounts in ((5, 4), (25, 20), (40, 25)):
        compiled, problems = compile_definition(grid(bands, amounts), SCOPE)
        assert compiled is not None, problems
        calls[f"{bands * amounts} rows"] = compiled.fn
        decided = sum(compiled.fn(person).outputs[0] is not None for person in everyone)
        print(f"  {bands * amounts:5} rows decide {decided / len(everyone):.0%} of the people")
    took = in_turns(everyone, calls)
    print("Long tables, first hit, 5 columns")
    show(took, "us")
    return [row(f"{size}x5 first-hit table", took[f"{size} rows"], took["20 rows"], "the 20x5 table, the same run")
            for size in (500, 1000)]  # fmt: skip


def grid(bands: int, amounts: int):
    """A table like `tiers.table` with more and narrower bands of days and of spend."""
    ages = ["-", 'not("19-24")', '"25-34", "35-44", "45-54"', 'not("65+")', '"19-24", "25-34"']
    member = ["-", "true", "-", "-", "false", "-"]
    orders = ["-", ">= 1", "< 10", "-", "[1..5]", ">= 2", "-"]
    lines = ['hit = "first"', "", "| days away | spend | age band | orders | member | -> tier |", "|" + "---|" * 6]
    for i in range(bands):
        days = f"[{i * 91 // (bands - 1)}..{(i + 1) * 91 // (bands - 1)})" if i < bands - 1 else ">= 91"
        for j in range(amounts):
            spend = f"[{j * 100 // (amounts - 1)}..{(j + 1) * 100 // (amounts - 1)})" if j < amounts - 1 else ">= 100"
            age = ages[(i + 2 * j) % 5]
            rest = f"{age} | {orders[(3 * i + j) % 7]} | {member[(i * amounts + j) % 6]}"
            lines.append(f'| {days} | {spend} | {rest} | "tier {i * amounts + j + 1}" |')
    table, problems = read_table("\n".join(lines))
    assert table is not None, problems
    return table


def fused() -> Measured:
    """A hundred small conditions in one function, with three values and nulls, against two values without."""
    texts = (TABLES / "conditions.txt").read_text(encoding="utf-8").splitlines()
    parts = []
    for text in texts:
        compiled, problems = compile_expression(text, SCOPE, BOOLEAN)
        assert compiled is not None, problems
        parts.append(compiled)
    ours, hand, theirs = compile_many(parts, SCOPE).fn, rules_python.conditions, rules_zen.conditions()
    everyone = people()
    for person in everyone:
        if not ours(person) == hand(person) == theirs(person):
            raise SystemExit(f"the conditions differ for {person}")
    took = in_turns(everyone, {"ours": ours, "hand-written Python": hand, "zen": theirs})
    print("A hundred small conditions, one person of 30 facts")
    show(took, "us")
    name = "100 conditions fused, three-valued"
    return [
        row(name, took["ours"], took["hand-written Python"], "hand-written Python, two-valued"),
        row(name, took["ours"], took["zen"], "zen-engine, one compiled list"),
    ]


def building() -> Measured:
    """From cells to a function, a table of 1,000 rows: parsing, and building from the typed tree."""
    table = grid(40, 25)
    parsing, made = [], []
    for _ in range(7):
        began = time.perf_counter()
        typed, problems = type_table(table, SCOPE)
        parsing.append((time.perf_counter() - began) * 1e3)
        assert typed is not None, problems
        began = time.perf_counter()
        compile_typed(typed)
        made.append((time.perf_counter() - began) * 1e3)
    print("Building a table of 1,000 rows and 5 columns (the best of 7)")
    show({"parsing 6,000 cells, equal ones once": min(parsing), "from the typed tree": min(made)}, "ms")
    return [row("building a 1,000-row table", min(made), min(parsing), "parsing its cells", "ms")]


def in_turns(everyone: list[Person], calls: dict[str, Callable[[Person], object]]) -> dict[str, float]:
    """Microseconds a call of each, by the 10th percentile of its slices. Slow ones take fewer people in a slice."""
    slices: dict[str, list[float]] = {name: [] for name in calls}
    sizes = {name: sized(everyone, call) for name, call in calls.items()}
    for _ in range(SLICES):
        for name, call in calls.items():
            some, repeats = sizes[name]
            # Once without the clock: what ran before has left the caches as it liked.
            for person in some:
                call(person)
            began = time.perf_counter()
            for _ in range(repeats):
                for person in some:
                    call(person)
            slices[name].append((time.perf_counter() - began) / (repeats * len(some)) * 1e6)
    return {name: float(np.percentile(times, 10)) for name, times in slices.items()}


def sized(everyone: list[Person], call: Callable[[Person], object]) -> tuple[list[Person], int]:
    """The people of a slice, and how often they are gone through."""
    took = []
    for person in everyone:
        began = time.perf_counter()
        call(person)
        took.append(time.perf_counter() - began)
    calls = SLICE_S / float(np.median(took))
    some = everyone[: max(10, min(len(everyone), round(calls)))]
    return some, max(1, round(calls / len(some)))


def show(took: dict[str, float], unit: str) -> None:
    first = next(iter(took.values()))
    for name, value in took.items():
        print(f"  {name:40} {value:9.3f} {unit}   {first / value:6.3f}")


def row(name: str, ours: float, theirs: float, baseline: str, unit: str = "us") -> dict[str, object]:
    return {
        "name": name, "value": round(ours, 4), "unit": unit, "baseline": baseline, "ratio": round(ours / theirs, 4),
        "better": "lower",
    }  # fmt: skip


if __name__ == "__main__":
    main()
