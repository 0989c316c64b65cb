"""Compare: two standardised records, field by field -> one level of agreement per field.

Every level is written twice, as SQL for Splink over the population and as Python for one record at a time; texts are
compared as UTF-8 bytes in both, as DuckDB does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache

import msgspec
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler, Levenshtein

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


def _jw(a: str, b: str, at_least: float) -> str:
    return f"jaro_winkler_similarity({a}, {b}) >= {at_least}"


def _one_off(a: str, b: str) -> str:
    # The exact distance is slow in DuckDB: an exchange of neighbours is two edits of the fast one.
    return f"CASE WHEN levenshtein({a}, {b}) <= 2 THEN damerau_levenshtein({a}, {b}) <= 1 ELSE FALSE END"


def _two_off(a: str, b: str) -> str:
    return f"levenshtein({a}, {b}) <= 2"


def _none(column: str) -> str:
    return f"{column}_l IS NULL OR {column}_r IS NULL"


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


_SWAPPED = f"({_jw('given_l', 'surname_r', 0.85)} AND {_jw('surname_l', 'given_r', 0.85)})"


def _name(column: str, other: str, said: str) -> Comparison:
    """A given name or a surname; `other` is the one of the two that this is not, "" where there is none.

    Names that changed places are told by the given name alone: told by both, one chance resemblance (a surname that is
    a given name too) would count twice.
    """
    left, right = f"{column}_l", f"{column}_r"
    levels = [Level("equal", f"{left} = {right}", 0.7), Level("similar", _jw(left, right, 0.92), 0.1)]
    tells = column == "given" and bool(other)
    if other:
        this_way = f"{other}_l IS NULL AND {_jw(left, f'{other}_r', 0.92)}"
        that_way = f"{other}_r IS NULL AND {_jw(right, f'{other}_l', 0.92)}"
        astray = f"({this_way}) OR ({that_way})"
        levels.append(Level("in the place of the other name", f"{_SWAPPED} OR {astray}" if tells else astray, 0.05))
    levels += [
        Level("begins alike", f"starts_with({left}, {right}) OR starts_with({right}, {left})", 0.03),
        Level("roughly similar", _jw(left, right, 0.8), 0.05),
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

    nothing = _none(column) + (f" OR ({left} <> {right} AND {_SWAPPED})" if other and not tells else "")
    return Comparison(said, (column, other) if other else (column,), tuple(levels), nothing, level, frequency=column)


def _birth() -> Comparison:
    left, right = "birth_l", "birth_r"
    year, month, day = ([f"substr({x}, {at}, {n})" for x in (left, right)] for at, n in ((1, 4), (5, 2), (7, 2)))
    levels = (
        Level("equal", f"{left} = {right}", 0.75),
        Level(
            "day and month exchanged",
            f"{year[0]} = {year[1]} AND {month[0]} = {day[1]} AND {day[0]} = {month[1]}",
            0.01,
        ),
        Level("one digit off", _one_off(left, right), 0.1),
        Level(
            "two of day, month and year equal",
            f"({year[0]} = {year[1]} AND {month[0]} = {month[1]}) OR ({year[0]} = {year[1]} AND {day[0]} = {day[1]}) "
            f"OR ({month[0]} = {month[1]} AND {day[0]} = {day[1]})",
            0.05,
        ),
        Level("two digits off", _two_off(left, right), 0.03),
        Level("year equal", f"{year[0]} = {year[1]}", 0.02),
    )

    def level(a: Record, b: Record) -> int:
        x, y = a["birth"], b["birth"]
        if x is None or y is None:
            return -1
        if x == y:
            return 0
        same_year, same_month, same_day = x[:4] == y[:4], x[4:6] == y[4:6], x[6:8] == y[6:8]
        if same_year and x[4:6] == y[6:8] and x[6:8] == y[4:6]:
            return 1
        apart = slips(x, y)
        if apart <= 1:
            return 2
        if same_year + same_month + same_day >= 2:
            return 3
        if apart <= 2:
            return 4
        return 5 if same_year else 6

    return Comparison("date of birth", ("birth",), levels, _none("birth"), level, differs=0.03)


def _digits(column: str, said: str) -> Comparison:
    """An identifying number: equal, or a slip of the finger away."""
    left, right = f"{column}_l", f"{column}_r"
    levels = (
        Level("equal", f"{left} = {right}", 0.85),
        Level("one character off", _one_off(left, right), 0.06),
        Level("two characters off", _two_off(left, right), 0.02),
    )

    def level(a: Record, b: Record) -> int:
        x, y = a[column], b[column]
        if x is None or y is None:
            return -1
        return 0 if x == y else slips(x, y)

    return Comparison(said, (column,), levels, _none(column), level)


def _email() -> Comparison:
    left, right = "email_l", "email_r"
    user_l, user_r = f"split_part({left}, '@', 1)", f"split_part({right}, '@', 1)"
    levels = (
        Level("equal", f"{left} = {right}", 0.7),
        Level("name before the @ equal", f"{user_l} = {user_r}", 0.08),
        Level("similar", _jw(left, right, 0.92), 0.1),
        Level("name before the @ similar", _jw(user_l, user_r, 0.9), 0.05),
    )

    def level(a: Record, b: Record) -> int:
        x, y = a["email"], b["email"]
        if x is None or y is None:
            return -1
        if x == y:
            return 0
        user_x, user_y = x.partition("@")[0], y.partition("@")[0]
        if user_x == user_y:
            return 1
        if similarity(x, y) >= 0.92:
            return 2
        return 3 if similarity(user_x, user_y) >= 0.9 else 4

    return Comparison("e-mail", ("email",), levels, _none("email"), level, differs=0.1)


def _text(column: str, said: str, differs: float = 0.1) -> Comparison:
    left, right = f"{column}_l", f"{column}_r"
    levels = (
        Level("equal", f"{left} = {right}", 0.75),
        Level("similar", _jw(left, right, 0.92), 0.1),
        Level("roughly similar", _jw(left, right, 0.82), 0.05),
    )

    def level(a: Record, b: Record) -> int:
        x, y = a[column], b[column]
        if x is None or y is None:
            return -1
        if x == y:
            return 0
        alike = similarity(x, y)
        return 1 if alike >= 0.92 else 2 if alike >= 0.82 else 3

    return Comparison(said, (column,), levels, _none(column), level, differs=differs, frequency=column)


def _exact(column: str, said: str, differs: float, frequency: bool = False) -> Comparison:
    def level(a: Record, b: Record) -> int:
        x, y = a[column], b[column]
        return -1 if x is None or y is None else int(x != y)

    levels = (Level("equal", f"{column}_l = {column}_r", 1 - differs),)
    return Comparison(
        said, (column,), levels, _none(column), level, differs=differs, frequency=column if frequency else ""
    )


def _postcode() -> Comparison:
    levels = (
        Level("equal", "postcode_l = postcode_r", 0.75),
        Level("one character off", _one_off("postcode_l", "postcode_r"), 0.08),
        Level("begins alike", "substr(postcode_l, 1, 3) = substr(postcode_r, 1, 3)", 0.05),
    )

    def level(a: Record, b: Record) -> int:
        x, y = a["postcode"], b["postcode"]
        if x is None or y is None:
            return -1
        if x == y:
            return 0
        if slips(x, y) <= 1:
            return 1
        return 2 if x.encode()[:3] == y.encode()[:3] else 3

    return Comparison("postcode", ("postcode",), levels, _none("postcode"), level, differs=0.12, frequency="postcode")


def _age() -> Comparison:
    levels = (
        Level("equal", "age_l = age_r", 0.8),
        Level("a year off", "abs(CAST(age_l AS INTEGER) - CAST(age_r AS INTEGER)) <= 1", 0.12),
        Level("up to three years off", "abs(CAST(age_l AS INTEGER) - CAST(age_r AS INTEGER)) <= 3", 0.04),
    )

    def level(a: Record, b: Record) -> int:
        x, y = a["age"], b["age"]
        if x is None or y is None:
            return -1
        off = abs(int(x) - int(y))
        return 0 if off == 0 else 1 if off == 1 else 2 if off <= 3 else 3

    return Comparison("age", ("age",), levels, _none("age"), level)


def comparisons(columns: Collection[str]) -> tuple[Comparison, ...]:
    """What is compared where these standard columns are there."""
    both = "given" in columns and "surname" in columns
    make: dict[str, Callable[[], Comparison]] = {
        "given": lambda: _name("given", "surname" if both else "", "given name"),
        "surname": lambda: _name("surname", "given" if both else "", "surname"),
        "birth": _birth,
        "age": _age,
        "sex": lambda: _exact("sex", "sex", 0.03),
        "email": _email,
        "phone": lambda: _digits("phone", "telephone"),
        "postcode": _postcode,
        "city": lambda: _text("city", "city"),
        "state": lambda: _exact("state", "state", 0.1),
        "country": lambda: _exact("country", "country", 0.05),
        "street": lambda: _text("street", "street"),
        "street2": lambda: _text("street2", "second line of the address", 0.2),
        "number": lambda: _digits("number", "house number"),
    }
    out = [make[column]() for column in make if column in columns]
    for column in sorted(columns):
        if column.startswith("id_"):
            out.append(_digits(column, column[3:].replace("_", " ")))
        elif column.startswith("other_"):
            out.append(_text(column, column[6:].replace("_", " "), 0.2))
    return tuple(out)
