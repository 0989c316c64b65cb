"""Verdicts, human or machine, on a made-up mailing of known truth, against a list of user agents alone.

    python bench/robots.py [--people N] [--seed N] [--json]

Prints the verdicts against the truth by kind of response, and for both ways the share of machines that are told and of
humans that are taken for machines. The mailing is made up (tests/mailing.py): figures of real traffic will differ.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.mailing import KINDS, VERDICTS, Response, judge, mailing, table

from bench.baselines.robots_agents import by_agent


def by_agents(responses: Sequence[Response], kind: str, human: bool) -> float:
    """Share of these responses that the list of user agents takes for machines."""
    own = [one for one in responses if one.human is human and one.message["event"] == kind]
    return sum(by_agent(one.message) for one in own) / len(own)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=5000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    responses = list(mailing(chosen.people, chosen.seed))
    counts = judge(responses).counts
    print(f"{len(responses):,} responses of {chosen.people:,} people\n\n{table(counts)}\n")
    print(f"{'taken for machines':<20}{'truth':<10}{'ours':>10}{'by agent':>10}")
    figures = []
    for kind in KINDS:
        for truth in ("human", "machine"):
            total = sum(counts[kind, truth, told] for told in VERDICTS)
            ours, theirs = counts[kind, truth, "machine"] / total, by_agents(responses, kind, truth == "human")
            print(f"{kind:<20}{truth:<10}{ours:>10.1%}{theirs:>10.1%}")
            figures.append(
                {
                    "name": f"{kind} of {truth}s taken for machines",
                    "value": ours,
                    "unit": "share",
                    "baseline": theirs,
                    "ratio": ours / theirs if theirs else None,
                    "better": "higher" if truth == "machine" else "lower",
                }
            )
    if chosen.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
