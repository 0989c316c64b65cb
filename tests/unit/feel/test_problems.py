"""What the author is told: code, place and hint."""

import pytest

from decidedly.feel import BOOLEAN, NUMBER, Place, Scope, compile_expression

from .scopes import SCOPE

CASES = [
    ("person.tenure_months > 3", "feel.unknown-name", 8, 13, "Did you mean 'tenure months'?"),
    ("orders last 30 day = 0", "feel.unknown-name", 1, 18, "Did you mean 'orders last 30 days'?"),
    ("person.orders last 30 days ago = 0", "feel.unknown-name", 8, 23, "Did you mean 'orders last 30 days'?"),
    ("substrin(age band, 2)", "feel.unknown-function", 1, 8, "Did you mean 'substring'?"),
    ('born > "2017-10-30"', "feel.type", 1, 19, 'Write @"2017-10-30".'),
    ("action.price > action.fee", "feel.type", 1, 25, "same currency"),
    ("spend days 31 to 60 > orders", "feel.type", 1, 28, "written number"),
    ("action.price + action.fee", "feel.type", 1, 25, "own currency"),
    ('action.departments = "SPIRITS"', "feel.type", 1, 30, "list contains"),
    ('orders = "7"', "feel.type", 1, 12, "without quotes"),
    ("orders and member", "feel.type", 1, 6, "Compare"),
    ("orders last 30 days", "feel.type", 1, 19, "Compare"),
    ("member < true", "feel.type", 1, 13, "= or !="),
    ("if member then 1", "feel.syntax", 17, 0, ""),
    ("(member", "feel.syntax", 8, 0, ""),
    ("member)", "feel.syntax", 7, 1, "'and' or 'or'"),
    ('age band = "19', "feel.syntax", 12, 3, "Close it"),
    ('born = @"2017-02-30"', "feel.literal", 8, 13, "Examples"),
    ('born = date("soon")', "feel.literal", 13, 6, "2017-10-30"),
    ('matches(age band, "(?=a)")', "feel.pattern", 19, 7, ""),
    ("orders in [5..1]", "feel.empty-range", 11, 6, "Swap"),
    ("born.hour = 1", "feel.unknown-name", 6, 4, "It has year"),
    ("count(1, 2, ) = 1", "feel.syntax", 13, 1, ""),
    ('substring(age band) = "a"', "feel.argument-count", 1, 19, "start position"),
    ("string length(orders) = 1", "feel.argument-type", 15, 6, ""),
    ("age band instance of strin", "feel.unknown-type", 22, 5, "string"),
    ("? = 1", "feel.unknown-name", 1, 1, ""),
    ("", "feel.syntax", 1, 0, ""),
]


@pytest.mark.parametrize(("text", "code", "column", "length", "hint"), CASES, ids=[case[0] for case in CASES])
def test_a_mistake_is_named_with_its_place_and_a_hint(
    text: str, code: str, column: int, length: int, hint: str
) -> None:
    compiled, problems = compile_expression(text, SCOPE, BOOLEAN, place=Place("rules.toml", 3, 1))
    assert compiled is None
    assert len(problems) == 1, problems
    assert (problems[0].code, problems[0].place) == (code, Place("rules.toml", 3, column, length))
    assert hint in problems[0].hint


def test_all_mistakes_of_a_text_are_reported_at_once() -> None:
    problems = compile_expression('person.agee = 1 and\n born = "x"', SCOPE)[1]
    assert [(p.code, p.place.line, p.place.column) for p in problems] == [
        ("feel.unknown-name", 1, 8),
        ("feel.type", 2, 2),
    ]


def test_a_comparison_with_null_that_is_always_null_is_a_warning_only() -> None:
    compiled, problems = compile_expression("orders < null", SCOPE)
    assert compiled is not None
    assert [p.severity for p in problems] == ["warning"]


def test_the_expected_type_converts_what_conforms_and_refuses_the_rest() -> None:
    compiled, _ = compile_expression("orders", SCOPE, NUMBER)
    assert compiled is not None
    assert str(type(compiled.fn({"a2": 7}, {}, {})).__name__) == "Decimal"
    assert compile_expression("age band", SCOPE, NUMBER)[1][0].code == "feel.type"


def test_time_is_an_input_so_without_a_clock_there_is_no_today() -> None:
    assert compile_expression("today()", Scope.of({}))[1][0].code == "feel.no-clock"
