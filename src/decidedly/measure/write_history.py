"""Write history: what happened to everybody, into the warehouse's columns, one table per kind of event."""

from __future__ import annotations

from collections.abc import Sequence

from decidedly.core.dictionary import Dictionary
from decidedly.core.person import Person
from decidedly.measure.history import table_of
from decidedly.person import project
from decidedly.ports.warehouse import Warehouse


def write_history(warehouse: Warehouse, people: Sequence[Person], dictionary: Dictionary) -> None:
    """Replace the tables by the history of these people, as of when they are seen."""
    for kind in dictionary.events:
        if kind.columns:
            warehouse.write(table_of(kind.id), project(people, kind.id, dictionary))
