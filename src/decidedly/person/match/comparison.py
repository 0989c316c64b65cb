"""Comparison: how one field of two records is compared, and at which levels they agree."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from decidedly.person.match.standardise import Record


class Level(msgspec.Struct, frozen=True):
    """One level of agreement. said: in words. sql: of columns x_l and x_r. m: share of matches expected at it."""

    said: str
    sql: str
    m: float


class Comparison(msgspec.Struct, frozen=True):
    """How one field, or one group of them, is compared.

    name    : of the field, in words
    columns : standard columns it looks at
    levels  : best first; what is at none of them differs, and is level -1 where nothing can be compared
    nothing : SQL of that
    frequency: column whose rare values count for more when they are equal, or ""
    level   : the same in Python: number of the level (len(levels) where it differs), -1 where nothing can be compared
    """

    name: str
    columns: tuple[str, ...]
    levels: tuple[Level, ...]
    nothing: str
    level: Callable[[Record, Record], int]
    differs: float = 0.05
    frequency: str = ""

    @property
    def shared(self) -> bool:
        """Whether people who live together have it in common."""
        return self.columns[0] in SHARED


SHARED = frozenset({"surname", "phone", "postcode", "city", "state", "country", "street", "street2", "number"})


def nothing_in(column: str) -> str:
    return f"{column}_l IS NULL OR {column}_r IS NULL"
