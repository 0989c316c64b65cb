"""Columns that are lists: cells that ask whether the list contains one of some values, or none of them.

Only which of the written values a list contains makes a difference, so every set of them stands for all lists of its
kind. Values that the same cells name together are as one.
"""

from itertools import combinations
from typing import Any

from decidedly.feel import evaluate, tree
from decidedly.feel.tree import Literal, Local, Node
from decidedly.feel.types import ListOf
from decidedly.feel.values import from_plain

from ..typed import INPUT

MOST_APART = 8
"""Most values of a column that are told apart: each doubles the sets of them."""
MOST_TESTS = 20_000
"""Most times that the cells of a column are tested with lists."""


def lists_of(cells: list[Node], type_: ListOf) -> tuple[list[list[Any]], list[bool]]:
    """Lists, in stored form, of which one is like every list that is not null; and which cells can be told by them."""
    named = [asked(cell) for cell in cells]
    apart: dict[frozenset[int], Any] = {}
    for value in {value for values in named for value in values or ()}:
        cells_with = frozenset(place for place, values in enumerate(named) if values and value in values)
        kept = apart.get(cells_with)
        apart[cells_with] = value if kept is None else min(kept, value, key=str)
    values = sorted(apart.values(), key=str)
    if len(values) > MOST_APART or len(cells) << len(values) > MOST_TESTS:
        values, named = [], [() if values == () else None for values in named]
    chosen = [list(some) for size in (1, 0, *range(2, len(values) + 1)) for some in combinations(values, size)]
    return [from_plain(type_, some) for some in chosen], [values is not None for values in named]


def asked(node: Node) -> tuple[Any, ...] | None:
    """The values that a cell asks for; None where it is of another form."""
    match node:
        case Literal():
            return ()
        case tree.Call(function="list contains", arguments=(Local(number=number), Literal(value=value))):
            return (value,) if number == INPUT and value is not None else None
        case tree.Compare(left=Local(number=number), right=Literal(value=None)):
            return () if number == INPUT else None
        case tree.Not(of=of):
            return asked(of)
        case tree.Or(parts=parts):
            found: list[Any] = []
            for part in parts:
                values = asked(part)
                if values is None:
                    return None
                found += values
            return tuple(found)
    return None


def holds(node: Node, plain: Any) -> bool:
    """Whether a cell is true for a plain list or null."""
    return evaluate(node, {}, {INPUT: plain}) is True
