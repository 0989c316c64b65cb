"""All combinations of values that a table can meet, cut into boxes by its cells: exact, and bounded in work.

Per column the values fall into segments that match the same rows; segments with the same rows are one. A row is a bit.
Walking from column to column, the AND of the masks is what still may match: where it is empty, no row matches; where a
row is left that asks nothing of the columns to come, one does. Equal states are walked once.

A cell that reads facts, computes or tests a list has no region: its row may match or not. Such a row is taken to match
where that is the careful answer, and not to match where it must be certain.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from decidedly.feel.tree import Literal, Node, references
from decidedly.feel.types import Type

from ..regions import EVERYTHING, VALUES, Region, can_index, region_of
from ..typed import TypedTable
from .samples import domain, oddness, sample

STEPS = 200_000
"""Most states that the checks of one table walk through."""

Segment = tuple[Any, int]
"""A value, and the mask of the rows that match it."""


class TooMuch(Exception):
    """Ends a check that would take too long; never leaves the checks."""


class Space(msgspec.Struct, frozen=True):
    """The columns of a table.

    known    : per column, segments of values that are not null
    null     : per column, the mask of null, or None where null is not allowed
    certain  : the rows of which every cell has a region
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
    """Searches a space for values that no row of a mask matches; counts its steps over all searches of a table."""

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
            self.steps -= 1
            if self.steps < 0:
                raise TooMuch
            for value, mask in self.choices(column, within, unknown):
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


def space_of(typed: TypedTable) -> Space:
    """The space of a table."""
    size = len(typed.cells)
    known: list[tuple[Segment, ...]] = []
    nulls: list[int | None] = []
    asks: list[int] = []
    certain = (1 << size) - 1
    never: dict[int, int] = {}
    trees: set[Node] = set()
    for place, column in enumerate(typed.columns):
        limit = domain(column.type)
        if column.allowed is not None:
            limit &= region_of(column.allowed, column.type) or EVERYTHING
        # Columns that read the same facts depend on each other: the later one is taken to be free.
        apart = can_index(column.type) and not any(_shares(column.tree, tree) for tree in trees)
        trees.add(column.tree)
        regions: list[Region] = []
        asked = 0
        # Equal cells are one tree: whether it has a region, asks something, and can be met at all.
        seen: dict[int, tuple[Region | None, bool, bool]] = {}
        for row, own in enumerate(typed.cells):
            node = own[place]
            if id(node) not in seen:
                region = region_of(node, column.type) if apart or isinstance(node, Literal) else None
                whole = EVERYTHING if region is None else region
                seen[id(node)] = region, not (limit & ~whole).empty, _hollow(whole & limit, column.type)
            region, asks_something, hollow = seen[id(node)]
            if region is None:
                certain &= ~(1 << row)
            regions.append(EVERYTHING if region is None else region)
            asked |= (1 << row) if asks_something else 0
            if hollow:
                never.setdefault(row, place)
        segments, null = _segments(regions, limit, column.type)
        known.append(segments)
        nulls.append(null)
        asks.append(asked)
    free = [(1 << size) - 1]
    for asked in reversed(asks):
        free.append(free[-1] & ~asked)
    types = tuple(column.type for column in typed.columns)
    return Space(types, tuple(known), tuple(nulls), size, certain, tuple(reversed(free)), never)


def _hollow(region: Region, type_: Type) -> bool:
    return not region.null and sample(region, type_) is None


def _shares(one: Node, other: Node) -> bool:
    return bool({(ref.root, ref.id) for ref in references(one)} & {(ref.root, ref.id) for ref in references(other)})


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
