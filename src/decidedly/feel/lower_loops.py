"""Loops, filters and quantifiers as generated Python: comprehensions, bounded where they stand in one another."""

from typing import Any

from . import interpret, operators, tree
from .bounds import Budget, weight
from .lower_values import Values
from .source import Code, checks, conjoined, joined
from .tree import Node
from .types import INTEGER
from .values import LIST_LIMIT


class Loops(Values):
    def false(self, node: Node) -> str:
        raise NotImplementedError

    def count(self, node: tree.Count) -> Code:
        low, high = self.code(node.low, INTEGER), self.code(node.high, INTEGER)
        return self.after(low.guards + high.guards, f"{self.constant(_count)}({low.text}, {high.text})")

    def items_of(self, number: int, over: Node, body: Node) -> tuple[str, Code, str, str]:
        """What goes before a loop, the code of its list, its name, and the list bounded if inside another loop."""
        before, items = self.bind(over)
        name = f"v{number}_{self.temporary()}"
        self.local[number] = name
        text = items.text
        if self.depth:
            self.bounded = True
            text = f"{self.constant(_take)}({text}, {weight(body)}, budget)"
        self.depth += 1
        return before, items, name, text

    def loop(self, node: tree.For) -> Code:
        before, items, name, over = self.items_of(node.number, node.over, node.body)
        body = self.value(node.body)
        self.depth -= 1
        text = f"[{body} for {name} in {over}]"
        if not node.flat:
            return self.led(before, Code(items.guards, text))
        return self.led(before, self.after(items.guards, f"{self.constant(_joined_lists)}({text})"))

    def filter(self, node: tree.Filter) -> Code:
        before, items, name, over = self.items_of(node.number, node.over, node.condition)
        keep = self.true(node.condition)
        self.depth -= 1
        return self.led(before, Code(items.guards, f"[{name} for {name} in {over} if {keep}]"))

    def quantified(self, node: tree.Quantified) -> Code:
        before, items, name, over = self.items_of(node.number, node.over, node.body)
        body = self.value(node.body)
        self.depth -= 1
        run = self.constant(operators.conjunction if node.every else operators.disjunction)
        return self.led(before, self.after(items.guards, f"{run}({body} for {name} in {over})"))

    def led(self, before: str, code: Code) -> Code:
        # A one-item list is always true, so this evaluates `before` first.
        return self.nullable(f"({joined(code)} if {before} else None)") if before else code

    def certain_quantified(self, node: tree.Quantified, truth: bool) -> str:
        before, items, name, over = self.items_of(node.number, node.over, node.body)
        body = self.true(node.body) if truth else self.false(node.body)
        self.depth -= 1
        # For `some`: true if one is true, false if all are false; `every` the other way round.
        run = self.constant(all if node.every == truth else any)
        return conjoined([before, *checks(items.guards), f"{run}({body} for {name} in {over})"])


def _count(low: int, high: int) -> list[int] | None:
    counted = interpret.count_through(low, high)
    return None if counted is None else [int(n) for n in counted]


def _joined_lists(lists: list[Any]) -> list[Any] | None:
    if any(items is None for items in lists) or sum(map(len, lists)) > LIST_LIMIT:
        return None
    return [item for items in lists for item in items]


def _take(items: Any, each: int, left: Budget) -> Any:
    left.take(len(items) * each)
    return items
