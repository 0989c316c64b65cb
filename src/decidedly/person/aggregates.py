"""Aggregates: attributes computed from a person's history."""

from __future__ import annotations

from collections.abc import Collection, Sized
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from decidedly.core.dictionary import Aggregate, Dictionary
from decidedly.core.errors import BadInput
from decidedly.core.person import Pane, Person
from decidedly.person.panes import count_before, first_item, read_column
from decidedly.person.schema import Column, KindSchema, schema_of

_DAY_S = 86_400


def aggregates(
    person: Person, dictionary: Dictionary, wanted: Collection[str] | None = None
) -> dict[str, int | float | None]:
    """Attribute id -> value of every declared aggregate over the whole person, or of those wanted, as of `person.at`.

    Windows reach from `days` days before `person.at` (included) to `person.at` (not included).

    count           : of events, or of the items where `what` is not null; 0 where there are none
    sum             : of an item field, nulls left out; 0 where there are none; int for money and number(0)
    distinct        : different values of an item field, null is none
    days since last : whole days since the last event of the kind; None where there was none in the window

    Raises BadInput for an aggregate of an undeclared kind or a field that is not kept (`check` reports them before).
    """
    schema = schema_of(dictionary)
    values: dict[str, int | float | None] = {}
    for aggregate in dictionary.aggregates:
        if aggregate.root == "person" and (wanted is None or aggregate.id in wanted):
            pane = person.panes.get(aggregate.of)
            values[aggregate.id] = _value(aggregate, pane, person, schema.kind(aggregate.of))
    return values


def _value(aggregate: Aggregate, pane: Pane | None, person: Person, schema: KindSchema) -> int | float | None:
    last = aggregate.is_ == "days since last"
    if pane is None or not pane.at:
        return None if last else 0
    events = len(pane.at) // 8
    start = count_before(pane, person.at - timedelta(days=aggregate.days)) if aggregate.days else 0
    if last:
        if start == events:
            return None
        micros = int.from_bytes(pane.micros[-4:], "little")
        since = person.at.timestamp() - int.from_bytes(pane.at[-8:], "little", signed=True) - micros / 1e6
        return int(since // _DAY_S)
    if not aggregate.what:
        return events - start
    return _of_items(aggregate, pane, start, events, _column(aggregate, schema))


def _of_items(aggregate: Aggregate, pane: Pane, start: int, events: int, column: Column) -> int | float:
    values = read_column(pane, column, first_item(pane, events))[first_item(pane, start) :]
    if column.dtype.kind == "f":
        held = values[~np.isnan(values)]
        return float(held.sum()) if aggregate.is_ == "sum" else len(_counted(aggregate, held))
    nulls = int(np.count_nonzero(values == column.null))
    if aggregate.is_ == "sum":
        # Nulls are taken out of the sum afterwards: quicker than choosing the others first.
        return int(values.sum(dtype=np.int64)) - nulls * int(column.null)
    counted = _counted(aggregate, values)
    return len(counted) - (nulls if aggregate.is_ == "count" else nulls > 0)


def _counted(aggregate: Aggregate, values: npt.NDArray[Any]) -> Sized:
    return values if aggregate.is_ == "count" else set(values.tolist())


def _column(aggregate: Aggregate, schema: KindSchema) -> Column:
    column = schema.columns.get(aggregate.what)
    if column is None:
        raise BadInput(
            f"Aggregate '{aggregate.id}' reads '{aggregate.what}', which events of kind '{aggregate.of}' do not keep.",
            place=f"dictionary aggregate '{aggregate.id}'",
            hint="Declare the field with keep = true.",
        )
    return column
