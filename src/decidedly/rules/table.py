"""Compiles a typed table to one Python function: the test of every row, and the outputs of those that match."""

from collections.abc import Callable
from typing import Any

import msgspec

from decidedly.feel.diagnostics import START, Diagnostic, Place
from decidedly.feel.lower import Lowering
from decidedly.feel.python import too_deep
from decidedly.feel.scope import Reference, Scope
from decidedly.feel.tree import Literal, Node
from decidedly.feel.types import Type
from decidedly.feel.values import from_plain

from .definition import DecisionTable
from .hit import Fired, Settling
from .read import read_table
from .reference import not_allowed
from .typed import INPUT, Column, Output, TypedTable, type_table


class CompiledTable(msgspec.Struct, frozen=True):
    """A table as a function: `fn(person, action, ...)` gives a `Fired` with outputs, rows and a problem.

    The outputs are in the stored form of their types.
    """

    typed: TypedTable
    source: str
    fn: Callable[..., Fired]

    @property
    def table(self) -> DecisionTable:
        return self.typed.table

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.typed.columns

    @property
    def types(self) -> tuple[Type, ...]:
        """Of the outputs, in which their values are stored; a list of it where the hit policy collects."""
        return self.typed.types

    @property
    def reads(self) -> tuple[Reference, ...]:
        """All facts that the table can read."""
        return self.typed.reads

    def line(self, row: int) -> int:
        """The line of a row in the author's file."""
        return self.typed.line(row)

    def output(self, name: str) -> Callable[..., Any]:
        """A function of the same arguments that gives one output alone; raises KeyError for a name it has not."""
        place, fn = self.typed.place(name), self.fn
        if self.table.hit == "first" and not any(output.allowed for output in self.typed.outputs):
            run: Callable[..., Any] = _generate(self.typed, place)[1]
            return run
        return lambda *facts: fn(*facts).outputs[place]


def compile_table(
    text: str, scope: Scope, *, place: Place = START
) -> tuple[CompiledTable | None, tuple[Diagnostic, ...]]:
    """The table of a text as a function, or None and why; `place` is where the text begins."""
    table, problems = read_table(text, place=place)
    if table is None:
        return None, problems
    return compile_definition(table, scope)


def compile_definition(table: DecisionTable, scope: Scope) -> tuple[CompiledTable | None, tuple[Diagnostic, ...]]:
    """As `compile_table`, of a table that was read before."""
    typed, problems = type_table(table, scope)
    if typed is None:
        return None, problems
    compiled, more = compile_typed(typed)
    return compiled, problems + more


def compile_typed(typed: TypedTable) -> tuple[CompiledTable | None, tuple[Diagnostic, ...]]:
    """As `compile_table`, of a table that was typed before."""
    try:
        source, run = _generate(typed)
    except (SyntaxError, RecursionError, MemoryError):
        return None, (too_deep(typed.table.place),)
    return CompiledTable(typed, source, run), ()


def _generate(typed: TypedTable, only: int | None = None) -> tuple[str, Callable[..., Any]]:
    """The source and function of a table; with `only`, of one output of a first-hit table."""
    form = _Form(typed, only)
    lowering = form.lowering
    names = [lowering.bind(column.tree)[1].text for column in typed.columns]
    body = []
    for column, name in zip(typed.columns, names, strict=True):
        if column.allowed is not None:
            lowering.local[INPUT] = name
            broken = form.fixed(Fired((None,) * len(typed.outputs), (), not_allowed(column.head)))
            body.append(f"if not {lowering.true(column.allowed)}: return {broken}")
    tests = [_row_test(lowering, names, cells) for cells in typed.cells]
    rows = [(row, test) for row, test in enumerate(tests) if test != "False"]
    if typed.table.hit == "first":
        for row, test in rows:
            body.append(f"if {test or True}: return {form.fired(row)}")
            if not test:
                return lowering.function(body)
        return lowering.function([*body, f"return {form.otherwise()}"])
    body.append("found = []")
    body += [f"if {test or True}: found += ({form.hit(row)},)" for row, test in rows]
    body.append(f"return {lowering.constant(form.settled)}(found) if found else {form.otherwise()}")
    return lowering.function(body)


def _row_test(lowering: Lowering, names: list[str], cells: tuple[Node, ...]) -> str:
    parts = []
    for name, cell in zip(names, cells, strict=True):
        lowering.local[INPUT] = name
        test = lowering.true(cell)
        if test != "True":
            parts.append(test)
    return " and ".join(parts) if "False" not in parts else "False"


class _Form:
    """Writes the results of one generated function: whole ones, or with `only` the value of one output."""

    def __init__(self, typed: TypedTable, only: int | None) -> None:
        self.typed = typed
        self.only = only
        self.lowering = Lowering(typed.roots)
        self.settling = _settling(typed)

    def fixed(self, fired: Fired) -> str:
        return self.lowering.constant(fired if self.only is None else fired.outputs[self.only])

    def settled(self, found: list[tuple[int, tuple[Any, ...]]]) -> Fired:
        return self.settling.settle([row for row, _ in found], [outputs for _, outputs in found])

    def fired(self, row: int) -> str:
        """The result of one row that decides alone."""
        values = self.typed.values[row]
        if self.only is not None:
            return self.lowering.value(values[self.only], self.typed.types[self.only])
        fixed = self.literal(values)
        if fixed is not None:
            return self.fixed(self.settling.settle((row,), (fixed,)))
        if any(self.settling.allowed):
            return f"{self.lowering.constant(self.settled)}(({self.hit(row)},))"
        return f"{self.lowering.constant(Fired)}({self.outputs(values)}, {self.lowering.constant((row,))})"

    def hit(self, row: int) -> str:
        """A row with its outputs."""
        values = self.typed.values[row]
        fixed = self.literal(values)
        return self.lowering.constant((row, fixed)) if fixed is not None else f"({row}, {self.outputs(values)})"

    def otherwise(self) -> str:
        """The result where no row matches."""
        if not self.typed.has_default:
            return self.fixed(self.settling.none(None))
        if self.only is not None:
            return self.lowering.value(self.typed.blank[self.only], self.typed.types[self.only])
        fixed = self.literal(self.typed.blank)
        if fixed is not None:
            return self.fixed(self.settling.none(fixed))
        return f"{self.lowering.constant(self.settling.none)}({self.outputs(self.typed.blank)})"

    def literal(self, values: tuple[Node, ...]) -> tuple[Any, ...] | None:
        """The outputs in stored form where all are written values."""
        if not all(isinstance(value, Literal) for value in values):
            return None
        plain = [value.value for value in values if isinstance(value, Literal)]
        return tuple(from_plain(type_, value) for type_, value in zip(self.typed.types, plain, strict=True))

    def outputs(self, values: tuple[Node, ...]) -> str:
        texts = [self.lowering.value(value, type_) for value, type_ in zip(values, self.typed.types, strict=True)]
        return f"({''.join(f'{text},' for text in texts)})"


def _settling(typed: TypedTable) -> Settling:
    """What the hit policy needs to know, for outputs in stored form."""
    orders = tuple(tuple(from_plain(output.type, value) for value in output.order) for output in typed.outputs)
    return msgspec.structs.replace(typed.settling, orders=orders, allowed=tuple(map(_allowed, typed.outputs)))


def _allowed(output: Output) -> Callable[[Any], bool] | None:
    if output.allowed is None:
        return None
    lowering = Lowering(("value",))
    lowering.local[INPUT] = "a0"
    run: Callable[[Any], bool] = lowering.function([f"return {lowering.true(output.allowed)}"])[1]
    return run
