"""Conditions: where they are certainly true or certainly false, as masks, so that no third value is ever made.

The parts of `and` and `or` are taken cheap ones first, and no further than it is decided for every row of the block.
"""

from __future__ import annotations

import numpy as np

from .. import operators, tree
from ..types import BOOLEAN
from .columns import Coded, Column, Flags, Lists, Mask, Scaled
from .compare import SWAPPED, compared, member, with_constant
from .distinct import applied
from .frames import Frame, Step


def certain(frame: Frame, step: Step, truth: bool) -> Mask:
    """Where a condition is certainly true, or certainly false."""
    node = step.node
    match node:
        case tree.Not():
            return frame.certain(step.parts[0], not truth)
        case tree.And() | tree.Or():
            return _joined(frame, step, truth, both=isinstance(node, tree.And) == truth)
        case tree.If() if node.type == BOOLEAN:
            first = frame.true(step.parts[0])
            then, otherwise = frame.certain(step.parts[1], truth), frame.certain(step.parts[2], truth)
            return np.where(first, then, otherwise)
        case tree.Between():
            above, below = _sides(frame, step)
            if above is not None and below is not None:
                return above.true & below.true if truth else above.false | below.false
    return flags(frame.value(step), truth)


def flags(column: Column, truth: bool) -> Mask:
    """Where a column is true, or false; what is no truth value is neither."""
    if isinstance(column, Flags):
        return column.true if truth else column.false
    if isinstance(column, Coded):
        return np.asarray(column.table([entry is truth for entry in column.entries], False))
    return np.zeros(len(column), np.bool_)


def _joined(frame: Frame, step: Step, truth: bool, *, both: bool) -> Mask:
    made: Mask | None = None
    for part in sorted(step.parts, key=lambda part: part.cost):
        mask = frame.certain(part, truth)
        made = mask if made is None else made & mask if both else made | mask
        if not made.any() if both else made.all():
            break
    assert made is not None
    return made


def logic(frame: Frame, step: Step) -> Column:
    """and, or and not as values."""
    return Flags.of(frame.certain(step, True), frame.certain(step, False))


def compare(frame: Frame, step: Step) -> Column:
    """`=`, `<` and the like."""
    left, right = step.parts
    node = step.node
    assert isinstance(node, tree.Compare)
    for one, other, op in ((left, right, node.op), (right, left, SWAPPED[node.op])):
        if other.constant is not None:
            made = _constant(op, frame.value(one), other.constant[0])
            if made is not None:
                return made
    found = compared(node.op, frame.value(left), frame.value(right))
    if found is not None:
        return found
    run = operators.COMPARISONS[node.op]
    return applied(lambda given: run(*given), [frame.value(left), frame.value(right)], BOOLEAN, frame.rows)


def _constant(op: str, column: Column, value: object) -> Flags | None:
    if value is not None:
        return with_constant(op, column, value)
    if op in ("=", "!="):
        nulls = column.nulls
        return Flags(nulls if op == "=" else ~nulls)
    return Flags(np.zeros(len(column), np.bool_), np.zeros(len(column), np.bool_))


def _sides(frame: Frame, step: Step) -> tuple[Flags | None, Flags | None]:
    node = step.node
    assert isinstance(node, tree.Between)
    of, low, high = step.parts
    column = frame.value(of)
    sides = []
    for op, bound in ((">=" if node.low_closed else ">", low), ("<=" if node.high_closed else "<", high)):
        made = None
        if bound.constant is not None:
            made = _constant(op, column, bound.constant[0])
        if made is None:
            made = compared(op, column, frame.value(bound))
        sides.append(made)
    return sides[0], sides[1]


def between(frame: Frame, step: Step) -> Column:
    """`between`, each bound compared apart: a null bound may still leave a certain false."""
    above, below = _sides(frame, step)
    if above is not None and below is not None:
        return Flags.of(above.true & below.true, above.false | below.false)
    node = step.node
    assert isinstance(node, tree.Between)
    ends = node.low_closed, node.high_closed
    columns = [frame.value(part) for part in step.parts]
    return applied(lambda given: operators.between(given[0], given[1], given[2], *ends), columns, BOOLEAN, frame.rows)


def membership(frame: Frame, step: Step) -> Column:
    """`in` several literals."""
    of, *values = step.parts
    column = frame.value(of)
    found = member(column, [value.constant[0] if value.constant else None for value in values])
    if found is not None:
        return Flags(found)
    columns = [column, *(frame.value(value) for value in values)]
    return applied(
        lambda given: operators.disjunction(operators.equal(given[0], value) for value in given[1:]),
        columns, BOOLEAN, frame.rows,
    )  # fmt: skip


def quantified(frame: Frame, step: Step, lists: Lists, inner: Frame) -> Column:
    """`some` and `every` over the items of each row."""
    node = step.node
    assert isinstance(node, tree.Quantified)
    body = step.parts[1]
    true, false = inner.certain(body, True), inner.certain(body, False)
    if node.every:
        made = Flags.of(_all(lists, true), _any(lists, false))
    else:
        made = Flags.of(_any(lists, true), _all(lists, false))
    return known_where(made, lists)


def known_where(made: Flags, lists: Column) -> Flags:
    """The flags, and null where the list is null."""
    if lists.valid is None:
        return made
    return Flags(made.values, lists.valid if made.valid is None else lists.valid & made.valid)


def segment_counts(lists: Lists, mask: Mask) -> Scaled:
    """How many items of each list the mask has."""
    sums = np.zeros(len(mask) + 1, np.int64)
    np.cumsum(mask, out=sums[1:])
    return Scaled(np.diff(sums[lists.offsets]), 0)


def _any(lists: Lists, mask: Mask) -> Mask:
    return np.asarray(segment_counts(lists, mask).values > 0)


def _all(lists: Lists, mask: Mask) -> Mask:
    return ~_any(lists, ~mask)


def some_of(lists: Lists, flags_: Column) -> Flags:
    """any() of truth values."""
    return Flags.of(_any(lists, flags(flags_, True)), _all(lists, flags(flags_, False)))


def every_of(lists: Lists, flags_: Column) -> Flags:
    """all() of truth values."""
    return Flags.of(_all(lists, flags(flags_, True)), _any(lists, flags(flags_, False)))
