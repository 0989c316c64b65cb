"""A lower rule against a higher one: what it lets pass that the higher refuses, and whether it changes anything.

Both rules are evaluated by the reference at one point of every box that their conditions cut the facts into. Each
condition is the same for all points of a box, so this proves what it says. Where a condition compares facts with each
other or computes, or where there are more than POINTS boxes, nothing is said but that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

import msgspec
from msgspec.structs import replace

from decidedly.feel import evaluate, tree
from decidedly.feel.scope import Reference
from decidedly.feel.tree import Literal, Local, Node, children, references
from decidedly.feel.types import BOOLEAN, STRING, ListOf, Type

from ..regions import EVERYTHING, NULL_ALONE, Region, can_index, region_of
from ..typed import INPUT
from .samples import domain, sample

POINTS = 4_000
"""Most boxes that are looked at for one pair of rules."""
LISTED = 6
"""Most values that conditions may ask of one list."""

Point = dict[Reference, Any]


class NotTold(Exception):
    """A condition of a form that cannot be cut into boxes; never leaves the checks."""


class Verdict(msgspec.Struct, frozen=True):
    """How a lower rule stands to a higher one.

    told      : False where it could not be analysed, and `why`
    refused   : a point that the lower lets pass, where all that it lets pass the higher refuses; else None
    no_effect : whether all that the higher lets pass the lower lets pass too
    """

    told: bool
    why: str = ""
    refused: Point | None = None
    no_effect: bool = False


def compare_rules(lower: Node, higher: Node) -> Verdict:
    """Compare two conditions; what they read must overlap, or they cannot contradict each other."""
    try:
        points = list(_points((lower, higher)))
    except NotTold as untold:
        return Verdict(False, str(untold))
    passes = refused = False
    no_effect = True
    example: Point | None = None
    for point in points:
        facts = _facts(point)
        low, high = evaluate(lower, facts) is True, evaluate(higher, facts) is True
        if low and high:
            passes = True
        elif low:
            refused = True
            example = example or point
        elif high:
            no_effect = False
    return Verdict(True, "", example if refused and not passes else None, no_effect)


def share_facts(lower: Node, higher: Node) -> bool:
    """Whether two conditions read a fact in common."""
    return bool({(r.root, r.id) for r in references(lower)} & {(r.root, r.id) for r in references(higher)})


def _points(rules: Sequence[Node]) -> Iterator[Point]:
    asked: dict[Reference, list[Any]] = {}
    for rule in rules:
        for reference, found in _leaves(rule):
            asked.setdefault(reference, []).append(found)
    if any(isinstance(one.type, ListOf) and one.type.of != STRING for one in asked):
        raise NotTold("they ask for items that are no texts")
    atoms = {one: _list_atoms(found) if isinstance(one.type, ListOf) else _atoms(found, one.type)
             for one, found in asked.items()}  # fmt: skip
    if prod(map(len, atoms.values())) > POINTS:
        raise NotTold("they cut the facts into too many cases")
    for values in product(*atoms.values()):
        yield dict(zip(atoms, values, strict=True))


def _leaves(node: Node) -> Iterator[tuple[Reference, Any]]:
    """For each smallest condition its fact, and the region of values (or, of a list, the items) that it asks for."""
    match node:
        case Literal():
            return
        case tree.Or(parts=parts) if (listed := _one_list(parts)) is not None:
            yield listed
            return
        case tree.And() | tree.Or() | tree.Not() | tree.If() | tree.Named():
            for child in children(node):
                yield from _leaves(child)
            return
        case tree.Fact(reference=reference) if node.type == BOOLEAN:
            yield reference, EVERYTHING
            return
        case tree.Call(function="list contains", arguments=(tree.Fact(reference=reference), Literal(value=value))):
            yield reference, (value,)
            return
        case tree.Quantified(
            over=tree.Fact(reference=reference), body=tree.Member(of=Local(number=number), values=values)
        ) if number == node.number and not node.every:
            yield reference, tuple(value.value for value in values)
            return
    read = {(one.root, one.id): one for one in references(node)}
    if len(read) != 1:
        raise NotTold("a condition compares facts with each other")
    reference = next(iter(read.values()))
    region = region_of(_on_input(node, reference), reference.type) if can_index(reference.type) else None
    if region is None:
        raise NotTold("a condition computes with a fact")
    yield reference, region


def _one_list(parts: tuple[Node, ...]) -> tuple[Reference, tuple[Any, ...]] | None:
    """The list and the items where all that is asked is whether one list holds one of several items."""
    found: dict[Reference, list[Any]] = {}
    for part in parts:
        match part:
            case tree.Call(function="list contains", arguments=(tree.Fact(reference=one), Literal(value=value))):
                found.setdefault(one, []).append(value)
            case _:
                return None
    reference, items = next(iter(found.items()))
    return (reference, tuple(items)) if len(found) == 1 else None


def _on_input(node: Node, reference: Reference) -> Node:
    if isinstance(node, tree.Fact):
        return Local(node.at, node.type, 1, "?", INPUT)
    changes = {
        name: _on_input(value, reference)
        for name in node.__struct_fields__[3:]
        if isinstance(value := getattr(node, name), Node)
    }
    return replace(node, **changes) if changes else node


def _atoms(regions: Sequence[Region], type_: Type) -> list[Any]:
    """One value of every set that the regions cut the type into, and null."""
    whole = domain(type_)
    cells = [whole & ~NULL_ALONE]
    for region in regions:
        for cut in region.cuts:
            under = Region((cut,), below=True)
            cells = [part for cell in cells for part in (cell & under, cell & ~under) if _filled(part)]
    if type_ == BOOLEAN:
        return [False, True, None]
    found = [sample(cell, type_) for cell in cells]
    return [*(value for value in found if value is not None), None]


def _filled(region: Region) -> bool:
    return bool(region.cuts) or region.below


def _list_atoms(asked: Sequence[tuple[Any, ...]]) -> list[Any]:
    items = list(dict.fromkeys(item for one in asked for item in one))
    # Items that are always asked for together need not be told apart.
    groups: dict[tuple[bool, ...], list[Any]] = {}
    for item in items:
        groups.setdefault(tuple(item in one for one in asked), []).append(item)
    firsts = [group[0] for group in groups.values()]
    if len(firsts) > LISTED:
        raise NotTold("they ask for too many items of a list")
    subsets = [[item for item, wanted in zip(firsts, chosen, strict=True) if wanted]
               for chosen in product((False, True), repeat=len(firsts))]  # fmt: skip
    return [*subsets, None]


def _facts(point: Mapping[Reference, Any]) -> dict[str, dict[str, Any]]:
    facts: dict[str, dict[str, Any]] = {}
    for reference, value in point.items():
        facts.setdefault(reference.root, {})[reference.id] = value
    return facts
