"""Expressions over columns, in blocks of rows that stay in the cache."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import tree
from ..interpret import evaluate
from ..python import Compiled
from ..scope import Reference, Scope
from ..tree import Node
from ..types import ListOf
from ..values import to_plain
from .chunks import Source
from .columns import Column, Mask, Overflow, column_of
from .frames import Arena, Frame, Step, Steps
from .walk import RULES, typed

BLOCK = 32_768
"""Rows of a block."""
LONG_BLOCK = 65_536
"""Rows of a block of conditions that go through no lists: fewer calls for the same rows."""

Facts = Mapping[str, Mapping[str, Any]]
"""By root and id, each fact as `chunks` says."""


class Rows:
    """The rows of one block, with what was computed of them."""

    def __init__(self, steps: Steps, sources: Sources, start: int, end: int, arena: Arena | None = None) -> None:
        self.steps, self.sources, self.start, self.end = steps, sources, start, end
        self.frame = Frame(RULES, self.rows, self._fact, arena=arena)

    @property
    def rows(self) -> int:
        return self.end - self.start

    def value(self, node: Node) -> Column:
        """The values of a tree."""
        try:
            return self.frame.value(self.steps.of_tree(node))
        except Overflow:
            return column_of(node.type, self._by_row(node))

    def true(self, node: Node) -> Mask:
        """Where a condition is certainly true."""
        try:
            return self.frame.true(self.steps.of_tree(node))
        except Overflow:
            return np.array([value is True for value in self._by_row(node)], np.bool_)

    def facts(self, row: int, reads: Sequence[Reference]) -> dict[str, dict[str, Any]]:
        """The stored facts of one row."""
        found: dict[str, dict[str, Any]] = {}
        for reference in reads:
            (value,) = self.sources[reference].stored(self.start + row, self.start + row + 1)
            found.setdefault(reference.root, {})[reference.id] = value
        return found

    def columns(self, reads: Sequence[Reference]) -> dict[Reference, list[Any]]:
        """The stored facts of all rows."""
        return {reference: self.sources[reference].stored(self.start, self.end) for reference in reads}

    def _fact(self, node: tree.Fact) -> Column:
        return self.sources[node.reference].column(self.start, self.end)

    def _by_row(self, node: Node) -> list[Any]:
        reads = tree.references(node)
        return [evaluate(node, self.facts(row, reads)) for row in range(self.rows)]


Sources = Mapping[Reference, Source]


class Expressions:
    """Trees over columns: equal parts are computed once in each block."""

    def __init__(self, trees: Sequence[Node]) -> None:
        self.trees = tuple(trees)
        self.steps = Steps()
        for node in self.trees:
            self.steps.of(node)
        # All items of the lists of a block are in memory at once.
        loops = tree.For, tree.Quantified, tree.Filter
        self.long = not any(isinstance(step.node.type, ListOf) or isinstance(step.node, loops) for step in self.steps)
        self.reads = tuple(dict.fromkeys(reference for node in self.trees for reference in tree.references(node)))

    def blocks(self, facts: Facts, rows: int, *, block: int = BLOCK, arena: Arena | None = None) -> Iterator[Rows]:
        """The rows, block after block."""
        sources = {
            reference: Source(reference.type, facts.get(reference.root, {}).get(reference.id))
            for reference in self.reads
        }
        for start in range(0, rows, block):
            part = Rows(self.steps, sources, start, min(start + block, rows), arena)
            yield part
            # The frame and its rows know each other: without this they would wait for the collector.
            part.frame.clear()


class Blocks:
    """Compiled expressions over columns; what does not fit a column is given by their row functions."""

    def __init__(self, parts: Sequence[Compiled], scope: Scope) -> None:
        self.parts = tuple(parts)
        self.roots = scope.roots
        self.expressions = Expressions([part.tree for part in self.parts])
        self.steps: tuple[Step, ...] = tuple(self.expressions.steps.of(part.tree) for part in self.parts)

    def values(self, facts: Facts, rows: int, *, block: int = BLOCK) -> Iterator[list[Column]]:
        """For each block in turn, the columns of all expressions, in the types that they were compiled for."""
        for part in self.expressions.blocks(facts, rows, block=block):
            yield [self._value(part, *pair) for pair in zip(self.parts, self.steps, strict=True)]

    def true(
        self, facts: Facts, rows: int, *, block: int | None = None, reuse: bool = False
    ) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        """For each block in turn, its first row and a matrix (expressions, rows): where conditions are true.

        block : rows of a block; LONG_BLOCK where nothing goes through lists, else BLOCK
        reuse : each matrix may take the memory of the one before, for those who are done with a block before the next
        """
        if block is None:
            block = LONG_BLOCK if self.expressions.long else BLOCK
        arena = Arena(min(block, rows))
        memory = np.empty((len(self.parts), min(block, rows)), np.bool_)
        for part in self.expressions.blocks(facts, rows, block=block, arena=arena):
            matrix = memory[:, : part.rows]
            if not reuse:
                memory = np.empty_like(memory)
            for place, step in enumerate(self.steps):
                try:
                    part.frame.true_into(step, matrix[place])
                except Overflow:
                    matrix[place] = [value is True for value in self._run(part, self.parts[place])]
            arena.clear()
            yield part.start, matrix

    def _value(self, part: Rows, compiled: Compiled, step: Step) -> Column:
        try:
            return typed(part.frame, step, compiled.type)
        except Overflow:
            return column_of(compiled.type, [to_plain(compiled.type, value) for value in self._run(part, compiled)])

    def _run(self, part: Rows, compiled: Compiled) -> list[Any]:
        """What the row function gives for each row."""
        columns = part.columns(compiled.reads)
        found = []
        for row in range(part.rows):
            facts: dict[str, dict[str, Any]] = {root: {} for root in self.roots}
            for reference, values in columns.items():
                facts[reference.root][reference.id] = values[row]
            found.append(compiled.fn(*facts.values()))
        return found


def compile_blocks(parts: Sequence[Compiled], scope: Scope) -> Blocks:
    """Expressions over columns. Every expression has this form; `why_not` says which parts of it run by the row."""
    return Blocks(parts, scope)
