"""Compiles a decision table to one Python function: the test of every row, and the outputs of those that match.

A cell tests its column by the rules of DMN 1.5. One addition: where the column is a list, a cell with values of the
list's items asks whether the list contains one of them (`"SPIRITS"`), and not(...) whether it contains none. A list
that is null matches neither. A comparison against a list must say what it means: `some x in ? satisfies x < 5`.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from decidedly.feel.diagnostics import START, Diagnostic, Place
from decidedly.feel.lower import Lowering
from decidedly.feel.parser import parse, parse_tests
from decidedly.feel.python import too_deep
from decidedly.feel.scope import Reference, Scope
from decidedly.feel.tree import Compare, Literal, Member, Node, Span, references
from decidedly.feel.types import ANY, BOOLEAN, INTEGER, NULL, ListOf, Money, Number, Real, Type, conforms, join
from decidedly.feel.values import from_plain

from .definition import Cell, DecisionTable
from .hit import Fired, rows_that_match, settle
from .read import read_table

_INPUT = 1  # The number of `?` in the tree of a cell.
_NOWHERE = Span(0, 0, 1, 1)
_NULL = Literal(_NOWHERE, NULL, 1, None)
_UNKNOWN = Literal(_NOWHERE, ANY, 1, None)


class Column(msgspec.Struct, frozen=True):
    """An input column: its expression and type, and all facts that it and its cells read."""

    head: Cell
    tree: Node
    type: Type
    reads: tuple[Reference, ...]


class CompiledTable(msgspec.Struct, frozen=True):
    """A table as a function: `fn(person, action, ...)` gives a `Fired` with outputs, rows and a problem.

    types  : of the outputs, in which their values are stored; a list of it where the hit policy collects
    cells  : row by row, the condition of each input cell on its column as `?`
    values : row by row, the trees of the outputs
    """

    table: DecisionTable
    columns: tuple[Column, ...]
    cells: tuple[tuple[Node, ...], ...]
    values: tuple[tuple[Node, ...], ...]
    defaults: tuple[Node | None, ...]
    types: tuple[Type, ...]
    reads: tuple[Reference, ...]
    source: str
    fn: Callable[..., Fired]
    roots: tuple[str, ...]

    def line(self, row: int) -> int:
        """The line of a row in the author's file."""
        return self.table.rows[row].place.line

    def output(self, name: str) -> Callable[..., Any]:
        """A function of the same arguments that gives one output alone; raises KeyError for a name it has not."""
        names = [cell.text for cell in self.table.outputs]
        if name not in names:
            raise KeyError(name)
        place, fn = names.index(name), self.fn
        if self.table.hit == "first":
            run: Callable[..., Any] = _generate(self, Lowering(self.roots), place)[1]
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
    author = _Author(scope)
    allowed = {head: author.allowed(text, table.place) for head, text in table.allowed.items()}
    heads = [author.expression(cell) for cell in table.inputs]
    width = len(heads)
    cells = tuple(
        tuple(
            author.test(cell, head.type, allowed.get(table.inputs[place].text))
            for place, (cell, head) in enumerate(zip(row.cells, heads, strict=False))
        )
        for row in table.rows
    )
    values = tuple(
        tuple(
            author.result(cell, allowed.get(output.text))
            for cell, output in zip(row.cells[width:], table.outputs, strict=True)
        )
        for row in table.rows
    )
    defaults = tuple(
        author.expression(Cell(table.defaults[output.text], table.place)) if output.text in table.defaults else None
        for output in table.outputs
    )
    types = tuple(
        author.output_type(table, place, [row[place] for row in values], default)
        for place, default in enumerate(defaults)
    )
    if any(problem.severity == "error" for problem in author.problems):
        return None, tuple(author.problems)
    columns = tuple(
        Column(cell, head, head.type, _reads(head, *(row[place] for row in cells)))
        for place, (cell, head) in enumerate(zip(table.inputs, heads, strict=True))
    )
    everything = [*heads, *(n for row in (*cells, *values) for n in row), *(d for d in defaults if d is not None)]
    draft = CompiledTable(
        table, columns, cells, values, defaults, types, _reads(*everything), "", _never, scope.roots
    )  # fmt: skip
    try:
        source, run = _generate(draft, Lowering(scope.roots), None)
    except (SyntaxError, RecursionError, MemoryError):
        return None, (*author.problems, too_deep(table.place))
    return msgspec.structs.replace(draft, source=source, fn=run), tuple(author.problems)


