"""Everybody resolved from the edges of the identity graph, beside the connected components of the same edges by SciPy.

    python bench/resolve.py [--edges 10000000] [--runs 3] [--json]

The people are drawn: accounts with devices, addresses and telephones, some of which change hands, are shared by
families or stand in a shop; persons merge some and set some apart. SciPy joins whatever is linked; we also keep the
limits (one account, shared identifiers, the most identifiers, apart), in the same run and from the same arrays. One
thread, in turns; quoted is the shortest run in seconds of CPU time. Numbering is what comes before both: 64-bit leaf
ids into 0, 1, 2.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.baselines import resolve_scipy
from decidedly.core.dictionary import Namespace
from decidedly.person.resolve_all import (
    REFUSED_APART,
    REFUSED_AT_MOST,
    REFUSED_MOST,
    REFUSED_SHARED,
    Edges,
    numbered,
    resolve_all,
)

ACCOUNT, EMAIL, PHONE, ANONYMOUS = range(4)
NAMESPACES = (
    Namespace(id="loyalty", at_most=1),
    Namespace(id="email", shared_above=4),
    Namespace(id="phone", shared_above=4),
    Namespace(id="anonymous", shared_above=4),
)
MOST = 100
EDGES_AN_ACCOUNT = 4
SHARES = (0.25, 0.15, 0.60)
"""Of edges: with an e-mail address, a telephone, an anonymous id."""
SECOND_HAND, SHOPS, MERGES, APART = 0.01, 0.002, 0.0005, 0.00001
"""Of edges: with an identifier of somebody else, with a terminal that everybody uses, a person's merge; set apart."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edges", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    measured = measure(options.edges, options.runs)
    if options.json:
        print(json.dumps(measured))


def measure(count: int, runs: int) -> list[dict[str, object]]:
    """The rows of the benchmark."""
    a, b, namespace_b, at, explicit, apart = drawn(count)
    start = time.process_time()
    ids, a, b = numbered(a, b)
    numbering = time.process_time() - start
    namespace = np.zeros(len(ids), np.uint8)
    namespace[b] = namespace_b
    edges = Edges(a=a, b=b, at=at, explicit=explicit, match=np.zeros(count, np.bool_), apart=ends(ids, apart))
    print(f"{count:,} edges of {len(ids):,} identifiers; one thread, the shortest of {runs} runs in turns")
    held = peak_gb()
    ours, theirs = [], []
    for run in range(runs):
        start = time.process_time()
        person, verdict = resolve_all(edges, namespace, NAMESPACES, MOST)
        ours.append(time.process_time() - start)
        if not run:
            peak = peak_gb()
        start = time.process_time()
        component = resolve_scipy.components(a, b, len(ids))
        theirs.append(time.process_time() - start)
    same_work(person, verdict, component, namespace)
    us, them = min(ours), min(theirs)
    print(f"  numbering of the identifiers, for both   {numbering:7.2f} s")
    print(f"  persons, with all limits: ours           {us:7.2f} s   {count / us / 1e6:5.2f} million edges/s")
    print(f"  connected components, no limits: SciPy   {them:7.2f} s   {count / them / 1e6:5.2f} million edges/s")
    whole = (numbering + them) / (numbering + us)
    print(f"  ratio of the rates {them / us:.2f}; of the whole, numbering included, {whole:.2f}")
    print(f"  memory: {held:.2f} GiB before, {peak:.2f} GiB at the peak of ours")
    return [
        {
            "name": "identifier edges resolved in batch", "value": count / us, "unit": "edges/s",
            "baseline": "scipy connected_components, without limits", "ratio": them / us, "better": "higher",
        },
        {
            "name": "time of the batch, identifiers numbered", "value": numbering + us, "unit": "s",
            "baseline": "scipy connected_components, without limits", "ratio": 1 / whole, "better": "lower",
        },
    ]  # fmt: skip


def drawn(count: int) -> tuple[Any, ...]:
    """Ends of the edges as 64-bit leaf ids, the namespace of the second, times, explicit ones, pairs set apart."""
    draw = np.random.default_rng(4)
    accounts = max(count // EDGES_AN_ACCOUNT, 8)
    account = draw.integers(0, accounts, count)
    kind = draw.choice((EMAIL, PHONE, ANONYMOUS), count, p=SHARES)
    # Each account has up to two addresses and telephones, and up to eight devices.
    number = account * 8 + draw.integers(0, 8, count) // np.where(kind == ANONYMOUS, 1, 4)
    chance = draw.random(count)
    other = draw.integers(0, accounts, count)
    second_hand = chance < SECOND_HAND
    number[second_hand] = other[second_hand] * 8
    shop = (chance > 1 - SHOPS) & (kind == ANONYMOUS)
    number[shop] = accounts * 8 + other[shop] % max(count // 50_000, 1)
    merged = (chance > 0.5) & (chance < 0.5 + MERGES) & (account != other)
    kind[merged], number[merged] = ACCOUNT, other[merged]
    apart = np.flatnonzero(second_hand & (account != other))[: int(count * APART)]
    pairs = np.stack([leaf(ACCOUNT, account[apart]), leaf(ACCOUNT, other[apart])], axis=1)
    at = draw.integers(0, 365 * 86_400, count)
    return leaf(ACCOUNT, account), leaf(kind, number), kind.astype(np.uint8), at, merged, pairs


def leaf(namespace: Any, number: Any) -> npt.NDArray[np.uint64]:
    """Ids as a hash gives them. Source: SplitMix64, Steele, Lea & Flood (2014), OOPSLA"""
    mixed = (np.asarray(number, np.uint64) * np.uint64(4) + np.asarray(namespace, np.uint64)) * np.uint64(
        0x9E3779B97F4A7C15
    )
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def ends(ids: npt.NDArray[np.uint64], pairs: npt.NDArray[np.uint64]) -> npt.NDArray[np.int32]:
    """Pairs of ids as numbers, those of which both are linked at all."""
    places = np.minimum(np.searchsorted(ids, pairs), len(ids) - 1)
    return places[(ids[places] == pairs).all(axis=1)].astype(np.int32)


def same_work(person: Any, verdict: Any, component: Any, namespace: Any) -> None:
    """Every person lies within one component, and what was joined less was refused for a reason."""
    assert (component[person] == component).all()
    persons, components = len(np.unique(person)), int(component.max()) + 1
    refused = np.bincount(verdict, minlength=5)
    assert (persons > components) == bool(refused[1:].any())
    print(
        f"  {components:,} components are {persons:,} persons: links refused because two are apart "
        f"{refused[REFUSED_APART]:,}, shared {refused[REFUSED_SHARED]:,}, a second account "
        f"{refused[REFUSED_AT_MOST]:,}, too many {refused[REFUSED_MOST]:,}"
    )


def peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


if __name__ == "__main__":
    main()
