"""What the checks of tables say is so: a gap matches nothing, an overlap matches both, a full table has no gap."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from decidedly.rules import Cell, DecisionTable, Row, TypedTable, check_table, trace_table, type_table
from decidedly.rules.analyse.samples import ANYTHING
from decidedly.rules.analyse.space import Walk, space_of

from .feel_cases import NIGHTLY
from .test_tables_agree import SCOPE, rows_of_facts, tables


def matched(typed: TypedTable, facts: dict[str, Any]) -> tuple[int, ...]:
    """The rows that match, whatever the hit policy and the allowed values of the results."""
    loose = replace(
        typed,
        table=replace(typed.table, hit="rule order"),
        outputs=tuple(replace(output, allowed=None) for output in typed.outputs),
    )
    return trace_table(loose, {"person": facts}).matched


def facts_of(typed: TypedTable, values: list[Any]) -> dict[str, Any]:
    heads = [column.head.text for column in typed.columns]
    return {head: value for head, value in zip(heads, values, strict=True) if value is not ANYTHING}


def checked(table: DecisionTable) -> TypedTable | None:
    typed, _ = type_table(table, SCOPE)
    if typed is not None:
        assert all(one.severity == "warning" and one.message for one in check_table(typed))
    return typed


@settings(max_examples=2_000 if NIGHTLY else 100, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables(), st.lists(rows_of_facts, min_size=1, max_size=8))
def test_a_gap_matches_nothing_and_without_one_everything_is_matched(
    table: DecisionTable, people: list[dict[str, Any]]
) -> None:
    typed = checked(table)
    if typed is None:
        return
    space = space_of(typed)
    everyone = space.up_to(space.rows)
    for unknown in ([], *([place] for place in range(len(typed.columns)))):
        values = Walk(space).without(everyone, unknown=frozenset(unknown))
        if values is not None:
            assert matched(typed, facts_of(typed, values)) == ()
            assert not trace_table(typed, {"person": facts_of(typed, values)}).fired.problem
        elif space.certain == everyone:
            for person in people:
                own = {column.head.text: person[column.head.text] for column in typed.columns}
                nulls = [place for place, value in enumerate(own.values()) if value is None or value != value]
                if nulls == unknown and "allowed" not in trace_table(typed, {"person": person}).fired.problem:
                    assert matched(typed, person) != ()


@settings(max_examples=2_000 if NIGHTLY else 100, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables(), st.lists(rows_of_facts, min_size=1, max_size=8))
def test_rows_that_overlap_both_match_and_rows_that_do_not_never_do(
    table: DecisionTable, people: list[dict[str, Any]]
) -> None:
    typed = checked(table)
    if typed is None:
        return
    space = space_of(typed)
    found = [matched(typed, person) for person in people
             if "allowed" not in trace_table(typed, {"person": person}).fired.problem]  # fmt: skip
    for row in range(space.rows):
        assert row not in space.never or not any(row in rows for rows in found)
        for other in range(row):
            if not (space.certain >> row & 1 and space.certain >> other & 1):
                continue
            values = Walk(space).without(0, within=space.bit(row) | space.bit(other))
            if values is not None:
                assert {row, other} <= set(matched(typed, facts_of(typed, values)))
                assert space.meets[row] >> other & 1
            else:
                assert not any({row, other} <= set(rows) for rows in found)
    for row in range(1, space.rows):
        if Walk(space).without(space.up_to(row) & space.certain, within=space.bit(row)) is None:
            assert all(not rows or rows[0] != row for rows in found)


@settings(max_examples=500 if NIGHTLY else 60, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables())
def test_a_table_that_ends_with_a_row_of_dashes_has_no_gap(table: DecisionTable) -> None:
    last = Row((*(Cell("-") for _ in table.inputs), Cell(""), Cell("")))
    typed = checked(replace(table, rows=(*table.rows, last), hit="first"))
    if typed is not None:
        assert not any(one.code.startswith("table.gap") for one in check_table(typed))
