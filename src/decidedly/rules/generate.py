"""Writes the Python of a typed table, in one of two forms that give the same.

A chain of ifs, row after row, is fastest for a few rows of which the first decides. Everything else is looked up in the
index: a mask for each column, their AND, and the result of the first row, or of all rows by the hit policy. Cells that
cannot be looked up are tested after, each once for all rows that have it and may still match.
"""

from bisect import bisect_right
from collections.abc import Callable
from typing import Any

import msgspec

from decidedly.feel.lower import Lowering
from decidedly.feel.tree import Literal, Node
from decidedly.feel.types import INTEGER, Type
from decidedly.feel.values import from_plain

from .hit import Fired, Settling
from .index import ColumnIndex, TableIndex, build_index
from .reference import not_allowed
from .typed import INPUT, Output, TypedTable

CHAIN_ROWS = 8
"""Most rows of a first-hit table that is written as ifs (bench/rules.py)."""
COMPARED = 10
"""Most cuts of a column that are compared one by one, without a call of `bisect`."""

_SURE_HEIGHT = 20
"""Trees up to this height are never too deep for Python."""

Found = list[tuple[int, tuple[Any, ...]]]


def generate(typed: TypedTable, only: int | None = None) -> tuple[str, Callable[..., Any]]:
    """The source and function of a table; with `only`, of one output of a first-hit table.

    May raise SyntaxError, RecursionError or MemoryError where Python itself refuses the source.
    """
    form = _Form(typed, only)
    lowering = form.lowering
    names = [lowering.bind(column.tree)[1].text for column in typed.columns]
    body = []
    for column, name in zip(typed.columns, names, strict=True):
        if column.allowed is not None:
            lowering.local[INPUT] = name
            body.append(
                f"if not {lowering.true(column.allowed)}: return {form.fixed(form.broken(not_allowed(column.head)))}"
            )
    index = None
    if typed.table.hit != "first" or len(typed.cells) > CHAIN_ROWS:
        index = build_index([column.type for column in typed.columns], typed.cells)
    if index is None or (typed.table.hit == "first" and not worth_it(index)):
        body += _chain(form, names)
    else:
        body += _looked_up(form, names, index)
    spent = form.fixed(form.broken("it takes too many steps"))
    return lowering.function(body, spent)


def worth_it(index: TableIndex) -> bool:
    """Whether looking up saves more than the tests that are left cost, where a chain would stop at the first row."""
    return index.looked_up > len(index.rest)


def _chain(form: "_Form", names: list[str]) -> list[str]:
    """Row after row, until one matches."""
    body: list[str] = []
    for row, cells in enumerate(form.typed.cells):
        parts = []
        for name, cell in zip(names, cells, strict=True):
            form.lowering.local[INPUT] = name
            test = form.lowering.true(cell)
            if test != "True":
                parts.append(test)
        if "False" in parts:
            continue
        result = f"return {form.fired(row)}"
        if not parts:
            return [*body, result]
        body.append(f"if {' and '.join(parts)}: {result}")
    return [*body, f"return {form.otherwise()}"]


def _looked_up(form: "_Form", names: list[str], index: TableIndex) -> list[str]:
    lowering = form.lowering
    masks = [_mask(lowering, name, column) for name, column in zip(names, index.columns, strict=True) if column]
    body = [f"m = {' & '.join(masks) or lowering.constant(index.everyone)}"]
    for place, node, rows in index.rest:
        lowering.local[INPUT] = names[place]
        without = lowering.constant(index.everyone & ~rows)
        body.append(f"if m & {lowering.constant(rows)} and not {lowering.true(node)}: m &= {without}")
    return body + form.looked_up(index)


def _mask(lowering: Lowering, name: str, column: ColumnIndex) -> str:
    # The method of a constant, bound once: the source itself looks nothing up by name.
    get = lowering.constant(column.exact.get)
    if not column.values:
        return f"{get}({name}, {lowering.constant(column.between[0])})"
    if len(column.values) <= COMPARED:
        between = _segment(lowering, name, column, 0, len(column.values))
    else:
        find = f"{lowering.constant(bisect_right)}({lowering.constant(column.values)}, {name})"
        between = f"{lowering.constant(column.between)}[{find}]"
    if column.bisected:
        return f"({between} if {name} is not None else {lowering.constant(column.exact[None])})"
    found = lowering.temporary()
    return f"({found} if ({found} := {get}({name})) is not None else {between})"


def _segment(lowering: Lowering, name: str, column: ColumnIndex, low: int, high: int) -> str:
    """The bisection of a few cuts, written out: the mask of the segment after `low` to `high` of them."""
    if low == high:
        return lowering.constant(column.between[low])
    middle = (low + high) // 2
    below, above = (_segment(lowering, name, column, *part) for part in ((low, middle), (middle + 1, high)))
    return f"({below} if {name} < {lowering.constant(column.values[middle])} else {above})"


