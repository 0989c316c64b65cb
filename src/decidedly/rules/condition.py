"""A decision table as one expression, so that a table may stand wherever one may (a segment in a rule, a decision)."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from decidedly.feel import tree
from decidedly.feel.tree import Literal, Node, renumbered
from decidedly.feel.types import BOOLEAN

from .typed import INPUT, TypedTable


def as_expression(typed: TypedTable, output: str) -> Node:
    """The tree of one output of a first-hit table: if the first row fits then its result, otherwise the next.

    Raises KeyError for an output that the table has not, ValueError for another hit policy.
    """
    if typed.table.hit != "first":
        raise ValueError(f"a table with hit = '{typed.table.hit}' is no single expression")
    place = typed.place(output)
    found = typed.blank[place]
    for row in reversed(range(len(typed.cells))):
        value, test = typed.values[row][place], row_condition(typed, row)
        if test is None:
            found = value
            continue
        height = 1 + max(test.height, value.height, found.height)
        found = tree.If(test.at, typed.outputs[place].type, height, test, value, found)
    return found


def row_condition(typed: TypedTable, row: int) -> Node | None:
    """The conditions of a row as one tree; None where it fits everybody."""
    tests = [
        _in_place(cell, column.tree)
        for cell, column in zip(typed.cells[row], typed.columns, strict=True)
        if not (isinstance(cell, Literal) and cell.value is True)
    ]
    if len(tests) < 2:
        return tests[0] if tests else None
    return tree.And(tests[0].at, BOOLEAN, 1 + max(one.height for one in tests), tuple(tests))


def _in_place(cell: Node, column: Node) -> Node:
    """The cell with the column's expression where `?` stands."""
    _, highest = renumbered(cell, 0)
    head, _ = renumbered(column, highest)
    return _replaced(cell, head)


def _replaced(node: Node, head: Node) -> Node:
    if isinstance(node, tree.Local) and node.number == INPUT:
        return head
    changes: dict[str, Any] = {}
    for name in node.__struct_fields__[3:]:
        value = getattr(node, name)
        if isinstance(value, Node):
            changes[name] = _replaced(value, head)
        elif isinstance(value, tuple) and any(isinstance(item, Node) for item in value):
            changes[name] = tuple(_replaced(item, head) if isinstance(item, Node) else item for item in value)
    if not changes:
        return node
    made = replace(node, **changes)
    return replace(made, height=1 + max(child.height for child in tree.children(made)))
