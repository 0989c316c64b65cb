"""Arithmetic over columns of reals says what the row function says, to the bit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decidedly.feel import REAL, Name, Scope, compile_expression
from decidedly.feel.blocks import Expressions, real_values, why_not

SCOPE = Scope.of({"terms": [Name("p", REAL), Name("v", REAL)]}, bare=["terms"])
NUMBERS = st.lists(st.floats(-1e200, 1e200) | st.sampled_from([0.0, -0.0, 1e-320]), min_size=1, max_size=8)


@pytest.mark.parametrize(
    "text",
    ["p * v", "p * (3.00 + v) - 0.5", "p * v * v * v", "1.5 * p - v * (p + v)", "p / v", "if p > 1 then v else p",
     "max(p, v) * 0.1", "modulo(p, v)", "floor(p) + round half even(v)"],
)  # fmt: skip
@given(NUMBERS, st.floats(-1e200, 1e200))
def test_columns_and_rows_agree(text: str, ps: list[float], v: float) -> None:
    compiled, problems = compile_expression(text, SCOPE, REAL)
    assert compiled is not None, problems
    assert not why_not(compiled.tree)
    rows = next(Expressions([compiled.tree]).blocks({"terms": {"p": np.array(ps), "v": v}}, len(ps)))
    for p, found in zip(ps, real_values(rows.value(compiled.tree)).tolist(), strict=True):
        row = compiled.fn({"p": p, "v": v})
        assert math.isnan(found) if row is None else found == row
