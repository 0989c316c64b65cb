"""Why a rule gave what it gave: its sentence, the facts that it read, and where a null came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from decidedly.feel import trace
from decidedly.feel.scope import Reference
from decidedly.feel.tree import Node, Span, children
from decidedly.feel.words import fact_words, said_value, words

from .reference import TableTrace, trace_table
from .sentence import condition_sentence, row_sentence
from .typed import TypedTable


class FactSaid(msgspec.Struct, frozen=True):
    """A fact as the rule read it. value: plain."""

    name: str
    value: Any
    said: str
    reference: Reference


class RuleTrace(msgspec.Struct, frozen=True):
    """One evaluation in words.

    value    : plain
    sentence : what decided: the rule, or the table's row
    row      : of the table's row that decided, from 0; None where none did or the rule is no table
    facts    : those that decided, in the order in which they were read
    nulls    : where a null came from, one reason each: "age band is not known", "1 divided by 0 has no value"
    """

    value: Any
    sentence: str
    row: int | None
    facts: tuple[FactSaid, ...]
    nulls: tuple[str, ...]


def explain_rule(rule: Node | TypedTable, facts: Mapping[str, Mapping[str, Any]], output: str = "") -> RuleTrace:
    """Evaluate a rule by the reference interpreter and say why it came out so.

    facts  : by root and id, in the stored form of their types
    output : of a table, whose value is told; the first by default
    """
    if isinstance(rule, TypedTable):
        return _table(rule, facts, output)
    done = trace(rule, facts)
    said = _said(done.read)
    return RuleTrace(done.value, words(rule), None, said, (*_unknown(said), *_broken(rule, done.nulls)))


def _table(typed: TypedTable, facts: Mapping[str, Mapping[str, Any]], output: str) -> RuleTrace:
    done = trace_table(typed, facts)
    values = dict(done.read)
    said = _said([(one, values[one]) for one in done.decided if one in values])
    fired = done.fired
    row = fired.rows[0] if fired.rows else None
    value = fired.outputs[typed.place(output) if output else 0]
    nulls = [*_unknown(said), *_unsaid(typed, done)]
    if fired.problem:
        nulls.append(fired.problem)
    sentence = "No row fits." if row is None else row_sentence(typed, row)
    return RuleTrace(value, sentence, row, said, tuple(nulls))


def _unsaid(typed: TypedTable, done: TableTrace) -> Iterator[str]:
    """Parts of the table that gave null from values that were not: they are told by their place in the file."""
    for place in done.nulls:
        yield f"what stands at {place} has no value"
    for one in done.tested:
        if one.against is not None and one.value is None:
            yield f"row {one.row + 1} cannot be judged: whether {condition_sentence(typed, one.row)} is not known"


def _said(read: Any) -> tuple[FactSaid, ...]:
    return tuple(
        FactSaid(fact_words(one.path, one.root), value, said_value(value, one.type), one) for one, value in read
    )


def _unknown(facts: tuple[FactSaid, ...]) -> tuple[str, ...]:
    return tuple(f"{one.name} is not known" for one in facts if one.value is None)


def _broken(rule: Node, spans: tuple[Span, ...]) -> tuple[str, ...]:
    wanted = set(spans)
    return tuple(dict.fromkeys(f"{words(node)} has no value" for node in _nodes(rule) if node.at in wanted))


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _nodes(child)
