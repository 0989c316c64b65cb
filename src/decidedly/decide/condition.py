"""Conditions: the rules of a service compiled over its actions, each judged once for all actions that look alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from decidedly.core.action import Action
from decidedly.core.decision import NULL
from decidedly.core.errors import AuthoringError
from decidedly.core.policy import Policy, Text
from decidedly.feel import BOOLEAN, Compiled, Reference, Scope, Type, compile_expression, trace
from decidedly.feel.blocks import OneToMany, one_to_many
from decidedly.feel.tree import Node
from decidedly.playbook import find_decision
from decidedly.rules import MAY_HAVE, CompiledModel, CompiledTable, compile_table

OPEN, PASSES, FAILS = 0, 1, 2
MEMO = 1024
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Condition:
    """One engagement policy, compiled. `verdict(person, action, candidate, context)` is True, False or None.

    group          : int[n], actions with equal values of all facts that the rule reads of them share a group
    representative : per group, the facts of one of its actions; the verdict is the same for all of them
    """

    rule: int
    verdict: Callable[[Facts, Facts, Facts, Facts], bool | None]
    reads: tuple[Reference, ...]
    group: NDArray[np.intp]
    representative: tuple[Facts, ...]
    candidate_ids: tuple[str, ...]
    settled: NDArray[np.int8]
    """int8[groups]: PASSES or FAILS where the action alone tells the verdict, else OPEN."""
    table: CompiledTable | None = None
    policy: Policy | None = None
    tree: Node | None = None
    together: OneToMany | None = None
    """The rule over all groups at once, where it has such a form: then nothing needs to be remembered."""
    memo: dict[tuple[Any, ...], NDArray[np.bool_]] = field(default_factory=dict, compare=False, repr=False)

    def passing(
        self,
        alive: NDArray[np.bool_],
        facts: Facts,
        candidates: Mapping[str, NDArray[np.int32]],
        context: Facts,
    ) -> NDArray[np.bool_] | None:
        """bool[n]: which actions pass for this person: everything but True fails, errors included. Of those that are
        not alive it says nothing. None where all pass, as on a day on which the rule is not valid.

        candidates : candidate attribute id -> int32[n] of this person
        """
        if self.policy is not None and not self.policy.applies(context["today"]):
            return None
        if not self.candidate_ids:
            return np.asarray(self._passing(facts, context)[self.group])
        settled = self.settled[self.group]
        passed = settled == PASSES
        undecided = np.flatnonzero(alive & (settled == OPEN))
        if len(undecided):
            columns = [candidates[id][undecided].tolist() for id in self.candidate_ids]
            cases = list(zip(self.group[undecided].tolist(), *columns, strict=True))
            # Most candidates look alike to a rule: each different case is judged once.
            judged = {case: self._passes(case, facts, context) for case in set(cases)}
            passed[undecided] = [judged[case] for case in cases]
        return np.asarray(passed)

    def _passes(self, case: tuple[int, ...], facts: Facts, context: Facts) -> bool:
        group, *values = case
        known = {id: value for id, value in zip(self.candidate_ids, values, strict=True) if value != NULL}
        return holds(self.verdict, facts, self.representative[group], known, context)

    def _passing(self, facts: Facts, context: Facts) -> NDArray[np.bool_]:
        """bool[groups] for this person and situation; people who are alike in what the rule reads are judged once."""
        if self.together is not None and (found := self._together(facts, context)) is not None:
            return found
        roots = {"person": facts, "context": context}
        alike = tuple(roots[one.root].get(one.id) for one in self.reads if one.root in roots)
        try:
            known = self.memo.get(alike)
        except TypeError:  # a list among the facts: judge anew
            known, alike = None, ()
        if known is None:
            known = self.settled == PASSES
            for group in np.flatnonzero(self.settled == OPEN).tolist():
                known[group] = holds(self.verdict, facts, self.representative[group], {}, context)
            if alike:
                if len(self.memo) >= MEMO:
                    self.memo.clear()
                self.memo[alike] = known
        return known

    def _together(self, facts: Facts, context: Facts) -> NDArray[np.bool_] | None:
        assert self.together is not None
        try:
            return self.together.true(facts, {}, {}, context)
        except Exception:  # a value that the rule breaks on: each group is judged by itself
            return None


def holds(verdict: Callable[..., bool | None], *roots: Facts) -> bool:
    """Whether a verdict is true. A rule that breaks on a value does not pass: policies fail closed."""
    try:
        return verdict(*roots) is True
    except Exception:
        return False


def told(expression: Callable[..., float | None], *roots: Facts) -> float | None:
    """The number that an expression says; null where it breaks on a value, so that the person still gets an answer."""
    try:
        return expression(*roots)
    except Exception:
        return None


def condition_of(
    policy: Policy, rule: int, scope: Scope, actions: Sequence[Action], decisions: Mapping[str, CompiledModel]
) -> Condition:
    table, tree = None, None
    if policy.table is not None:
        table, problems = compile_table(policy.table.text, scope, place=policy.table.place)
        if table is None:
            raise AuthoringError(problems)
        verdict, reads = table.output(MAY_HAVE), table.reads
    elif policy.decision is not None:
        decision, problems = find_decision(policy.decision, decisions)
        if decision is None:
            raise AuthoringError(problems)
        verdict, reads, tree = decision.run, decision.reads, decision.tree
    else:
        assert policy.when is not None, "a policy has a condition, a table or a decision"
        when = compiled(policy.when, scope, BOOLEAN)
        verdict, reads, tree = when.fn, when.reads, when.tree
    own = [reference.id for reference in reads if reference.root == "action"]
    group, representative = _groups(actions, own)
    settled = [_settled(verdict, reads, facts, tree) for facts in representative]
    candidate_ids = ids(reads, "candidate")
    together = None
    if tree is not None and not candidate_ids and OPEN in settled:
        together = one_to_many(tree, scope, "action", representative)
    return Condition(
        rule,
        verdict,
        reads,
        group,
        representative,
        candidate_ids,
        np.array(settled, np.int8),
        table,
        policy,
        tree,
        together,
    )


def _settled(verdict: Callable[..., bool | None], reads: Sequence[Reference], facts: Facts, tree: Node | None) -> int:
    """What the action alone says: everything where the rule reads nothing else, or where its evaluation, which stops
    at what is enough, asks for nothing else."""
    if tree is not None:
        reads = [reference for reference, _ in trace(tree, {"action": facts}).read]
    if any(reference.root != "action" for reference in reads):
        return OPEN
    return PASSES if holds(verdict, {}, facts, {}, {}) else FAILS


def _groups(actions: Sequence[Action], ids: Sequence[str]) -> tuple[NDArray[np.intp], tuple[Facts, ...]]:
    """Group of each action by its values of these facts, and the facts of the first action of each group."""
    numbers: dict[bytes, int] = {}
    first: list[Facts] = []
    group = []
    for action in actions:
        key = msgspec.msgpack.encode([action.facts.get(id) for id in ids])
        if key not in numbers:
            numbers[key] = len(first)
            first.append(action.facts)
        group.append(numbers[key])
    return np.array(group, np.intp), tuple(first)


def compiled(text: Text, scope: Scope, type_: Type) -> Compiled:
    found, problems = compile_expression(text.text, scope, type_, place=text.place)
    if found is None:
        raise AuthoringError(problems)
    return found


def ids(references: Sequence[Reference], root: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reference.id for reference in references if reference.root == root))
