"""The time and memory that matching many made-up records takes, in a process of its own."""

from __future__ import annotations

import random
import resource
import time

from decidedly.person.match import Limits, match

BUDGET_S, BUDGET_GIB, WHOLE = 300.0, 4.0, 1_000_000


def measure(records: int) -> list[dict[str, object]]:
    """Makes the records, matches them, prints seconds, peak memory and how well they were put together."""
    from bench.identity import figures

    columns, truth = made(records)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    start = time.perf_counter()
    found = match(columns, explain=False, limits=Limits(memory="1800MB"))
    took = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{records:,} records: {took:.0f} s, {peak:.2f} GiB at most ({before:.2f} of them the records as Python lists)"
    )
    if records < WHOLE:
        print(f"  at the same rate a million: {took * WHOLE / records:.0f} s")
    shares = figures(found.supposed.tolist(), truth)
    print("  " + "  ".join(f"{figure} {share:.4f}" for figure, share in shares.items()))
    return [
        {"name": f"identity {records:,} records", "value": took, "unit": "s", "baseline": "five minutes a million",
         "ratio": took / (BUDGET_S * records / WHOLE), "better": "lower"},
        {"name": f"identity {records:,} records: memory", "value": peak, "unit": "GiB", "baseline": "4 GiB",
         "ratio": peak / BUDGET_GIB, "better": "lower"},
    ]  # fmt: skip


def made(records: int, seed: int = 7) -> tuple[dict[str, list[str | None]], list[str]]:
    """Persons with a fifth of the records duplicates that hold errors; names and places as skewed as real ones are."""
    from bench.duplicates import slip

    chance = random.Random(seed)
    syllables = [a + b for a in "bdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er", "il", "on", "as")]

    def words(count: int, parts: int) -> list[str]:
        out: dict[str, None] = {}
        while len(out) < count:
            out["".join(chance.choices(syllables, k=chance.randint(2, parts)))] = None
        return list(out)

    given, surnames, streets, cities = words(4000, 3), words(60000, 4), words(20000, 4), words(3000, 3)

    def skewed(of: list[str]) -> str:
        return of[int(len(of) * chance.random() ** 2.5)]

    rows: list[tuple[str | None, ...]] = []
    truth: list[str] = []
    while len(rows) < records:
        who = str(len(truth))
        first, last, place = skewed(given), skewed(surnames), chance.randrange(len(cities))
        row = [
            first, last, f"{chance.randint(1930, 2006)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
            f"{skewed(streets)} street", str(chance.randint(1, 200)), cities[place], f"{10000 + place * 29}",
            f"{first}.{last}{chance.randint(1, 99)}@mail.example", f"07{chance.randrange(10**8):08d}",
        ]  # fmt: skip
        for n in range(2 if chance.random() < 0.25 else 1):
            copy: list[str | None] = [
                slip(value, chance) if n and chance.random() < 0.15 else None if chance.random() < 0.1 else value
                for value in row
            ]
            rows.append(tuple(copy))
            truth.append(who)
    order = list(range(records))
    chance.shuffle(order)
    names = ("first_name", "last_name", "birth_date", "street", "house_number", "city", "zip", "email", "phone")
    return {name: [rows[i][n] for i in order] for n, name in enumerate(names)}, [truth[i] for i in order]
