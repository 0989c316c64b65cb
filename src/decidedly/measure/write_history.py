"""Write history: what happened to everybody, into the warehouse's columns, one table per kind of event."""

from __future__ import annotations

from collections.abc import Sequence

from decidedly.core.dictionary import PROFILING, Dictionary
from decidedly.core.person import Person
from decidedly.measure.history import table_of
from decidedly.person import permitted, project
from decidedly.ports.warehouse import Warehouse


def write_history(warehouse: Warehouse, people: Sequence[Person], dictionary: Dictionary) -> None:
    """Replace the tables by the history of these people, as of when they are seen; of those who refused profiling
    nothing is written, so that no model learns from them."""
    profiling = dictionary.purpose(PROFILING)
    people = [one for one in people if permitted(one, profiling)]
    for kind in dictionary.events:
        if kind.columns:
            warehouse.write(table_of(kind.id), project(people, kind.id, dictionary))
