"""Every rule of a playbook written back as plain English, generated from what it means, not from what it is called."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from decidedly.core.playbook import Playbook
from decidedly.core.policy import Policy, Segment, Text
from decidedly.core.service import Channel, DecisionService
from decidedly.feel import Place, Scope, parse
from decidedly.feel.tree import Node
from decidedly.feel.words import words
from decidedly.playbook.decisions import compile_decisions, find_decision
from decidedly.playbook.scope import policy_scope, priority_scope
from decidedly.playbook.segment_names import BELONGS, segment_names
from decidedly.playbook.ways import Way, ways_of
from decidedly.rules import CompiledModel, read_table, type_table
from decidedly.rules.condition import row_condition
from decidedly.rules.sentence import table_sentences


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One rule in words.

    kind      : of the rule, such as a policy's tier
    sentences : a table has one for each row
    ways      : how it runs, where that was asked
    """

    kind: str
    id: str
    name: str
    place: Place
    sentences: tuple[str, ...]
    ways: tuple[Way, ...] = ()


class _Read(msgspec.Struct, frozen=True):
    """A rule as read: its sentences, and the trees that it is made of."""

    sentences: tuple[str, ...]
    trees: tuple[Node, ...] = ()


def say(playbook: Playbook, *, ways: bool = False) -> tuple[Said, ...]:
    """Policies, segments, priorities and weights in playbook order; what cannot be read says so (`check` says why).

    ways : also how each runs
    """
    segments = segment_names(playbook.dictionary, playbook.segments)
    rules = policy_scope(playbook.dictionary, segments)
    decisions = compile_decisions(playbook, rules)[0]
    found: list[tuple[str, Policy | Segment | DecisionService | Channel, Place, _Read]] = []
    found += [(one.tier, one, one.place, _policy(one, rules, decisions)) for one in playbook.policies]
    found += [("segment", one, one.place, _segment(one, rules)) for one in playbook.segments]
    for service in playbook.services:
        values = priority_scope(playbook.dictionary, segments, [term.name for term in service.terms])
        formulas = [("priority", "The priority is", service.priority)]
        formulas += [("customer", "For the customer counts", service.customer)] if service.customer else []
        formulas += [("term", f"The {term.name} is", term.formula) for term in service.terms]
        found += [(kind, service, text.place, _expression(start, text, values)) for kind, start, text in formulas]
    found += [("weight", one, one.weight.place, _expression("The weight of the channel is", one.weight, rules))
              for one in playbook.channels]  # fmt: skip
    return tuple(
        Said(kind=kind, id=one.id, name=one.name, place=place, sentences=read.sentences,
             ways=ways_of(read.trees, place.file) if ways else ())
        for kind, one, place, read in found
    )  # fmt: skip


def _policy(policy: Policy, scope: Scope, decisions: Mapping[str, CompiledModel]) -> _Read:
    if policy.table is not None:
        return _table(policy.table, scope)
    if policy.decision is not None:
        decision, _ = find_decision(policy.decision, decisions)
        if decision is None or decision.tree is None:
            return _Read((f"An action passes only if the decision '{policy.decision.text}' is true.",))
        return _Read((_led("An action passes only if", words(decision.tree)),), (decision.tree,))
    return _Read(()) if policy.when is None else _expression("An action passes only if", policy.when, scope)


def _segment(segment: Segment, scope: Scope) -> _Read:
    if segment.table is not None:
        return _table(segment.table, scope)
    return _Read(()) if segment.when is None else _expression(f"A person {BELONGS} if", segment.when, scope)


def _expression(start: str, text: Text, scope: Scope) -> _Read:
    tree, _ = parse(text.text, scope, place=text.place)
    if tree is None:
        return _Read((f"{start} something that cannot be read.",))
    return _Read((_led(start, words(tree)),), (tree,))


def _led(start: str, said: str) -> str:
    # Two "if" beside each other are hard to read.
    between = {"An action passes only if": " this is true:", f"A person {BELONGS} if": " this is true:"}
    return f"{start}{between.get(start, ':') if said.startswith('if ') else ''} {said}."


def _table(text: Text, scope: Scope) -> _Read:
    table, _ = read_table(text.text, place=text.place)
    typed = None if table is None else type_table(table, scope)[0]
    if typed is None:
        return _Read(("This table cannot be read.",))
    tests = (row_condition(typed, row) for row in range(len(typed.cells)))
    results = (result for row in typed.values for result in row)
    return _Read(table_sentences(typed), (*(test for test in tests if test is not None), *results))
