"""The Liquid that templates are written in: strict, bounded, without files, escaped for HTML unless plain text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.exceptions import LiquidError

from decidedly.core.errors import DecidedlyError
from decidedly.feel.diagnostics import Diagnostic, Place

TAGS = frozenset(
    {"if", "unless", "case", "for", "break", "continue", "cycle", "assign", "capture", "comment", "#"}
    | {"literal", "content", "output", "illegal", "statement"}
)
FILTERS = frozenset(
    {"append", "at_least", "at_most", "capitalize", "default", "divided_by", "downcase", "first", "join", "last"}
    | {"minus", "modulo", "plus", "prepend", "replace", "round", "size", "slice", "strip", "times", "truncate"}
    | {"truncatewords", "upcase", "url_encode"}
)
"""What authors may use. Left out: what reads other templates, and what lets text through unescaped (`safe`)."""


class CannotRender(DecidedlyError):
    """A template failed at a message. The check exists so that no customer ever causes this."""

    code = "content.cannot-render"


class _Bounded(Environment):
    loop_iteration_limit = 10_000
    local_namespace_limit = 100_000

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        for name in set(self.filters) - FILTERS:
            del self.filters[name]
        for name in ("include", "render", "increment", "decrement", "tablerow", "liquid", "echo", "doc", "ifchanged"):
            self.tags.pop(name, None)


HTML = _Bounded(autoescape=True, undefined=StrictUndefined)
PLAIN = _Bounded(autoescape=False, undefined=StrictUndefined)


def parse(text: str, place: Place, *, html: bool) -> tuple[BoundTemplate | None, tuple[Diagnostic, ...]]:
    """The compiled template, or what is wrong with it, at its line and column below `place`."""
    try:
        return (HTML if html else PLAIN).from_string(text, name=place.file), ()
    except LiquidError as error:
        return None, (diagnostic(error, place),)


def render(template: BoundTemplate, context: Mapping[str, Any]) -> str:
    """The text of one message. CannotRender where the template asks for what is not there."""
    try:
        return template.render(context)
    except LiquidError as error:
        found = diagnostic(error, Place(file=str(template.name or "")))
        raise CannotRender(found.message, place=str(found.place), hint="Run `decidedly check`.") from error


def diagnostic(error: LiquidError, place: Place) -> Diagnostic:
    """A Liquid error as the author is told it."""
    message = str(error.message or "This is not Liquid.")
    where = place
    if context := error.context():
        line, column = context[0], context[1]
        where = at(place, line, column)
    return Diagnostic("content.liquid", message[:1].upper() + message[1:] + ("" if message.endswith(".") else "."),
                      place=where)  # fmt: skip


def at(place: Place, line: int, column: int) -> Place:
    """The place of a line and column (from 1 and 0) inside a text that begins at `place`."""
    return Place(file=place.file, line=place.line + line - 1, column=column + 1)
