"""Reads a regular expression as XPath and XML Schema write it, and writes it as Python does.

Where they differ, XPath's meaning holds: `\\w` is all but punctuation, separators and others, `\\s` four characters,
`.` neither line feed nor carriage return, `$` the very end, `[A-Z-[OI]]` a class without another, `\\i` and `\\c` the
characters of XML names, `\\p{Lu}` a category and `\\p{IsBasicLatin}` a block of Unicode. (XML Schema 2, appendix F;
XPath functions 3.1, 5.6.)
"""

import re
from functools import lru_cache
from unicodedata import category

import msgspec

from .pattern_blocks import BLOCKS

Ranges = tuple[tuple[int, int], ...]
_LAST = 0x10FFFF
_CATEGORIES = re.compile(r"L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?")
_SINGLE = {"n": "\n", "r": "\r", "t": "\t"} | {sign: sign for sign in "\\|.-^?*+{}()[]$"}
_NAME_STARTS: Ranges = (
    (0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF), (0x370, 0x37D),
    (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF), (0xF900, 0xFDCF),
    (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF),
)  # fmt: skip
_NAME_CHARS: Ranges = ((0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))
_QUANTIFIER = re.compile(r"[?*+]|\{(\d{1,4})(?:(,)(\d{1,4})?)?\}", re.ASCII)


class PatternError(Exception):
    """Says in words why a text is no regular expression; never leaves the patterns."""


class Char(msgspec.Struct, frozen=True):
    """One character: the Python text that matches it, and the character itself where it is one alone."""

    text: str
    literal: str = ""


class Place(msgspec.Struct, frozen=True):
    """A place that takes no character: the start or the end."""

    text: str


class Back(msgspec.Struct, frozen=True):
    """What a group matched before."""

    group: int


class Group(msgspec.Struct, frozen=True):
    branches: tuple[tuple["Part", ...], ...]
    captures: bool = False


class Repeat(msgspec.Struct, frozen=True):
    """`high` is null without a limit."""

    of: "Part"
    low: int
    high: int | None
    text: str


Part = Char | Place | Back | Group | Repeat


def read_pattern(pattern: str, flags: str) -> Group:
    """The parts of a pattern; raises PatternError."""
    reader = _Reader(_without_spaces(pattern) if "x" in flags else pattern, flags)
    parts = reader.branches()
    if reader.offset < len(reader.text):
        raise PatternError("a bracket is closed that was never opened")
    return Group(parts)


def python_text(part: Part) -> str:
    """A part as Python writes it."""
    match part:
        case Char(text=text) | Place(text=text):
            return text
        case Back(group=group):
            return f"(?:\\{group})"
        case Group(branches=branches, captures=captures):
            inner = "|".join("".join(map(python_text, branch)) for branch in branches)
            return f"({inner})" if captures else f"(?:{inner})"
        case Repeat(of=of, text=text):
            return f"(?:{python_text(of)}){text}"


def _without_spaces(pattern: str) -> str:
    kept, inside, escaped = [], 0, False
    for sign in pattern:
        if sign in " \t\n\r" and not inside:
            continue
        if not escaped and sign in "[]":
            inside = max(0, inside + (1 if sign == "[" else -1))
        escaped = sign == "\\" and not escaped
        kept.append(sign)
    return "".join(kept)


