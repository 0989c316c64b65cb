"""A frame: the rows of one block, or all items of the lists that a loop goes through, with what was computed of them.

Every part of every expression is one `Step`, the same for equal parts, so that what a hundred conditions share is
computed once in a block. A step is computed in the innermost frame whose loop it reads; inner frames repeat its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from .. import tree
from ..interpret import evaluate
from ..tree import Literal, Node
from ..types import FunctionOf
from .columns import Column, Mask, Overflow, Places, column_of

MOST_ITEMS = 400_000
"""Items of loops inside loops in one block; beyond it, whether one row takes too many steps is for the rows to tell."""


class Step:
    """A part of an expression: its node, the steps below, and the loops whose names it reads.

    constant : its plain value in a tuple where it reads nothing, else None
    cost     : about how much it takes, to do the cheap parts of a condition first
    ready    : what its rule made ready for all blocks
    column   : of one row, with the value of a constant
    memberships, looked_up : the steps that ask whether it is one of several values, and what they were made ready for
    """

    __slots__ = (
        "cheap_first", "column", "constant", "cost", "looked_up", "memberships", "node", "number", "parts", "reads",
        "ready",
    )  # fmt: skip

    def __init__(self, number: int, node: Node, parts: tuple[Step, ...], reads: frozenset[int]) -> None:
        self.number, self.node, self.parts, self.reads = number, node, parts, reads
        self.constant: tuple[Any] | None = None
        self.ready: Any = None
        self.column: Column | None = None
        self.cheap_first = tuple(sorted(parts, key=lambda part: part.cost))
        self.cost = 1
        self.memberships: list[Step] = []
        self.looked_up: tuple[Any, int] | None = None


class Steps:
    """All steps of some expressions, equal parts once."""

    def __init__(self) -> None:
        self._known: dict[Any, Step] = {}
        self._trees: dict[int, tuple[Node, Step]] = {}

    def __iter__(self) -> Iterator[Step]:
        return iter(self._known.values())

    def of_tree(self, node: Node) -> Step:
        """As `of`, for whole trees that are asked for again and again."""
        found = self._trees.get(id(node))
        if found is None:
            # The tree is kept, so that no other takes its place in memory.
            found = self._trees[id(node)] = node, self.of(node)
        return found[1]

    def of(self, node: Node) -> Step:
        """The step of a tree."""
        if isinstance(node, tree.Named):
            return self.of(node.of)
        parts = tuple(self.of(child) for child in tree.children(node))
        key = (type(node), node.type, *(_own(node, name) for name in node.__struct_fields__[3:]),
               *(part.number for part in parts))  # fmt: skip
        found = self._known.get(key)
        if found is None:
            reads = frozenset(local.number for local in tree.free_locals(node))
            found = self._known[key] = Step(len(self._known), node, parts, reads)
            found.cost = _COSTS.get(type(node), 5) + sum(part.cost for part in parts)
            if isinstance(node, tree.Member):
                parts[0].memberships.append(found)
            if not reads and not tree.references(node) and not isinstance(node.type, FunctionOf):
                found.constant = (evaluate(node, {}),)
        return found


_COSTS: dict[type[Node], int] = {
    Literal: 0, tree.Fact: 0, tree.Compare: 1, tree.Between: 2, tree.Not: 0, tree.And: 0, tree.Or: 0, tree.Local: 0,
    tree.Member: 3, tree.Quantified: 50, tree.Filter: 50, tree.For: 50, tree.Call: 20, tree.Property: 20,
}  # fmt: skip


def _own(node: Node, name: str) -> Any:
    """What tells a node from others but for its children."""
    value = getattr(node, name)
    if isinstance(value, Node) or (isinstance(value, tuple) and any(isinstance(item, Node) for item in value)):
        return None
    if isinstance(node, Literal):
        # Equal values of two types, or texts that differ, are not one literal.
        return type(value), repr(value)
    return value


class Arena:
    """Memory for the masks of one block after another: what is touched again is in the cache."""

    def __init__(self, rows: int) -> None:
        self._masks: list[Mask] = []
        self._slab: NDArray[np.bool_] = np.empty((0, rows), np.bool_)
        self._rows, self._used = rows, 0
        self.scratch = np.empty(rows, np.bool_)

    def spare(self, rows: int) -> Mask:
        """A mask that is free until `clear`."""
        if self._used == len(self._masks):
            place = self._used % _SLAB
            if not place:
                self._slab = np.empty((_SLAB, self._rows), np.bool_)
            self._masks.append(self._slab[place])
        mask = self._masks[self._used]
        self._used += 1
        return mask if rows == self._rows else mask[:rows]

    def clear(self) -> None:
        """Frees all masks."""
        self._used = 0


_SLAB = 128
"""Masks of one allocation: of full blocks it is 4 MiB, for which NumPy asks for large pages."""

Rule = Callable[["Frame", Step], Column]


class Frame:
    """Rows with what was computed of them.

    number : of the local that a loop binds to each row, 0 for a block's own rows
    over   : the frame around, and for each row the place of its row there
    """

    def __init__(
        self,
        rules: Rules,
        rows: int,
        facts: Callable[[tree.Fact], Column],
        over: tuple[Frame, Places] | None = None,
        number: int = 0,
        item: Column | None = None,
        arena: Arena | None = None,
    ) -> None:
        self.rules, self.rows, self.facts, self.over, self.number, self.item = rules, rows, facts, over, number, item
        self.arena = arena
        self.out: Mask | None = None
        self.found: dict[int, Column] = {}
        self.truths: tuple[dict[int, Mask], dict[int, Mask]] = ({}, {})
        self.inner: dict[tuple[int, int], Frame] = {}

    def value(self, step: Step) -> Column:
        """The values of a step for all rows."""
        made = self.found.get(step.number)
        if made is None:
            if self.over is not None and self.number not in step.reads:
                made = self.over[0].value(step).take(self.over[1])
            elif step.constant is not None:
                if step.column is None:
                    step.column = column_of(step.node.type, step.constant)
                made = step.column.take(np.zeros(self.rows, np.intp))
            else:
                made = self.rules.values[type(step.node)](self, step)
            self.found[step.number] = made
        return made

    def spare(self) -> Mask | None:
        """An array for a mask of this frame's rows that is free until the frame is done, if there is one."""
        return None if self.arena is None else self.arena.spare(self.rows)

    def scratch(self) -> Mask | None:
        """An array for a mask that is needed no longer than one operation, if there is one."""
        return None if self.arena is None else self.arena.scratch[: self.rows]

    def true_into(self, step: Step, row: Mask) -> None:
        """Writes where a condition is certainly true, of a block's own rows."""
        known = self.truths[True]
        made = known.get(step.number)
        if made is None:
            self.out = row
            made = known[step.number] = self.rules.certain(self, step, True)
            self.out = None
        if made is not row:
            row[:] = made

    def true(self, step: Step) -> Mask:
        """Where a condition is certainly true."""
        return self.certain(step, True)

    def certain(self, step: Step, truth: bool) -> Mask:
        """Where a condition is certainly true, or certainly false."""
        known = self.truths[truth]
        made = known.get(step.number)
        if made is None:
            if self.over is not None and self.number not in step.reads:
                made = self.over[0].certain(step, truth)[self.over[1]]
            else:
                made = self.rules.certain(self, step, truth)
            known[step.number] = made
        return made

    def clear(self) -> None:
        """Forgets what was computed."""
        self.found.clear()
        for known in self.truths:
            known.clear()
        for frame in self.inner.values():
            frame.clear()
        self.inner.clear()

    def inside(self, over: Step, number: int, items: Column, parents: Places) -> Frame:
        """The frame of a loop's items."""
        key = over.number, number
        found = self.inner.get(key)
        if found is None:
            if self.over is not None and len(items) > MOST_ITEMS:
                raise Overflow
            found = self.inner[key] = Frame(self.rules, len(items), self.facts, (self, parents), number, items)
        return found


class Rules(msgspec.Struct, frozen=True):
    """How each kind of node is computed."""

    values: dict[type[Node], Rule]
    certain: Callable[[Frame, Step, bool], Mask]
