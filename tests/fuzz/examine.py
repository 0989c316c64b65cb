"""What must hold of any text, whatever it is: read strictly and leniently, as an expression and as the tests of a cell,
it gives diagnostics or a tree; whatever parses is evaluated and compiled, and both give the same value."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from decidedly.feel import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    INTEGER,
    MONTHS,
    NUMBER,
    REAL,
    STRING,
    TIME,
    ContextOf,
    ListOf,
    Months,
    Name,
    Number,
    Range,
    RangeOf,
    Scope,
    Type,
    bounds,
    compile_tree,
    evaluate,
    money,
    parse,
    parse_tests,
    to_plain,
)
from decidedly.feel.python import Compiled
from decidedly.feel.tree import Node
from decidedly.feel.values import kind

USD = money("USD")
PRODUCT = ContextOf((("unit price", USD), ("name", STRING)))
TYPES: dict[str, tuple[Type, list[Any]]] = {
    "orders": (INTEGER, [7, 0, None]),
    "weight": (Number(3), [1500, -1, None]),
    "exact": (NUMBER, [Decimal("0.1"), Decimal("9E6000"), None]),
    "spend": (USD, [6000, -(2**63), None]),
    "score": (REAL, [0.25, float("nan"), None]),
    "age band": (STRING, ["19-24", "", None]),
    "member": (BOOLEAN, [True, False, None]),
    "born": (DATE, [date(2000, 2, 29), date(1, 1, 1), None]),
    "seen": (DATE_TIME, [datetime(2017, 10, 30, 12, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC), None]),
    "at": (TIME, [time(8, 30), time(23, 59, 59), None]),
    "gap": (DAYS, [timedelta(days=1), timedelta.max, None]),
    "term": (MONTHS, [Months(13), Months(-1), None]),
    "tags": (ListOf(STRING), [["a", None], [], None]),
    "counts": (ListOf(INTEGER), [[1, 2, 3], [None], None]),
    "window": (RangeOf(INTEGER), [Range(1, 5), Range(None, 2, False, False), None]),
    "products": (ListOf(PRODUCT), [[{"unit price": 199, "name": "oat"}, {"unit price": None, "name": "b"}], [], None]),
    "anything": (ANY, [Decimal(5), {"a": [1, "x"], "b": date(2017, 1, 31)}, [1, [2], None, "a"]]),
}
STRICT = Scope.of({"person": [Name(name, type_) for name, (type_, _) in TYPES.items()]}, bare=["person"])
LENIENT = Scope.of({"": [Name(name, ANY) for name in TYPES]}, bare=[""])
ROWS = [{name: values[row] for name, (_, values) in TYPES.items()} for row in range(3)]
PLAIN = [{name: to_plain(TYPES[name][0], value) for name, value in row.items()} for row in ROWS]
_CELLS: list[Type] = [INTEGER, STRING, ListOf(STRING), ANY]


def examine(text: str) -> None:
    """Raises AssertionError, or what was raised inside, if the text shows a mistake of ours."""
    # A text that uses up the whole budget would take minutes for all the rows.
    with patch.object(bounds, "STEP_LIMIT", 5_000):
        _examine(text)


def _examine(text: str) -> None:
    for scope, root, rows, lenient in ((STRICT, "person", ROWS, False), (LENIENT, "", PLAIN, True)):
        tree, problems = parse(text, scope, lenient=lenient)
        assert tree is not None or problems
        if tree is not None:
            _run(text, tree, scope, root, rows, plain=lenient)
        for type_ in _CELLS:
            cell, problems = parse_tests(text, scope, type_, lenient=lenient)
            assert cell is not None or problems
            if cell is not None:
                evaluate(cell, {root: rows[0]}, {1: PLAIN[0]["anything"]}, plain=lenient)


def _run(text: str, tree: Node, scope: Scope, root: str, rows: list[dict[str, Any]], *, plain: bool) -> None:
    compiled, problems = compile_tree(tree, scope, text=text)
    assert compiled is not None or problems
    for row in rows:
        expected = evaluate(tree, {root: row}, plain=plain)
        if compiled is not None:
            _compare(text, compiled, row, expected)


def _compare(text: str, compiled: Compiled, row: dict[str, Any], expected: Any) -> None:
    found = to_plain(compiled.type, compiled.fn(row))
    if not alike(found, expected):
        # Both stop after a million steps, but count them apart where one part of a text is interpreted.
        loops = sum(text.count(word) for word in ("for", "some", "every", "function"))
        stopped = loops > 1 and None in (found, expected)
        assert stopped, f"compiled {found!r}, reference {expected!r}, {row}"


def alike(found: Any, expected: Any) -> bool:
    """Whether two plain values are the same; of functions only that they are some."""
    if kind(found) != kind(expected):
        return False
    if isinstance(expected, list | tuple):
        return len(found) == len(expected) and all(alike(a, b) for a, b in zip(found, expected, strict=True))
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(alike(found[name], expected[name]) for name in expected)
    return kind(expected) == "function" or bool(found == expected)
