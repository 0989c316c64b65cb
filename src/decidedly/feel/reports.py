"""What is wrong with a text, and where: the base of the checker."""

from typing import Literal as OneOf

from .diagnostics import START, Diagnostic, Place
from .tree import Literal, Node, Span
from .types import ANY

HEIGHT_LIMIT = 60
"""Deepest tree: Python's own parser and stack bound what can be generated."""
_ALWAYS_ERRORS = frozenset(["feel.syntax", "feel.too-deep", "feel.too-long"])


class Reports:
    """Collects the problems of one text; `place` says where that text starts."""

    def __init__(self, text: str, place: Place = START, *, lenient: bool = False) -> None:
        self.text = text
        self.start = place
        self.lenient = lenient
        self.problems: list[Diagnostic] = []

    def span(self, start: int, end: int) -> Span:
        before = self.text.count("\n", 0, start)
        first = self.start.column if before == 0 else 1
        return Span(start, end, self.start.line + before, start - (self.text.rfind("\n", 0, start) + 1) + first)

    def report(
        self, at: Span, code: str, message: str, hint: str = "", severity: OneOf["error", "warning"] = "error"
    ) -> None:
        place = Place(self.start.file, at.line, at.column, at.end - at.start)
        if self.lenient and code not in _ALWAYS_ERRORS:
            severity = "warning"
        self.problems.append(Diagnostic(code, message, hint, place, severity))

    def unknown(self, at: Span) -> Node:
        """What stands for a part that was reported."""
        return Literal(at, ANY, 1, None)

    def wrong(self, at: Span, message: str, hint: str = "") -> Node:
        self.report(at, "feel.type", message, hint)
        return self.unknown(at)

    def dynamic(self, made: Node) -> Node:
        """After a report: in lenient mode the node anyway, for its values to decide; else what stands for a mistake."""
        return made if self.lenient else self.unknown(made.at)

    def height(self, at: Span, *parts: Node) -> int:
        height = 1 + max((part.height for part in parts), default=0)
        if height == HEIGHT_LIMIT + 1:
            self.report(at, "feel.too-deep", "This expression is nested too deeply.", "Split it into named parts.")
        return height
