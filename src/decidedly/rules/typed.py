"""A decision table's texts as typed trees: what the reference, the compiler, the columns and the SQL are made from.

A cell tests its column by the rules of DMN 1.5. One addition: where the column is a list, a cell with values of the
list's items asks whether the list contains one of them (`"SPIRITS"`), and not(...) whether it contains none. A list
that is null matches neither. A comparison against a list must say what it means: `some x in ? satisfies x < 5`.

Allowed values (DMN 1.5, 8.3.3) are unary tests. An input with another value, or a result with one, makes the outputs
null and is a problem of that evaluation; written values are checked before. In the playbook null is always allowed for
an input: it says that the fact is not known.
"""

import re
from functools import partial
from typing import Any

import msgspec

from decidedly.feel import evaluate
from decidedly.feel.diagnostics import Diagnostic, Place
from decidedly.feel.parser import parse, parse_tests
from decidedly.feel.scope import Reference, Scope
from decidedly.feel.tree import Compare, Literal, Local, Member, Node, Or, Span, references
from decidedly.feel.types import (
    ANY,
    BOOLEAN,
    INTEGER,
    NULL,
    ListOf,
    Money,
    Number,
    Real,
    Type,
    at_scale,
    conforms,
    join,
)

from .definition import Cell, DecisionTable
from .hit import Settling

INPUT = 1
"""The number of `?` in the tree of a cell."""
SUMMED_DIGITS = 4
"""Digits that a sum over the rows of a table can add: `read.ROW_LIMIT` has four."""

_NOWHERE = Span(0, 0, 1, 1)
_NULL = Literal(_NOWHERE, NULL, 1, None)
_UNKNOWN = Literal(_NOWHERE, ANY, 1, None)
_VALUES = Scope.of({})


class Column(msgspec.Struct, frozen=True):
    """An input column: its expression and type, all facts that it and its cells read, and a condition on `?` that its
    allowed values meet."""

    head: Cell
    tree: Node
    type: Type
    reads: tuple[Reference, ...]
    allowed: Node | None = None


class Output(msgspec.Struct, frozen=True):
    """An output column.

    type    : in which its values are stored; a list of it where the hit policy collects: see `result_type`
    default : its value where no row matches
    allowed : a condition on `?` that its values meet
    order   : its allowed values, plain, where they are written one by one: the first has the highest priority
    """

    head: Cell
    type: Type
    default: Node | None = None
    allowed: Node | None = None
    order: tuple[Any, ...] = ()


class TypedTable(msgspec.Struct, frozen=True):
    """A table as trees.

    cells  : row by row, the condition of each input cell on its column as `?`, the Local of number INPUT
    values : row by row, the trees of the outputs
    roots  : of the scope in which it was read
    """

    table: DecisionTable
    columns: tuple[Column, ...]
    outputs: tuple[Output, ...]
    cells: tuple[tuple[Node, ...], ...]
    values: tuple[tuple[Node, ...], ...]
    reads: tuple[Reference, ...]
    roots: tuple[str, ...]

    @property
    def types(self) -> tuple[Type, ...]:
        """The types of the outputs, in which their values are stored."""
        return tuple(output.type for output in self.outputs)

    @property
    def blank(self) -> tuple[Node, ...]:
        """The outputs where no row matches."""
        return tuple(_NULL if output.default is None else output.default for output in self.outputs)

    @property
    def has_default(self) -> bool:
        """Whether an output has a value for where no row matches."""
        return any(output.default is not None for output in self.outputs)

    @property
    def settling(self) -> Settling:
        """What the hit policy needs to know, for outputs in plain form."""
        return Settling(
            self.table.hit,
            tuple(output.head.text for output in self.outputs),
            tuple(output.order for output in self.outputs),
            tuple(None if output.allowed is None else partial(_allows, output.allowed) for output in self.outputs),
        )

    def line(self, row: int) -> int:
        """The line of a row in the author's file."""
        return self.table.rows[row].place.line

    def place(self, name: str) -> int:
        """The place of an output; raises KeyError for a name that the table has not."""
        names = [output.head.text for output in self.outputs]
        if name not in names:
            raise KeyError(name)
        return names.index(name)


