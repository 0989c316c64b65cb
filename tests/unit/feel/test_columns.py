"""Arithmetic over columns says what the row function says, to the bit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decidedly.feel import BOOLEAN, REAL, Name, Scope, compile_columns, compile_expression

SCOPE = Scope.of({"terms": [Name("p", REAL), Name("v", REAL)], "person": [Name("age", REAL)]}, bare=["terms", "person"])
NUMBERS = st.lists(st.floats(-1e200, 1e200) | st.sampled_from([0.0, -0.0, 1e-320]), min_size=1, max_size=8)


def block(text: str):  # type: ignore[no-untyped-def]
    compiled, problems = compile_expression(text, SCOPE, REAL)
    assert compiled is not None, problems
    return compiled, compile_columns(compiled, "terms")


@pytest.mark.parametrize("text", ["p * v", "p * (3.00 + v) - 0.5", "p * v * v * v", "1.5 * p - v * (p + v)"])
@given(NUMBERS, st.floats(-1e200, 1e200))
def test_columns_and_rows_agree(text: str, ps: list[float], v: float) -> None:
    compiled, columns = block(text)
    assert columns is not None
    made = columns({"p": np.array(ps), "v": v})
    for p, found in zip(ps, np.broadcast_to(made, len(ps)).tolist(), strict=True):
        row = compiled.fn({"p": p, "v": v}, {})
        assert math.isnan(found) if row is None else found == row


@pytest.mark.parametrize("text", ["p / v", "if p > 1 then v else p", "p + age", "max(p, v)"])
def test_what_has_no_column_form_is_left_to_the_row_function(text: str) -> None:
    assert block(text)[1] is None


def test_a_condition_has_no_column_form_here() -> None:
    compiled, _ = compile_expression("p > v", SCOPE, BOOLEAN)
    assert compiled is not None
    assert compile_columns(compiled, "terms") is None
