"""Decides a table by the reference interpreter: slow, exact, the oracle of every compiled form, and the explanation.

Values are plain. `trace_table` is the same walk that also says why: which rows matched, which cell was against each row
that did not, which facts decided, and where a value became null.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from decidedly.feel import trace
from decidedly.feel.diagnostics import Place
from decidedly.feel.functions import plain_number
from decidedly.feel.interpret import widened
from decidedly.feel.scope import Reference
from decidedly.feel.tree import Literal, Node, Span

from .definition import Cell
from .hit import Fired
from .typed import INPUT, TypedTable

Facts = Mapping[str, Mapping[str, Any]]


class Tested(msgspec.Struct, frozen=True):
    """A row that was looked at: it matched (`against` is None), or its cell in the column `against` was not true.

    value : of that cell: False, or None where it cannot be said because something is not known
    """

    row: int
    against: int | None = None
    value: Any = True


class TableTrace(msgspec.Struct, frozen=True):
    """Why a table gave what it gave.

    inputs  : the plain value of each column
    tested  : the rows that were looked at; under `first` those up to the one that matched
    decided : the facts of the columns that kept or excluded a row, and of the outputs that were taken
    read    : all facts that were read, with their plain values
    nulls   : where null arose from values that were not null
    """

    fired: Fired
    inputs: tuple[Any, ...]
    tested: tuple[Tested, ...]
    decided: tuple[Reference, ...]
    read: tuple[tuple[Reference, Any], ...]
    nulls: tuple[Place, ...]

    @property
    def matched(self) -> tuple[int, ...]:
        """The rows whose cells are all true."""
        return tuple(one.row for one in self.tested if one.against is None)


def fire(typed: TypedTable, facts: Facts, *, plain: bool = False) -> Fired:
    """What a table gives, with its outputs as plain values.

    facts : by root and id, in the stored form of their types; with `plain` they are plain values already
    """
    return trace_table(typed, facts, plain=plain).fired


def trace_table(typed: TypedTable, facts: Facts, *, plain: bool = False) -> TableTrace:
    """As `fire`, with the reasons."""
    return _Firing(typed, facts, plain).run()


class _Firing:
    def __init__(self, typed: TypedTable, facts: Facts, plain: bool) -> None:
        self.typed = typed
        self.facts = facts
        self.plain = plain
        self.inputs: list[Any] = []
        self.heads: list[tuple[Reference, ...]] = []
        self.read: dict[Reference, Any] = {}
        self.decided: dict[Reference, None] = {}
        self.nulls: dict[Place, None] = {}

    def run(self) -> TableTrace:
        typed = self.typed
        for column in typed.columns:
            value, read = self.value(column.tree, column.head)
            self.inputs.append(value)
            self.heads.append(read)
        tested: list[Tested] = []
        problem = self.not_allowed()
        if problem:
            fired = Fired((None,) * len(typed.outputs), (), problem)
        else:
            for row in range(len(typed.cells)):
                tested.append(self.row(row))
                if tested[-1].against is None and typed.table.hit == "first":
                    break
            matched = [one.row for one in tested if one.against is None]
            found = [self.outputs(typed.values[row], row) for row in matched]
            if matched:
                fired = typed.settling.settle(matched, found)
            else:
                fired = typed.settling.none(self.outputs(typed.blank, None) if typed.has_default else None)
        # The hit policy counts in whole numbers.
        outputs = tuple(plain_number(output) for output in fired.outputs)
        return TableTrace(
            msgspec.structs.replace(fired, outputs=outputs),
            tuple(self.inputs),
            tuple(tested),
            tuple(self.decided),
            tuple(self.read.items()),
            tuple(self.nulls),
        )

    def value(self, node: Node, cell: Cell, inputs: dict[int, Any] | None = None) -> tuple[Any, tuple[Reference, ...]]:
        done = trace(node, self.facts, inputs, plain=self.plain)
        self.read.update(done.read)
        self.nulls.update((place_in(cell, span), None) for span in done.nulls)
        return done.value, tuple(reference for reference, _ in done.read)

    def not_allowed(self) -> str:
        for column, value, heads in zip(self.typed.columns, self.inputs, self.heads, strict=True):
            if column.allowed is not None and trace(column.allowed, self.facts, {INPUT: value}).value is not True:
                self.decided.update(dict.fromkeys(heads))
                return not_allowed(column.head)
        return ""

    def row(self, row: int) -> Tested:
        cells = zip(self.typed.cells[row], self.typed.table.rows[row].cells, strict=False)
        decided: dict[Reference, None] = {}
        for place, (node, cell) in enumerate(cells):
            if isinstance(node, Literal) and node.value is True:
                continue
            value, read = self.value(node, cell, {INPUT: self.inputs[place]})
            decided.update(dict.fromkeys((*self.heads[place], *read)))
            if value is not True:
                self.decided.update(dict.fromkeys((*self.heads[place], *read)))
                return Tested(row, place, value)
        self.decided.update(decided)
        return Tested(row)

    def outputs(self, values: tuple[Node, ...], row: int | None) -> tuple[Any, ...]:
        found = []
        for place, (node, output) in enumerate(zip(values, self.typed.outputs, strict=True)):
            cell = output.head
            if row is not None:
                cell = self.typed.table.rows[row].cells[len(self.typed.columns) + place]
            value, read = self.value(node, cell)
            self.decided.update(dict.fromkeys(read))
            found.append(widened(output.type, value))
        return tuple(found)


def not_allowed(head: Cell) -> str:
    """The problem of an input with a value that its column does not allow."""
    return f"'{head.text}' has a value that is not allowed"


def place_in(cell: Cell, span: Span) -> Place:
    """The place of a part of a cell's text. Equal cells share one tree, whose own places are those of the first."""
    before = cell.text.count("\n", 0, span.start)
    column = span.start - (cell.text.rfind("\n", 0, span.start) + 1) + (cell.place.column if before == 0 else 1)
    return Place(cell.place.file, cell.place.line + before, column, span.end - span.start)
