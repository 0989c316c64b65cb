"""Segments counted by SQL: the generated statement beside one written by hand, in DuckDB over a million people.

    python bench/rules_sql.py

Both run in turns on one thread over the same table and must count the same; quoted is the 10th percentile of runs.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.baselines import rules_sql as by_hand
from decidedly.feel import BOOLEAN, DATE, INTEGER, REAL, STRING, Name, Scope, money, parse
from decidedly.feel.sql import condition_to_sql

PEOPLE = 1_000_000
RUNS = 60
NULLS = 0.1
DIGITS = 9
"""Most digits of the numbers of these people, as the projection of a population tells them."""
TYPES = {
    "orders last 30 days": INTEGER, "orders last 60 days": INTEGER, "spend days 31 to 60": money("USD"),
    "age band": STRING, "city": STRING, "member": BOOLEAN, "opted out": BOOLEAN, "score": REAL, "joined": DATE,
}  # fmt: skip
SCOPE = Scope.of(
    {"person": [Name(name, type_, name.replace(" ", "_")) for name, type_ in TYPES.items()]}, bare=["person"]
)
SEGMENTS = {
    "bought 31 to 60 days ago, spent 50 to 150, not since": (
        "orders last 30 days = 0 and orders last 60 days > 0 and spend days 31 to 60 between 50 and 150",
        by_hand.SPENDERS,
    ),
    "members of two ages who may be written to": (
        'age band in ("25-34", "35-44") and city != "Leeds" and member and not(opted out = true) '
        "and spend days 31 to 60 < 150",
        by_hand.REACHABLE,
    ),
    "more than 12.50 an order, likely or old, here for a year": (
        "orders last 60 days > 0 and spend days 31 to 60 / orders last 60 days > 12.50 "
        'and (score > 0.5 or age band = "65+") and joined + @"P1Y" <= @"2017-10-30"',
        by_hand.VALUABLE,
    ),
}


def measure() -> list[dict[str, object]]:
    """The rows of the benchmark: time of ours and of the hand-written statement, per segment."""
    measured: list[dict[str, object]] = []
    with duckdb.connect(config={"threads": "1"}) as connection:
        connection.register("drawn", people())
        connection.execute("CREATE TABLE people AS SELECT * FROM drawn").fetchall()
        print(f"A segment counted over {PEOPLE:,} people in DuckDB, one thread; {RUNS} runs in turns")
        for name, (text, hand) in SEGMENTS.items():
            ours, theirs, count = compared(connection, statement(text), hand)
            print(f"  {name}: {count:,} people; ours {ours:.2f} ms, by hand {theirs:.2f} ms, rate {theirs / ours:.2f}")
            measured.append(
                {
                    "name": f"segment in SQL: {name}", "value": PEOPLE / ours * 1000, "unit": "people/s",
                    "baseline": "SQL written by hand", "ratio": theirs / ours, "better": "higher",
                }
            )  # fmt: skip
    return measured


def statement(text: str) -> str:
    """The statement that counts whom a condition holds for."""
    tree, problems = parse(text, SCOPE)
    assert tree is not None, problems
    sql, reasons = condition_to_sql(tree, digits=lambda reference: DIGITS, clean=True)
    assert sql is not None, reasons
    return f"SELECT count(*) FROM people WHERE {sql.text}"


def people(seed: int = 7) -> pa.Table:
    """Synthetic people, a tenth of each fact unknown."""
    draw = np.random.default_rng(seed)

    def some(values: np.ndarray) -> pa.Array:
        return pa.array(values, mask=draw.random(PEOPLE) < NULLS)

    recent = draw.poisson(0.7, PEOPLE)
    ages = np.array(["19-24", "25-34", "35-44", "45-54", "55-64", "65+"], object)
    cities = np.array(["Leeds", "York", "Bath", "Hull", "Ely"], object)
    days = draw.integers(0, 1_500, PEOPLE)
    return pa.table(
        {
            "orders_last_30_days": some(recent),
            "orders_last_60_days": some(recent + draw.poisson(1.2, PEOPLE)),
            "spend_days_31_to_60": some(draw.integers(0, 30_000, PEOPLE)),
            "age_band": some(ages[draw.integers(0, 6, PEOPLE)]),
            "city": some(cities[draw.integers(0, 5, PEOPLE)]),
            "member": some(draw.random(PEOPLE) < 0.5),
            "opted_out": some(draw.random(PEOPLE) < 0.2),
            "score": some(draw.random(PEOPLE)),
            "joined": some(np.datetime64("2013-09-01") + days.astype("timedelta64[D]")),
        }
    )


def compared(connection: duckdb.DuckDBPyConnection, ours: str, theirs: str) -> tuple[float, float, int]:
    """Milliseconds of both, and what they count."""
    counts = {text: connection.execute(text).fetchall()[0][0] for text in (ours, theirs)}
    if counts[ours] != counts[theirs]:
        raise SystemExit(f"ours counts {counts[ours]}, by hand {counts[theirs]}: {ours}")
    took: dict[str, list[float]] = {ours: [], theirs: []}
    for _ in range(RUNS):
        for text, times in took.items():
            start = time.process_time()
            connection.execute(text).fetchall()
            times.append(time.process_time() - start)
    return *(float(np.percentile(times, 10)) * 1000 for times in took.values()), counts[ours]  # type: ignore[return-value]


if __name__ == "__main__":
    measure()
