"""The time and memory that matching many made-up records takes, in a process of its own."""

from __future__ import annotations

import random
import resource
import time

from decidedly.person.match import Limits, Live, Matches, Said, Thresholds, match, standard_of

BUDGET_S, BUDGET_GIB, WHOLE = 300.0, 4.0, 1_000_000
LOOKED_UP, USUAL = 400, Thresholds()


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
        *one_by_one(columns, found, took),
    ]  # fmt: skip


def one_by_one(columns: dict[str, list[str | None]], found: Matches, batch_s: float) -> list[dict[str, object]]:
    """Everybody known, then some of them again with a slip: prints milliseconds a record, found out with its group,
    beside what a match of everybody takes a record."""
    from bench.duplicates import slip

    size = len(next(iter(columns.values())))
    table = standard_of(found.model).table(columns, size)
    records = (({column: values[i] for column, values in table.items()}) for i in range(size))
    before, start = now_gib(), time.perf_counter()
    live = Live(found.model, ((str(i), record) for i, record in enumerate(records)))
    filled, grown = time.perf_counter() - start, now_gib() - before
    chance, took, right = random.Random(11), [], 0
    for i in chance.sample(range(size), min(LOOKED_UP, size)):
        raw = {column: values[i] for column, values in columns.items()}
        column = chance.choice([column for column, value in raw.items() if value])
        raw[column] = slip(str(raw[column]), chance)
        start = time.perf_counter()
        live.put("new", standard_of(found.model).record(raw))
        near = live.nearest("new", USUAL)
        if near:
            joins = live.among(["new", *near], "new", USUAL, Said())
            right += any(str(i) in (["new", *near][one.left], ["new", *near][one.right]) for one in joins)
        took.append(1000 * (time.perf_counter() - start))
        live.drop("new")
    took.sort()
    tenth, half, most = (took[len(took) * share // 10] for share in (1, 5, 9))
    share_ms = 1000 * batch_s / size
    print(
        f"  one record live: {half:.1f} ms (median), {tenth:.1f} at the 10th and {most:.1f} at the 90th percentile, "
        f"{right / len(took):.1%} found again; {half / share_ms:.0f} times a record's share of a match of everybody"
    )
    whole = live.size / 2**30
    print(
        f"  everybody known live in {filled:.0f} s: {grown:.2f} GiB of memory, {whole:.2f} GiB with what is in its file"
    )
    live.close()
    return [
        {"name": f"identity {size:,} records: one record live", "value": half, "unit": "ms",
         "baseline": "a record's share of a match of everybody", "ratio": half / share_ms,
         "better": "lower"},
    ]  # fmt: skip


def now_gib() -> float:
    """Memory of this process now."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**30


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
