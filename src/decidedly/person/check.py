"""Checks of the data dictionary: what would keep people from being known or folded."""

from __future__ import annotations

from typing import get_args

from decidedly.core.dictionary import (
    ANONYMOUS,
    Aggregate,
    Attribute,
    CheckDigit,
    Dictionary,
    EventKind,
    Form,
    Namespace,
)
from decidedly.feel.diagnostics import Diagnostic, did_you_mean
from decidedly.feel.types import Boolean, Date, DateTime, ListOf, String, Time, parse_type
from decidedly.person.check_groups import among_problems, kind_problems
from decidedly.person.normalize import regions
from decidedly.person.panes import string_key
from decidedly.person.schema import column_of, type_of
from decidedly.person.where import compile_where


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
    for attribute in dictionary.attributes:
        found += survivorship_problems(attribute)
    for kind in dictionary.events:
        found += _unkeepable(kind)
    for aggregate in dictionary.aggregates:
        found += [problem for _, problem in aggregate_problems(aggregate, dictionary)]
    if dictionary.user_id not in dictionary.identifiers:
        hint = did_you_mean(dictionary.user_id, dictionary.identifiers)
        found.append(Diagnostic("dictionary.user-id", f"user_id names no identifier '{dictionary.user_id}'.", hint))
    for group in dictionary.groups:
        found += [problem for _, problem in kind_problems(group, dictionary)]
    for namespace in dictionary.namespaces:
        found += [problem for _, problem in namespace_problems(namespace, dictionary)]
    return tuple(found)


def survivorship_problems(attribute: Attribute) -> list[Diagnostic]:
    """What is wrong with the way in which one of several values is chosen."""
    criteria = attribute.survivorship
    found = []
    if not criteria:
        message = f"'{attribute.name}' says nothing by which one of several values is chosen."
        found.append(
            Diagnostic(
                "dictionary.survivorship", message, 'Leave it out for the newest, or write survivorship = ["how"].'
            )
        )
    if "union" in criteria and (criteria[-1] != "union" or not isinstance(type_of(attribute.type), ListOf)):
        message = f"'{attribute.name}' asks for a union, which is the last criterion, and of lists alone."
        found.append(Diagnostic("dictionary.survivorship", message, 'Give it a type like "list of string".'))
    if ("source" in criteria) != bool(attribute.sources):
        message = f"'{attribute.name}' names sources and does not choose by source, or the other way round."
        found.append(
            Diagnostic(
                "dictionary.survivorship", message, 'Write both: survivorship = ["source"], sources = ["crm", "web"].'
            )
        )
    return found


def _unkeepable(kind: EventKind) -> list[Diagnostic]:
    return [
        Diagnostic(
            "dictionary.unkeepable",
            f"Field '{field.name}' of event '{kind.id}' cannot be kept as a column: its type is '{field.type}'.",
            "Kept fields are strings, numbers, amounts of money, booleans, days or times.",
        )
        for field in kind.columns
        if column_of(field) is None
    ]


def namespace_problems(namespace: Namespace, dictionary: Dictionary) -> list[tuple[str, Diagnostic]]:
    """What is wrong with a namespace, each with the key that it is about; "" for the namespace as a whole."""
    id = namespace.id
    found: list[tuple[str, str, str]] = []
    known = (*dictionary.identifiers, ANONYMOUS)
    if id not in known:
        hint = did_you_mean(id, known) or f"There are: {', '.join(dict.fromkeys(known))}."
        found.append(("", f"There is no identifier '{id}'.", hint))
    for key, value, words in (
        ("form", namespace.form, get_args(Form)),
        ("check", namespace.check, get_args(CheckDigit)),
    ):
        if value not in words:
            hint = did_you_mean(value, words) or f"Write one of {', '.join(filter(None, words))}."
            found.append((key, f"There is no {key} '{value}'.", hint))
    if namespace.check and namespace.form not in ("text", "digits"):
        found.append(
            ("check", f"Only digits have a check digit, not the form '{namespace.form}'.", 'Write form = "digits".')
        )
    if namespace.region and namespace.form != "phone" and namespace.form in get_args(Form):
        found.append(("region", "Only telephone numbers have a region.", 'Write form = "phone", or leave it out.'))
    if namespace.region and namespace.region not in regions():
        near = namespace.region.upper()
        hint = (
            f"Did you mean '{near}'?" if near in regions() else 'Write two capital letters of ISO 3166, such as "US".'
        )
        found.append(("region", f"Telephone numbers have no region '{namespace.region}'.", hint))
    for key, limit in (("at-most", namespace.at_most), ("shared-above", namespace.shared_above)):
        if limit < 0:
            found.append((key, f"{limit} is no limit.", "Write 1 or more, or 0 for no limit."))
    for pattern in namespace.blocked:
        if not pattern.strip("*"):
            found.append(
                ("blocked", f"'{pattern}' blocks every {id}.", 'Block the values that name nobody: "unknown@*".')
            )
    return [(key, Diagnostic("dictionary.identifier", message, hint)) for key, message, hint in found]


