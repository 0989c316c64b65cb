"""Why a part of an expression is run row by row and not over columns, in words for its author."""

from __future__ import annotations

from .. import tree
from ..tree import Node, Span
from ..types import ANY, DAYS, MONTHS, NULL, REAL, ContextOf, ListOf, Number, RangeOf, Type
from .calendar import PARTS
from .calls import is_native
from .certainty import constant, is_constant, is_null, reciprocal


def why_not(node: Node) -> tuple[tuple[Span, str], ...]:
    """The places and reasons; empty where all of it runs over columns."""
    found: list[tuple[Span, str]] = []
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if is_constant(here) or is_null(here, [constant(child) for child in tree.children(here)]):
            continue
        reason = _reason(here)
        if reason:
            found.append((here.at, reason))
        waiting.extend(tree.children(here))
    return tuple(found)


def _reason(node: Node) -> str:
    match node:
        case tree.Lambda() | tree.Invoke() | tree.BuiltIn():
            return "a function as a value runs row by row"
        case tree.Lookup() | tree.Matches():
            return "only the values tell what is meant, so it runs row by row"
        case tree.Call() if not is_native(node):
            return f"{node.function}() of {_types(node)} runs row by row, once for each distinct value"
        case tree.Arithmetic():
            return _of_arithmetic(node)
        case tree.Compare() | tree.Between() | tree.Member():
            return _of_comparison(node)
        case tree.For(partial=partial) if partial:
            return "a loop over its own results so far runs row by row"
        case tree.Filter() if node.condition.type == ANY:
            return "whether this is a condition or a position is told by the values, so it runs row by row"
        case tree.Property() if not isinstance(node.of.type, RangeOf) and node.name not in PARTS[node.of.type]:
            return f"'{node.name}' runs row by row, once for each distinct value"
        case tree.Field() if not _has_fields(node.of.type):
            return "the fields of a value of unknown type are read row by row"
        case tree.Entries() if any(node.numbers):
            return "entries that read earlier ones run row by row"
        case tree.AsList() if isinstance(node.of.type, RangeOf) or node.of.type == ANY:
            return "what is gone through is told by the values, so it runs row by row"
        case tree.Count() if not isinstance(node.type, ListOf) or not isinstance(node.type.of, Number):
            return "dates are counted through row by row"
    return ""


def _of_arithmetic(node: tree.Arithmetic) -> str:
    types = node.left.type, node.right.type
    if ANY in types:
        return "the type is not known, so it runs row by row"
    if node.type == REAL:
        return "a power of reals runs row by row, once for each distinct pair" if node.op == "**" else ""
    durations = [type_ for type_ in types if type_ in (DAYS, MONTHS)]
    if node.op == "/" and not durations and reciprocal(constant(node.right)) is not None:
        return ""
    if node.op == "**" and constant(node.right) == (2,):
        return ""
    if REAL in types or (node.op == "/" and len(durations) != 1):
        return f"'{node.op}' of {_types(node)} is decimal arithmetic: row by row, once for each distinct pair"
    if node.op == "**":
        return "a power is decimal arithmetic: row by row, once for each distinct pair"
    return ""


def _of_comparison(node: Node) -> str:
    types = [child.type for child in tree.children(node)]
    if ANY in types and NULL not in types:
        return "the type is not known, so it runs row by row"
    if any(isinstance(type_, RangeOf) for type_ in types) and NULL not in types:
        return "ranges are compared row by row"
    return ""


def _has_fields(type_: Type) -> bool:
    if isinstance(type_, ListOf):
        return _has_fields(type_.of)
    return isinstance(type_, ContextOf) and type_.closed


def _types(node: Node) -> str:
    return " and ".join(dict.fromkeys(str(child.type) for child in tree.children(node)))
