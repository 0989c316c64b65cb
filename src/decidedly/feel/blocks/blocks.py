"""Expressions over columns, in blocks of rows that stay in the cache."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import tree
from ..python import Compiled
from ..scope import Reference, Scope
from ..values import to_plain
from .chunks import Source
from .columns import Column, Overflow, column_of
from .frames import Frame, Step, Steps
from .walk import RULES, typed

BLOCK = 16_384
"""Rows of a block."""

Facts = Mapping[str, Mapping[str, Any]]
"""By root and id, each fact as `chunks` says."""


class Blocks:
    """Expressions compiled together: equal parts are computed once in each block."""

    def __init__(self, parts: Sequence[Compiled], scope: Scope) -> None:
        self.parts = tuple(parts)
        self.roots = scope.roots
        steps = Steps()
        self.steps: tuple[Step, ...] = tuple(steps.of(part.tree) for part in self.parts)
        self.reads: tuple[Reference, ...] = tuple(
            dict.fromkeys(reference for part in self.parts for reference in part.reads)
        )

    def values(self, facts: Facts, rows: int, *, block: int = BLOCK) -> Iterator[list[Column]]:
        """For each block in turn, the columns of all expressions, in the types that they were compiled for."""
        for frame, chunk in self._frames(facts, rows, block):
            yield [self._value(frame, chunk, part, step) for part, step in zip(self.parts, self.steps, strict=True)]

    def true(self, facts: Facts, rows: int, *, block: int = BLOCK) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        """For each block in turn, its first row and a matrix (expressions, rows): where conditions are true."""
        for frame, chunk in self._frames(facts, rows, block):
            matrix = np.empty((len(self.parts), chunk.rows), np.bool_)
            for place, (part, step) in enumerate(zip(self.parts, self.steps, strict=True)):
                try:
                    matrix[place] = frame.true(step)
                except Overflow:
                    matrix[place] = [value is True for value in chunk.run(part)]
            yield chunk.start, matrix

    def _value(self, frame: Frame, chunk: Chunk, part: Compiled, step: Step) -> Column:
        try:
            return typed(frame, step, part.type)
        except Overflow:
            return column_of(part.type, [to_plain(part.type, value) for value in chunk.run(part)])

    def _frames(self, facts: Facts, rows: int, block: int) -> Iterator[tuple[Frame, Chunk]]:
        sources = {
            reference: Source(reference.type, facts.get(reference.root, {}).get(reference.id))
            for reference in self.reads
        }
        for start in range(0, rows, block):
            chunk = Chunk(sources, self.roots, start, min(start + block, rows))
            yield Frame(RULES, chunk.rows, chunk.fact), chunk


class Chunk:
    """The facts of the rows of one block."""

    def __init__(self, sources: Mapping[Reference, Source], roots: tuple[str, ...], start: int, end: int) -> None:
        self.sources, self.roots, self.start, self.end = sources, roots, start, end

    @property
    def rows(self) -> int:
        return self.end - self.start

    def fact(self, node: tree.Fact) -> Column:
        return self.sources[node.reference].column(self.start, self.end)

    def run(self, part: Compiled) -> list[Any]:
        """What the row function gives for each row."""
        columns = {reference: self.sources[reference].stored(self.start, self.end) for reference in part.reads}
        found = []
        for row in range(self.rows):
            facts: dict[str, dict[str, Any]] = {root: {} for root in self.roots}
            for reference, values in columns.items():
                facts[reference.root][reference.id] = values[row]
            found.append(part.fn(*facts.values()))
        return found


def compile_blocks(parts: Sequence[Compiled], scope: Scope) -> Blocks:
    """Expressions over columns. Every expression has this form; `why_not` says which parts of it run by the row."""
    return Blocks(parts, scope)
