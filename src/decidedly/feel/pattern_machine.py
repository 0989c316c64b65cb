"""Matching in time that grows with the text alone: all ways through a pattern are followed side by side.

Slower than Python's matcher by a constant, it takes the patterns whose choices lie in repetitions, which that matcher
may try without end. (R. Cox, Regular expression matching: the virtual machine approach, 2009.)
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from .pattern_syntax import Back, Char, Group, Part, PatternError, Place, Repeat

_SIZE_LIMIT = 1_000
STEP_LIMIT = 200_000
"""Most instructions that the matching of one text may take."""


class TooLong(Exception):
    """Ends a matching that takes too many steps; never leaves the patterns."""


class Found:
    """A match, with the methods of Python's that are used here."""

    def __init__(self, text: str, slots: tuple[int, ...]) -> None:
        self.text = text
        self.slots = slots
        self.groups = len(slots) // 2 - 1

    def start(self) -> int:
        return self.slots[0]

    def end(self) -> int:
        return self.slots[1]

    def __getitem__(self, group: int) -> str | None:
        start, end = self.slots[2 * group : 2 * group + 2]
        return None if start < 0 or end < 0 else self.text[start:end]


class Machine:
    """A pattern as a program: each instruction tests a character or a place, splits, jumps, or notes where it is."""

    def __init__(self, pattern: Group, flags: re.RegexFlag) -> None:
        self.flags = flags
        self.groups = 0
        self.code: list[Any] = []
        self.group(Group(pattern.branches, captures=True), 0)
        self.emit(("match",))

    # The program

    def emit(self, instruction: Any) -> int:
        if len(self.code) >= _SIZE_LIMIT:
            raise PatternError("it is too long once its repetitions are written out")
        self.code.append(instruction)
        return len(self.code) - 1

    def part(self, part: Part, number: int) -> None:
        """Writes a part; `number` is that of the first group inside of it."""
        match part:
            case Char(text=text):
                self.emit(("char", _tester(re.compile(text, self.flags).fullmatch)))
            case Place(text=text):
                self.emit(("place", re.compile(text, self.flags).match))
            case Group():
                self.group(part, number)
            case Repeat():
                self.repeat(part, number)
            case Back():
                raise PatternError("a back-reference does not go with repetitions inside repetitions")

    def group(self, group: Group, number: int) -> None:
        if group.captures:
            self.emit(("save", 2 * number))
        inner = number + group.captures
        ends = []
        for place, branch in enumerate(group.branches):
            last = place == len(group.branches) - 1
            split = -1 if last else self.emit(None)
            first = inner
            for part in branch:
                self.part(part, first)
                first += _groups(part)
            inner = first
            if not last:
                ends.append(self.emit(None))
                self.code[split] = ("split", split + 1, len(self.code))
        for end in ends:
            self.code[end] = ("jump", len(self.code))
        if group.captures:
            self.emit(("save", 2 * number + 1))
            self.groups = max(self.groups, number + 1)

    def repeat(self, repeat: Repeat, number: int) -> None:
        lazy = repeat.text.endswith("?") and repeat.text != "?"
        for _ in range(repeat.low):
            self.part(repeat.of, number)
        if repeat.high is None:
            split = self.emit(None)
            self.part(repeat.of, number)
            self.emit(("jump", split))
            self.split(split, split + 1, len(self.code), lazy)
            return
        splits = []
        for _ in range(repeat.high - repeat.low):
            splits.append(self.emit(None))
            self.part(repeat.of, number)
        for split in splits:
            self.split(split, split + 1, len(self.code), lazy)

    def split(self, at: int, inside: int, after: int, lazy: bool) -> None:
        self.code[at] = ("split", after, inside) if lazy else ("split", inside, after)

    # Running it

    def search(self, text: str) -> Found | None:
        """The first match, or null; raises TooLong."""
        return self.find(text, 0, [STEP_LIMIT])

    def finditer(self, text: str) -> Iterator[Found]:
        """The matches one after the other; raises TooLong."""
        start, left = 0, [STEP_LIMIT]
        while start <= len(text) and (found := self.find(text, start, left)):
            yield found
            start = found.end() if found.end() > found.start() else found.end() + 1

    def find(self, text: str, start: int, left: list[int]) -> Found | None:
        best: tuple[int, ...] | None = None
        threads: list[tuple[int, tuple[int, ...]]] = []
        none = (-1,) * (2 * self.groups)
        for at in range(start, len(text) + 1):
            seen: set[int] = set()
            ready: list[tuple[int, tuple[int, ...]]] = []
            for place, slots in threads:
                self.follow(place, slots, text, at, seen, ready)
            if best is None:
                self.follow(0, none, text, at, seen, ready)
            left[0] -= 1 + len(seen)
            if left[0] < 0:
                raise TooLong
            threads = []
            for place, slots in ready:
                instruction = self.code[place]
                if instruction[0] == "match":
                    # What comes later is of less weight than this match.
                    best = slots
                    break
                if at < len(text) and instruction[1](text[at]):
                    threads.append((place + 1, slots))
            if not threads and best is not None:
                break
        return None if best is None else Found(text, best)

    def follow(self, place: int, slots: tuple[int, ...], text: str, at: int, seen: set[int], ready: list[Any]) -> None:
        """Adds the instructions that test a character and can be reached from a place, in the order of their weight."""
        waiting = [(place, slots)]
        while waiting:
            here, noted = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            instruction = self.code[here]
            match instruction[0]:
                case "jump":
                    waiting.append((instruction[1], noted))
                case "split":
                    waiting.append((instruction[2], noted))
                    waiting.append((instruction[1], noted))
                case "save":
                    slot = instruction[1]
                    waiting.append((here + 1, (*noted[:slot], at, *noted[slot + 1 :])))
                case "place":
                    if instruction[1](text, at):
                        waiting.append((here + 1, noted))
                case _:
                    ready.append((here, noted))


def _groups(part: Part) -> int:
    """How many groups that capture lie in a part."""
    if isinstance(part, Repeat):
        return _groups(part.of)
    if isinstance(part, Group):
        return part.captures + sum(_groups(item) for branch in part.branches for item in branch)
    return 0


def _tester(test: Callable[[str], Any]) -> Callable[[str], bool]:
    known: dict[str, bool] = {}

    def tests(sign: str) -> bool:
        found = known.get(sign)
        if found is None:
            found = known[sign] = test(sign) is not None
        return found

    return tests
