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


# Letters that a name may begin with, and the others that it may hold (DMN 1.5, 10.3.1.2, rules 28 to 30).
_FIRST = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U000effff"
)
WORD = rf"[{_FIRST}][{_FIRST}0-9\u00b7\u0300-\u036f\u203f-\u2040]*"
"""A pattern of one word of a name."""
# White space is what Python calls so, and the rest of rule 61.
_BLANK = re.compile(r"(?:[\s\u180e\u200b\ufeff]+|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_TOKEN = re.compile(
    rf"""(?P<word>{WORD})
      |(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{{1,4}}(?!\w))?)
      |(?P<string>"(?:[^"\\]|\\.)*")
      |(?P<at>@"(?:[^"\\]|\\.)*")
      |(?P<symbol>\*\*|\.\.|<=|>=|!=|->|[-+*/=<>()\[\]{{}},:.?])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


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
        # An escape that is none keeps its backslash: patterns such as "\d" are written with one.
        return _ESCAPES.get(code, match[0])

    value = text[text.index('"') + 1 : -1]
    if "\\" not in value:
        return value
    # Two escapes may be the halves of one character; a half alone is no character.
    return _ESCAPE.sub(unescape, value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
