"""Eligibility of 100 offers with about four conditions each over 1,000,000 people, in column blocks.

    python bench/rules_blocks.py [--people 1000000] [--json]

Ours compiles the offers' FEEL conditions to column blocks. Beside it, in turns in the same run and on one thread: NumPy
in blocks and Polars with categoricals, written by hand for these offers and these columns. All three make the same: for
each offer and person whether the offer is certainly eligible (null is not), and the count of each offer; the counts
must be equal. NumPy and ours start from the same Arrow columns, Polars from its own frame. A slice is one block of
65,536 people (for both NumPy and ours faster than 32,768 or 16,384); for Polars, which plans each query anew, 131,072
or all of them, whichever is faster. Quoted is the 10th percentile of full slices in processor time, and the peak of
what Python and NumPy allocate from the first slice on. The peaks are not compared: what NumPy by hand sets aside
before, and what Polars allocates, is not in them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.baselines.eligibility_numpy import NumpyEligibility
from bench.baselines.eligibility_polars import PolarsEligibility
from decidedly.feel import BOOLEAN, DATE, INTEGER, REAL, STRING, Name, Scope, compile_expression, money
from decidedly.feel.blocks import LONG_BLOCK, compile_blocks, why_not

PEOPLE, OFFERS, ROUNDS = 1_000_000, 100, 6
CITIES = [f"city {number}" for number in range(60)]
BANDS = ["19-24", "25-34", "35-44", "45-54", "55-64", "65+"]
TIERS = ["none", "silver", "gold", "platinum"]
DEVICES = ["ios", "android", "web", "store"]
TYPES = {
    "age": INTEGER, "orders": INTEGER, "visits": INTEGER, "days since order": INTEGER, "spend": money("USD"),
    "score": REAL, "joined": DATE, "city": STRING, "band": STRING, "tier": STRING, "device": STRING,
    "member": BOOLEAN, "opt-in": BOOLEAN,
}  # fmt: skip
SCOPE = Scope.of({"person": [Name(name, type_) for name, type_ in TYPES.items()]}, bare=["person"])

Condition = tuple[str, str, Any]
"""Column, operator (one of = != < <= > >= in between is), and what it is compared with, in major units."""


def people(count: int) -> dict[str, pa.Array]:
    """The columns; one value in twenty is null in half of them."""
    rng = np.random.default_rng(7)

    def array(values: Any, type_: pa.DataType | None = None, *, nulls: bool = True) -> pa.Array:
        return pa.array(values, type_, mask=rng.random(count) < 0.05 if nulls else None)

    def words(of: list[str], *, nulls: bool = True) -> pa.Array:
        codes = array(rng.integers(0, len(of), count).astype(np.int32), nulls=nulls)
        return pa.DictionaryArray.from_arrays(codes, pa.array(of))

    return {
        "age": array(rng.integers(18, 95, count)),
        "orders": array(rng.poisson(2, count).astype(np.int64), nulls=False),
        "visits": array(rng.poisson(9, count).astype(np.int64), nulls=False),
        "days since order": array(rng.integers(0, 400, count)),
        "spend": array((rng.gamma(1.5, 60, count) * 100).astype(np.int64)),
        "score": array(rng.random(count)),
        "joined": array(rng.integers(12_000, 17_400, count).astype(np.int32), pa.date32(), nulls=False),
        "city": words(CITIES),
        "band": words(BANDS),
        "tier": words(TIERS, nulls=False),
        "device": words(DEVICES),
        "member": array(rng.random(count) < 0.6, nulls=False),
        "opt-in": array(rng.random(count) < 0.7),
    }


def offers() -> list[list[Condition]]:
    """The same each time: conditions of three to five columns, many of them shared, as in a real playbook."""
    draw = random.Random(11)

    def condition(column: str) -> Condition:
        match column:
            case "age":
                return draw.choice(
                    [("age", ">=", 18), ("age", ">=", 21), ("age", "between", (25, 64)), ("age", "<", 30)]
                )
            case "orders":
                return ("orders", draw.choice([">", ">=", "=", "<"]), draw.randrange(0, 5))
            case "visits":
                return ("visits", draw.choice([">", "<="]), draw.choice([3, 5, 10]))
            case "days since order":
                return ("days since order", draw.choice(["<=", ">", "between"]), draw.choice([14, 30, 60, 90, 180]))
            case "spend":
                low = draw.choice([10, 25, 50, 100])
                return draw.choice([("spend", "between", (low, low * 3)), ("spend", ">", low)])
            case "score":
                return ("score", ">", draw.choice([0.2, 0.35, 0.5, 0.65]))
            case "joined":
                return ("joined", "<", date(2017 - draw.randrange(3), draw.choice([1, 4, 7, 10]), 1))
            case "city":
                return ("city", "in", tuple(draw.sample(CITIES, draw.choice([3, 8, 15]))))
            case "band":
                return ("band", "in", tuple(sorted(draw.sample(BANDS, 3))))
            case "tier" | "device":
                return (column, draw.choice(["=", "!="]), draw.choice(TIERS if column == "tier" else DEVICES))
            case _:
                return (column, "is", True)

    made = []
    for _ in range(OFFERS):
        conditions = [condition(column) for column in draw.sample(list(TYPES), draw.choice([3, 4, 4, 5]))]
        made.append(
            [(c, o, (v - 14, v) if o == "between" and c == "days since order" else v) for c, o, v in conditions]
        )
    return made


def _last_fortnight(column: str, op: str, value: Any) -> Condition:
    return column, op, (value - 14, value) if op == "between" and not isinstance(value, tuple) else value


def feel(conditions: list[Condition]) -> str:
    """The conditions of an offer as its author writes them."""

    def literal(value: Any) -> str:
        return f'@"{value}"' if isinstance(value, date) else json.dumps(value)

    texts = []
    for column, op, value in conditions:
        match op:
            case "is":
                texts.append(column)
            case "between":
                texts.append(f"{column} between {value[0]} and {value[1]}")
            case "in":
                texts.append(f"{column} in ({', '.join(map(literal, value))})")
            case _:
                texts.append(f"{column} {op} {literal(value)}")
    return " and ".join(texts)


class OurEligibility:
    """The offers compiled to column blocks."""

    def __init__(self, columns: dict[str, pa.Array], wanted: list[list[Condition]]) -> None:
        parts = []
        for conditions in wanted:
            compiled, problems = compile_expression(feel(conditions), SCOPE, BOOLEAN)
            assert compiled is not None, problems
            assert not why_not(compiled.tree)
            parts.append(compiled)
        self.blocks = compile_blocks(parts, SCOPE)
        self.columns, self.people = columns, len(columns["age"])

    def slices(self) -> list[Callable[[], Any]]:
        """One after the other they go through all people, each returning the counts of a block."""
        walk = self.blocks.true({"person": self.columns}, self.people, reuse=True)

        def block() -> Any:
            _, matrix = next(walk)
            return np.array([np.count_nonzero(row) for row in matrix])

        return [block] * -(-self.people // LONG_BLOCK)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def measure(count: int = PEOPLE, rounds: int = ROUNDS) -> list[dict[str, object]]:
    """Prints the comparison and returns it as the rows that `--json` prints."""
    columns, wanted = people(count), offers()
    ours, by_numpy = OurEligibility(columns, wanted), NumpyEligibility(columns, wanted, LONG_BLOCK)
    polars = [PolarsEligibility(columns, wanted, size) for size in (131_072, count)]
    distinct = len({condition for conditions in wanted for condition in conditions})
    print(f"Eligibility of {OFFERS} offers, {sum(map(len, wanted))} conditions ({distinct} distinct), {count:,} people")
    forms: dict[str, Any] = {"ours": ours, "NumPy": by_numpy, "Polars 131k": polars[0], "Polars all": polars[1]}
    peaks, counts = {}, {}
    for name, form in forms.items():
        tracemalloc.start()
        counts[name] = sum(work() for work in form.slices())
        peaks[name] = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        if not np.array_equal(counts[name], counts["ours"]):
            raise SystemExit(f"{name} counts {counts[name]}, ours {counts['ours']}")
    times: dict[str, list[float]] = {name: [] for name in forms}
    for _ in range(rounds):
        # The last slice is smaller than the others.
        pairs = list(zip(ours.slices(), by_numpy.slices(), strict=True))
        for one, other in pairs[: max(1, count // LONG_BLOCK)]:
            times["ours"].append(timed(one)[0])
            times["NumPy"].append(timed(other)[0])
        for name in ("Polars 131k", "Polars all"):
            times[name] += [timed(work)[0] for work in forms[name].slices()]
    seconds = {}
    for name, form in forms.items():
        slices = len(form.slices())
        seconds[name] = float(np.percentile(times[name], 10)) * (
            slices if slices < 2 else count / form_size(name, count)
        )
    best = min(("NumPy", "Polars 131k", "Polars all"), key=seconds.__getitem__)
    for name in forms:
        print(f"  {name:12} {seconds[name]:7.3f} s   {count / seconds[name] / 1e6:6.2f} M people/s   "
              f"rate {seconds[best] / seconds[name]:5.2f} of {best}   peak {peaks[name]:6.1f} MB")  # fmt: skip
    baseline = f"hand-written {best.split(maxsplit=1)[0]}, the faster of NumPy blocks and Polars with categoricals"
    return [
        {
            "name": "eligibility of 100 offers over 1,000,000 people, rate",
            "value": round(count / seconds["ours"]), "unit": "people/s", "baseline": baseline,
            "ratio": round(seconds[best] / seconds["ours"], 3), "better": "higher",
        },
        {
            "name": "eligibility of 100 offers, peak memory of Python and NumPy",
            "value": round(peaks["ours"], 1), "unit": "MB", "better": "lower",
        },
    ]  # fmt: skip


def form_size(name: str, count: int) -> int:
    """People in one slice."""
    return {"Polars 131k": 131_072, "Polars all": count}.get(name, LONG_BLOCK)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    measured = measure(options.people)
    if options.json:
        print(json.dumps(measured))


if __name__ == "__main__":
    main()
