"""Every rule of a playbook written back as plain English, generated from what it means, not from what it is called."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from decidedly.core.playbook import Playbook
from decidedly.core.policy import Policy, Segment, Text
from decidedly.feel import Place, Scope, parse
from decidedly.feel.words import words
from decidedly.playbook.decisions import compile_decisions, find_decision
from decidedly.playbook.scope import policy_scope, priority_scope
from decidedly.playbook.segment_names import BELONGS, segment_names
from decidedly.rules import CompiledModel, read_table, type_table
from decidedly.rules.sentence import table_sentences


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One rule in words. kind: of the rule, such as a policy's tier. sentences: a table has one for each row."""

    kind: str
    id: str
    name: str
    place: Place
    sentences: tuple[str, ...]


def say(playbook: Playbook) -> tuple[Said, ...]:
    """Policies, segments, priorities and weights in playbook order; what cannot be read says so (`check` says why)."""
    segments = segment_names(playbook.dictionary, playbook.segments)
    rules, values = policy_scope(playbook.dictionary, segments), priority_scope(playbook.dictionary, segments)
    decisions = compile_decisions(playbook, rules)[0]
    found = [_policy(policy, rules, decisions) for policy in playbook.policies]
    found += [_segment(segment, rules) for segment in playbook.segments]
    found += [
        Said(kind="priority", id=one.id, name=one.name, place=one.priority.place,
             sentences=(_led("The priority is", _words(one.priority, values)),))
        for one in playbook.services
    ]  # fmt: skip
    found += [
        Said(kind="weight", id=one.id, name=one.name, place=one.weight.place,
             sentences=(_led("The weight of the channel is", _words(one.weight, rules)),))
        for one in playbook.channels
    ]  # fmt: skip
    return tuple(found)


def _policy(policy: Policy, scope: Scope, decisions: Mapping[str, CompiledModel]) -> Said:
    sentences: tuple[str, ...] = ()
    if policy.table is not None:
        sentences = _table(policy.table, scope)
    elif policy.decision is not None:
        decision, _ = find_decision(policy.decision, decisions)
        if decision is not None and decision.tree is not None:
            sentences = (_led("An action passes only if", words(decision.tree)),)
        else:
            sentences = (f"An action passes only if the decision '{policy.decision.text}' is true.",)
    elif policy.when is not None:
        sentences = (_led("An action passes only if", _words(policy.when, scope)),)
    return Said(kind=policy.tier, id=policy.id, name=policy.name, place=policy.place, sentences=sentences)


def _segment(segment: Segment, scope: Scope) -> Said:
    sentences: tuple[str, ...] = ()
    if segment.table is not None:
        sentences = _table(segment.table, scope)
    elif segment.when is not None:
        sentences = (_led(f"A person {BELONGS} if", _words(segment.when, scope)),)
    return Said(kind="segment", id=segment.id, name=segment.name, place=segment.place, sentences=sentences)


def _led(start: str, said: str) -> str:
    # Two "if" beside each other are hard to read.
    between = {"An action passes only if": " this is true:", "A person belongs if": " this is true:"}
    return f"{start}{between.get(start, ':') if said.startswith('if ') else ''} {said}."


def _words(text: Text, scope: Scope) -> str:
    tree, _ = parse(text.text, scope, place=text.place)
    return "something that cannot be read" if tree is None else words(tree)


def _table(text: Text, scope: Scope) -> tuple[str, ...]:
    table, _ = read_table(text.text, place=text.place)
    typed = None if table is None else type_table(table, scope)[0]
    return ("This table cannot be read.",) if typed is None else table_sentences(typed)