class _Reader:
    def __init__(self, text: str, flags: str) -> None:
        self.text = text
        self.flags = flags
        self.offset = 0
        self.groups = 0
        self.closed: set[int] = set()

    def sees(self, text: str) -> bool:
        return self.text.startswith(text, self.offset)

    def skip(self, text: str) -> bool:
        found = self.sees(text)
        self.offset += len(text) if found else 0
        return found

    def take(self) -> str:
        if self.offset >= len(self.text):
            raise PatternError("it ends too early")
        self.offset += 1
        return self.text[self.offset - 1]

    def branches(self, depth: int = 0) -> tuple[tuple[Part, ...], ...]:
        if depth > 30:
            raise PatternError("its brackets are nested too deeply")
        made = [self.branch(depth)]
        while self.skip("|"):
            made.append(self.branch(depth))
        return tuple(made)

    def branch(self, depth: int) -> tuple[Part, ...]:
        parts: list[Part] = []
        while self.offset < len(self.text) and self.text[self.offset] not in "|)":
            parts.append(self.quantified(self.atom(depth)))
        return tuple(parts)

    def quantified(self, of: Part) -> Part:
        match = _QUANTIFIER.match(self.text, self.offset)
        if match is None:
            return of
        if isinstance(of, Place):
            raise PatternError("a start or end cannot be repeated")
        self.offset = match.end()
        lazy = "?" if self.skip("?") else ""
        if self.offset < len(self.text) and self.text[self.offset] in "?*+{":
            raise PatternError("a repetition cannot be repeated")
        if match[0] in "?*+":
            low, high = {"?": (0, 1), "*": (0, None), "+": (1, None)}[match[0]]
        else:
            low = int(match[1])
            high = low if not match[2] else int(match[3]) if match[3] else None
        if high is not None and high < low:
            raise PatternError("a repetition has more at least than at most")
        return Repeat(of, low, high, match[0] + lazy)

    def atom(self, depth: int) -> Part:
        sign = self.take()
        if sign == "(":
            captures = not self.skip("?:")
            if captures and self.sees("?"):
                raise PatternError("look-around is not part of it")
            number = self.groups = self.groups + captures
            branches = self.branches(depth + 1)
            if self.take() != ")":
                raise PatternError("a bracket is not closed")
            self.closed |= {number} if captures else set()
            return Group(branches, captures)
        if sign == "[":
            return Char(self.char_class())
        if sign == ".":
            return Char("(?s:.)" if "s" in self.flags else r"[^\n\r]")
        if sign == "^":
            # Not after a line feed that ends the text.
            return Place(r"(?:\A|(?<=\n)(?!\Z))" if "m" in self.flags else r"\A")
        if sign == "$":
            return Place(r"(?=\n|\Z)" if "m" in self.flags else r"\Z")
        if sign == "\\":
            return self.escape()
        if sign in "?*+{}]":
            raise PatternError(f"'{sign}' stands where nothing can be repeated")
        return Char(re.escape(sign), sign)

    def escape(self) -> Part:
        if self.text[self.offset : self.offset + 1] in "123456789" and self.offset < len(self.text):
            return self.back_reference()
        ranges = self.escaped_class()
        if ranges is not None:
            return Char(self.exact(_class_text(ranges)))
        sign = self.escaped_sign()
        return Char(re.escape(sign), sign)

    def back_reference(self) -> Part:
        number = int(self.take())
        while self.offset < len(self.text) and self.text[self.offset] in "0123456789":
            longer = number * 10 + int(self.text[self.offset])
            if longer > self.groups:
                break
            number, self.offset = longer, self.offset + 1
        if number not in self.closed:
            raise PatternError(f"there is no group {number} before")
        return Back(number)

    def escaped_sign(self) -> str:
        sign = self.take()
        if sign not in _SINGLE:
            raise PatternError(f"'\\{sign}' has no meaning")
        return _SINGLE[sign]

    def escaped_class(self) -> Ranges | None:
        """The characters of a class such as `\\d`, its backslash taken; null where it is another escape."""
        sign = self.text[self.offset : self.offset + 1]
        if sign in ("p", "P"):
            self.offset += 1
            end = self.text.find("}", self.offset)
            if not self.skip("{") or end < 0:
                raise PatternError(f"'\\{sign}' wants the name of a category in braces")
            name, self.offset = self.text[self.offset : end], end + 1
            found = _category(name)
            return _complement(found) if sign == "P" else found
        if sign == "" or sign not in "sSdDwWiIcC":
            return None
        self.offset += 1
        found = _known_class(sign.lower())
        return _complement(found) if sign.isupper() else found

    def exact(self, text: str) -> str:
        # Categories mean what they mean whatever the case.
        return f"(?-i:{text})" if "i" in self.flags else text

    def char_class(self) -> str:
        """A class of characters as Python writes it; its bracket was taken."""
        negated = self.skip("^")
        signs: list[tuple[int, int]] = []
        classes: list[tuple[int, int]] = []
        without = ""
        start = self.offset
        while not self.skip("]"):
            if self.sees("-[") and self.offset > start:
                self.offset += 2
                without = self.char_class()
                if not self.skip("]"):
                    raise PatternError("after what is taken out of a class the class ends")
                break
            self.item(signs, classes, start)
        if not signs and not classes:
            raise PatternError("a class of characters is empty")
        return self.joined(tuple(signs), tuple(classes), negated, without)

    def item(self, signs: list[tuple[int, int]], classes: list[tuple[int, int]], start: int) -> None:
        first = self.take()
        if first == "[":
            raise PatternError("'[' in a class is written '\\['")
        if first == "\\":
            ranges = self.escaped_class()
            if ranges is not None:
                classes.extend(ranges)
                return
            first = self.escaped_sign()
        elif first == "-" and self.offset - 1 > start and not self.sees("]"):
            raise PatternError("'-' in a class stands first or last")
        last = first
        if self.sees("-") and not self.sees("-]") and not self.sees("-["):
            self.offset += 1
            last = self.take()
            if last == "\\":
                last = self.escaped_sign()
            if last < first or last == "[":
                raise PatternError(f"the characters {first}-{last} are in the wrong order")
        signs.append((ord(first), ord(last)))

    def joined(self, signs: Ranges, classes: Ranges, negated: bool, without: str) -> str:
        if "i" not in self.flags or not classes:
            text = _class_text((*signs, *classes), negated)
        else:
            parts = [self.exact(_class_text(classes)), *([_class_text(signs)] if signs else [])]
            text = f"(?:{'|'.join(parts)})"
            text = f"(?:(?!{text})(?s:.))" if negated else text
        return f"(?:(?!{without}){text})" if without else text


