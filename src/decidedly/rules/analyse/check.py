"""The checks of a table: each a function of the table and its space that gives diagnostics in plain words.

All of them warn: a table with a gap still decides. Examples name a value for every column.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import msgspec

from decidedly.feel.diagnostics import Diagnostic, Place
from decidedly.feel.operators import equal
from decidedly.feel.tree import Literal

from ..typed import TypedTable
from .always import always_null, check_always, is_fixed, is_written
from .samples import ANYTHING, shown
from .space import Space, TooMuch, Walk, bits, space_of

MOST = 5
"""Most findings of one kind that are told of one table; the rest are counted."""
_COUNTED = 200

_SINGLE = frozenset(["unique", "any", "first", "priority"])
_PAIR_ROWS = 1_000


class Table(msgspec.Struct, frozen=True):
    """A table under check."""

    typed: TypedTable
    space: Space
    walk: Any

    @property
    def hit(self) -> str:
        return self.typed.table.hit

    @property
    def meets(self) -> list[int]:
        """`Space.meets`, where there are not too many rows to compare each with each."""
        if self.space.rows > _PAIR_ROWS:
            raise TooMuch
        return self.space.meets

    def at(self, row: int) -> Place:
        return self.typed.table.rows[row].place

    def words(self, values: list[Any]) -> str:
        """An example: `orders is 3 and age band is not known`."""
        parts = [
            f"{column.head.text} is {shown(value, column.type)}"
            for column, value in zip(self.typed.columns, values, strict=True)
            if value is not ANYTHING
        ] or ["anything is known"]
        return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def check_table(typed: TypedTable) -> tuple[Diagnostic, ...]:
    """What is wrong with a table as a whole, by place. Bounded in work: it says where it stopped."""
    space = space_of(typed)
    found: list[Diagnostic] = []
    for what, check in CHECKS:
        told: list[Diagnostic] = []
        try:
            for one in islice(check(Table(typed, space, Walk(space))), MOST + _COUNTED):
                told.append(one)  # Kept where the rest is too much.
        except TooMuch:
            message = f"This table has too many combinations: not all {what} were looked for."
            found.append(_warning("table.not-analysed", message, "Split it into smaller tables.", typed.table.place))
        found += _first(told)
    return tuple(sorted(dict.fromkeys(found), key=lambda one: one.place))


def _first(told: list[Diagnostic]) -> list[Diagnostic]:
    """The first few, and how many more there are."""
    more = len(told) - MOST
    if more <= 0:
        return told
    hint = f"{told[MOST - 1].hint} There are {more}{' or more' if more == _COUNTED else ''} others like this.".strip()
    return [*told[: MOST - 1], msgspec.structs.replace(told[MOST - 1], hint=hint)]


def _warning(code: str, message: str, hint: str, place: Place) -> Diagnostic:
    return Diagnostic(code, message, hint, place, "warning")


def _never(table: Table) -> Iterator[Diagnostic]:
    """Rows with a cell that no value meets."""
    for row, column in sorted(table.space.never.items()):
        cell = table.typed.table.rows[row].cells[column]
        head = table.typed.columns[column].head.text
        message = f"No value of '{head}' meets this cell, so the row never matches."
        yield _warning("table.never-matches", message, "", cell.place)


def _gaps(table: Table) -> Iterator[Diagnostic]:
    """Values for which no row matches."""
    if table.hit not in _SINGLE or table.typed.has_default:
        return
    everyone = table.space.up_to(table.space.rows)
    heads = table.typed.table.inputs
    place = heads[0].place if heads else table.typed.table.place
    values = table.walk.without(everyone)
    if values is not None:
        message = f"No row matches when {table.words(values)}."
        yield _warning("table.gap", message, "Add a row for it, or a last row of '-' or a default.", place)
        return
    for column, head in enumerate(heads):
        values = table.walk.without(everyone, unknown=frozenset([column]))
        if values is not None:
            message = f"No row matches when '{head.text}' is not known."
            if len(heads) > 1:
                message = f"No row matches when {table.words(values)}."
            yield _warning("table.gap-unknown", message, "Add a row with null or '-' in this column.", head.place)


def _unreachable(table: Table) -> Iterator[Diagnostic]:
    """Rows of a first-hit table that the rows above them leave nothing."""
    if table.hit != "first":
        return
    space = table.space
    for row in range(1, space.rows):
        if row in space.never:
            continue
        above = space.up_to(row) & space.certain
        whole = above & space.free[0]
        if whole:
            first = whole.bit_length() - 1
            message = f"Row {first + 1} matches everything, so the rows below it are never reached."
            yield _warning("table.unreachable", message, "Move it to the end.", table.at(first))
            return
        if table.walk.without(above, within=space.bit(row)) is None:
            yield _warning("table.unreachable", f"This row is never reached: {_by(table, row, above)}.",
                           "Move it up, or remove it.", table.at(row))  # fmt: skip


def _by(table: Table, row: int, above: int) -> str:
    """Which rows take all that a row could match."""
    if (alone := _one_that_covers(table, row, above)) is not None:
        return f"row {alone + 1} already matches all of it"
    return "the rows above it already match all of it"


def _one_that_covers(table: Table, row: int, rows: int) -> int | None:
    for other in bits(rows):
        if table.walk.without(table.space.bit(other), within=table.space.bit(row)) is None:
            return other
    return None


def _overlaps(table: Table) -> Iterator[Diagnostic]:
    """Rows of a unique table that match the same; of an any table, if their results differ as well."""
    if table.hit not in ("unique", "any"):
        return
    for row, other, values in _pairs(table):
        if table.hit == "any" and not _differ(table, row, other):
            continue
        hint = "Narrow one of them, or use hit policy first."
        if table.hit == "any":
            hint = "Under 'any' rows that match the same must give the same."
        message = f"Rows {row + 1} and {other + 1} both match when {table.words(values)}."
        yield _warning("table.overlap", message, hint, table.at(other))


def _pairs(table: Table) -> Iterator[tuple[int, int, list[Any]]]:
    """Pairs of rows that match the same values, with such values."""
    space = table.space
    meets = table.meets
    for row in bits(space.certain):
        for other in bits((meets[row] & space.certain) >> (row + 1)):
            values = table.walk.without(0, within=space.bit(row) | space.bit(row + 1 + other))
            if values is not None:
                yield row, row + 1 + other, values


def _differ(table: Table, row: int, other: int) -> bool:
    """Whether two rows surely give different results: written values that are not equal."""
    pairs = zip(table.typed.values[row], table.typed.values[other], strict=True)
    return any(
        isinstance(a, Literal) and isinstance(b, Literal) and equal(a.value, b.value) is not True for a, b in pairs
    )


def _subsumed(table: Table) -> Iterator[Diagnostic]:
    """Rows that another row makes superfluous: under any by an equal result, under priority by a better one."""
    if table.hit not in ("any", "priority"):
        return
    space, meets = table.space, table.meets
    ranks = [_rank(table, row) for row in range(space.rows)]
    for row in range(space.rows):
        if row in space.never or ranks[row] is None:
            continue
        better = 0
        for other in bits(meets[row] & space.certain & ~space.bit(row)):
            if _beats(table, ranks, other, row):
                better |= space.bit(other)
        if (alone := _one_that_covers(table, row, better)) is not None:
            does = "gives the same" if table.hit == "any" else "has at least its priority"
            message = f"This row adds nothing: row {alone + 1} matches all that it matches and {does}."
            yield _warning("table.subsumed", message, "Remove one of them.", table.at(row))


def _beats(table: Table, ranks: list[Any], other: int, row: int) -> bool:
    if ranks[other] is None:
        return False
    if table.hit == "any":
        return bool(ranks[other] == ranks[row])
    return bool((ranks[other], other) < (ranks[row], row))


def _rank(table: Table, row: int) -> Any:
    """What a row gives as it is compared: its written results, or their priority."""
    values = [value.value for value in table.typed.values[row] if isinstance(value, Literal)]
    if len(values) < len(table.typed.outputs):
        return None
    if table.hit == "any":
        return repr(values)
    return tuple(
        next((place for place, one in enumerate(output.order) if equal(one, value) is True), len(output.order))
        for output, value in zip(table.typed.outputs, values, strict=True)
    )


def _expressions(table: Table) -> Iterator[Diagnostic]:
    """Heads that read nothing, and results that can only be null."""
    typed = table.typed
    for column in typed.columns:
        if is_written(column.tree) or is_fixed(column.tree):
            message = "This column is the same for everyone: it reads no fact."
            yield _warning("feel.constant", message, "", column.head.place)
        else:
            yield from check_always(column.tree, column.head.place, what="This column")
    width = len(typed.columns)
    for row, values in zip(typed.table.rows, typed.values, strict=True):
        for place, node in enumerate(values):
            if not is_written(node) and always_null(node):
                yield from check_always(node, row.cells[width + place].place, what="This result")


CHECKS: tuple[tuple[str, Callable[[Table], Iterator[Diagnostic]]], ...] = (
    ("constant columns and results", _expressions),
    ("rows that never match", _never),
    ("gaps", _gaps),
    ("rows that are never reached", _unreachable),
    ("overlaps", _overlaps),
    ("rows that add nothing", _subsumed),
)