class _Author:
    """Parses the texts of a table and collects what is wrong with them; equal cells of a column are parsed once."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.problems: list[Diagnostic] = []

    def keep(self, node: Node | None, problems: tuple[Diagnostic, ...]) -> Node:
        self.problems.extend(problems)
        return _UNKNOWN if node is None else node

    def expression(self, cell: Cell) -> Node:
        return self.keep(*parse(cell.text, self.scope, place=cell.place))

    def result(self, cell: Cell, allowed: list[Any] | None) -> Node:
        if cell.text in ("", "-"):
            return _NULL
        node = self.expression(cell)
        if allowed is not None and isinstance(node, Literal):
            self.check_allowed([node.value], allowed, cell)
        return node

    def test(self, cell: Cell, type_: Type, allowed: list[Any] | None) -> Node:
        node = self.keep(*parse_tests(cell.text, self.scope, type_, place=cell.place))
        if allowed is not None:
            self.check_allowed(_tested(node), allowed, cell)
        return node

    def allowed(self, text: str, place: Place) -> list[Any]:
        """The literals of a list of allowed values, in their order."""
        node = self.keep(*parse(f"[{text}]", self.scope, place=place))
        items = getattr(node, "items", ())
        if not all(isinstance(item, Literal) for item in items):
            self.problems.append(Diagnostic("table.allowed", "Allowed values are written values.", "", place))
        return [item.value for item in items if isinstance(item, Literal)]

    def check_allowed(self, values: list[Any], allowed: list[Any], cell: Cell) -> None:
        for value in values:
            if value is not None and value not in allowed:
                shown = ", ".join(f'"{v}"' if isinstance(v, str) else str(v) for v in allowed)
                message = f"'{value}' is not an allowed value."
                self.problems.append(Diagnostic("table.allowed", message, f"Allowed are {shown}.", cell.place))

    def output_type(self, table: DecisionTable, place: int, values: list[Node], default: Node | None) -> Type:
        type_: Type = NULL
        for row, value in enumerate([*values, *([default] if default else [])]):
            joined = join(type_, value.type)
            if joined is None:
                at = table.rows[row].cells[len(table.inputs) + place].place if row < len(values) else table.place
                message = f"This result is of type {value.type}, but those above are of type {type_}."
                self.problems.append(Diagnostic("table.output-type", message, "", at))
                return ANY
            type_ = joined
        if table.hit in ("collect +", "collect <", "collect >") and not isinstance(type_, Number | Money | Real):
            message = f"'{table.hit}' works on numbers, but '{table.outputs[place].text}' is of type {type_}."
            self.problems.append(Diagnostic("table.output-type", message, "", table.outputs[place].place))
        return ANY if type_ == NULL else type_


def _tested(node: Node) -> list[Any]:
    if isinstance(node, Member):
        return [value.value for value in node.values]
    if isinstance(node, Compare) and node.op == "=" and isinstance(node.right, Literal):
        return [node.right.value]
    return [value for part in getattr(node, "parts", ()) for value in _tested(part)]


def _reads(*nodes: Node) -> tuple[Reference, ...]:
    return tuple(dict.fromkeys(reference for node in nodes for reference in references(node)))


def _never(*_: Any) -> Fired:
    raise AssertionError("this table was not compiled")


def _generate(table: CompiledTable, lowering: Lowering, only: int | None) -> tuple[str, Callable[..., Any]]:
    """The source and function of a table; with `only`, of one output of a first-hit table."""
    names = [lowering.bind(column.tree)[1].text for column in table.columns]
    tests = [_row_test(lowering, names, cells) for cells in table.cells]
    blank = tuple(default if default is not None else _NULL for default in table.defaults)
    if table.table.hit == "first":
        body = []
        for row, (test, values) in enumerate(zip(tests, table.values, strict=True)):
            if test == "False":
                continue
            result = _result(lowering, table.types, values, (row,), only)
            body.append(f"if {test}: return {result}" if test else f"return {result}")
            if not test:
                break
        else:
            body.append(f"return {_result(lowering, table.types, blank, (), only)}")
        return lowering.function(body)
    found = f"{lowering.constant(rows_that_match)}(({''.join(f'{test or True},' for test in tests)}))"
    rows = "".join(f"{_outputs(lowering, table.types, values)}," for values in table.values)
    default = _outputs(lowering, table.types, blank) if any(table.defaults) else "None"
    orders = [_order(table, place) for place in range(len(table.types))]
    resolve = lowering.constant(partial(settle, table.table.hit, orders, table.types))
    return lowering.function([f"return {resolve}({found}, ({rows}), {default})"])


def _row_test(lowering: Lowering, names: list[str], cells: tuple[Node, ...]) -> str:
    parts = []
    for name, cell in zip(names, cells, strict=True):
        lowering.local[_INPUT] = name
        test = lowering.true(cell)
        if test != "True":
            parts.append(test)
    return " and ".join(parts) if "False" not in parts else "False"


def _result(
    lowering: Lowering, types: tuple[Type, ...], values: tuple[Node, ...], rows: tuple[int, ...], only: int | None
) -> str:
    if only is not None:
        return lowering.value(values[only], types[only])
    if all(isinstance(value, Literal) for value in values):
        plain = [value.value for value in values if isinstance(value, Literal)]
        fixed = tuple(from_plain(type_, value) for type_, value in zip(types, plain, strict=True))
        return lowering.constant(Fired(fixed, rows))
    return f"{lowering.constant(Fired)}({_outputs(lowering, types, values)}, {lowering.constant(rows)})"


def _outputs(lowering: Lowering, types: tuple[Type, ...], values: tuple[Node, ...]) -> str:
    return "(" + "".join(f"{lowering.value(value, type_)}," for type_, value in zip(types, values, strict=True)) + ")"


def _order(table: CompiledTable, place: int) -> list[Any]:
    """The allowed values of an output in stored form: the first has the highest priority."""
    text = table.table.allowed.get(table.table.outputs[place].text)
    if text is None:
        return []
    node, _ = parse(f"[{text}]", Scope.of({}))
    items = getattr(node, "items", ())
    return [from_plain(table.types[place], item.value) for item in items if isinstance(item, Literal)]


def result_type(table: CompiledTable, place: int) -> Type:
    """The type of an output as the hit policy gives it: a list where it collects, a count for C#."""
    hit, type_ = table.table.hit, table.types[place]
    if hit == "collect #":
        return INTEGER
    return ListOf(type_) if hit in ("collect", "rule order", "output order") else type_


def is_condition(table: CompiledTable, name: str) -> bool:
    """Whether an output is true or false, so that it can serve as a policy."""
    place = [cell.text for cell in table.table.outputs].index(name)
    return conforms(result_type(table, place), BOOLEAN)
