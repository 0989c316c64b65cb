"""Column blocks give what the reference interpreter gives, nulls and extremes included."""

from __future__ import annotations

from hypothesis import given

from decidedly.feel import BOOLEAN
from decidedly.feel.blocks import compile_blocks, why_not

from .feel_cases import SCOPE, Case, Tally, agreement, cases, same

BLOCKS = Tally("blocks")


@agreement
@given(cases())
def test_blocks_give_what_the_reference_interpreter_gives(case: Case) -> None:
    BLOCKS.add(case, tuple(dict.fromkeys(reason for _, reason in why_not(case.compiled.tree))))
    expected = case.expected()
    facts = {"person": {r.id: [row[r.id] for row in case.rows] for r in case.compiled.reads}}
    blocks = compile_blocks([case.compiled, case.compiled], SCOPE)
    found = [value for columns in blocks.values(facts, len(case.rows), block=13) for value in columns[0].plain()]
    for row, a, b in zip(case.rows, found, expected, strict=True):
        assert same(a, b), (case.text, row, a, b)
    if case.compiled.type == BOOLEAN:
        masks = [matrix for _, matrix in blocks.true(facts, len(case.rows), block=13)]
        true = [bool(value) for matrix in masks for value in matrix[1]]
        assert true == [value is True for value in expected], case.text
