"""Each built-in has an example, and the example is true in both backends."""

from decimal import Decimal

import pytest

from decidedly.feel import BOOLEAN, Scope, compile_expression, evaluate
from decidedly.feel.builtins import BUILTINS
from decidedly.feel.builtins.conversion import number_text

NOTHING = Scope.of({})


EXAMPLES = sorted({(name, form.run.__doc__ or "") for name, builtin in BUILTINS.items() for form in builtin.forms})


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_the_example_of_each_form_of_a_builtin_holds(name: str, example: str) -> None:
    example = example.strip()
    assert name in example
    compiled, problems = compile_expression(example, NOTHING, BOOLEAN)
    assert compiled is not None, problems
    assert compiled.fn() is True
    assert evaluate(compiled.tree, {}) is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('substring("abc", 0)', None),
        ('substring("abc", -2, 1)', "b"),
        ('split("abc", "")', ["abc"]),
        ("min([])", None),
        ("max([1, null])", None),
        ("list contains([null], null)", True),
        ("mean([])", None),
        ("modulo(12, -5)", -3),
        ("round half even(-2.5)", -2),
        ("round half up(1.125, 2)", "1.13"),
        ('number("1e400000")', None),
        ('number("1,5", null, ",")', "1.5"),
        ("date(2017, 2, 30)", None),
        ('replace("a$b", "\\\\$", "\\\\$\\\\$")', "a$$b"),
        ("concatenate([1], null)", None),
        ('distinct values([1, 1.0, "1"])', [1, "1"]),
        ("flatten([[1, [2]], 3])", [1, 2, 3]),
        ("sum([])", None),
        ('string([1.50, "a", null])', '[1.5, "a", null]'),
        ('@"P1D" * 1.5 = @"P1DT12H"', True),
        ("sqrt(-1)", None),
        ("any([false, null])", None),
        ("all([])", True),
        ("before([1..5), 5)", True),
        ("index of([1, 2, 1], 1)", [1, 3]),
    ],
)
def test_edges_are_as_the_standard_says(text: str, expected: object) -> None:
    compiled, problems = compile_expression(text, NOTHING)
    assert compiled is not None, problems
    found = evaluate(compiled.tree, {})
    assert (str(found) if isinstance(expected, str) else found) == expected


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1e-7, "0.0000001"),
        (0.1, "0.1"),
        (5.0, "5"),
        (-0.0, "0"),
        (1e16, "10000000000000000"),
        (Decimal("1E+3"), "1000"),
    ],
)
def test_the_text_of_a_number_has_no_exponent_and_no_zeros_at_the_end(number: float | Decimal, text: str) -> None:
    assert number_text(number) == text
