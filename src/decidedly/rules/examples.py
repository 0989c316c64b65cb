"""Examples: described people and situations, and what a rule must say of them. They run whenever a rule is checked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from decidedly.core.policy import Example
from decidedly.feel import BOOLEAN, Diagnostic, Reference, Scope, did_you_mean, from_plain
from decidedly.feel.operators import equal
from decidedly.feel.tree import Node
from decidedly.feel.types import ANY, DATE, DATE_TIME, REAL, TIME, ListOf, Money, Number, Type
from decidedly.feel.words import said_value

from .reference import fire
from .typed import TypedTable
from .why import RuleTrace, explain_rule

_NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)
"""The moment of an example that names none."""


def run_examples(
    rule: Node | TypedTable, examples: Iterable[Example], scope: Scope, output: str, zone: ZoneInfo
) -> tuple[Diagnostic, ...]:
    """What is wrong with a rule or its examples: each that comes out otherwise, with the reason.

    output : of a table, which `expect = true` or `false` is about; whatever is not true counts as false
    """
    found: list[Diagnostic] = []
    for example in examples:
        facts, problems = _facts(example, scope, zone)
        found += problems
        if not problems:
            found += _run(rule, example, facts, output)
    return tuple(found)


def _run(rule: Node | TypedTable, example: Example, facts: dict[str, dict[str, Any]], output: str) -> list[Diagnostic]:
    told = explain_rule(rule, facts, output)
    if isinstance(example.expect, bool):
        if (told.value is True) is example.expect:
            return []
        return [_fails(example, said_value(example.expect), said_value(told.value), told)]
    if not isinstance(rule, TypedTable):
        message = f"Example {example.who}: a condition is true or false, it has no results by name."
        return [Diagnostic("examples.expect", message, "Write expect = true or expect = false.", example.place)]
    names = [one.head.text for one in rule.outputs]
    outputs = dict(zip(names, fire(rule, facts).outputs, strict=True))
    found = []
    for name, wanted in example.expect.items():
        if name not in outputs:
            message = f"Example {example.who}: this table has no result '{name}'."
            hint = did_you_mean(name, names) or f"Its results are {', '.join(names)}."
            found.append(Diagnostic("examples.expect", message, hint, example.place))
        elif equal(outputs[name], _plain(wanted)) is not True:
            wanted_said = f"{name} to be {said_value(_plain(wanted))}"
            found.append(_fails(example, wanted_said, said_value(outputs[name]), told))
    return found


def _fails(example: Example, wanted: str, came: str, told: RuleTrace) -> Diagnostic:
    message = f"Example {example.who} expects {wanted}, but it is {came}."
    facts = ", ".join(f"{one.name} is {one.said}" for one in told.facts)
    unknown = [one for one in told.nulls if not one.endswith("is not known") or not facts]
    parts = [f"What decided: {told.sentence}", f"Here {facts}." if facts else "", *(f"{one}." for one in unknown)]
    return Diagnostic("examples.fails", message, " ".join(filter(None, parts)), example.place)


def _facts(example: Example, scope: Scope, zone: ZoneInfo) -> tuple[dict[str, dict[str, Any]], list[Diagnostic]]:
    at = example.at or _NOON
    at = at if at.tzinfo else at.replace(tzinfo=zone)
    facts: dict[str, dict[str, Any]] = {root: {} for root in scope.roots}
    if scope.clock:
        facts[scope.clock] |= {"now": at.astimezone(UTC), "today": at.astimezone(zone).date()}
    problems = []
    for name, value in example.facts.items():
        reference = _named(name, scope)
        if reference is None:
            known = [*(n for root in scope.bare for n in scope.names(root)),
                     *(f"{root}.{n}" for root in scope.roots for n in scope.names(root))]  # fmt: skip
            message = f"Example {example.who}: there is no '{name}'."
            problems.append(Diagnostic("examples.unknown-fact", message, did_you_mean(name, known), example.place))
            continue
        stored = from_plain(reference.type, _of_type(value, reference.type))
        if stored is None:
            message = f"Example {example.who}: '{name}' is of type {reference.type}, which {value!r} is not."
            problems.append(Diagnostic("examples.value", message, "", example.place))
        facts[reference.root][reference.id] = stored
    return facts, problems


def _named(name: str, scope: Scope) -> Reference | None:
    root, dot, rest = name.partition(".")
    if dot and root in scope.roots:
        return scope.find(root, " ".join(rest.split()))
    return scope.find_bare(" ".join(name.split()))


def _of_type(value: Any, type_: Type) -> Any:
    """What an author wrote as a plain value of a type; null where it is none."""
    try:
        match value:
            case bool():
                return value if type_ in (BOOLEAN, ANY) else None
            case int() | float():
                return float(value) if type_ == REAL else Decimal(str(value))
            case str() if isinstance(type_, Number | Money):
                return None
            case str() if type_ == DATE:
                return date.fromisoformat(value)
            case str() if type_ == DATE_TIME:
                moment = datetime.fromisoformat(value)
                return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            case str() if type_ == TIME:
                return time.fromisoformat(value)
            case list():
                return [_of_type(item, type_.of if isinstance(type_, ListOf) else ANY) for item in value]
            case _:
                return value
    except ValueError:
        return None


def _plain(value: Any) -> Any:
    return _of_type(value, ANY)
