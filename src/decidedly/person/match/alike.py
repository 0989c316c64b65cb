"""Alike: how far two texts are apart, in Python, and the same question in SQL; over UTF-8 bytes, as DuckDB does it."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler, Levenshtein


@lru_cache(maxsize=1 << 16)
def similarity(a: str, b: str) -> float:
    """Jaro-Winkler over the bytes, 0 to 1."""
    return JaroWinkler.similarity(a.encode(), b.encode())


@lru_cache(maxsize=1 << 16)
def slips(a: str, b: str) -> int:
    """How far apart two texts are: 1 for a character put in, left out, changed or exchanged with its neighbour
    (Damerau-Levenshtein), 2 for two characters (Levenshtein), 3 for more; over the bytes."""
    x, y = a.encode(), b.encode()
    far = Levenshtein.distance(x, y, score_cutoff=2)
    if far > 2:
        return 3
    return 1 if far <= 1 or DamerauLevenshtein.distance(x, y, score_cutoff=1) <= 1 else 2


def jaro_winkler_sql(a: str, b: str, at_least: float) -> str:
    return f"jaro_winkler_similarity({a}, {b}) >= {at_least}"


def one_off_sql(a: str, b: str) -> str:
    # The exact distance is slow in DuckDB: an exchange of neighbours is two edits of the fast one.
    return f"CASE WHEN levenshtein({a}, {b}) <= 2 THEN damerau_levenshtein({a}, {b}) <= 1 ELSE FALSE END"


def two_off_sql(a: str, b: str) -> str:
    return f"levenshtein({a}, {b}) <= 2"