def _class_text(ranges: Ranges, negated: bool = False) -> str:
    pairs = "".join(f"\\U{a:08x}" + (f"-\\U{b:08x}" if b > a else "") for a, b in ranges)
    return f"[{'^' if negated else ''}{pairs}]"


def _complement(ranges: Ranges) -> Ranges:
    gaps, start = [], 0
    for low, high in sorted(ranges):
        if low > start:
            gaps.append((start, low - 1))
        start = max(start, high + 1)
    return (*gaps, *([(start, _LAST)] if start <= _LAST else []))


def _known_class(letter: str) -> Ranges:
    if letter == "s":
        return ((0x9, 0xA), (0xD, 0xD), (0x20, 0x20))
    if letter == "i":
        return _NAME_STARTS
    if letter == "c":
        return _NAME_STARTS + _NAME_CHARS
    return _category("Nd") if letter == "d" else _complement(_category("P") + _category("Z") + _category("C"))


def _category(name: str) -> Ranges:
    if name.startswith("Is"):
        if name[2:] not in BLOCKS:
            raise PatternError(f"there is no block '{name}'")
        return (BLOCKS[name[2:]],)
    if not _CATEGORIES.fullmatch(name):
        raise PatternError(f"there is no category '{name}'")
    return tuple(r for key, ranges in _categories().items() if key.startswith(name) for r in ranges)


@lru_cache(maxsize=1)
def _categories() -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    start, here = 0, category(chr(0))
    for code in range(1, _LAST + 2):
        there = category(chr(code)) if code <= _LAST else ""
        if there != here:
            found.setdefault(here, []).append((start, code - 1))
            start, here = code, there
    return found
