"""Lowers a typed tree to Python source: conditions, and which method lowers which node."""

from collections.abc import Callable
from typing import Any

from . import tree
from .lower_loops import Loops
from .reasons import why_interpreted
from .source import Code, checks, conjoined, joined
from .tree import Literal, Node
from .types import BOOLEAN


class Lowering(Loops):
    """Lowers the trees of one generated function; `function` makes it."""

    def lowered(self, node: Node) -> Code:
        return self.interpreted(node) if why_interpreted(node) else _RAW[type(node)](self, node)

    def true(self, node: Node) -> str:
        """A Python bool: whether the condition is certainly true."""
        return self.certain(node, True)

    def false(self, node: Node) -> str:
        """A Python bool: whether the condition is certainly false."""
        return self.certain(node, False)

    def certain(self, node: Node, truth: bool) -> str:
        match node:
            case Literal(value=value):
                return str(value is truth)
            case tree.Named(of=of) if not self.is_apart(node):
                return self.certain(of, truth)
            case tree.Not(of=of):
                return self.certain(of, not truth)
            case tree.And(parts=parts) | tree.Or(parts=parts):
                both = isinstance(node, tree.And) == truth
                return f"({(' and ' if both else ' or ').join(self.certain(part, truth) for part in parts)})"
            case tree.Quantified():
                return self.certain_quantified(node, truth)
            case tree.If(condition=condition, then=then, otherwise=otherwise):
                chosen = f"{self.certain(then, truth)} if {self.true(condition)} else {self.certain(otherwise, truth)}"
                return f"({chosen})"
            case tree.Between():
                before, low, high = self.two_sides(node)
                if truth:
                    return conjoined([before, *checks(low.guards + high.guards), low.text, high.text])
                sides = [conjoined([*checks(side.guards), f"not {side.text}"]) for side in (low, high)]
                return conjoined([before, f"({' or '.join(sides)})"])
        code = self.code(node)
        if node.type != BOOLEAN or isinstance(node, tree.Fact | tree.Local):
            return f"({joined(code)} is {truth})"
        return conjoined([*checks(code.guards), code.text if truth else f"not {code.text}"])


_RAW: dict[type[Node], Callable[[Lowering, Any], Code]] = {
    tree.Fact: Lowering.read,
    tree.Local: Lowering.own,
    tree.Named: Lowering.named,
    tree.Zoned: Lowering.zoned,
    tree.Items: lambda lowering, node: lowering.items(node, node.type),
    tree.Negate: Lowering.negate,
    tree.Arithmetic: Lowering.arithmetic,
    tree.Compare: Lowering.compare,
    tree.Member: Lowering.member,
    tree.Matches: Lowering.matches,
    tree.And: Lowering.logic,
    tree.Or: Lowering.logic,
    tree.Not: Lowering.negation,
    tree.Between: Lowering.between,
    tree.If: Lowering.choice,
    tree.AsList: Lowering.as_list,
    tree.Count: Lowering.count,
    tree.Index: Lowering.index,
    tree.Bounds: Lowering.bounds,
    tree.Entries: Lowering.entries,
    tree.Field: Lowering.field,
    tree.Property: Lowering.property,
    tree.InstanceOf: Lowering.instance,
    tree.Call: Lowering.call,
    tree.For: Lowering.loop,
    tree.Filter: Lowering.filter,
    tree.Quantified: Lowering.quantified,
}
