"""Regular expressions, bounded.

Python's matcher backtracks, so time can grow with a power of the text for each place where it may choose. A pattern is
accepted only if repeated parts contain no further choice; then k choices cost at most about len(text) ** (k + 1) steps,
and texts too long for that are answered with null.
"""

import re
from functools import lru_cache
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as pattern_parser  # type: ignore[attr-defined]
from typing import Any

from .values import LIST_LIMIT, TEXT_LIMIT

_PATTERN_LIMIT = 500
_MOST_CHOICES = 6
# Longest text by number of choices: roughly 10 million steps each.
_LONGEST = (TEXT_LIMIT, 4_000, 400, 120, 60, 40, 30)
_FLAGS = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}


class _Unbounded(Exception):
    pass


@lru_cache(maxsize=1000)
def compile_pattern(pattern: str, flags: str = "") -> tuple[re.Pattern[str], int] | str:
    """The compiled pattern and the longest text for it, or in words why it is refused."""
    if len(pattern) > _PATTERN_LIMIT:
        return f"a pattern may have {_PATTERN_LIMIT} characters"
    if not set(flags) <= set(_FLAGS):
        return "the flags are i, s, m and x"
    bits = re.NOFLAG
    for flag in flags:
        bits |= _FLAGS[flag]
    try:
        choices = _choices(pattern_parser.parse(pattern, bits), repeated=False)
        if choices > _MOST_CHOICES:
            return f"a pattern may choose {_MOST_CHOICES} times (*, +, ?, {{}}, |)"
        return re.compile(pattern, bits), _LONGEST[choices]
    except _Unbounded as refused:
        return str(refused)
    except (re.error, RecursionError, OverflowError):
        return "it is not a regular expression"


def _choices(parsed: Any, *, repeated: bool) -> int:
    count = 0
    for op, argument in parsed:
        if op in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            low, high, body = argument
            if repeated and low != high:
                raise _Unbounded("a repeated part may not hold a further repetition")
            inner = _choices(body, repeated=repeated or high != 1)
            count += inner + (low != high)
        elif op is codes.BRANCH:
            if repeated:
                raise _Unbounded("a repeated part may not hold alternatives; use a character class such as [ab]")
            count += 1 + sum(_choices(branch, repeated=repeated) for branch in argument[1])
        elif op is codes.SUBPATTERN:
            count += _choices(argument[3], repeated=repeated)
        elif op not in (codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY, codes.AT):
            raise _Unbounded("back-references and look-around are not part of it")
    return count


def _usable(text: str, pattern: str, flags: str) -> re.Pattern[str] | None:
    found = compile_pattern(pattern, flags)
    return None if isinstance(found, str) or len(text) > found[1] else found[0]


def search_pattern(text: str, pattern: str, flags: str) -> bool | None:
    """Whether the pattern occurs in the text."""
    found = _usable(text, pattern, flags)
    return None if found is None else found.search(text) is not None


def split_pattern(text: str, pattern: str) -> list[str] | None:
    """The text cut at each match; groups of the pattern are not part of the result."""
    found = _usable(text, pattern, "")
    if found is None:
        return None
    parts, start = [], 0
    for match in found.finditer(text):
        if match.end() > match.start():
            parts.append(text[start : match.start()])
            start = match.end()
    return [*parts, text[start:]] if len(parts) < LIST_LIMIT else None


def replace_pattern(text: str, pattern: str, replacement: str, flags: str) -> str | None:
    """Every match replaced; `$1` stands for the first group, `\\$` for a dollar sign (XPath fn:replace)."""
    found = _usable(text, pattern, flags)
    pieces = re.findall(r"\\[\\$]|\$\d|[^\\$]+|.", replacement, re.DOTALL)
    if found is None or any(piece in ("\\", "$") for piece in pieces):
        return None

    def expand(match: re.Match[str]) -> str:
        return "".join(
            (match[int(piece[1])] or "" if int(piece[1]) <= match.re.groups else "")
            if piece[0] == "$" and len(piece) == 2 and piece[1].isdigit()
            else piece[1]
            if piece[0] == "\\"
            else piece
            for piece in pieces
        )

    if (text.count("") + 1) * (len(replacement) + len(text) * replacement.count("$")) > TEXT_LIMIT * 100:
        return None
    result = found.sub(expand, text)
    return result if len(result) <= TEXT_LIMIT else None