def type_table(
    table: DecisionTable, scope: Scope, *, lenient: bool = False
) -> tuple[TypedTable | None, tuple[Diagnostic, ...]]:
    """The trees of a table, or None and what is wrong with its texts.

    lenient : as a decision model is read: mistakes of types and names are warnings, see `feel.parser.parse`
    """
    author = _Author(table, scope, lenient)
    heads = [author.expression(cell) for cell in table.inputs]
    allowed = [author.allowed(cell.text, head.type, scope) for cell, head in zip(table.inputs, heads, strict=True)]
    width = len(heads)
    types = [head.type for head in heads]
    cells = tuple(
        tuple(author.test(place, cell, types[place], allowed[place]) for place, cell in enumerate(row.cells[:width]))
        for row in table.rows
    )
    values = tuple(tuple(author.result(cell) for cell in row.cells[width:]) for row in table.rows)
    outputs = tuple(author.output(place, [row[place] for row in values]) for place in range(len(table.outputs)))
    if any(problem.severity == "error" for problem in author.problems):
        return None, tuple(author.problems)
    conditions = [author.or_null(one, type_) for one, type_ in zip(allowed, types, strict=True)]
    columns = tuple(
        Column(cell, head, head.type, _reads(head, *(row[place] for row in cells)), conditions[place])
        for place, (cell, head) in enumerate(zip(table.inputs, heads, strict=True))
    )
    defaults = [output.default for output in outputs if output.default is not None]
    everything = [*heads, *(node for row in (*cells, *values) for node in row), *defaults]
    typed = TypedTable(table, columns, outputs, cells, values, _reads(*everything), scope.roots)
    return typed, tuple(author.problems)


