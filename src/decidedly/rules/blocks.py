"""Decision tables over columns of facts, in blocks of rows.

The cells become conditions on the tables' columns, so that equal cells and equal columns are computed once in a block;
a row of the table that none of the block can match any more is not looked at further. Outputs are computed once for a
block where they are not written values.

`first` and `unique` run over columns. Under the other hit policies, and where a rule of the table is broken, the
reference decides, for these people alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from decidedly.feel.blocks import BLOCK, Expressions, Rows, why_not
from decidedly.feel.tree import Literal, Local, Node, Span, renumbered

from .hit import Fired
from .reference import fire
from .typed import INPUT, TypedTable

Facts = Mapping[str, Mapping[str, Any]]
"""By root and id, each fact as `feel.blocks.chunks` says."""

NONE = -1
"""The place of a row where none decided, or several or a problem did."""


class FiredBlock(msgspec.Struct, frozen=True):
    """What a table gave for the rows of one block, the first of which is `start`.

    outputs : for each output the plain values of the rows
    rows    : the row of the table that decided, or NONE where it was not one alone
    special : the whole result, by row of the block, of those that the reference decided
    """

    start: int
    outputs: tuple[list[Any], ...]
    rows: NDArray[np.intp]
    special: dict[int, Fired]

    def fired(self, row: int) -> Fired:
        """The result of one row of the block, where one row of the table or none decided."""
        if row in self.special:
            return self.special[row]
        decided = (int(self.rows[row]),) if self.rows[row] != NONE else ()
        return Fired(tuple(values[row] for values in self.outputs), decided)


class TableBlocks:
    """A table over columns of facts."""

    def __init__(self, typed: TypedTable) -> None:
        self.typed = typed
        self.roots = typed.roots
        known: dict[tuple[int, int], Node] = {}
        heads = [renumbered(column.tree, 1_000 * (place + 1))[0] for place, column in enumerate(typed.columns)]
        self.cells: list[list[Node]] = []
        for row in typed.cells:
            cells = []
            for place, cell in enumerate(row):
                key = place, id(cell)
                if key not in known:
                    known[key] = substituted(cell, heads[place])
                if not _always(cell):
                    cells.append(known[key])
            self.cells.append(cells)
        self.allowed = [
            substituted(column.allowed, head)
            for column, head in zip(typed.columns, heads, strict=True)
            if column.allowed is not None
        ]
        self.over_columns = typed.table.hit in ("first", "unique") and not any(o.allowed for o in typed.outputs)
        trees = [cell for row in self.cells for cell in row]
        trees += [*self.allowed, *(value for row in (*typed.values, typed.blank) for value in row)]
        self.expressions = Expressions(trees)

    def why_not(self) -> tuple[tuple[Span, str], ...]:
        """The places and reasons of what runs row by row; empty where all of the table runs over columns."""
        own = () if self.over_columns else ((Span(0, 0, 1, 1), f"'{self.typed.table.hit}' is decided row by row"),)
        return (*own, *(found for tree in self.expressions.trees for found in why_not(tree)))

    def fire(self, facts: Facts, rows: int, *, block: int = BLOCK) -> Iterator[FiredBlock]:
        """The results, block after block."""
        for part in self.expressions.blocks(facts, rows, block=block):
            yield self._block(part)

    def _block(self, part: Rows) -> FiredBlock:
        typed = self.typed
        matched = np.full(part.rows, NONE, np.intp)
        left_to_reference = np.full(part.rows, not self.over_columns, np.bool_)
        for condition in self.allowed:
            left_to_reference |= ~part.true(condition)
        waiting = ~left_to_reference
        first = typed.table.hit == "first"
        for row, cells in enumerate(self.cells):
            if not waiting.any():
                break
            holds = waiting.copy()
            for cell in cells:
                holds &= part.true(cell)
                if not holds.any():
                    break
            if first:
                matched[holds] = row
                waiting &= ~holds
            else:
                left_to_reference |= holds & (matched != NONE)
                matched[holds] = row
        matched[left_to_reference] = NONE
        special = {
            int(place): fire(typed, part.facts(int(place), typed.reads)) for place in np.flatnonzero(left_to_reference)
        }
        outputs = tuple(self._output(place, part, matched, special) for place in range(len(typed.outputs)))
        return FiredBlock(part.start, outputs, matched, special)

    def _output(self, place: int, part: Rows, matched: NDArray[np.intp], special: dict[int, Fired]) -> list[Any]:
        typed = self.typed
        made: list[Any] = [None] * part.rows
        for row in np.unique(matched).tolist():
            value = typed.blank[place] if row == NONE else typed.values[row][place]
            where = np.flatnonzero(matched == row).tolist()
            if isinstance(value, Literal):
                for one in where:
                    made[one] = value.value
            else:
                found = part.value(value).take(np.array(where, np.intp)).plain()
                for one, plain in zip(where, found, strict=True):
                    made[one] = plain
        for one, fired in special.items():
            made[one] = fired.outputs[place]
        return made


def compile_table_blocks(typed: TypedTable) -> TableBlocks:
    """A table over columns of facts."""
    return TableBlocks(typed)


def _always(cell: Node) -> bool:
    return isinstance(cell, Literal) and cell.value is True


def substituted(node: Node, head: Node) -> Node:
    """The tree of a cell with its column's own tree in place of `?`."""
    if isinstance(node, Local) and node.number == INPUT:
        return head
    changes: dict[str, Any] = {}
    for name in node.__struct_fields__[3:]:
        value = getattr(node, name)
        if isinstance(value, Node):
            changes[name] = substituted(value, head)
        elif isinstance(value, tuple) and any(isinstance(item, Node) for item in value):
            changes[name] = tuple(substituted(item, head) if isinstance(item, Node) else item for item in value)
    return msgspec.structs.replace(node, **changes) if changes else node