def aggregate_problems(aggregate: Aggregate, dictionary: Dictionary) -> list[tuple[str, Diagnostic]]:
    """What is wrong with an aggregate, each with the key that it is about: of, what, over, where or among."""
    kind = next((kind for kind in dictionary.histories if kind.id == aggregate.of), None)
    if kind is None:
        hint = did_you_mean(aggregate.of, [kind.id for kind in dictionary.histories])
        message = f"Aggregate '{aggregate.id}' is of '{aggregate.of}', which is no event kind."
        return [("of", Diagnostic("dictionary.aggregate", message, hint))]
    found = _what(aggregate, kind)
    if aggregate.root == "candidate":
        found += _of_candidate(aggregate)
    found += among_problems(aggregate, dictionary)
    if aggregate.root == "person" and aggregate.where is not None:
        columns = {field.name: column for field in kind.columns if (column := column_of(field)) is not None}
        found += [("where", one) for one in compile_where(aggregate.where, kind, columns, string_key)[1]]
    return found


def _what(aggregate: Aggregate, kind: EventKind) -> list[tuple[str, Diagnostic]]:
    counts = aggregate.is_ == "count" or " since " in aggregate.is_
    if not aggregate.what:
        if counts:
            return []
        message = f"Aggregate '{aggregate.id}' ({aggregate.is_}) must say of what."
        return [("what", Diagnostic("dictionary.aggregate", message, "Name a kept field in `what`."))]
    field = next((field for field in kind.columns if field.name == aggregate.what), None)
    if field is None:
        message = f"Aggregate '{aggregate.id}' reads '{aggregate.what}', which events of '{kind.id}' do not keep."
        hint = (
            did_you_mean(aggregate.what, [field.name for field in kind.columns])
            or "Declare the field with keep = true."
        )
        return [("what", Diagnostic("dictionary.aggregate", message, hint))]
    type_ = type_of(field.type)
    doing = _DOING.get(aggregate.is_)
    thing = ""
    if isinstance(type_, String):
        thing = "text, of which the history keeps only a key"
    elif isinstance(type_, Boolean) and aggregate.is_ not in _OF_BOOLEANS:
        thing = "yes or no"
    elif isinstance(type_, Date | DateTime | Time) and aggregate.is_ in ("sum", "average"):
        thing = f"a {field.type}"
    if doing and thing:
        message = f"Aggregate '{aggregate.id}' {doing} '{field.name}', which is {thing}."
        return [("what", Diagnostic("dictionary.aggregate", message, "Count it, or count its distinct values."))]
    return []


def _of_candidate(aggregate: Aggregate) -> list[tuple[str, Diagnostic]]:
    """What is counted for each action by the kernel's own columns, which know purchases up to now and no conditions."""
    found = []
    if aggregate.is_ not in ("count", "days since last") or aggregate.what:
        message = f"Aggregate '{aggregate.id}' of candidates can be 'count' or 'days since last' of whole events only."
        found.append(("what", Diagnostic("dictionary.aggregate", message)))
    if aggregate.where is not None:
        message = f"Aggregate '{aggregate.id}' of candidates takes no condition."
        found.append(("where", Diagnostic("dictionary.aggregate", message, "The action's products are its condition.")))
    if aggregate.over is not None and aggregate.over.newest > (0 if aggregate.over.calendar else 1):
        message = f"Aggregate '{aggregate.id}' of candidates must reach up to now."
        found.append(("over", Diagnostic("dictionary.aggregate", message, 'Write "last 30 days" or "this month".')))
    return found


_DOING = {
    "sum": "sums",
    "average": "averages",
    "minimum": "seeks the least",
    "maximum": "seeks the greatest",
    "first": "tells the first",
    "last": "tells the last",
}
_OF_BOOLEANS = ("first", "last")
