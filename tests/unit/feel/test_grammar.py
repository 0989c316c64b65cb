"""The whole grammar of DMN 1.5, read leniently as decision models are: what each form gives."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from decidedly.feel import ANY, Name, Scope, compile_expression, evaluate, parse, to_plain
from decidedly.feel.reasons import why_not

SCOPE = Scope.of({"": [Name("x", ANY), Name("people", ANY), Name("days in weekend", ANY)]}, bare=[""])
FACTS = {
    "": {
        "x": Decimal(3),
        "people": [{"age": Decimal(3), "first name": "Ada"}, {"age": Decimal(40), "x": Decimal(9)}],
        "days in weekend": ["saturday", "sunday"],
    }
}
D = Decimal
CASES: list[tuple[str, Any]] = [
    # functions
    ("(function(a, b) a - b)(5, 3)", D(2)),
    ("{minus: function(a: number, b: number) a - b, r: minus(b: 3, a: 5)}.r", D(2)),
    ("{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f(10)}.r", D(3628800)),
    ("(function(f) f(-2))(abs)", D(2)),
    ("{add: function(a) function(b) a + b, r: add(1)(2)}.r", D(3)),
    ('(function(a: string) "ran")(1)', None),
    ("(function(a) a)(1, 2)", None),
    ('"abs"(-1)', None),
    ("no such function(1)", None),
    ('function(a, b) external {java: {class: "x"}}', None),
    ("{abs: function(n) n, r: abs(-1)}.r", D(-1)),
    # contexts see what stands before
    ("{a: 1 + 2, b: a + 3}.b", D(6)),
    ("{a: 1, c: {d: a + 1}}.c.d", D(2)),
    ('{"a b": 1, c: a b + 1}.c', D(2)),
    ("{foo+bar: 1, c: foo+bar + 1}.c", D(2)),
    ("{a: 1, a: 2}", None),
    # loops
    ("for i in [1..3] return i", [D(1), D(2), D(3)]),
    ("for i in (1..3] return i", [D(2), D(3)]),
    ("for i in 3..1 return i", [D(3), D(2), D(1)]),
    ('for d in @"2017-12-31"..@"2018-01-01" return d', [date(2017, 12, 31), date(2018, 1, 1)]),
    ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", [D(1), D(1), D(2), D(6), D(24)]),
    ("for i in 1..2, j in [i, 10] return count(partial) + j", [D(1), D(11), D(4), D(13)]),
    ('for i in days in weekend return i = "sunday"', [False, True]),
    ("some i in [1, 2], j in [2, 3] satisfies i > j", False),
    # filters
    ("people[age > 3].age", [D(40)]),
    ("people[age > x].age", [D(40)]),
    ('people[first name = "Ada"].age', [D(3)]),
    ("people[1].first name", "Ada"),
    ("[{item: 1}, {item: 5}][item > 2]", [{"item": D(5)}]),
    ("[10, 20, 30][x - 1]", D(20)),
    ("100[item > 1]", [D(100)]),
    ("people.age", [D(3), D(40)]),
    # ranges and tests
    ("(< 10) = (<10)", True),
    ("(< 10) = (null..10)", False),
    ("(=10) = [10..10]", False),
    ("[1..10[.start included", True),
    ("for i in [2..1] return i", None),
    ("1 in [[2..4], [1..3]]", True),
    ("[1, 2] in [[1], [1, 2]]", True),
    ("5 in (> 3)", True),
    ("5 in (null..10]", None),
    ("x in (1, [2..4])", True),
    ("5 in !=10", True),
    ("(function(r) 3 in r)([1..5])", True),
    # types
    ("[1, 2] instance of list<number>", True),
    ('[1, "a"] instance of list<number>', False),
    ("[1..2] instance of range<number>", True),
    ("{a: 1, b: 2} instance of context<a: number>", True),
    ("{b: 2} instance of context<a: number>", False),
    ("(function(a: string) 1) instance of function<string> -> number", True),
    ("(function(a: string) 1) instance of function<number> -> number", False),
    ('@"P1D" instance of days and time duration', True),
    ("null instance of Any", False),
    ("x instance of Any", True),
    # what does not fit together is null
    ('1 + "a"', None),
    ('if "a" then 1 else 2', D(2)),
    ("unknown + 1", None),
    ('1 = "1"', None),
    ("-(people)", None),
    # texts
    ('"\\s\\"\\n"', '\\s"\n'),
    ('"\\U01F40E"', "\U0001f40e"),
    ("{\U0001f40e: 1}.\U0001f40e", D(1)),
    ("1 + /* 1 + */ 1 // end", D(2)),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_a_form_gives_its_value(text: str, expected: Any) -> None:
    tree, problems = parse(text, SCOPE, lenient=True)
    assert tree is not None, problems
    assert evaluate(tree, FACTS, plain=True) == expected


STRICT: list[tuple[str, Any]] = [
    ("{f: function(n: number) n * 2, r: f(4)}.r", D(8)),
    ("sum(for i in [1..3] return (function(n) n + i)(1))", D(9)),
    ("for i in 1..3 return count(partial)", [D(0), D(1), D(2)]),
    ("5 in [1..null)", True),
    ("(function() 1)()", D(1)),
    ("sort([3, 1, 2], function(a, b) a < b)", [D(1), D(2), D(3)]),
    ("{a: 1, b: a + 1}.b", D(2)),
    ('count(for d in @"2017-12-31"..@"2018-01-02" return d.day)', D(3)),
    ("[for i in 1..2 return (function(n) n * i)(3)][2]", None),
]


@pytest.mark.parametrize(("text", "expected"), STRICT, ids=[text for text, _ in STRICT])
def test_the_strict_form_compiles_to_the_same_value(text: str, expected: Any) -> None:
    scope = Scope.of({"person": []}, bare=["person"])
    compiled, problems = compile_expression(text, scope)
    assert compiled is not None, problems
    assert to_plain(compiled.type, compiled.fn({})) == evaluate(compiled.tree, {}) == expected


def test_what_the_reference_runs_is_told_with_its_place() -> None:
    tree, _ = parse("1 + (function(n) n + 1)(2)", Scope.of({"person": []}))
    assert tree is not None
    assert [(at.column, why) for at, why in why_not(tree)] == [(6, "a function as a value is run by the reference")]
    plain, _ = parse("1 + 2", Scope.of({"person": []}))
    assert plain is not None
    assert why_not(plain) == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("(function(a: number) a)()", "feel.argument-count"),
        ("(function(a: number) a)(b: 1)", "feel.argument-count"),
        ('(function(a: number) a)("x")', "feel.argument-type"),
        ('"abs"(1)', "feel.type"),
        ("function(a, a) 1", "feel.syntax"),
        ("1 instance of lst<number>", "feel.unknown-type"),
        ("function(a: nmber) 1", "feel.unknown-type"),
        ('function(a) external {java: {class: "x"}}', "feel.external"),
        ("abs(m: 1)", "feel.argument-name"),
    ],
)
def test_a_mistake_with_functions_is_told(text: str, code: str) -> None:
    tree, problems = parse(text, Scope.of({"person": []}))
    assert tree is None
    assert problems[0].code == code


@pytest.mark.parametrize(
    "text",
    [
        "{f: function(n) f(n + 1), r: f(0)}.r",
        "{f: function(n) f(n - 1) + f(n - 2), r: f(64)}.r",
        "(function(f) f(f))(function(f) f(f))",
        "count(for a in 1..9999, b in 1..9999, c in 1..9999 return 1)",
    ],
)
def test_what_never_ends_is_null(text: str) -> None:
    tree, problems = parse(text, SCOPE, lenient=True)
    assert tree is not None, problems
    assert evaluate(tree, FACTS, plain=True) is None
