"""A decision table in a model as a step: decided by the reference, its outputs put together (DMN 1.5, 8.2.11)."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from decidedly.feel.diagnostics import Diagnostic, Place
from decidedly.feel.functions import plain_number
from decidedly.feel.types import ContextOf, ListOf, Type

from ..definition import DecisionTable
from ..hit import Fired
from ..model import BoxedTable
from ..reference import fire
from ..typed import TypedTable, type_table
from .frame import Frame, Names
from .item_types import ItemTypes

LISTS = ("collect", "rule order", "output order")


def table_step(
    box: BoxedTable, names: Names, types: ItemTypes, problems: list[Diagnostic]
) -> tuple[Callable[[Frame], Any], Type] | None:
    """The step of a table and the type of its result, or None where its texts cannot be read."""
    definition = _with_allowed(box, types)
    typed, found = type_table(definition, names.scope, lenient=True)
    problems.extend(found)
    if typed is None:
        return None
    heads = [head.text for head in definition.outputs]

    def step(frame: Frame) -> Any:
        fired = fire(typed, frame.facts, plain=True)
        if fired.problem:
            place = _place(definition, fired)
            frame.running.report("dmn.hit-policy", f"This table gives null: {fired.problem}.", place)
        return plain_number(as_one(definition.hit, heads, fired))

    return step, _type(typed, box, types, heads)


def as_one(hit: str, heads: Sequence[str], fired: Fired) -> Any:
    """The outputs as one value: alone, as a context of several, as a list of these where the hit policy collects."""
    outputs = fired.outputs
    if len(heads) == 1:
        return outputs[0]
    if fired.problem or (not fired.rows and all(output is None for output in outputs)):
        return None
    if hit == "collect #":
        return outputs[0]
    if hit in LISTS:
        return [dict(zip(heads, row, strict=True)) for row in zip(*outputs, strict=True)]
    return dict(zip(heads, outputs, strict=True))


def _with_allowed(box: BoxedTable, types: ItemTypes) -> DecisionTable:
    """The table with the allowed values of its outputs' types, where it names none itself: they are the priorities."""
    if box.table.hit not in ("priority", "output order"):
        return box.table
    found = {
        head.text: text
        for head, clause in zip(box.table.outputs, box.outputs, strict=True)
        if head.text not in box.table.allowed and (text := types.allowed(clause.type or box.type))
    }
    return msgspec.structs.replace(box.table, allowed={**box.table.allowed, **found}) if found else box.table


def _place(table: DecisionTable, fired: Fired) -> Place:
    return table.rows[fired.rows[0]].place if fired.rows else table.place


def _type(typed: TypedTable, box: BoxedTable, types: ItemTypes, heads: list[str]) -> Type:
    each = [
        types.static(clause.type) if clause.type else output.type
        for clause, output in zip(box.outputs, typed.outputs, strict=True)
    ]
    one = each[0] if len(each) == 1 else ContextOf(tuple(zip(heads, each, strict=True)))
    return ListOf(one) if typed.table.hit in LISTS else one
