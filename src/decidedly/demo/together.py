"""Together: how well the records of three sources were put together again, against what is known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from decidedly.core.derive import leaf_id
from decidedly.demo.three import Account
from decidedly.ports.reader import Reader


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """Records put together as persons, against the households that they are of.

    precision, recall : of the pairs of records that are one household's
    whole             : share of the households whose records are one person, and nobody else's
    """

    records: int
    households: int
    persons: int
    precision: float
    recall: float
    f1: float
    whole: float


def together(accounts: Sequence[Account], reader: Reader) -> Together:
    """Count the pairs. A record is known by the first of its identifiers."""
    leaves = [leaf_id(account.event.identifiers[0]) for account in accounts]
    states = reader.states(set(leaves))
    found = [(states[leaf].person, account.household) for leaf, account in zip(leaves, accounts, strict=True)]
    right = _pairs(Counter(found).values())
    said = _pairs(Counter(person for person, _ in found).values())
    true = _pairs(Counter(household for _, household in found).values())
    of_household: dict[int, set[str]] = defaultdict(set)
    of_person: dict[str, set[int]] = defaultdict(set)
    for person, household in found:
        of_household[household].add(person)
        of_person[person].add(household)
    whole = sum(len(own) == 1 and len(of_person[next(iter(own))]) == 1 for own in of_household.values())
    precision, recall = right / max(said, 1), right / max(true, 1)
    return Together(
        records=len(found),
        households=len(of_household),
        persons=len(of_person),
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / max(precision + recall, 1e-12),
        whole=whole / len(of_household),
    )


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)
