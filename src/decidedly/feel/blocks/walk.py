"""How each node of a tree is computed over the rows of a frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import interpret, operators, tree
from ..functions import run_builtin
from ..temporal import stored
from ..types import ANY, BOOLEAN, NULL, REAL, ListOf, Money, Number, RangeOf, Type
from ..values import LIST_LIMIT
from . import calendar, logic, numbers
from .calls import called
from .certainty import is_null
from .columns import (
    Coded,
    Column,
    Flags,
    Lists,
    Overflow,
    Reals,
    Records,
    Scaled,
    Spans,
    Ticks,
    column_of,
    offsets_of,
    reals,
    spread,
)
from .distinct import applied
from .frames import Frame, Rules, Step
from .gather import chosen, joined, masked, nullable

MOST_ITEMS = 4_000_000
"""Items of all lists of one block, so that memory is bounded."""


def interpreted(frame: Frame, step: Step) -> Column:
    """What has no form over columns: the reference runs it once for each distinct set of what it reads."""
    facts, locals_ = tree.references(step.node), tree.free_locals(step.node)
    places = {(part.node.reference if isinstance(part.node, tree.Fact) else part.node.number): part
              for part in _leaves(step)}  # fmt: skip
    columns = [frame.value(places[fact]) for fact in facts]
    columns += [frame.value(places[local.number]) for local in locals_]

    def run(given: list[Any]) -> Any:
        read: dict[str, dict[str, Any]] = {}
        for reference, value in zip(facts, given, strict=False):
            read.setdefault(reference.root, {})[reference.id] = value
        inputs = dict(zip((local.number for local in locals_), given[len(facts) :], strict=True))
        return interpret.evaluate(step.node, read, inputs, plain=True)

    return applied(run, columns, step.node.type, frame.rows)


def _leaves(step: Step) -> list[Any]:
    found, waiting = {}, [step]
    while waiting:
        here = waiting.pop()
        if isinstance(here.node, tree.Fact | tree.Local):
            found[here.number] = here
        waiting.extend(here.parts)
    return list(found.values())


def typed(frame: Frame, step: Step, type_: Type) -> Column:
    """The values of a step where a type is wanted that it conforms to: null in its form, exact numbers as real ones."""
    if step.constant is not None and step.node.type in (NULL, ANY):
        value = interpret.widened(type_, step.constant[0])
        return column_of(type_, [value]).take(np.zeros(frame.rows, np.intp))
    made = frame.value(step)
    return reals(made) if type_ == REAL else made


def nothing(frame: Frame, type_: Type) -> Column:
    """Null in all rows."""
    return column_of(type_, [None]).take(np.zeros(frame.rows, np.intp))


def local(frame: Frame, step: Step) -> Column:
    node = step.node
    assert isinstance(node, tree.Local)
    if frame.number != node.number or frame.item is None:
        raise Overflow
    return frame.item


def negate(frame: Frame, step: Step) -> Column:
    of = frame.value(step.parts[0])
    made = numbers.negated(of)
    if made is None:
        made = calendar.negated(of)
    if made is not None:
        return made
    return applied(lambda given: operators.negate(*given), [of], step.node.type, frame.rows)


def arithmetic(frame: Frame, step: Step) -> Column:
    node = step.node
    assert isinstance(node, tree.Arithmetic)
    constants = [part.constant for part in step.parts]
    if is_null(node, constants):
        return nothing(frame, node.type)
    a, b = (frame.value(part) for part in step.parts)
    made = numbers.by_constant(node.op, a, constants[1]) if isinstance(node.type, Number | Money) else None
    if made is None:
        made = numbers.arithmetic(node.op, a, b, node.type)
    if made is None:
        made = calendar.arithmetic(node.op, a, b, node.type)
    if made is not None:
        return made
    run = operators.ARITHMETIC[node.op]
    return applied(lambda given: run(*given), [a, b], node.type, frame.rows)


def zoned(frame: Frame, step: Step) -> Column:
    if is_null(step.node, []):
        return nothing(frame, step.node.type)
    of = frame.value(step.parts[0])
    if isinstance(of, Ticks):
        return of
    return applied(lambda given: stored(*given), [of], step.node.type, frame.rows)


def choice(frame: Frame, step: Step) -> Column:
    if step.node.type == BOOLEAN:
        return logic.logic(frame, step)
    condition, then, otherwise = step.parts
    first = frame.true(condition)
    type_ = step.node.type
    if first.all():
        return typed(frame, then, type_)
    if not first.any():
        return typed(frame, otherwise, type_)
    return chosen(first, typed(frame, then, type_), typed(frame, otherwise, type_))


# Loops


def loop_of(frame: Frame, step: Step) -> tuple[Lists, Frame] | None:
    """The list that a loop goes through, and the frame of its items; None where it is none."""
    over = step.parts[0]
    lists = frame.value(over)
    if not isinstance(lists, Lists):
        return None
    if len(lists.items) > MOST_ITEMS:
        raise Overflow
    number = step.node.number  # type: ignore[attr-defined]
    return lists, frame.inside(over, number, lists.items, lists.parents)


def loop(frame: Frame, step: Step) -> Column:
    node = step.node
    assert isinstance(node, tree.For)
    found = None if node.partial else loop_of(frame, step)
    if found is None:
        return interpreted(frame, step)
    lists, inner = found
    body = inner.value(step.parts[1])
    if not node.flat:
        return Lists(lists.offsets, body, lists.valid)
    if not isinstance(body, Lists):
        return interpreted(frame, step)
    offsets = body.offsets[lists.offsets]
    if len(lists) and np.diff(offsets).max() > LIST_LIMIT:
        raise Overflow
    made = Lists(offsets, body.items, lists.valid)
    if body.valid is None:
        return made
    return masked(made, logic.segment_counts(lists, ~body.valid).values == 0)


def filtered(frame: Frame, step: Step) -> Column:
    node = step.node
    assert isinstance(node, tree.Filter)
    found = None if node.condition.type == ANY else loop_of(frame, step)
    if found is None:
        return interpreted(frame, step)
    lists, inner = found
    keep = inner.true(step.parts[1])
    lengths = logic.segment_counts(lists, keep).values
    return Lists(offsets_of(lengths), lists.items.take(np.flatnonzero(keep)), lists.valid)


def quantified(frame: Frame, step: Step) -> Column:
    found = loop_of(frame, step)
    return interpreted(frame, step) if found is None else logic.quantified(frame, step, *found)


def index(frame: Frame, step: Step) -> Column:
    over, place = (frame.value(part) for part in step.parts)
    if not isinstance(over, Lists) or not isinstance(place, Scaled):
        return interpreted(frame, step)
    return item_at(over, place)


def item_at(over: Lists, place: Scaled) -> Column:
    """The item at a position from 1, or from the end where it is negative."""
    power = 10**place.scale
    whole, known = place.whole // power, place.whole % power == 0
    lengths = over.lengths
    at = np.where(whole > 0, whole - 1, lengths + np.maximum(whole, -LIST_LIMIT * 1000))
    inside = known & (whole != 0) & (at >= 0) & (at < lengths) & ~place.nulls & ~over.nulls
    return nullable(over.items, np.where(inside, over.offsets[:-1] + at, -1))


# Structures


def items(frame: Frame, step: Step) -> Column:
    of = step.node.type.of if isinstance(step.node.type, ListOf) else ANY
    columns = [typed(frame, part, of) for part in step.parts]
    if not columns:
        return Lists(np.zeros(frame.rows + 1, np.intp), column_of(of, []))
    together = columns[0]
    for column in columns[1:]:
        together = joined(together, column)
    width, rows = len(columns), frame.rows
    places = (np.arange(rows)[:, None] + np.arange(width)[None, :] * rows).ravel()
    return Lists(np.arange(rows + 1, dtype=np.intp) * width, together.take(places))


def counted(frame: Frame, step: Step) -> Column:
    low, high = (frame.value(part) for part in step.parts)
    if not (isinstance(low, Scaled) and isinstance(high, Scaled) and low.scale == high.scale == 0):
        return interpreted(frame, step)
    first, last = low.whole, high.whole
    if max(low.largest, high.largest) > 2**61:
        raise Overflow
    known = ~(low.nulls | high.nulls) & (np.abs(last - first) < LIST_LIMIT)
    lengths = np.where(known, np.abs(last - first) + 1, 0)
    if lengths.sum() > MOST_ITEMS:
        raise Overflow
    upwards = spread(np.zeros(len(lengths), np.intp), lengths)
    made = np.repeat(first, lengths) + upwards * np.repeat(np.where(first <= last, 1, -1), lengths)
    return Lists(offsets_of(lengths), Scaled(made, 0), None if known.all() else known)


def bounds(frame: Frame, step: Step) -> Column:
    node = step.node
    assert isinstance(node, tree.Bounds)
    if node.form or not isinstance(node.type, RangeOf):
        return interpreted(frame, step)
    low, high = (typed(frame, part, node.type.of) for part in step.parts)
    closed = np.full(frame.rows, node.low_closed), np.full(frame.rows, node.high_closed)
    return Spans(low, high, *closed)


def entries(frame: Frame, step: Step) -> Column:
    node = step.node
    assert isinstance(node, tree.Entries)
    if any(node.numbers):
        return interpreted(frame, step)
    return Records({name: frame.value(part) for name, part in zip(node.names, step.parts, strict=True)}, frame.rows)


def field(frame: Frame, step: Step) -> Column:
    node = step.node
    assert isinstance(node, tree.Field)
    of = frame.value(step.parts[0])
    found = _field(of, node.name)
    if found is not None:
        return found
    return applied(lambda given: interpret.field_of(given[0], node.name), [of], node.type, frame.rows)


def _field(of: Column, name: str) -> Column | None:
    if isinstance(of, Records) and name in of.fields:
        made = of.fields[name]
        return made if of.valid is None else nullable(made, np.where(of.valid, np.arange(len(made)), -1))
    if isinstance(of, Lists):
        items = _field(of.items, name)
        return None if items is None else Lists(of.offsets, items, of.valid)
    return None


def part(frame: Frame, step: Step) -> Column:
    node = step.node
    assert isinstance(node, tree.Property)
    of = frame.value(step.parts[0])
    made = _end(of, node.name) if isinstance(of, Spans) else calendar.part(of, node.name)
    if made is not None:
        return made
    return applied(lambda given: interpret.field_of(given[0], node.name), [of], node.type, frame.rows)


def _end(of: Spans, name: str) -> Column:
    if name.endswith("included"):
        return Flags(of.low_closed if name == "start included" else of.high_closed, of.valid)
    end = of.low if name == "start" else of.high
    return end if of.valid is None else nullable(end, np.where(of.valid, np.arange(len(end)), -1))


def instance(frame: Frame, step: Step) -> Column:
    node = step.node
    assert isinstance(node, tree.InstanceOf)
    of = frame.value(step.parts[0])
    if isinstance(of, Flags | Scaled | Reals | Ticks) or (isinstance(of, Coded) and of.texts):
        known = np.flatnonzero(~of.nulls)
        sample = of.take(known[:1]).plain()
        yes = bool(sample) and interpret.is_instance(node.wanted, sample[0])
        return Flags(np.where(of.nulls, interpret.is_instance(node.wanted, None), yes))
    return applied(lambda given: interpret.is_instance(node.wanted, *given), [of], BOOLEAN, frame.rows)


def matches(frame: Frame, step: Step) -> Column:
    columns = [frame.value(part) for part in step.parts]
    return applied(lambda given: operators.matches_test(*given), columns, BOOLEAN, frame.rows)


def as_list(frame: Frame, step: Step) -> Column:
    node = step.node
    assert isinstance(node, tree.AsList)
    of = frame.value(step.parts[0])
    if isinstance(of, Lists) and (node.counts or of.valid is None):
        return of
    run: Callable[[Any], Any] = interpret.gone_through if node.counts else interpret.as_list
    return applied(lambda given: run(*given), [of], node.type, frame.rows)


def call(frame: Frame, step: Step) -> Column:
    node = step.node
    assert isinstance(node, tree.Call)
    if is_null(node, [one.constant for one in step.parts]):
        return nothing(frame, node.type)
    if any(isinstance(one.node, tree.Lambda | tree.BuiltIn) for one in step.parts):
        return interpreted(frame, step)
    arguments = [frame.value(one) for one in step.parts]
    made = called(step, arguments)
    if made is not None:
        return made
    return applied(lambda given: run_builtin(node.function, given, node.form), arguments, node.type, frame.rows)


RULES = Rules(
    {
        tree.Fact: lambda frame, step: frame.facts(step.node),  # type: ignore[arg-type]
        tree.Local: local,
        tree.Negate: negate,
        tree.Arithmetic: arithmetic,
        tree.Compare: logic.compare,
        tree.And: logic.logic,
        tree.Or: logic.logic,
        tree.Not: logic.logic,
        tree.Between: logic.between,
        tree.Member: logic.membership,
        tree.Matches: matches,
        tree.If: choice,
        tree.For: loop,
        tree.Quantified: quantified,
        tree.Filter: filtered,
        tree.Index: index,
        tree.Items: items,
        tree.AsList: as_list,
        tree.Count: counted,
        tree.Bounds: bounds,
        tree.Entries: entries,
        tree.Field: field,
        tree.Property: part,
        tree.Call: call,
        tree.InstanceOf: instance,
        tree.Zoned: zoned,
        tree.Lookup: interpreted,
        tree.Lambda: interpreted,
        tree.BuiltIn: interpreted,
        tree.Invoke: interpreted,
    },
    logic.certain,
)
