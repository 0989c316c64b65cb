"""The names of types in expressions, as `instance of` and the parameters of functions write them (DMN 1.5, rule 52)."""

from .cursor import Cursor
from .scope import Scope, matcher
from .types import ANY, NULL, SIMPLE_TYPES, ContextOf, FunctionOf, ListOf, RangeOf, Type, parse_type

_WORDS: dict[str, Type] = {**SIMPLE_TYPES, "Any": ANY, "Null": NULL, "null": NULL, "list": ListOf(ANY),
                           "context": ContextOf((), closed=False), "range": RangeOf(ANY)}  # fmt: skip
_NAMES = matcher(tuple(_WORDS))
# The data dictionary's own forms, such as number(2).
_WITH_BRACKET = frozenset(["number", "money"])


def read_type(at: Cursor, scope: Scope) -> Type | None:
    """The type whose name stands here, or None where none is known: then nothing was taken."""
    at.deeper()
    start = at.offset
    found = _read(at, scope)
    at.level -= 1
    if found is None:
        at.offset = start
    return found


def _read(at: Cursor, scope: Scope) -> Type | None:
    here = at.here()
    own = scope.type_names.longest(at.text, here)
    known = _NAMES.longest(at.text, here)
    if own and (known is None or own[1] >= known[1]):
        at.offset = own[1]
        return scope.types[own[0]]
    word = at.peek()
    if word.text in ("list", "range", "context", "function") and at.token(word.end).text in ("<", "of"):
        at.offset = at.token(word.end).end
        return _inside(at, scope, word.text, at.token(word.end).text)
    if word.text in _WITH_BRACKET and at.token(word.end).text == "(":
        close = at.text.find(")", word.end) + 1
        found = parse_type(at.text[here:close])[0] if close else None
        if found is not None:
            at.offset = close
        return found
    if known is None:
        return None
    at.offset = known[1]
    return _WORDS[known[0]]


def _inside(at: Cursor, scope: Scope, form: str, mark: str) -> Type | None:
    if form in ("list", "range"):
        of = read_type(at, scope)
        if of is None or (mark == "<" and not at.skip(">")):
            return None
        return ListOf(of) if form == "list" else RangeOf(of)
    parts: list[tuple[str, Type]] = []
    while not at.skip(">"):
        if parts and not at.skip(","):
            return None
        name = ""
        if form == "context":
            start = at.here()
            while at.peek().kind in ("word", "number"):
                at.take()
            name = " ".join(at.text[start : at.offset].split())
            if not name or not at.skip(":"):
                return None
        of = read_type(at, scope)
        if of is None:
            return None
        parts.append((name, of))
    if form == "context":
        return ContextOf(tuple(parts))
    returns = read_type(at, scope) if at.skip("->") else ANY
    return None if returns is None else FunctionOf(tuple(parts), returns)
