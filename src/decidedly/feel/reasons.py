"""What the generated Python leaves to the reference interpreter, and why, in words for the author."""

from . import tree
from .tree import Node, Span
from .types import ANY, INTEGER, ListOf


def why_not(node: Node) -> tuple[tuple[Span, str], ...]:
    """The places and reasons; empty where all of it is Python of its own."""
    found: list[tuple[Span, str]] = []
    waiting = [node]
    while waiting:
        here = waiting.pop()
        reason = why_interpreted(here)
        if reason:
            found.append((here.at, reason))
        else:
            waiting.extend(reversed(list(tree.children(here))))
    return tuple(found)


def why_interpreted(node: Node) -> str:
    """Why this node is run by the reference, with all that is inside of it; nothing where it is not."""
    match node:
        case tree.Lambda() | tree.Invoke() | tree.BuiltIn():
            return "a function as a value is run by the reference"
        case tree.Lookup():
            return "only the values tell whose name this is, so the reference runs it"
        case tree.For(partial=partial) if partial:
            return "a loop over its own results so far is run by the reference"
        case tree.Filter() if node.condition.type == ANY:
            return "only the values tell whether this is a condition or a position, so the reference runs it"
        case tree.Entries() if node.numbers:
            return "entries that read earlier ones are run by the reference"
        case tree.AsList(counts=True) if node.of.type != ANY:
            return "the numbers or dates in a range are counted by the reference"
        case tree.Count() if node.type != ListOf(INTEGER):
            return "dates are counted by the reference"
        case tree.Bounds() if node.form:
            return "a range that keeps how it was written is made by the reference"
    return ""
