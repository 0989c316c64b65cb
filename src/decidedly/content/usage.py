"""Usage: which variables a parsed template reads, and where one may be empty with nothing to stand in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from liquid import BoundTemplate, RenderContext
from liquid.ast import ConditionalBlockNode, Node
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.expressions.filtered import Filter
from liquid.builtin.tags.for_tag import ForNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.expression import Expression

from decidedly.content import liquid
from decidedly.content.settings import COLOURS
from decidedly.content.variables import OFFER, TEXTS, VARIABLES
from decidedly.feel.diagnostics import Diagnostic, Place, did_you_mean

_LISTS = {"offers": "offer", "rows": "row", "row": "offer", "address": "line"}
"""What one element of each list is."""


def known_variables(texts: Iterable[str], *, in_text: bool) -> dict[str, bool]:
    """Every path and whether it may be empty. Texts see the view; the channels' files see the texts as well."""
    known = dict(VARIABLES) | {f"best.{field}": empty for field, empty in OFFER.items()}
    if not in_text:
        known |= dict.fromkeys((*TEXTS, *(f"text.{name}" for name in texts)), False)
        known |= dict.fromkeys((f"look.{colour.replace('-', '_')}" for colour in COLOURS), False)
    return known


def problems_of(template: BoundTemplate, place: Place, known: Mapping[str, bool]) -> Iterator[Diagnostic]:
    """Unknown variables, and those that may be empty outside an `if` that asks and without a `default`."""
    walk = _Walk(template, place, known)
    for node in template.nodes:
        yield from walk.node(node, {}, frozenset())


class _Walk:
    def __init__(self, template: BoundTemplate, place: Place, known: Mapping[str, bool]) -> None:
        self.context = RenderContext(template)
        self.place = place
        self.known = known
        self.own: set[str] = set()

    def node(self, node: Node, loops: Mapping[str, str], asked: frozenset[str]) -> Iterator[Diagnostic]:
        """loops: loop variable -> what it is. asked: paths that a surrounding `if` has found not to be empty."""
        self.own |= {str(name) for name in node.template_scope()}
        for expression in node.expressions():
            asks = isinstance(node, IfNode | ConditionalBlockNode | ForNode)
            yield from self._expression(expression, loops, asked, needs_value=not asks)
        if isinstance(node, IfNode):
            inner = asked | self._paths(node.condition, loops)
            yield from self.node(node.consequence, loops, inner)
            rest: list[Node] = [*node.alternatives, *([node.default] if node.default else [])]
            for other in rest:
                yield from self.node(other, loops, asked)
            return
        if isinstance(node, ForNode):
            of = self._resolve(str(node.expression.iterable), loops)
            loops = {**loops, str(node.expression.identifier): _LISTS.get(of, ""), "forloop": "forloop"}
        if isinstance(node, ConditionalBlockNode):
            asked = asked | self._paths(node.expression, loops)
        for child in node.children(self.context):
            yield from self.node(child, loops, asked)

    def _expression(
        self, expression: Expression, loops: Mapping[str, str], asked: frozenset[str], *, needs_value: bool
    ) -> Iterator[Diagnostic]:
        if isinstance(expression, Path):
            yield from self._path(expression, loops, asked, needs_value=needs_value)
            return
        for used in getattr(expression, "filters", None) or ():
            if used.name not in liquid.FILTERS:
                line, column = _line_of(used)
                hint = did_you_mean(used.name, liquid.FILTERS) or f"There are: {', '.join(sorted(liquid.FILTERS))}."
                where = liquid.at(self.place, line, column)
                yield Diagnostic("content.unknown-filter", f"There is no filter '{used.name}'.", hint, where)
        if isinstance(expression, FilteredExpression) and any(f.name == "default" for f in expression.filters or ()):
            yield from self._expression(expression.left, loops, asked, needs_value=False)
            return
        for child in expression.children():
            yield from self._expression(child, loops, asked, needs_value=needs_value)

    def _path(
        self, path: Path, loops: Mapping[str, str], asked: frozenset[str], *, needs_value: bool
    ) -> Iterator[Diagnostic]:
        name = self._resolve(str(path), loops)
        head = name.split(".")[0]
        if head in ("forloop", "line", "row") or head in self.own or name.removesuffix(".size") in _LISTS:
            return
        known: dict[str, Any] = {**self.known, **{f"offer.{field}": empty for field, empty in OFFER.items()}}
        line, column = _line_of(path)
        where = liquid.at(self.place, line, column)
        if head == "offer" and "offer" not in loops.values():
            hint = "Write {% for offer in offers %}...{% endfor %} around it."
            yield Diagnostic("content.unknown-variable", f"'{path}' stands outside a loop.", hint, where)
        elif name not in known:
            hint = did_you_mean(name, known) or f"There are: {', '.join(sorted(self.known))}."
            yield Diagnostic("content.unknown-variable", f"There is no variable '{path}'.", hint, where)
        elif needs_value and known[name] and name not in asked and head not in asked:
            hint = f"Write {{% if {path} %}}...{{% endif %}}, or {{{{ {path} | default: '...' }}}}."
            message = f"'{path}' may be empty, and nothing is said for that case."
            yield Diagnostic("content.no-fallback", message, hint, where)

    def _paths(self, expression: Expression, loops: Mapping[str, str]) -> frozenset[str]:
        found = {self._resolve(str(expression), loops)} if isinstance(expression, Path) else set()
        for child in expression.children():
            found |= self._paths(child, loops)
        return frozenset(found)

    def _resolve(self, name: str, loops: Mapping[str, str]) -> str:
        head, dot, rest = name.partition(".")
        return f"{loops.get(head) or head}{dot}{rest}"


def _line_of(part: Path | Filter) -> tuple[int, int]:
    source, start = part.token.source, max(part.token.start_index, 0)
    return 1 + source.count("\n", 0, start), start - (source.rfind("\n", 0, start) + 1)
