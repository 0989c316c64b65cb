"""All rows that match, found at once: one bitmask per column, looked up by its value, and the AND of them.

Where the bounds of all cells of a column cut its values into segments, all values of a segment match the same rows. So
a column is a sorted list of cuts and a mask for each segment; a value finds its own by bisection, or in a dict where
the cells only ask for equality. The first row is the highest bit, so that `int.bit_length` finds it.

Building is a sweep: each cut holds the rows whose region begins or ends there, and their XOR makes the next mask.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import msgspec

from decidedly.feel.tree import Literal, Node
from decidedly.feel.types import BOOLEAN, Type

from .regions import EVERYTHING, Region, can_index, cut_after, region_of


class ColumnIndex(msgspec.Struct, frozen=True):
    """The masks of one column.

    values  : where segments begin, ascending
    between : the mask of the segment after n of them
    exact   : the masks of null and of values that are a segment of their own. Where `values` is empty it has all but
              one mask, `between[0]`, of every other value
    """

    values: tuple[Any, ...]
    between: tuple[int, ...]
    exact: dict[Any, int]

    @property
    def bisected(self) -> bool:
        """Whether a value that is not null can be bisected at once, without a look into `exact`."""
        return len(self.exact) == 1

    def rows(self, value: Any) -> int:
        """The mask of the rows whose cell is true for a stored value."""
        found = self.exact.get(value)
        return self.between[bisect_right(self.values, value)] if found is None else found


class TableIndex(msgspec.Struct, frozen=True):
    """The columns of a table as masks.

    columns : None where no cell of the column says anything that can be looked up
    rest    : the cells that must be tested by themselves: their column, condition, and the mask of their rows
    everyone: the mask of all rows
    """

    size: int
    columns: tuple[ColumnIndex | None, ...]
    rest: tuple[tuple[int, Node, int], ...]
    looked_up: int
    everyone: int

    def bit(self, row: int) -> int:
        """The mask of a row: the first has the highest bit."""
        return 1 << (self.size - 1 - row)

    def rows(self, mask: int) -> list[int]:
        """The rows of a mask, in their order."""
        found = []
        while mask:
            length = mask.bit_length()
            found.append(self.size - length)
            mask ^= 1 << (length - 1)
        return found


def build_index(types: Sequence[Type], cells: Sequence[Sequence[Node]]) -> TableIndex:
    """The index of a table with columns of these types and rows of these cells."""
    size = len(cells)
    columns: list[ColumnIndex | None] = []
    rest: list[tuple[int, Node, int]] = []
    looked_up = 0
    for place, type_ in enumerate(types):
        # Equal cells are one tree.
        alike: dict[int, tuple[Node, int]] = {}
        for row, own in enumerate(cells):
            node = own[place]
            known = alike.get(id(node))
            alike[id(node)] = (node, (known[1] if known else 0) | 1 << (size - 1 - row))
        regions: list[tuple[Region, int]] = []
        for node, mask in alike.values():
            region = region_of(node, type_) if can_index(type_) or isinstance(node, Literal) else None
            if region is None:
                rest.append((place, node, mask))
                region = EVERYTHING
            elif not region.all:
                looked_up += mask.bit_count()
            regions.append((region, mask))
        columns.append(None if all(region.all for region, _ in regions) else _column(regions, type_))
    return TableIndex(size, tuple(columns), tuple(rest), looked_up, (1 << size) - 1)


def _column(regions: list[tuple[Region, int]], type_: Type) -> ColumnIndex:
    null = here = 0
    toggles: dict[Any, list[int]] = {}
    for region, mask in regions:
        null |= mask if region.null else 0
        here |= mask if region.below else 0
        for value, side in region.cuts:
            toggles.setdefault(value, [0, 0])[side] ^= mask
    values = sorted(toggles)
    # Segments from value to value; a decimal is also a segment alone, as it has no next value.
    exact: dict[Any, int] = {None: null}
    between = [here]
    for value in values:
        before, after = toggles[value]
        here ^= before
        if after:
            exact[value] = here
        here ^= after
        between.append(here)
    return _by_value(ColumnIndex(tuple(values), tuple(between), exact), type_)


def _by_value(column: ColumnIndex, type_: Type) -> ColumnIndex:
    """The column as a look-up by value alone, where all segments of more than one value have the same mask."""
    exact = dict(column.exact)
    if type_ == BOOLEAN:
        return ColumnIndex((), (0,), exact | {value: column.rows(value) for value in (False, True)})
    others = {column.between[0]}
    for value, following, mask in zip_longest(column.values, column.values[1:], column.between[1:]):
        if value not in exact and cut_after(value, type_) == (following, 0):
            exact[value] = mask
        else:
            others.add(mask)
    return ColumnIndex((), tuple(others), exact) if len(others) == 1 else column
