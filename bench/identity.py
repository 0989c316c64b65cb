"""Who is who: our probabilistic matching beside splink and recordlinkage used plainly, on the same data.

    python bench/identity.py [--json]
    python bench/identity.py --data FILE --truth COLUMN [--map FILE] [--json]
    python bench/identity.py --synthetic [--json]
    python bench/identity.py --million | --records N

Without a file the sets `febrl` 1 to 3 and `fake_1000` of the shared data are taken (DECIDEDLY_DATA or ../shared/data).
The columns' roles are inferred from their names and contents, or given by `--map`: a TOML or JSON file of column =
"role". The baselines are given the same roles. The truth is only looked at afterwards.

Ours is what is joined without any person, as the baselines' figures are; below it stands what it is if everything that
is proposed for review is taken.

Pairwise F1 is of pairs of records in one cluster; of a baseline the better of that and of its linked pairs. Cluster F1
counts whole clusters: precision is the share of the found clusters, singles included, that are exactly a true one,
recall the share of the true ones that were found exactly.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from decidedly.person.match import match, roles

Columns = dict[str, list[str | None]]
Measured = list[dict[str, object]]
DATA = Path(os.environ.get("DECIDEDLY_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
KNOWN = {
    "febrl 1": ("febrl/dataset1.csv", "rec_id"), "febrl 2": ("febrl/dataset2.csv", "rec_id"),
    "febrl 3": ("febrl/dataset3.csv", "rec_id"), "fake_1000": ("splink/fake_1000.csv", "cluster"),
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="a CSV file of persons with known truth")
    parser.add_argument("--truth", help="its column that is the same for records of one person")
    parser.add_argument("--map", type=Path, help="TOML or JSON: column = role; without it roles are inferred")
    parser.add_argument("--synthetic", action="store_true", help="the made-up sets instead of the known ones")
    parser.add_argument("--million", action="store_true", help="the time and memory of a million made-up records")
    parser.add_argument("--records", type=int, help="the same with so many")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.million or options.records:
        from bench.identity_scale import measure

        measured = measure(options.records or 1_000_000)
    else:
        measured = []
        for name, columns, truth, mapped in sets(options):
            measured += compare(name, columns, truth, mapped)
    if options.json:
        print(json.dumps(measured))


def sets(options: argparse.Namespace) -> Iterable[tuple[str, Columns, list[str], dict[str, str] | None]]:
    """Name, columns, truth and given roles of each labelled set."""
    if options.data:
        if not options.truth:
            raise SystemExit("--truth says which column tells who is who")
        columns, truth = read(options.data, options.truth)
        yield options.data.name, columns, truth, read_map(options.map, columns) if options.map else None
    elif options.synthetic:
        from bench.duplicates import SETS, synthetic

        for name in SETS:
            yield (name, *synthetic(name), None)
    else:
        if not DATA.is_dir():
            raise SystemExit(f"{DATA} is not there: DECIDEDLY_DATA says where the labelled sets are")
        for name, (file, column) in KNOWN.items():
            yield (name, *read(DATA / file, column), None)


def read(path: Path, truth: str) -> tuple[Columns, list[str]]:
    """The columns of a CSV file, and apart from them the truth. "rec-12-dup-0" is of person "12", as Febrl writes."""
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        start = file.read(1 << 16)
        file.seek(0)
        first = start.split("\n", 1)[0]
        delimiter = max(",;\t|", key=first.count)
        rows = csv.reader(file, delimiter=delimiter, skipinitialspace=True)
        header = [name.strip() for name in next(rows)]
        lines = [row for row in rows if row]
    if truth not in header:
        raise SystemExit(f"{path} has no column '{truth}', only {', '.join(header)}")
    columns: Columns = {
        name: [row[i].strip() or None if i < len(row) else None for row in lines] for i, name in enumerate(header)
    }
    labels = [label or f"row {i}" for i, label in enumerate(columns.pop(truth))]
    febrl = [re.fullmatch(r"rec-(\d+)-(?:org|dup-\d+)", label) for label in labels]
    return columns, [found.group(1) if found else label for found, label in zip(febrl, labels, strict=True)]


def read_map(path: Path, columns: Columns) -> dict[str, str]:
    """The roles of a file; it may also be written role = column."""
    text = path.read_text(encoding="utf-8")
    found = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    found = found.get("columns", found)
    if not set(found) & set(columns):
        found = {column: role for role, column in found.items()}
    return {column: role for column, role in found.items() if column in columns}


def compare(name: str, columns: Columns, truth: list[str], mapped: dict[str, str] | None) -> Measured:
    """Prints and returns the figures of one set."""
    import pandas as pd

    from bench.baselines import identity_recordlinkage, identity_splink

    told = mapped or roles(columns)
    print(f"{name}: {len(truth):,} records of {len(set(truth)):,} persons")
    print("  " + ", ".join(f"{column}: {role}" for column, role in told.items()))
    start = time.perf_counter()
    found = match(columns, told, explain=False)  # type: ignore[arg-type]
    took, asked = time.perf_counter() - start, sum(not one.automatic for one in found.found)
    ours = figures(found.persons.tolist(), truth)
    show("ours", ours, took)
    confirmed = figures(found.supposed.tolist(), truth)
    show(f"ours, if all {asked} proposals are taken", confirmed)
    frame = pd.DataFrame(columns)
    theirs: dict[str, dict[str, float]] = {}
    for baseline in (identity_splink, identity_recordlinkage):
        start = time.perf_counter()
        label = baseline.__name__.rpartition("_")[2]
        pairs, clusters = baseline.match(frame, dict(told))
        theirs[label] = figures(clusters, truth)
        if (linked := of_pairs(pairs, truth))["pair f1"] > theirs[label]["pair f1"]:
            theirs[label] |= linked
        show(label, theirs[label], time.perf_counter() - start)
    out: Measured = []
    for figure in ours:
        best = max(theirs, key=lambda label: theirs[label][figure])
        top = theirs[best][figure]
        for which, shares in ((name, ours), (f"{name}, proposals taken", confirmed)):
            out.append(
                {
                    "name": f"identity {which}: {figure}", "value": shares[figure], "unit": "share", "baseline": best,
                    "ratio": shares[figure] / top if top else 1.0, "better": "higher",
                }
            )  # fmt: skip
    own = {str(row["name"]).rpartition(": ")[2]: row["ratio"] for row in out if "proposals" not in str(row["name"])}
    below = [figure for figure, ratio in own.items() if ratio < 1]  # type: ignore[operator]
    print(f"  {'below' if below else 'not below'} the better of the two in {', '.join(below) or 'any'}")
    return out


def show(label: str, shares: dict[str, float], took_s: float | None = None) -> None:
    said = "  ".join(f"{figure} {share:.4f}" for figure, share in shares.items())
    print(f"  {label:<40} {said}{'' if took_s is None else f'  ({took_s:.0f} s)'}", flush=True)


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def of_pairs(pairs: Iterable[tuple[int, int]], truth: Sequence[str]) -> dict[str, float]:
    """Precision, recall and F1 of linked pairs."""
    linked = list(pairs)
    right = sum(truth[a] == truth[b] for a, b in linked)
    return _pairwise(right, len(linked), _within(truth))


def figures(clusters: Sequence[int], truth: Sequence[str]) -> dict[str, float]:
    """Of the pairs within clusters, and of clusters as wholes."""
    out = _pairwise(_within(list(zip(clusters, truth, strict=True))), _within(clusters), _within(truth))
    found, true = _groups(clusters), _groups(truth)
    same = len(found & true)
    precision, recall = same / len(found), same / len(true)
    return out | {"cluster precision": precision, "cluster recall": recall, "cluster f1": f1(precision, recall)}


def _pairwise(right: int, found: int, true: int) -> dict[str, float]:
    precision, recall = right / found if found else 1.0, right / true if true else 1.0
    return {"pair precision": precision, "pair recall": recall, "pair f1": f1(precision, recall)}


def _within(labels: Sequence[object]) -> int:
    return sum(n * (n - 1) // 2 for n in Counter(labels).values())


def _groups(labels: Sequence[object]) -> set[frozenset[int]]:
    of: dict[object, set[int]] = {}
    for row, label in enumerate(labels):
        of.setdefault(label, set()).add(row)
    return {frozenset(rows) for rows in of.values()}


if __name__ == "__main__":
    main()
