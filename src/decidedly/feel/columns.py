"""Lowering to columns: arithmetic over reals as NumPy arrays, many candidates at once.

What the row function would say of each row, to the bit: IEEE doubles, null as NaN, and null wherever a result is not
finite. Expressions of any other kind have no column form here (`None`); the row function is always there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .python import Compiled
from .tree import Arithmetic, Fact, Literal, Node
from .types import REAL, Money, Number

Columns = Mapping[str, NDArray[np.float64] | float]
Block = Callable[[Columns], NDArray[np.float64]]

_APPLY: dict[str, Callable[..., Any]] = {"+": np.add, "-": np.subtract, "*": np.multiply}


def compile_columns(compiled: Compiled, root: str) -> Block | None:
    """The expression over columns of one root's facts, by id; None where it needs more than this lowering knows."""
    if compiled.type != REAL or not _plain(compiled.tree, root):
        return None
    tree = compiled.tree

    def block(columns: Columns) -> NDArray[np.float64]:
        with np.errstate(over="ignore", invalid="ignore"):
            made = np.asarray(_value(tree, columns), np.float64)
        # Sums and products of what is not finite are not finite: one look at the end finds every null.
        return np.where(np.isfinite(made), made, np.nan)

    return block


def _plain(node: Node, root: str) -> bool:
    match node:
        case Literal(value=value, type=Number() | Money()):
            return value is not None
        case Fact(reference=reference):
            return reference.root == root and reference.type == REAL
        case Arithmetic(op=op, left=left, right=right):
            # A product or sum of two constants is exact in FEEL: only what involves a real is binary arithmetic.
            return node.type == REAL and op in _APPLY and _plain(left, root) and _plain(right, root)
        case _:
            return False


def _value(node: Node, columns: Columns) -> NDArray[np.float64] | float:
    match node:
        case Literal(value=value):
            return float(value)
        case Fact(reference=reference):
            return columns[reference.id]
        case Arithmetic(op=op, left=left, right=right):
            made: NDArray[np.float64] = _APPLY[op](_value(left, columns), _value(right, columns))
            return made
        case _:
            raise TypeError(type(node).__name__)
