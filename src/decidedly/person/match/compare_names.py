"""Compare names: given name and surname, which change places, and stand in each other's."""

from __future__ import annotations

from decidedly.person.match.alike import jaro_winkler_sql, similarity
from decidedly.person.match.comparison import Comparison, Level, nothing_in
from decidedly.person.match.standardise import Record


def _swapped(a: Record, b: Record) -> bool:
    """Whether given name and surname changed places."""
    g, s, h, t = a["given"], a["surname"], b["given"], b["surname"]
    return (
        g is not None and t is not None and similarity(g, t) >= 0.85
        and s is not None and h is not None and similarity(s, h) >= 0.85
    )  # fmt: skip


def _astray(column: str, other: str, a: Record, b: Record) -> bool:
    """Whether the one name that a record has is the other's in this column's stead."""
    x, y, p, q = a[column], b[column], a[other], b[other]
    return (p is None and q is not None and x is not None and similarity(x, q) >= 0.92) or (
        q is None and p is not None and y is not None and similarity(y, p) >= 0.92
    )


_SWAPPED = f"({jaro_winkler_sql('given_l', 'surname_r', 0.85)} AND {jaro_winkler_sql('surname_l', 'given_r', 0.85)})"


def compare_name(column: str, other: str, said: str) -> Comparison:
    """A given name or a surname; `other` is the one of the two that this is not, "" where there is none.

    Names that changed places are told by the given name alone: told by both, one chance resemblance (a surname that is
    a given name too) would count twice.
    """
    left, right = f"{column}_l", f"{column}_r"
    levels = [Level("equal", f"{left} = {right}", 0.7), Level("similar", jaro_winkler_sql(left, right, 0.92), 0.1)]
    tells = column == "given" and bool(other)
    if other:
        this_way = f"{other}_l IS NULL AND {jaro_winkler_sql(left, f'{other}_r', 0.92)}"
        that_way = f"{other}_r IS NULL AND {jaro_winkler_sql(right, f'{other}_l', 0.92)}"
        astray = f"({this_way}) OR ({that_way})"
        levels.append(Level("in the place of the other name", f"{_SWAPPED} OR {astray}" if tells else astray, 0.05))
    levels += [
        Level("begins alike", f"starts_with({left}, {right}) OR starts_with({right}, {left})", 0.03),
        Level("roughly similar", jaro_winkler_sql(left, right, 0.8), 0.05),
    ]
    after = 3 if other else 2

    def level(a: Record, b: Record) -> int:
        x, y = a[column], b[column]
        if x is None or y is None:
            return -1
        if other and not tells and x != y and _swapped(a, b):
            return -1
        if x == y:
            return 0
        alike = similarity(x, y)
        if alike >= 0.92:
            return 1
        if other and ((tells and _swapped(a, b)) or _astray(column, other, a, b)):
            return 2
        if x.startswith(y) or y.startswith(x):
            return after
        return after + 1 if alike >= 0.8 else after + 2

    nothing = nothing_in(column) + (f" OR ({left} <> {right} AND {_SWAPPED})" if other and not tells else "")
    return Comparison(said, (column, other) if other else (column,), tuple(levels), nothing, level, frequency=column)
