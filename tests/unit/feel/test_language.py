"""What each form of the language gives: compiled and interpreted alike."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from decidedly.feel import compile_expression, evaluate, to_plain

from .scopes import SCOPE

PERSON = {
    "a1": 0,
    "a2": 7,
    "a3": 6000,
    "a4": "19-24",
    "a5": 14,
    "a6": date(2000, 2, 29),
    "a7": 0.25,
    "a8": True,
    "a9": None,
    "a10": 1500,
}
ACTION = {
    "d1": ["DAIRY", "SPIRITS"],
    "d2": 250,
    "d3": 100,
    "d4": [{"unit price": 199, "name": "oat"}, {"unit price": None, "name": "milk"}],
}
CONTEXT = {
    "anything": Decimal(5),
    "page": "home",
    "today": date(2017, 10, 30),
    "now": datetime(2017, 10, 30, tzinfo=UTC),
}


def answer(text: str) -> Any:
    compiled, problems = compile_expression(text, SCOPE)
    assert compiled is not None, problems
    value = to_plain(compiled.type, compiled.fn(PERSON, ACTION, CONTEXT))
    assert value == evaluate(compiled.tree, {"person": PERSON, "action": ACTION, "context": CONTEXT})
    return value


D = Decimal
CASES: list[tuple[str, Any]] = [
    # names: the longest in scope wins, whatever the spaces
    ("orders last 30 days = 0 and spend days 31 to 60 between 50 and 150", True),
    ("orders last\n 30 days + orders", D(7)),
    ("not(opt-in)", None),
    ("person.orders - 1", D(6)),
    ('context.page = "home"', True),
    # literals
    ("1.50", D("1.50")),
    (".5", D("0.5")),
    ('"a\\"b\\u00e9"', 'a"bé'),
    ("null", None),
    ('@"2017-10-30"', date(2017, 10, 30)),
    ("/* note */ 1 // end", D(1)),
    # arithmetic: decimal128, powers from the left, unary minus before powers
    ("0.1 + 0.2", D("0.3")),
    ("1 / 3 * 3", D("0." + "9" * 34)),
    ("1 / 0", None),
    ("2 ** 3 ** 2", D(64)),
    ("-2 ** 2", D(4)),
    ("10 - 2 - 3", D(5)),
    ("weight * 2", D("3.000")),
    ("score * 2", 0.5),
    ('"a" + "b"', "ab"),
    ("action.price * 2 - 0.5", D("4.50")),
    ("orders + null", None),
    # three values
    ("null = null", True),
    ("orders = null", False),
    ("null < 1", None),
    ("false and null", False),
    ("true and null", None),
    ("true or null", True),
    ("false or null", None),
    ("not(null)", None),
    ("2 between null and 10", None),
    ("20 between null and 10", False),
    # control
    ("if opt-in then 1 else 2", D(2)),
    ("for x in 1..3 return x * x", [D(1), D(4), D(9)]),
    ("for x in [1, 2], y in [10, 20] return x + y", [D(11), D(21), D(12), D(22)]),
    ('some d in action.departments satisfies d = "SPIRITS"', True),
    ("every x in [1, null] satisfies x > 0", None),
    # in
    ("5 in [1..5]", True),
    ("5 in [1..5)", False),
    ("5 in ]1..5[", False),
    ("5 in (1..5]", True),
    ("1 in (< 0, 1)", True),
    ('age band in ("19-24", "25-34")', True),
    ("3 in [1, 2, 3]", True),
    ("3 in ([1..2], [3..4])", True),
    # lists, contexts, paths, filters
    ("[1, 2, 3][-1]", D(3)),
    ("[1, 2, 3][item > 1]", [D(2), D(3)]),
    ("[1][2]", None),
    ("{a b: 1}.a b", D(1)),
    ("action.products.name", ["oat", "milk"]),
    ("action.products[unit price > 1].name", ["oat"]),
    ("action.products[1].unit price + 0.01", D("2.00")),
    # functions, named arguments, types, time
    ('substring(string: "oat milk", start position: 5)', "milk"),
    ("orders instance of number", True),
    ("null instance of string", False),
    ("today() - born", date(2017, 10, 30) - date(2000, 2, 29)),
    ('born + @"P1Y"', date(2001, 2, 28)),
    ("born.year", D(2000)),
    ("sum(1, 2, 3)", D(6)),
    ("context.anything > 4", True),
    ('now() > @"2017-10-29T23:00:00-05:00"', False),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_an_expression_gives_its_value_compiled_and_interpreted(text: str, expected: Any) -> None:
    found = answer(text)
    assert found == expected
    assert type(found) is type(expected)