class _Author:
    """Parses the texts of a table and collects what is wrong with them; equal cells of a column are parsed once."""

    def __init__(self, table: DecisionTable, scope: Scope, lenient: bool) -> None:
        self.table = table
        self.scope = scope
        self.lenient = lenient
        self.problems: list[Diagnostic] = []
        self.known_cells: dict[tuple[int, str], Node] = {}

    def keep(self, key: tuple[int, str], node: Node | None, problems: tuple[Diagnostic, ...]) -> Node:
        self.problems.extend(problems)
        if node is None:
            return _UNKNOWN
        if not problems:
            self.known_cells[key] = node
        return node

    def report(self, code: str, message: str, hint: str, place: Place) -> None:
        self.problems.append(Diagnostic(code, message, hint, place, "warning" if self.lenient else "error"))

    def expression(self, cell: Cell) -> Node:
        key = (-1, cell.text)
        if key in self.known_cells:
            return self.known_cells[key]
        return self.keep(key, *parse(cell.text, self.scope, place=cell.place, lenient=self.lenient))

    def result(self, cell: Cell) -> Node:
        return _NULL if cell.text in ("", "-") else self.expression(cell)

    def test(self, place: int, cell: Cell, type_: Type, allowed: Node | None) -> Node:
        key = (place, cell.text)
        node = self.known_cells.get(key)
        if node is None:
            node = self.keep(key, *parse_tests(cell.text, self.scope, type_, place=cell.place, lenient=self.lenient))
        if allowed is not None:
            self.check_allowed(_tested(node), allowed, cell, self.table.inputs[place].text)
        return node

    def allowed(self, head: str, type_: Type, scope: Scope) -> Node | None:
        """The condition on `?` of the allowed values of a column, if it has some."""
        text = self.table.allowed.get(head)
        if text is None:
            return None
        place = self.header("allowed")
        node, problems = parse_tests(text, scope, type_, place=place, lenient=self.lenient)
        self.problems.extend(msgspec.structs.replace(problem, place=place) for problem in problems)
        return node

    def or_null(self, allowed: Node | None, type_: Type) -> Node | None:
        if allowed is None or self.lenient:
            return allowed
        null = Compare(allowed.at, BOOLEAN, 2, "=", Local(allowed.at, type_, 1, "?", INPUT), _NULL)
        return Or(allowed.at, BOOLEAN, allowed.height + 1, (null, allowed))

    def check_allowed(self, values: list[Any], allowed: Node, cell: Cell, head: str) -> None:
        for value in values:
            if value is not None and not _allows(allowed, value):
                hint = f"Allowed are {self.table.allowed[head]}."
                self.report("table.allowed", f"'{value}' is not an allowed value.", hint, cell.place)

    def output(self, place: int, values: list[Node]) -> Output:
        table, head = self.table, self.table.outputs[place]
        default = None
        if head.text in table.defaults:
            default = self.result(Cell(table.defaults[head.text], self.header("default")))
        type_ = self.output_type(place, values, default)
        allowed = self.allowed(head.text, type_, _VALUES)
        width = len(table.inputs)
        if allowed is not None:
            for row, value in zip(table.rows, values, strict=True):
                if isinstance(value, Literal):
                    self.check_allowed([value.value], allowed, row.cells[width + place], head.text)
        return Output(head, type_, default, allowed, _order(table.allowed.get(head.text)))

    def output_type(self, place: int, values: list[Node], default: Node | None) -> Type:
        table = self.table
        type_: Type = NULL
        for row, value in enumerate([*values, *([default] if default else [])]):
            joined = join(type_, value.type)
            if joined is None:
                if self.lenient:
                    return ANY
                at = table.rows[row].cells[len(table.inputs) + place].place if row < len(values) else table.place
                message = f"This result is of type {value.type}, but those above are of type {type_}."
                self.report("table.output-type", message, "", at)
                return ANY
            type_ = joined
        sums = table.hit in ("collect +", "collect <", "collect >")
        if sums and not self.lenient and not isinstance(type_, Number | Money | Real):
            message = f"'{table.hit}' works on numbers, but '{table.outputs[place].text}' is of type {type_}."
            self.report("table.output-type", message, "", table.outputs[place].place)
        if table.hit == "collect #" and default is not None and not conforms(default.type, INTEGER):
            message = f"A table that counts gives whole numbers, but this default is of type {default.type}."
            self.report("table.output-type", message, "", self.header("default"))
        return ANY if type_ == NULL else type_

    def header(self, key: str) -> Place:
        """The line above the table in which a setting stands."""
        start = self.table.place
        found = next((n for n, line in enumerate(self.table.header) if re.match(rf"\s*\[?{key}\b", line)), None)
        return start if found is None else Place(start.file, start.line + found, 1, len(self.table.header[found]))


def _allows(allowed: Node, value: Any) -> bool:
    return evaluate(allowed, {}, {INPUT: value}) is True


def _order(text: str | None) -> tuple[Any, ...]:
    if text is None:
        return ()
    node, _ = parse(f"[{text}]", _VALUES)
    items = getattr(node, "items", ())
    return tuple(item.value for item in items) if all(isinstance(item, Literal) for item in items) else ()


def _tested(node: Node) -> list[Any]:
    if isinstance(node, Member):
        return [value.value for value in node.values]
    if isinstance(node, Compare) and node.op == "=" and isinstance(node.right, Literal):
        return [node.right.value]
    return [value for part in getattr(node, "parts", ()) for value in _tested(part)]


def _reads(*nodes: Node) -> tuple[Reference, ...]:
    # Equal cells are one tree: walk each once.
    once = {id(node): node for node in nodes}
    return tuple(dict.fromkeys(reference for node in once.values() for reference in references(node)))


def result_type(typed: TypedTable, place: int) -> Type:
    """The type of an output as the hit policy gives it: a list where it collects, a count for C#."""
    hit, type_ = typed.table.hit, typed.outputs[place].type
    if hit == "collect #":
        return INTEGER
    if hit == "collect +" and isinstance(type_, Number | Money):
        return at_scale(type_, type_.scale, type_.digits + SUMMED_DIGITS)
    return ListOf(type_) if hit in ("collect", "rule order", "output order") else type_


def is_condition(typed: TypedTable, name: str) -> bool:
    """Whether an output is true or false, so that it can serve as a policy."""
    return conforms(result_type(typed, typed.place(name)), BOOLEAN)
