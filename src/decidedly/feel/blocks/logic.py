"""Conditions: where they are certainly true or certainly false, as masks, so that no third value is ever made.

The parts of `and` and `or` are taken cheap ones first, and no further than it is decided for every row of the block.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .. import operators, tree
from ..types import BOOLEAN
from .columns import Coded, Column, Flags, Lists, Mask, Scaled, Words
from .compare import SWAPPED, Against, OneOf, compared
from .distinct import applied
from .frames import Frame, Step


def certain(frame: Frame, step: Step, truth: bool) -> Mask:
    """Where a condition is certainly true, or certainly false."""
    rule = _CERTAIN.get(type(step.node))
    return flags(frame.value(step), truth) if rule is None else rule(frame, step, truth)


def _negation(frame: Frame, step: Step, truth: bool) -> Mask:
    return frame.certain(step.parts[0], not truth)


def _conjunction(frame: Frame, step: Step, truth: bool) -> Mask:
    return _joined(frame, step, truth, both=truth)


def _disjunction(frame: Frame, step: Step, truth: bool) -> Mask:
    return _joined(frame, step, truth, both=not truth)


def _choice(frame: Frame, step: Step, truth: bool) -> Mask:
    if step.node.type != BOOLEAN:
        return flags(frame.value(step), truth)
    first = frame.certain(step.parts[0], True)
    return np.where(first, frame.certain(step.parts[1], truth), frame.certain(step.parts[2], truth))


def _between(frame: Frame, step: Step, truth: bool) -> Mask:
    low, high = _bounds(step)
    if truth and low is not None and high is not None:
        made = _inside(frame, frame.value(step.parts[0]), low, high)
        if made is not None:
            return made
    above, below = _sides(frame, step)
    if above is None or below is None:
        return flags(frame.value(step), truth)
    if truth:
        return np.logical_and(above.true, below.true, out=frame.spare())
    return above.false | below.false


def _inside(frame: Frame, column: Column, low: Against, high: Against) -> Mask | None:
    """Where a column is certainly between two constants; None where it has no form for that."""
    above = low.raw(column, frame.spare())
    below = None if above is None else high.raw(column, frame.scratch())
    if above is None or below is None:
        return None
    np.logical_and(above, below, out=above)
    return above if column.valid is None else np.logical_and(above, column.valid, out=above)


def _comparison(frame: Frame, step: Step, truth: bool) -> Mask:
    made = frame.found.get(step.number)
    if made is None:
        made = frame.found[step.number] = compare(frame, step)
    assert isinstance(made, Flags)
    return made.values if truth else made.false


_CERTAIN: dict[type[tree.Node], Callable[[Frame, Step, bool], Mask]] = {
    tree.Not: _negation,
    tree.And: _conjunction,
    tree.Or: _disjunction,
    tree.If: _choice,
    tree.Between: _between,
    tree.Compare: _comparison,
}


def flags(column: Column, truth: bool) -> Mask:
    """Where a column is true, or false; what is no truth value is neither."""
    if isinstance(column, Flags):
        return column.true if truth else column.false
    if isinstance(column, Coded):
        return np.asarray(column.table([entry is truth for entry in column.entries], False))
    return np.zeros(len(column), np.bool_)


def _joined(frame: Frame, step: Step, truth: bool, *, both: bool) -> Mask:
    combine = np.logical_and if both else np.logical_or
    known = frame.truths[truth]
    out = frame.out
    frame.out = None
    made: Mask | None = None
    own = False
    for part in step.cheap_first:
        mask = known.get(part.number)
        if mask is None:
            # To see whether all is decided takes as long as a cheap part itself.
            if made is not None and part.cost > _CHEAP and not (made.any() if both else not made.all()):
                break
            rule = _CERTAIN.get(type(part.node)) if frame.over is None else None
            mask = frame.certain(part, truth) if rule is None else rule(frame, part, truth)
            known[part.number] = mask
        if made is None:
            made = mask
        elif own:
            combine(made, mask, made)
        else:
            # The first mask belongs to another step.
            made, own = combine(made, mask, out=frame.spare() if out is None else out), True
    assert made is not None
    return made


_CHEAP = 5


def logic(frame: Frame, step: Step) -> Column:
    """and, or and not as values."""
    return Flags.of(frame.certain(step, True), frame.certain(step, False))


def compare(frame: Frame, step: Step) -> Column:
    """`=`, `<` and the like."""
    node = step.node
    assert isinstance(node, tree.Compare)
    if step.ready is None:
        step.ready = _tests(step, node)
    for other, test in step.ready:
        column = frame.found.get(other.number)
        made: Flags | None = test.compared(frame.value(other) if column is None else column, frame.spare())
        if made is not None:
            return made
    left, right = step.parts
    found = compared(node.op, frame.value(left), frame.value(right))
    if found is not None:
        return found
    run = operators.COMPARISONS[node.op]
    return applied(lambda given: run(*given), [frame.value(left), frame.value(right)], BOOLEAN, frame.rows)


def _tests(step: Step, node: tree.Compare) -> list[tuple[Step, Against]]:
    """What is compared with a constant, on either side."""
    left, right = step.parts
    sides = (left, right, node.op), (right, left, SWAPPED[node.op])
    return [(one, Against(op, other.constant[0])) for one, other, op in sides if other.constant is not None]


def _sides(frame: Frame, step: Step) -> tuple[Flags | None, Flags | None]:
    of, *bounds = step.parts
    column = frame.value(of)
    sides = []
    for op, bound, test in zip(_ops(step), bounds, _bounds(step), strict=True):
        made = None if test is None else test.compared(column, frame.spare())
        sides.append(compared(op, column, frame.value(bound)) if made is None else made)
    return sides[0], sides[1]


def _ops(step: Step) -> tuple[str, str]:
    """What the value is to its low and its high bound."""
    node = step.node
    assert isinstance(node, tree.Between)
    return ">=" if node.low_closed else ">", "<=" if node.high_closed else "<"


def _bounds(step: Step) -> tuple[Against | None, Against | None]:
    """The bounds that are constants, made ready once."""
    if step.ready is None:
        step.ready = tuple(
            None if bound.constant is None else Against(op, bound.constant[0])
            for op, bound in zip(_ops(step), step.parts[1:], strict=True)
        )
    low, high = step.ready
    return low, high


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
    if step.ready is None:
        step.ready = _one_of(step)
    if isinstance(column, Coded) and isinstance(column.entries, Words):
        _look_up_together(of, column.entries)
    found = step.ready.held(column, frame.spare(), frame.scratch())
    if found is not None:
        return Flags(found)
    columns = [column, *(frame.value(value) for value in values)]
    return applied(
        lambda given: operators.disjunction(operators.equal(given[0], value) for value in given[1:]),
        columns, BOOLEAN, frame.rows,
    )  # fmt: skip


def _look_up_together(of: Step, words: Words) -> None:
    """Makes the memberships of one step in several values ready together."""
    ready = words, len(of.memberships)
    if of.looked_up is not None and of.looked_up[0] is words and of.looked_up[1] == ready[1]:
        return
    for step in of.memberships:
        if step.ready is None:
            step.ready = _one_of(step)
    OneOf.look_up_together([step.ready for step in of.memberships], words)
    of.looked_up = ready


def _one_of(step: Step) -> OneOf:
    return OneOf([value.constant[0] if value.constant else None for value in step.parts[1:]])


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
