"""Cuts a text into tokens on demand. The parser says which names are in scope where it stands, so names may hold
spaces and operators: the longest name in scope wins over everything else."""

import re
from decimal import Decimal
from typing import Literal as OneOf

import msgspec

from .values import DECIMAL


class Token(msgspec.Struct, frozen=True):
    kind: OneOf["number", "string", "at", "word", "symbol", "end", "bad"]
    text: str
    start: int
    end: int


_BLANK = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_TOKEN = re.compile(
    r"""(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,4}(?!\w))?)
      |(?P<string>"(?:[^"\\]|\\.)*")
      |(?P<at>@"(?:[^"\\]|\\.)*")
      |(?P<word>[^\W\d]\w*)
      |(?P<symbol>\*\*|\.\.|<=|>=|!=|[-+*/=<>()\[\]{},:.?])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def skip_blank(text: str, offset: int) -> int:
    """The offset after spaces and comments."""
    match = _BLANK.match(text, offset)
    return match.end() if match else offset


def token_at(text: str, offset: int) -> Token:
    """The token at or after an offset."""
    start = skip_blank(text, offset)
    if start >= len(text):
        return Token("end", "", len(text), len(text))
    match = _TOKEN.match(text, start)
    if match is None or match.lastgroup is None:
        return Token("bad", text[start], start, len(text) if text[start] in '"@' else start + 1)
    return Token(match.lastgroup, match[0], start, match.end())  # type: ignore[arg-type]


def number_value(text: str) -> Decimal:
    """The value of a number, rounded to 34 digits."""
    return DECIMAL.create_decimal(text)


def string_value(text: str) -> str:
    """The value of a quoted string."""

    def unescape(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] in "uU" and len(code) > 1:
            return chr(min(int(code[1:], 16), 0x10FFFF))
        return _ESCAPES.get(code, code)

    value = _ESCAPE.sub(unescape, text[text.index('"') + 1 : -1])
    # Two escapes may be the halves of one character; a half alone is no character.
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
