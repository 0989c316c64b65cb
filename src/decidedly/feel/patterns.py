"""Regular expressions, bounded.

Python's matcher backtracks, so time can grow with a power of the text for each place where it may choose. It is used
only for patterns whose repeated parts contain no further choice; then k choices cost at most about len(text) ** (k + 1)
steps, and texts too long for that are answered with null. Other patterns run on a machine of our own, which follows all
choices side by side, with a limit of steps.
"""

import re
from functools import lru_cache

from .pattern_machine import Found, Machine, TooLong
from .pattern_syntax import Back, Char, Group, Part, PatternError, Repeat, python_text, read_pattern
from .values import LIST_LIMIT, TEXT_LIMIT

_PATTERN_LIMIT = 500
# Longest text by number of choices: roughly 10 million steps each.
_LONGEST = (TEXT_LIMIT, 4_000, 400, 120)
_STEPS = 10_000_000
_FLAGS = frozenset("smix")
Matcher = re.Pattern[str] | Machine
Match = re.Match[str] | Found


@lru_cache(maxsize=1000)
def compile_pattern(pattern: str, flags: str = "") -> tuple[Matcher, int] | str:
    """The compiled pattern and the longest text for it, or in words why it is refused."""
    if len(pattern) > _PATTERN_LIMIT:
        return f"a pattern may have {_PATTERN_LIMIT} characters"
    if not set(flags) <= _FLAGS:
        return "the flags are i, s, m and x"
    bits = re.IGNORECASE if "i" in flags else re.NOFLAG
    try:
        parts = read_pattern(pattern, flags)
        choices = _choices(parts)
        if choices is None or choices >= len(_LONGEST):
            return Machine(parts, bits), TEXT_LIMIT
        return re.compile(python_text(parts), bits), min(_LONGEST[choices], _STEPS // max(1, _width(parts)))
    except PatternError as refused:
        return str(refused)
    except (re.error, RecursionError, OverflowError):
        return "it is not a regular expression"


def _choices(part: Part, *, repeated: bool = False) -> int | None:
    """How often Python's matcher may choose; null where a choice is repeated, so that it might never end."""
    if isinstance(part, Repeat):
        inner = _choices(part.of, repeated=repeated or part.high != 1)
        choice = part.low != part.high
        return None if inner is None or (repeated and choice) else inner + choice
    if isinstance(part, Group):
        count = 0
        for item in (item for branch in part.branches for item in branch):
            inner = _choices(item, repeated=repeated)
            if inner is None:
                return None
            count += inner
        if len(part.branches) == 1:
            return count
        return None if repeated and not _told_apart(part) else count + 1
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


def _usable(text: str, pattern: str, flags: str) -> Matcher | None:
    found = compile_pattern(pattern, flags)
    return None if isinstance(found, str) or len(text) > found[1] else found[0]


def _matches(matcher: Matcher, text: str) -> list[Match] | None:
    """All matches that take something, or null where they are too many or take too long to find."""
    found: list[Match] = []
    try:
        for match in matcher.finditer(text):
            if match.end() > match.start():
                found.append(match)
    except TooLong:
        return None
    return found


def search_pattern(text: str, pattern: str, flags: str) -> bool | None:
    """Whether the pattern occurs in the text."""
    found = _usable(text, pattern, flags)
    try:
        return None if found is None else found.search(text) is not None
    except TooLong:
        return None


def split_pattern(text: str, pattern: str) -> list[str] | None:
    """The text cut at each match; groups of the pattern are not part of the result."""
    found = _usable(text, pattern, "")
    matches = None if found is None else _matches(found, text)
    if matches is None or len(matches) >= LIST_LIMIT:
        return None
    ends = [0, *(match.end() for match in matches)]
    starts = [*(match.start() for match in matches), len(text)]
    return [text[end:start] for end, start in zip(ends, starts, strict=True)]


_PIECE = re.compile(r"\\[\\$]|\$\d+|[^\\$]+|.", re.DOTALL | re.ASCII)


def replace_pattern(text: str, pattern: str, replacement: str, flags: str) -> str | None:
    """Every match replaced; `$1` stands for the first group, `\\$` for a dollar sign (XPath fn:replace).

    Null where the pattern matches the empty text, as XPath forbids it.
    """
    found = _usable(text, pattern, flags)
    pieces = _PIECE.findall(replacement)
    if found is None or any(piece in ("\\", "$") for piece in pieces) or found.search(""):
        return None

    matches = _matches(found, text)
    if matches is None:
        return None
    made, start, length = [], 0, 0
    for match in matches:
        new = "".join(
            _captured(match, piece[1:]) if piece[0] == "$" else piece[1] if piece[0] == "\\" else piece
            for piece in pieces
        )
        made += [text[start : match.start()], new]
        start, length = match.end(), length + len(new)
        if length > TEXT_LIMIT:
            return None
    result = "".join([*made, text[start:]])
    return result if len(result) <= TEXT_LIMIT else None


def _captured(match: Match, digits: str) -> str:
    """What `$` and digits stand for: as many digits as name a group, the others for themselves."""
    groups = match.groups if isinstance(match, Found) else match.re.groups
    length = max((n for n in range(1, min(len(digits), 3) + 1) if int(digits[:n]) <= groups), default=1)
    number = int(digits[:length])
    return (match[number] or "" if number <= groups else "") + digits[length:]
