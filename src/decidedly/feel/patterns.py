"""Regular expressions, bounded.

Python's matcher backtracks, so time can grow with a power of the text for each place where it may choose. A pattern is
accepted only if repeated parts contain no further choice; then k choices cost at most about len(text) ** (k + 1) steps,
and texts too long for that are answered with null.
"""

import re
from functools import lru_cache

from .pattern_syntax import Back, Char, Group, Part, PatternError, Repeat, python_text, read_pattern
from .values import LIST_LIMIT, TEXT_LIMIT

_PATTERN_LIMIT = 500
_MOST_CHOICES = 6
# Longest text by number of choices: roughly 10 million steps each.
_LONGEST = (TEXT_LIMIT, 4_000, 400, 120, 60, 40, 30)
_STEPS = 10_000_000
_FLAGS = frozenset("smix")


@lru_cache(maxsize=1000)
def compile_pattern(pattern: str, flags: str = "") -> tuple[re.Pattern[str], int] | str:
    """The compiled pattern and the longest text for it, or in words why it is refused."""
    if len(pattern) > _PATTERN_LIMIT:
        return f"a pattern may have {_PATTERN_LIMIT} characters"
    if not set(flags) <= _FLAGS:
        return "the flags are i, s, m and x"
    try:
        parts = read_pattern(pattern, flags)
        choices, width = _choices(parts, repeated=False), _width(parts)
        if choices > _MOST_CHOICES:
            return f"a pattern may choose {_MOST_CHOICES} times (*, +, ?, {{}}, |)"
        compiled = re.compile(python_text(parts), re.IGNORECASE if "i" in flags else re.NOFLAG)
    except PatternError as refused:
        return str(refused)
    except (re.error, RecursionError, OverflowError):
        return "it is not a regular expression"
    return compiled, min(_LONGEST[choices], _STEPS // max(1, width))


def _choices(part: Part, *, repeated: bool) -> int:
    """How often the matcher may choose; raises PatternError where a choice is repeated."""
    if isinstance(part, Repeat):
        if repeated and part.low != part.high:
            raise PatternError("a repeated part may not hold a further repetition")
        return _choices(part.of, repeated=repeated or part.high != 1) + (part.low != part.high)
    if isinstance(part, Group):
        count = sum(_choices(item, repeated=repeated) for branch in part.branches for item in branch)
        if len(part.branches) == 1:
            return count
        if repeated and not _told_apart(part):
            raise PatternError("a repeated part may not hold alternatives that begin alike; use a class such as [ab]")
        return count + 1
    return int(isinstance(part, Back))


def _told_apart(group: Group) -> bool:
    """Whether the first character tells which alternative is meant, so that none is tried in vain."""
    starts = (branch[0] if branch else None for branch in group.branches)
    firsts = [start.literal.casefold() if isinstance(start, Char) else "" for start in starts]
    return all(firsts) and len(set(firsts)) == len(firsts)


def _width(part: Part) -> int:
    """How many characters a part takes at least, and so about how many steps a vain attempt."""
    if isinstance(part, Repeat):
        return max(1, part.low) * _width(part.of)
    if isinstance(part, Group):
        return sum(_width(item) for branch in part.branches for item in branch)
    return 1


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


_PIECE = re.compile(r"\\[\\$]|\$\d+|[^\\$]+|.", re.DOTALL | re.ASCII)


def replace_pattern(text: str, pattern: str, replacement: str, flags: str) -> str | None:
    """Every match replaced; `$1` stands for the first group, `\\$` for a dollar sign (XPath fn:replace).

    Null where the pattern matches the empty text, as XPath forbids it.
    """
    found = _usable(text, pattern, flags)
    pieces = _PIECE.findall(replacement)
    if found is None or any(piece in ("\\", "$") for piece in pieces) or found.search(""):
        return None

    def expand(match: re.Match[str]) -> str:
        return "".join(
            _captured(match, piece[1:]) if piece[0] == "$" else piece[1] if piece[0] == "\\" else piece
            for piece in pieces
        )

    if (text.count("") + 1) * (len(replacement) + len(text) * replacement.count("$")) > TEXT_LIMIT * 100:
        return None
    result = found.sub(expand, text)
    return result if len(result) <= TEXT_LIMIT else None


def _captured(match: re.Match[str], digits: str) -> str:
    """What `$` and digits stand for: as many digits as name a group, the others for themselves."""
    length = max((n for n in range(1, min(len(digits), 3) + 1) if int(digits[:n]) <= match.re.groups), default=1)
    number = int(digits[:length])
    return (match[number] or "" if number <= match.re.groups else "") + digits[length:]
