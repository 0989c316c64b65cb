"""Expressions over columns: what is shared, what falls back, and what the author is told."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import Mock, patch

import numpy as np
import pyarrow as pa
import pytest

from decidedly.feel import compile_expression
from decidedly.feel.blocks import compare, compile_blocks, logic, why_not
from decidedly.feel.blocks.columns import Coded

from ..scopes import SCOPE


def compiled(text: str) -> Any:
    made, problems = compile_expression(text, SCOPE)
    assert made is not None, problems
    return made


def values(text: str, **facts: list[Any]) -> list[Any]:
    rows = len(next(iter(facts.values())))
    (columns,) = compile_blocks([compiled(text)], SCOPE).values({"person": facts}, rows)
    return columns[0].plain()


def test_equal_parts_are_computed_once_in_a_block() -> None:
    parts = [compiled("orders > 3 and member"), compiled("orders > 3 or opt-in"), compiled("not(orders > 3)")]
    with patch.dict(compare.APPLY, {">": Mock(wraps=np.greater)}):
        facts = {"person": {"a2": [1, 5], "a8": [True, True], "a9": [False, None]}}
        matrices = [matrix.tolist() for _, matrix in compile_blocks(parts, SCOPE).true(facts, 2)]
        assert compare.APPLY[">"].call_count == 1  # type: ignore[attr-defined]
    assert matrices == [[[False, True], [False, True], [True, False]]]


def test_the_cheap_part_of_a_condition_decides_without_the_dear_one() -> None:
    parts = [compiled('contains(age band, "1") and member')]
    facts: dict[str, Any] = {"person": {"a4": ["19-24"], "a8": [False]}}
    with patch.object(logic, "flags", wraps=logic.flags) as seen:
        list(compile_blocks(parts, SCOPE).true(facts, 1))
    assert seen.call_count == 1


WANTED = [("a", "b", "c"), ("b",), tuple("abcdefghij"), ("j", "none"), tuple("acegikmo"), ("a", "p"), tuple("klmnop"),
          ("o", "p", "a"), tuple("bdfhjl"), ("p", "b"), tuple("abcdef")]  # fmt: skip


def test_memberships_of_one_column_share_a_look_up() -> None:
    def wrote(words: tuple[str, ...]) -> str:
        return f"age band in ({', '.join(json.dumps(word) for word in words)})"

    parts = [compiled(text) for words in WANTED for text in (wrote(words), f"not({wrote(words)})")]
    given = [*"ponmlkjihgfedcba", None, "none", "a"]
    blocks = compile_blocks(parts, SCOPE)
    # The second dictionary has other codes, so that what was made ready for the first one does not fit.
    for column in (given, given[::-1]):
        with patch.object(Coded, "looked_up", autospec=True, side_effect=Coded.looked_up) as seen:
            ((_, matrix),) = blocks.true({"person": {"a4": pa.array(column).dictionary_encode()}}, len(column))
        assert len({call.args[1] for call in seen.call_args_list}) < 3
        # Null is in none of them, and certainly in none of them.
        expected = [[(value in words) is truth for value in column] for words in WANTED for truth in (True, False)]
        assert matrix.tolist() == expected


@pytest.mark.parametrize(
    ("text", "blocks"),
    [("orders > 3", [65_536, 4_464]), ("some x in [orders] satisfies x > 3", [32_768, 32_768, 4_464])],
)
def test_blocks_of_conditions_on_no_lists_are_longer(text: str, blocks: list[int]) -> None:
    facts = {"person": {"a2": pa.array(np.arange(70_000) % 7)}}
    found = [matrix for _, matrix in compile_blocks([compiled(text)], SCOPE).true(facts, 70_000)]
    assert [matrix.shape[1] for matrix in found] == blocks
    assert np.array_equal(np.concatenate(found, axis=1)[0], np.arange(70_000) % 7 > 3)


def test_what_does_not_fit_int64_is_left_to_the_row_function() -> None:
    assert [str(value) for value in values("orders * orders", a2=[2**40, 3])] == [str(2**80), "9"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("orders / 3 > 1", "decimal arithmetic"),
        ("exp(orders)", "exp() of number(0)"),
        ("anything = 1", "type is not known"),
        ("orders ** 3 > 1", "a power is decimal arithmetic"),
    ],
)
def test_the_author_is_told_what_runs_row_by_row(text: str, reason: str) -> None:
    (place, found), *_ = why_not(compiled(text.replace("anything", "context.anything")).tree)
    assert reason in found
    assert place.line == 1


def test_nothing_is_said_of_what_runs_over_columns() -> None:
    text = 'spend days 31 to 60 between 50 and 150 and upper case(age band) in ("A", "B") and born.month = 2'
    assert why_not(compiled(text).tree) == ()
