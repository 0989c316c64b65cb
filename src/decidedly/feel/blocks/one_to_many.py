"""A condition for one person against many candidates at once, the candidates' facts as columns.

Every part is bound as early as it can be. What reads the candidates alone is computed once, when the condition is made
ready; what does not read them is one value, computed once an ask by its row function; only where the two meet is a
column compared with a value, for each ask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .. import tree
from ..interpret import evaluate
from ..python import compile_tree
from ..scope import Scope
from ..tree import Node
from ..types import BOOLEAN
from ..values import to_plain
from .columns import Column, Mask, Overflow, column_of
from .compare import SWAPPED, Against
from .logic import flags

Facts = Mapping[str, Any]
Certain = Callable[[bool, tuple[Facts, ...]], Mask | bool]
"""Where a part is certainly true, or certainly false: for each candidate, or for all of them."""
Value = Callable[[tuple[Facts, ...]], Any]


class Unfit(Exception):
    """No form for one person against many. Never leaves this module."""


class OneToMany:
    """A condition over all candidates of one root. `true(*roots)`: as a row function takes them, the root of the
    candidates among them, which is not looked at."""

    def __init__(self, certain: Certain, count: int) -> None:
        self._certain, self._count = certain, count

    def true(self, *roots: Facts) -> Mask | None:
        """bool[candidates]: where it is certainly true; None where the values have no form over columns."""
        try:
            made = self._certain(True, roots)
        except Overflow:
            return None
        return made if isinstance(made, np.ndarray) else np.full(self._count, made)


def one_to_many(node: Node, scope: Scope, root: str, candidates: Sequence[Facts]) -> OneToMany | None:
    """A condition ready for these candidates, stored facts of `root`; None where a part of it has no such form."""
    try:
        return OneToMany(_Binding(scope, root, candidates).certain(node), len(candidates))
    except (Unfit, Overflow):
        return None


class _Binding:
    def __init__(self, scope: Scope, root: str, candidates: Sequence[Facts]) -> None:
        self.scope, self.root, self.candidates = scope, root, candidates

    def certain(self, node: Node) -> Certain:
        reads = {reference.root for reference in tree.references(node)}
        if self.root not in reads:
            value = self.value(node)
            return lambda truth, roots: value(roots) is truth
        if reads == {self.root}:
            column = self.column(node)
            masks = flags(column, False), flags(column, True)
            return lambda truth, roots: masks[truth]
        match node:
            case tree.Named(of=of):
                return self.certain(of)
            case tree.Not(of=of):
                inner = self.certain(of)
                return lambda truth, roots: inner(not truth, roots)
            case tree.And(parts=parts):
                return _joined([self.certain(part) for part in parts], True)
            case tree.Or(parts=parts):
                return _joined([self.certain(part) for part in parts], False)
            case tree.If(condition=condition, then=then, otherwise=otherwise) if node.type == BOOLEAN:
                return _choice(*(self.certain(part) for part in (condition, then, otherwise)))
            case tree.Compare(op=op, left=left, right=right):
                return self.compare(op, left, right)
            case tree.Between(of=of, low=low, high=high):
                above = self.compare(">=" if node.low_closed else ">", of, low)
                below = self.compare("<=" if node.high_closed else "<", of, high)
                return _joined([above, below], True)
        raise Unfit

    def compare(self, op: str, left: Node, right: Node) -> Certain:
        """A column against one value, on whichever side it stands."""
        sides = [{reference.root for reference in tree.references(side)} for side in (left, right)]
        if sides[0] == {self.root} and self.root not in sides[1]:
            column, value = self.column(left), self.value(right)
        elif sides[1] == {self.root} and self.root not in sides[0]:
            column, value, op = self.column(right), self.value(left), SWAPPED[op]
        elif self.root not in sides[0] | sides[1] or sides[0] == sides[1] == {self.root}:
            return self.certain(tree.Compare(left.at, BOOLEAN, 1 + max(left.height, right.height), op, left, right))
        else:
            raise Unfit

        def compared(truth: bool, roots: tuple[Facts, ...]) -> Mask:
            made = Against(op, value(roots)).compared(column)
            if made is None:
                raise Overflow
            return made.true if truth else made.false

        return compared

    def column(self, node: Node) -> Column:
        """What a part says of each candidate, computed once."""
        if tree.free_locals(node):
            raise Unfit
        reads = [reference.id for reference in tree.references(node)]
        facts = [{self.root: {id: one.get(id) for id in reads}} for one in self.candidates]
        return column_of(node.type, [evaluate(node, one) for one in facts])

    def value(self, node: Node) -> Value:
        """What a part says of the person and the moment: a plain value."""
        if tree.free_locals(node):
            raise Unfit
        compiled, _ = compile_tree(node, self.scope)
        if compiled is None:
            raise Unfit
        run, type_ = compiled.fn, node.type
        return lambda roots: to_plain(type_, run(*roots))


def _joined(parts: Sequence[Certain], both: bool) -> Certain:
    """`and` (both) or `or`: certainly true where all parts are, certainly false where one is; or the other way."""

    def joined(truth: bool, roots: tuple[Facts, ...]) -> Mask | bool:
        every = truth is both
        found: Mask | bool = every
        for part in parts:
            mask = part(truth, roots)
            if isinstance(mask, bool):
                if mask is not every:
                    return mask
            elif isinstance(found, bool):
                found = mask
            else:
                found = found & mask if every else found | mask
        return found

    return joined


def _choice(condition: Certain, then: Certain, otherwise: Certain) -> Certain:
    def chosen(truth: bool, roots: tuple[Facts, ...]) -> Mask | bool:
        first = condition(True, roots)
        if isinstance(first, bool):
            return (then if first else otherwise)(truth, roots)
        return np.where(first, then(truth, roots), otherwise(truth, roots))

    return chosen
