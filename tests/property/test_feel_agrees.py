"""The generated Python gives what the reference interpreter gives, nulls and extremes included."""

from __future__ import annotations

from hypothesis import given

from decidedly.feel import BOOLEAN, compile_first_not_true, compile_many, to_plain

from .feel_cases import SCOPE, Case, Tally, agreement, cases, same

PYTHON = Tally("python")


@agreement
@given(cases())
def test_generated_python_gives_what_the_reference_interpreter_gives(case: Case) -> None:
    compiled = case.compiled
    PYTHON.add(case)
    conditions = [compiled] if compiled.type == BOOLEAN else []
    fused = compile_many([compiled, compiled], SCOPE)
    first = compile_first_not_true(conditions, SCOPE)
    for row, expected in zip(case.rows, case.expected(), strict=True):
        found = to_plain(compiled.type, compiled.fn(row))
        assert same(found, expected), (case.text, compiled.source, found, expected)
        assert same(to_plain(compiled.type, fused.fn(row)[0]), expected)
        if conditions:
            assert (first.fn(row) == -1) is (expected is True), (case.text, first.source)
