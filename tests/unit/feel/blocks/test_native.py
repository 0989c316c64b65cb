"""Forms over columns say what the reference says, row by row, and the author is told that nothing falls back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from decidedly.feel import (
    DATE,
    DATE_TIME,
    DAYS,
    INTEGER,
    MONTHS,
    STRING,
    ListOf,
    Months,
    Name,
    Number,
    Range,
    RangeOf,
    Scope,
    compile_expression,
    evaluate,
    money,
)
from decidedly.feel.blocks import compile_blocks, spans, why_not

NAMES = [
    Name("n", INTEGER), Name("m", INTEGER), Name("weight", Number(3)), Name("spend", money("USD")), Name("born", DATE),
    Name("gap", DAYS), Name("term", MONTHS), Name("city", STRING), Name("a", RangeOf(INTEGER)),
    Name("b", RangeOf(INTEGER)),
    Name("words", ListOf(STRING)), Name("seen", DATE_TIME),
]  # fmt: skip
SCOPE = Scope.of({"row": NAMES}, bare=["row"])
NUMBERS = [0, 1, -1, 7, -12, 10, 2**40, None]
FACTS: dict[str, list[Any]] = {
    "n": NUMBERS,
    "m": [3, 0, 5, -2, 11, None, 4, 2],
    "weight": [1500, -1, 1, 0, 1000, -2005, 10**9, None],
    "spend": [1234, 0, -5, 100, 1, -100_010, 10**12, None],
    "born": [date(2016, 2, 29), date.min, date.max, date(999, 12, 1), None, None, date(1970, 1, 1), date(2000, 1, 1)],
    "gap": [timedelta(days=1), timedelta(microseconds=-1), timedelta(0), timedelta(seconds=7), None,
            timedelta(days=-400, microseconds=3), timedelta(microseconds=1), timedelta(days=3)],
    "term": [Months(value) if value is not None else None for value in (1, -14, 0, 30, 12, None, -1, 7)],
    "city": ["a", "", None, "é", "b-c", "a", None, "d"],
    "a": [Range(1, 3), Range(1, 3), Range(1, 3, False, True), Range(None, 3, False), Range(2, None), None, Range(3, 3),
          Range(None, None)],
    "words": [["a", "b"], [], None, ["", None, "é"], [None], ["a", "b"], ["c"], [None, "a", "a", None]],
    "seen": [datetime(2016, 2, 29, 8, 30, tzinfo=UTC), None] * 4,
    "b": [Range(3, 5), Range(1, 5, False), Range(1, 3, False), Range(1, 3), Range(None, None), Range(1, 2), Range(0, 9),
          Range(1, 1)],
}  # fmt: skip


def agree(text: str) -> Any:
    compiled, problems = compile_expression(text, SCOPE)
    assert compiled is not None, problems
    rows = [dict(zip(FACTS, values, strict=True)) for values in zip(*FACTS.values(), strict=True)]
    expected = [evaluate(compiled.tree, {"row": row}) for row in rows]
    (columns,) = compile_blocks([compiled], SCOPE).values({"row": FACTS}, len(rows))
    assert columns[0].plain() == expected
    return compiled.tree


@pytest.mark.parametrize(
    "text",
    ["string(n)", "string(weight)", "string(spend)", "string(born)", "string(n * weight * 0.01)",
     "string(weight) + city", "spend / 100", "n / 8", "weight / -0.25", "n / 0.5 > weight", "n ** 2", "weight ** 2",
     "gap * weight", "term * weight", "gap / weight", "term / weight", "weight * gap", "substring(city, null)",
     "substring(null, n)", "n * (null * 3)", "date(n, m, null)", "contains(city, null)",
     "string join(words)", 'string join(words, "; ")', "string join(words, city)",
     "string join([city, null, city], city)",
     "string join(words, null)", "string join([null], city)", "string length(string join(words, string(n)))",
     "time(seen)", "time(born)"],
)  # fmt: skip
def test_what_has_a_form_over_columns_agrees_with_the_reference(text: str) -> None:
    assert why_not(agree(text)) == ()


@pytest.mark.parametrize("name", spans.RELATIONS)
def test_range_functions_agree_with_the_reference(name: str) -> None:
    assert why_not(agree(f"{name}(a, b)")) == ()
    assert why_not(agree(f"{name}(b, a)")) == ()
    if name in ("before", "after", "includes", "finished by", "started by"):
        agree(f"{name}(a, n)")
    if name in ("before", "after", "during", "finishes", "starts"):
        agree(f"{name}(m, b)")
    if name in ("before", "after", "coincides"):
        agree(f"{name}(n, m)")


@pytest.mark.parametrize("text", ["n / m", "n / 3", "n ** 3", "gap / gap", "exp(n)", "coincides(a, n)"])
def test_what_has_none_agrees_too_and_is_told(text: str) -> None:
    assert why_not(agree(text)) != ()


def test_a_null_that_may_stand_in_its_place_makes_no_call_null() -> None:
    agree('string join([city, "x"], null)')
    agree("append([n], null)")


def test_a_text_of_the_least_whole_number_is_left_to_the_reference() -> None:
    compiled, _ = compile_expression("string(n)", SCOPE)
    assert compiled is not None
    (columns,) = compile_blocks([compiled], SCOPE).values({"row": {"n": [-(2**63), 2**63 - 1]}}, 2)
    assert columns[0].plain() == ["-9223372036854775808", "9223372036854775807"]


@pytest.mark.parametrize(
    "text", ["10 between 1 and 10", '"" = null', '"a" in ("a", "b")', "not(1 > 2)", "n > 0 and 2 in (1, 2)", "true"]
)
def test_constant_conditions_hold_for_every_row_whichever_is_asked_first(text: str) -> None:
    compiled, problems = compile_expression(text, SCOPE)
    assert compiled is not None, problems
    expected = [evaluate(compiled.tree, {"row": {"n": n}}) for n in NUMBERS]
    blocks = compile_blocks([compiled], SCOPE)
    facts = {"row": {"n": NUMBERS}}
    for _ in range(2):
        values = [value for columns in blocks.values(facts, len(NUMBERS), block=3) for value in columns[0].plain()]
        true = [value for _, matrix in blocks.true(facts, len(NUMBERS), block=3) for value in matrix[0].tolist()]
        assert values == expected
        assert true == [value is True for value in expected]
