"""No input runs code, crashes or hangs."""

import time

import pytest

from decidedly.feel import INTEGER, ListOf, Name, Scope, compile_expression
from decidedly.feel.patterns import compile_pattern, search_pattern

from .scopes import SCOPE


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "[" * 9_999,
        "-" * 9_999 + "1",
        "not(" * 2_000 + "true" + ")" * 2_000,
        "{a:" * 3_000,
        "a" * 20_000,
        "1" + "+1" * 4_000,
        "if true then " * 700,
        "some x in " * 900,
        "x[" * 4_000,
        "2" + "**2" * 3_000,
        "1 in (" * 1_500,
        "true = " * 1_400 + "true",
        '"' + "\\" * 9_000,
        "orders.a" * 1_000,
        "for a in [1] return " * 400 + "1",
        "5 in ((5 in (" * 300,
    ],
)
def test_deep_and_long_texts_give_diagnostics(text: str) -> None:
    started = time.process_time()
    compiled, problems = compile_expression(text, SCOPE)
    assert compiled is None
    assert problems
    assert time.process_time() - started < 5


def test_many_conditions_side_by_side_are_not_deep() -> None:
    text = " and ".join(f"orders != {n}" for n in range(400))
    compiled, problems = compile_expression(text, SCOPE)
    assert compiled is not None, problems
    assert compiled.fn({"a2": -1}, {}, {}) is True


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "person.__class__",
        "orders.__class__.__base__",
        "().__class__",
        'person.get("a2")',
        "age band.upper()",
        "lambda: 1",
        "exec",
        "c0",
        "a0",
        "r0 = 1",
        "orders; 1",
        "orders\\x",
        "`id`",
        "${orders}",
    ],
)
def test_python_in_a_text_is_only_a_mistake(text: str) -> None:
    compiled, problems = compile_expression(text, SCOPE)
    assert compiled is None
    assert problems


def test_a_name_in_the_dictionary_may_look_like_code() -> None:
    scope = Scope.of({"person": [Name("__import__('os')", INTEGER, 'x"); raise SystemExit #')]}, bare=["person"])
    compiled, problems = compile_expression("__import__('os') + 1", scope)
    assert compiled is not None, problems
    assert compiled.fn({'x"); raise SystemExit #': 1}) == 2


def test_loops_inside_loops_end_with_null() -> None:
    scope = Scope.of({"person": [Name("xs", ListOf(INTEGER))]}, bare=["person"])
    text = "some a in xs, b in xs, c in xs satisfies a + b + c = -1"
    compiled, _ = compile_expression(text, scope)
    assert compiled is not None
    assert compiled.fn({"xs": [1] * 5_000}) is None


def test_a_count_that_is_too_long_is_null() -> None:
    compiled, _ = compile_expression("for n in 1..1000000000 return n", SCOPE)
    assert compiled is not None
    assert compiled.fn({}, {}, {}) is None


@pytest.mark.parametrize("pattern", [r"((.)\2)*a+(b+)*", "(?=a)a", "(", "a{1,2}{3,}", "(a{500}b?){500}"])
def test_patterns_that_could_take_forever_are_refused(pattern: str) -> None:
    assert isinstance(compile_pattern(pattern), str)


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+b", "(a|a)*b", "(a*)*b", "(a|aa)+b", "a*a*a*a*a*a*a*a*b", "((a?){10}){10}b", "(.*)(.*)(.*)(.*)(.*)b"],
)
def test_patterns_whose_choices_are_repeated_come_to_an_end(pattern: str) -> None:
    assert search_pattern("a" * 3_000, pattern, "") in (False, None)
    assert search_pattern("a" * 30 + "b", pattern, "") is True


def test_a_text_too_long_for_its_pattern_is_null() -> None:
    assert search_pattern("a" * 5_000, "a*a*a*b", "") is None
    assert search_pattern("aab", "a*a*a*b", "") is True
