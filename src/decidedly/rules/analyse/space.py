"""All combinations of values that a table can meet, cut into boxes by its cells: exact, and bounded in work.

Per column the values fall into segments that match the same rows; segments with the same rows are one. A row is a bit.
Walking from column to column, the AND of the masks is what still may match: where it is empty, no row matches; where a
row is left that asks nothing of the columns to come, one does. Equal states are walked once.

A cell that reads facts or computes cannot be told: its row may match or not. Such a row is taken to match where that is
the careful answer, and not to match where it must be certain.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from decidedly.feel.tree import Literal, Node, references
from decidedly.feel.types import ListOf, Type
from decidedly.feel.values import to_plain

from ..regions import EVERYTHING, VALUES, Region, can_index, region_of
from ..typed import Column, TypedTable
from .lists import holds, lists_of
from .samples import domain, oddness, sample

STEPS = 4_000_000
"""Most segments that one check of a table looks at: about a second of work."""

Segment = tuple[Any, int]
"""A value, and the mask of the rows that match it."""


class TooMuch(Exception):
    """Ends a check that would take too long; never leaves the checks."""


class Space(msgspec.Struct, frozen=True):
    """The columns of a table.

    known    : per column, segments of values that are not null
    null     : per column, the mask of null, or None where null is not allowed
    certain  : the rows of which every cell can be told
    free     : per column, the rows that ask nothing of it and of the columns after it
    never    : rows that can never match, with the column of the cell that is to blame
    """

    types: tuple[Type, ...]
    known: tuple[tuple[Segment, ...], ...]
    null: tuple[int | None, ...]
    rows: int
    certain: int
    free: tuple[int, ...]
    never: dict[int, int]

    @property
    def meets(self) -> list[int]:
        """For each row the mask of the rows that have a value in common with it in every column."""
        found = [self.up_to(self.rows)] * self.rows
        for known, null in zip(self.known, self.null, strict=True):
            both = [0] * self.rows
            for mask in {mask for _, mask in known} | ({null} if null is not None else set()):
                for row in bits(mask):
                    both[row] |= mask
            found = [old & new for old, new in zip(found, both, strict=True)]
        return found

    def bit(self, row: int) -> int:
        return 1 << row

    def up_to(self, row: int) -> int:
        """The mask of all rows before one."""
        return (1 << row) - 1


def bits(mask: int) -> Iterator[int]:
    """The rows of a mask."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class Walk:
    """Searches a space for values that no row of a mask matches; counts its steps over all searches of a check."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.steps = STEPS

    def without(self, rows: int, *, within: int = 0, unknown: frozenset[int] = frozenset()) -> list[Any] | None:
        """Values for each column, in stored form, that none of the rows match; None where one always does.

        within  : a mask of rows that all must match them
        unknown : columns that are null; the others are not, or may be either where `within` is given
        """
        dead: set[tuple[int, int]] = set()
        found: list[Any] = []

        def walk(column: int, left: int) -> bool:
            if left & self.space.free[column] or (column, left) in dead:
                return False
            if column == len(self.space.known):
                return True
            choices = self.choices(column, within, unknown)
            self.steps -= len(choices) + 1
            if self.steps < 0:
                raise TooMuch
            for value, mask in choices:
                if mask & within == within:
                    found.append(value)
                    if walk(column + 1, left & mask):
                        return True
                    found.pop()
            dead.add((column, left))
            return False

        return found if walk(0, rows) else None

    def choices(self, column: int, within: int, unknown: frozenset[int]) -> list[Segment]:
        null = self.space.null[column]
        nulls = [] if null is None else [(None, null)]
        if column in unknown:
            return nulls
        return [*self.space.known[column], *(nulls if within else [])]


class Part(msgspec.Struct, frozen=True):
    """One column of a space: its segments, the mask of null, and the rows that ask something of it, whose cell cannot
    be told, and whose cell no value meets."""

    known: tuple[Segment, ...]
    null: int | None
    asks: int
    untold: int
    never: int


def space_of(typed: TypedTable) -> Space:
    """The space of a table."""
    everyone = (1 << len(typed.cells)) - 1
    parts: list[Part] = []
    earlier: set[tuple[str, str]] = set()
    for place, column in enumerate(typed.columns):
        # Columns that read the same facts depend on each other: the later one is taken to be free.
        facts = {(reference.root, reference.id) for reference in references(column.tree)}
        cells = [own[place] for own in typed.cells]
        if isinstance(column.type, ListOf) and column.allowed is None and not facts & earlier:
            parts.append(_list_part(cells, column.type))
        else:
            parts.append(_part(cells, column, apart=not facts & earlier))
        earlier |= facts
    certain, free = everyone, [everyone]
    never: dict[int, int] = {}
    for place, part in reversed(list(enumerate(parts))):
        certain &= ~part.untold
        free.append(free[-1] & ~part.asks)
        never |= dict.fromkeys(bits(part.never), place)
    return Space(
        tuple(column.type for column in typed.columns),
        tuple(part.known for part in parts),
        tuple(part.null for part in parts),
        len(typed.cells),
        certain,
        tuple(reversed(free)),
        never,
    )


def _part(cells: list[Node], column: Column, *, apart: bool) -> Part:
    limit = domain(column.type)
    if column.allowed is not None:
        limit &= region_of(column.allowed, column.type) or EVERYTHING
    regions: list[Region] = []
    asks = untold = never = 0
    # Equal cells are one tree: whether it has a region, asks something, and can be met at all.
    seen: dict[int, tuple[Region | None, bool, bool]] = {}
    for row, node in enumerate(cells):
        if id(node) not in seen:
            told = (apart and can_index(column.type)) or isinstance(node, Literal)
            region = region_of(node, column.type) if told else None
            whole = EVERYTHING if region is None else region
            seen[id(node)] = region, not (limit & ~whole).empty, _hollow(whole & limit, column.type)
        region, asks_something, hollow = seen[id(node)]
        regions.append(EVERYTHING if region is None else region)
        untold |= (region is None) << row
        asks |= asks_something << row
        never |= hollow << row
    known, null = _segments(regions, limit, column.type)
    return Part(known, null, asks, untold, never)


def _list_part(cells: list[Node], type_: ListOf) -> Part:
    alike = list({id(node): node for node in cells}.values())
    lists, told = lists_of(alike, type_)
    place = {id(node): n for n, node in enumerate(alike)}
    untold = sum((not told[place[id(node)]]) << row for row, node in enumerate(cells))

    def mask(stored: Any) -> int:
        plain = to_plain(type_, stored)
        true = [holds(node, plain) if known else True for node, known in zip(alike, told, strict=True)]
        return sum(true[place[id(node)]] << row for row, node in enumerate(cells))

    known: dict[int, Any] = {}
    for stored in lists:
        known.setdefault(mask(stored), stored)
    null = mask(None)
    everyone, always, ever = (1 << len(cells)) - 1, null, null
    for rows in known:
        always, ever = always & rows, ever | rows
    return Part(
        tuple((value, rows) for rows, value in known.items()), null, everyone & ~always, untold, everyone & ~ever
    )


def _hollow(region: Region, type_: Type) -> bool:
    return not region.null and sample(region, type_) is None


def _segments(regions: list[Region], limit: Region, type_: Type) -> tuple[tuple[Segment, ...], int | None]:
    """The segments of a column, those of the same rows as one, and the mask of null."""
    null = sum(1 << row for row, region in enumerate(regions) if region.null)
    cuts = sorted({cut for region in (*regions, limit) for cut in region.cuts})
    toggles: dict[Any, int] = {}
    here = 0
    for row, region in enumerate(regions):
        here |= (1 << row) if region.below else 0
        for cut in region.cuts:
            toggles[cut] = toggles.get(cut, 0) ^ (1 << row)
    found: dict[int, Any] = {}
    for place in range(len(cuts) + 1):
        if place:
            here ^= toggles.get(cuts[place - 1], 0)
        piece = Region(tuple(cuts[max(0, place - 1) : place + 1]), below=place == 0)
        if not cuts:
            piece = VALUES
        elif place == len(cuts):
            piece = Region((cuts[-1],))
        value = sample(piece & limit, type_)
        if value is not None and (here not in found or oddness(value, type_) < oddness(found[here], type_)):
            found[here] = value
    # An example shall be of a usual kind where there is one.
    segments = sorted(((value, mask) for mask, value in found.items()), key=lambda one: oddness(one[0], type_))
    return tuple(segments), null if limit.null else None