class _Form:
    """Writes the results of one generated function: whole ones, or with `only` the value of one output."""

    def __init__(self, typed: TypedTable, only: int | None) -> None:
        self.typed = typed
        self.only = only
        self.lowering = Lowering(typed.roots)
        self.settling = _settling(typed)
        self.made: dict[tuple[int, ...], Callable[..., Any]] = {}

    def broken(self, problem: str) -> Fired:
        return Fired((None,) * len(self.typed.outputs), (), problem)

    def fixed(self, fired: Fired) -> str:
        return self.lowering.constant(self.part(fired))

    def part(self, fired: Fired) -> Any:
        return fired if self.only is None else fired.outputs[self.only]

    def settled(self, found: Found) -> Fired:
        return self.settling.settle([row for row, _ in found], [outputs for _, outputs in found])

    def fired(self, row: int) -> str:
        """The result of one row that decides alone."""
        values = self.typed.values[row]
        if self.only is not None:
            return self.lowering.value(values[self.only], self.typed.types[self.only])
        fixed = self.literal(values)
        if fixed is not None:
            return self.fixed(self.settling.settle((row,), (fixed,)))
        outputs = self.outputs(values)
        if any(self.settling.allowed):
            return f"{self.lowering.constant(self.settled)}((({row}, {outputs}),))"
        return f"{self.lowering.constant(Fired)}({outputs}, {self.lowering.constant((row,))})"

    def otherwise(self) -> str:
        """The result where no row matches."""
        typed = self.typed
        if not typed.has_default:
            return self.fixed(self.settling.none(None))
        # A count is a whole number whatever the type of what is counted.
        types = (INTEGER,) * len(typed.outputs) if typed.table.hit == "collect #" else typed.types
        if self.only is not None:
            return self.lowering.value(typed.blank[self.only], types[self.only])
        fixed = self.literal(typed.blank, types)
        if fixed is not None and not self.settling.lists:
            return self.fixed(self.settling.none(fixed))
        return f"{self.lowering.constant(self.settling.none)}({self.outputs(typed.blank, types)})"

    def looked_up(self, index: TableIndex) -> list[str]:
        """The statements that turn the mask `m` of the rows that match into the result."""
        constant = self.lowering.constant
        rows = range(index.size)
        outputs = [self.literal(values) for values in self.typed.values]
        makers = [None if outputs[row] is not None else self.maker(self.typed.values[row]) for row in rows]
        arguments = ", ".join(f"a{place}" for place in range(len(self.typed.roots)))

        def all_rows(mask: int, *facts: Any) -> Any:
            found = index.rows(mask)
            return self.settling.settle(found, [_made(outputs[row], makers[row], facts) for row in found])

        def one_row(length: int, *facts: Any) -> Any:
            row = index.size - length
            return self.part(self.settling.settle((row,), (_made(outputs[row], makers[row], facts),)))

        run = f"{constant(all_rows)}(m, {arguments})"
        if self.settling.lists:
            return [f"return {run} if m else {self.otherwise()}"]
        # The results of single rows by the length of their mask, where they are known beforehand.
        ready: list[Any] = [_UNKNOWN] * (index.size + 1)
        for row in rows:
            fixed = outputs[row]
            if fixed is not None:
                ready[index.size - row] = self.part(self.settling.settle((row,), (fixed,)))
        if self.typed.table.hit == "first":
            ready[0] = self.part(self.settling.none(None))
            lines = [f"if not m: return {self.otherwise()}"] if self.typed.has_default else []
            first = f"{constant(tuple(ready))}[{constant(int.bit_length)}(m)]"
            if not any(one is _UNKNOWN for one in ready):
                return [*lines, f"return {first}"]
            alone = f"{constant(one_row)}({constant(int.bit_length)}(m), {arguments})"
            return [*lines, f"f = {first}", f"return f if f is not {constant(_UNKNOWN)} else {alone}"]
        return [
            f"if not m: return {self.otherwise()}",
            f"f = {constant(_UNKNOWN)} if m & (m - 1) else {constant(tuple(ready))}[{constant(int.bit_length)}(m)]",
            f"return f if f is not {constant(_UNKNOWN)} else {run}",
        ]

    def maker(self, values: tuple[Node, ...]) -> Callable[..., Any]:
        """A function that computes the outputs of a row; rows with equal cells share one."""
        key = tuple(map(id, values))
        if key not in self.made:

            def make() -> Callable[..., Any]:
                lowering = Lowering(self.typed.roots)
                texts = _texts(lowering, values, self.typed.types)
                blank = lowering.constant((None,) * len(values))
                return lowering.function([f"return {texts}"], blank)[1]

            # Compiled when the row first decides, unless it is so deep that Python might refuse it.
            deep = max(value.height for value in values) > _SURE_HEIGHT
            self.made[key] = make() if deep else _at_first_call(make)
        return self.made[key]

    def literal(self, values: tuple[Node, ...], types: tuple[Type, ...] = ()) -> tuple[Any, ...] | None:
        """The outputs in stored form where all are written values."""
        if not all(isinstance(value, Literal) for value in values):
            return None
        plain = [value.value for value in values if isinstance(value, Literal)]
        return tuple(from_plain(type_, value) for type_, value in zip(types or self.typed.types, plain, strict=True))

    def outputs(self, values: tuple[Node, ...], types: tuple[Type, ...] = ()) -> str:
        return _texts(self.lowering, values, types or self.typed.types)


def _texts(lowering: Lowering, values: tuple[Node, ...], types: tuple[Type, ...]) -> str:
    return f"({''.join(f'{lowering.value(value, type_)},' for value, type_ in zip(values, types, strict=True))})"


def _at_first_call(make: Callable[[], Callable[..., Any]]) -> Callable[..., Any]:
    made: list[Callable[..., Any]] = []

    def run(*facts: Any) -> Any:
        if not made:
            made.append(make())
        return made[0](*facts)

    return run


_UNKNOWN = object()


def _made(fixed: tuple[Any, ...] | None, make: Callable[..., Any] | None, facts: Any) -> tuple[Any, ...]:
    if fixed is not None:
        return fixed
    assert make is not None
    outputs: tuple[Any, ...] = make(*facts)
    return outputs


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
