"""Expressions compiled to Python functions.

A compiled function takes one mapping per root of the scope, in order, reads each fact once with `.get(id)`, and returns
the value in the stored form of `type`; for a condition True, False or None. Callers at policy treat None as not true.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from .diagnostics import START, Diagnostic, Place
from .lower import Lowering
from .parser import parse
from .scope import Reference, Scope
from .tree import Node, references
from .types import BOOLEAN, Type, conforms


class Compiled(msgspec.Struct, frozen=True):
    """A compiled expression. `reads` are all facts it can read: hoist what reads the action alone, or the person."""

    text: str
    type: Type
    tree: Node
    reads: tuple[Reference, ...]
    source: str
    fn: Callable[..., Any]

    @property
    def roots(self) -> frozenset[str]:
        """The roots that the expression reads from."""
        return frozenset(reference.root for reference in self.reads)


class Fused(msgspec.Struct, frozen=True):
    """Several expressions in one function, which reads each fact once for all."""

    parts: tuple[Compiled, ...]
    reads: tuple[Reference, ...]
    source: str
    fn: Callable[..., Any]


def compile_expression(
    text: str, scope: Scope, expected: Type | None = None, *, place: Place = START
) -> tuple[Compiled | None, tuple[Diagnostic, ...]]:
    """An expression as a function, or None and why; warnings may come beside a function.

    expected : the type that the value must have and is converted to; by default its own
    place    : where the text begins, for the places of diagnostics
    """
    tree, problems = parse(text, scope, place=place)
    if tree is None:
        return None, problems
    compiled, more = compile_tree(tree, scope, expected, text=text, file=place.file)
    return compiled, problems + more


def compile_tree(
    tree: Node, scope: Scope, expected: Type | None = None, *, text: str = "", file: str = ""
) -> tuple[Compiled | None, tuple[Diagnostic, ...]]:
    """As `compile_expression`, of a tree that was parsed before."""
    place = Place(file, tree.at.line, tree.at.column, tree.at.end - tree.at.start)
    type_ = tree.type if expected is None else expected
    if not conforms(tree.type, type_):
        message = f"Here a value of type {type_} is wanted, but this gives {tree.type}."
        hint = "Compare it with something." if type_ == BOOLEAN else ""
        return None, (Diagnostic("feel.type", message, hint, place),)
    lowering = Lowering(scope.roots)
    lowering.share([tree])
    try:
        source, run = lowering.function([f"return {lowering.value(tree, type_)}"])
    except (SyntaxError, RecursionError, MemoryError):
        return None, (too_deep(place),)
    return Compiled(text, type_, tree, references(tree), source, run), ()


def compile_many(parts: Sequence[Compiled], scope: Scope) -> Fused:
    """One function that returns the tuple of all values, each as its own function would.

    Where no fact is null, it runs a body without a look at each for null.
    """
    lowering = Lowering(scope.roots)
    lowering.share(part.tree for part in parts)
    body = [_all_values(parts, lowering)]
    if lowering.facts:
        before = len(lowering.head)
        lowering.present = True
        quick = _all_values(parts, lowering)
        ahead = lowering.head[before:]
        del lowering.head[before:]
        test = f"if None not in ({', '.join(lowering.facts.values())},):"
        body = [test, *(f"    {line}" for line in (*ahead, quick)), *body]
    return _fused(parts, lowering, body, f"({'None, ' * len(parts)})")


def _all_values(parts: Sequence[Compiled], lowering: Lowering) -> str:
    return f"return ({''.join(f'{lowering.value(part.tree, part.type)}, ' for part in parts)})"


def compile_first_not_true(parts: Sequence[Compiled], scope: Scope) -> Fused:
    """One function that returns the index of the first condition that is not true (false or null), or -1."""
    lowering = Lowering(scope.roots)
    lowering.share(part.tree for part in parts)
    body = [f"if not {lowering.true(part.tree)}: return {place}" for place, part in enumerate(parts)]
    return _fused(parts, lowering, [*body, "return -1"], "0")


def _fused(parts: Sequence[Compiled], lowering: Lowering, body: list[str], spent: str) -> Fused:
    source, run = lowering.function(body, spent)
    return Fused(tuple(parts), tuple(lowering.reads), source, run)


def too_deep(place: Place) -> Diagnostic:
    """What is reported where Python itself refuses the generated source."""
    return Diagnostic("feel.too-deep", "This expression is nested too deeply.", "Split it into named parts.", place)
