"""Checks of the data dictionary: what would keep people from being folded."""

from __future__ import annotations

from decidedly.core.dictionary import Aggregate, Dictionary, EventKind
from decidedly.feel.diagnostics import Diagnostic, did_you_mean
from decidedly.feel.types import parse_type
from decidedly.person.schema import column_of


def check(dictionary: Dictionary) -> tuple[Diagnostic, ...]:
    """Everything wrong with the dictionary's types, kept fields and aggregates."""
    found: list[Diagnostic] = []
    for attribute in dictionary.attributes:
        found += parse_type(attribute.type)[1]
    for kind in dictionary.events:
        for field in (*kind.fields, *kind.item_fields):
            found += parse_type(field.type)[1]
    if found:
        return tuple(found)
    for kind in dictionary.events:
        found += _unkeepable(kind)
    for aggregate in dictionary.aggregates:
        found += _aggregate(aggregate, dictionary)
    if dictionary.user_id not in dictionary.identifiers:
        hint = did_you_mean(dictionary.user_id, dictionary.identifiers)
        found.append(Diagnostic("dictionary.user-id", f"user_id names no identifier '{dictionary.user_id}'.", hint))
    return tuple(found)


def _unkeepable(kind: EventKind) -> list[Diagnostic]:
    return [
        Diagnostic(
            "dictionary.unkeepable",
            f"Field '{field.name}' of event '{kind.id}' cannot be kept as a column: its type is '{field.type}'.",
            "Kept fields are strings, numbers, amounts of money or booleans.",
        )
        for field in kind.columns
        if column_of(field) is None
    ]


def _aggregate(aggregate: Aggregate, dictionary: Dictionary) -> list[Diagnostic]:
    kind = next((kind for kind in dictionary.events if kind.id == aggregate.of), None)
    if kind is None:
        hint = did_you_mean(aggregate.of, [kind.id for kind in dictionary.events])
        message = f"Aggregate '{aggregate.id}' is of '{aggregate.of}', which is no event kind."
        return [Diagnostic("dictionary.aggregate", message, hint)]
    if not aggregate.what:
        if aggregate.is_ in ("count", "days since last"):
            return []
        message = f"Aggregate '{aggregate.id}' ({aggregate.is_}) must say of what."
        return [Diagnostic("dictionary.aggregate", message, "Name a kept field in `what`.")]
    field = next((field for field in kind.columns if field.name == aggregate.what), None)
    if field is None:
        message = f"Aggregate '{aggregate.id}' reads '{aggregate.what}', which events of '{kind.id}' do not keep."
        hint = (
            did_you_mean(aggregate.what, [field.name for field in kind.columns])
            or "Declare the field with keep = true."
        )
        return [Diagnostic("dictionary.aggregate", message, hint)]
    column = column_of(field)
    if aggregate.is_ == "sum" and column is not None and column.is_string:
        message = f"Aggregate '{aggregate.id}' sums '{field.name}', which is text."
        return [Diagnostic("dictionary.aggregate", message, "Count it, or count its distinct values.")]
    return []
