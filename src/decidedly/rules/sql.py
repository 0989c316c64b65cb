"""A decision table as expressions of SQL: the row that decides, and each output as a CASE over it.

Tables with the hit policies first, unique and priority run as SQL where all their cells and results do; others fall
back to the row function, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlglot import exp

from decidedly.feel.sql import Columns, Engine, Reason, Sql, by_id
from decidedly.feel.sql.compile import emitter_for
from decidedly.feel.sql.dialect import Expr, both, case, equals, less, negation, number, plus, true
from decidedly.feel.sql.emit import Emitter
from decidedly.feel.sql.forms import Exact, FallsBack, Null
from decidedly.feel.sql.nodes import one_form
from decidedly.feel.tree import Literal, Node

from .typed import INPUT, TypedTable


class TableSql(msgspec.Struct, frozen=True):
    """row: the row that decides, from 0; null where none does, and of a unique table where several match."""

    row: Sql
    outputs: tuple[Sql, ...]


def table_to_sql(
    typed: TypedTable, *, engine: Engine = "duckdb", columns: Columns = by_id
) -> tuple[TableSql | None, tuple[Reason, ...]]:
    """The expressions of a table, or None and why it runs row by row. The outputs are what the compiled table gives."""
    try:
        return _made(typed, emitter_for(engine, columns), engine), ()
    except FallsBack as why:
        return None, (Reason(why.at or typed.columns[0].tree.at, why.reason),)


def _made(typed: TypedTable, emitter: Emitter, engine: Engine) -> TableSql:
    hit = typed.table.hit
    if hit not in ("first", "unique", "priority"):
        raise FallsBack(f"a table with hit = '{hit}' gathers rows")
    if any(column.allowed is not None for column in typed.columns):
        raise FallsBack("it checks that its inputs are allowed")
    heads = [emitter.value(column.tree) for column in typed.columns]

    def matches(cells: Sequence[Node]) -> Expr:
        parts = []
        for head, cell in zip(heads, cells, strict=True):
            emitter.local[INPUT] = head
            if not (isinstance(cell, Literal) and cell.value is True):
                parts.append(emitter.holds(cell))
        return both(*parts) if parts else true()

    tests = [matches(cells) for cells in typed.cells]
    row = case(*((tests[place], number(place)) for place in _order(typed)))
    if hit == "unique":
        found: Expr = number(0)
        for test in tests:
            found = plus(found, case((test, number(1)), otherwise=number(0)))
        row = case((equals(found, number(1)), row))
        several = less(number(1), found)
    else:
        several = exp.Boolean(this=False)

    def sql(expression: Expr, form: Any) -> Sql:
        return Sql(engine, expression, form, typed.reads)

    outputs = []
    for place, output in enumerate(typed.outputs):
        if output.allowed is not None and not _written(typed, place):
            raise FallsBack("it checks that its results are allowed")
        made = [emitter.value(values[place]) for values in typed.values]
        blank = emitter.value(typed.blank[place])
        form = one_form(emitter, [*made, blank], output.type)
        if isinstance(form, Null):
            outputs.append(sql(exp.Null(), form))
            continue
        given = [emitter.convert(one, form) for one in made]
        chosen = exp.Case(
            this=row, ifs=[exp.If(this=number(at), true=value) for at, value in enumerate(given)],
            default=emitter.convert(blank, form),
        )  # fmt: skip
        # A broken table gives null, not its defaults.
        outputs.append(sql(case((negation(several), chosen)) if hit == "unique" else chosen, form))
    return TableSql(sql(row, Exact(0, 4)), tuple(outputs))


def _order(typed: TypedTable) -> list[int]:
    """The rows in the order in which they decide."""
    rows = list(range(len(typed.cells)))
    if typed.table.hit != "priority":
        return rows
    if not all(_written(typed, place) for place, output in enumerate(typed.outputs) if output.order):
        raise FallsBack("its rows are ranked by results that are computed")

    def rank(row: int) -> tuple[int, ...]:
        values = [getattr(value, "value", None) for value in typed.values[row]]
        return tuple(
            output.order.index(value) if value in output.order else len(output.order)
            for output, value in zip(typed.outputs, values, strict=True)
        )

    return sorted(rows, key=rank)


def _written(typed: TypedTable, place: int) -> bool:
    return all(isinstance(values[place], Literal) for values in typed.values)
