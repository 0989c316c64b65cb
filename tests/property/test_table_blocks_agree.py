"""A table over columns gives what the reference gives for each row, whatever the hit policy."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decidedly.feel import Name, Scope
from decidedly.rules import DecisionTable, fire, type_table
from decidedly.rules.blocks import compile_table_blocks

from .feel_cases import EXAMPLES, same
from .test_tables_agree import COLUMNS, rows_of_facts, tables

SCOPE = Scope.of({"person": [Name(name, type_) for name, (type_, _) in COLUMNS.items()]}, bare=["person"])


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables(), st.lists(rows_of_facts, min_size=20, max_size=20))
def test_table_blocks_and_reference_agree(table: DecisionTable, people: list[dict[str, Any]]) -> None:
    typed, _ = type_table(table, SCOPE)
    if typed is None:
        return
    facts = {"person": {name: [person[name] for person in people] for name in COLUMNS}}
    found = list(compile_table_blocks(typed).fire(facts, len(people), block=13))
    for place, person in enumerate(people):
        expected = fire(typed, {"person": person})
        block = found[place // 13]
        fired = block.fired(place % 13)
        assert same(fired.outputs, expected.outputs), (person, table)
        assert same([values[place % 13] for values in block.outputs], list(expected.outputs))
        assert (fired.rows, fired.problem) == (expected.rows, expected.problem), (person, table)
