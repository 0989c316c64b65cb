"""Compare: two standardised records, field by field -> one level of agreement per field.

Every level is written twice, as SQL for Splink over the population and as Python for one record at a time; texts are
compared as UTF-8 bytes in both, as DuckDB does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from decidedly.person.match.alike import jaro_winkler_sql, one_off_sql, similarity, slips, two_off_sql
from decidedly.person.match.compare_names import compare_name
from decidedly.person.match.comparison import Comparison, Level, nothing_in
from decidedly.person.match.standardise import Record


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
        Level("one digit off", one_off_sql(left, right), 0.1),
        Level(
            "two of day, month and year equal",
            f"({year[0]} = {year[1]} AND {month[0]} = {month[1]}) OR ({year[0]} = {year[1]} AND {day[0]} = {day[1]}) "
            f"OR ({month[0]} = {month[1]} AND {day[0]} = {day[1]})",
            0.05,
        ),
        Level("two digits off", two_off_sql(left, right), 0.03),
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

    return Comparison("date of birth", ("birth",), levels, nothing_in("birth"), level, differs=0.03)


def _digits(column: str, said: str) -> Comparison:
    """An identifying number: equal, or a slip of the finger away."""
    left, right = f"{column}_l", f"{column}_r"
    levels = (
        Level("equal", f"{left} = {right}", 0.85),
        Level("one character off", one_off_sql(left, right), 0.06),
        Level("two characters off", two_off_sql(left, right), 0.02),
    )

    def level(a: Record, b: Record) -> int:
        x, y = a[column], b[column]
        if x is None or y is None:
            return -1
        return 0 if x == y else slips(x, y)

    return Comparison(said, (column,), levels, nothing_in(column), level)


def _email() -> Comparison:
    left, right = "email_l", "email_r"
    user_l, user_r = f"split_part({left}, '@', 1)", f"split_part({right}, '@', 1)"
    levels = (
        Level("equal", f"{left} = {right}", 0.7),
        Level("name before the @ equal", f"{user_l} = {user_r}", 0.08),
        Level("similar", jaro_winkler_sql(left, right, 0.92), 0.1),
        Level("name before the @ similar", jaro_winkler_sql(user_l, user_r, 0.9), 0.05),
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

    return Comparison("e-mail", ("email",), levels, nothing_in("email"), level, differs=0.1)


def _text(column: str, said: str, differs: float = 0.1) -> Comparison:
    left, right = f"{column}_l", f"{column}_r"
    levels = (
        Level("equal", f"{left} = {right}", 0.75),
        Level("similar", jaro_winkler_sql(left, right, 0.92), 0.1),
        Level("roughly similar", jaro_winkler_sql(left, right, 0.82), 0.05),
    )

    def level(a: Record, b: Record) -> int:
        x, y = a[column], b[column]
        if x is None or y is None:
            return -1
        if x == y:
            return 0
        alike = similarity(x, y)
        return 1 if alike >= 0.92 else 2 if alike >= 0.82 else 3

    return Comparison(said, (column,), levels, nothing_in(column), level, differs=differs, frequency=column)


def _exact(column: str, said: str, differs: float, frequency: bool = False) -> Comparison:
    def level(a: Record, b: Record) -> int:
        x, y = a[column], b[column]
        return -1 if x is None or y is None else int(x != y)

    levels = (Level("equal", f"{column}_l = {column}_r", 1 - differs),)
    return Comparison(
        said, (column,), levels, nothing_in(column), level, differs=differs, frequency=column if frequency else ""
    )


def _postcode() -> Comparison:
    levels = (
        Level("equal", "postcode_l = postcode_r", 0.75),
        Level("one character off", one_off_sql("postcode_l", "postcode_r"), 0.08),
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

    return Comparison(
        "postcode", ("postcode",), levels, nothing_in("postcode"), level, differs=0.12, frequency="postcode"
    )


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

    return Comparison("age", ("age",), levels, nothing_in("age"), level)


@lru_cache(maxsize=64)
def comparisons(columns: tuple[str, ...]) -> tuple[Comparison, ...]:
    """What is compared where these standard columns are there."""
    both = "given" in columns and "surname" in columns
    make: dict[str, Callable[[], Comparison]] = {
        "given": lambda: compare_name("given", "surname" if both else "", "given name"),
        "surname": lambda: compare_name("surname", "given" if both else "", "surname"),
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
