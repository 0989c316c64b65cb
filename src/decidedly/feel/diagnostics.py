"""What the author is told: a diagnostic has a stable code, a place, a message and a hint.

Authoring problems are never raised. They are collected, so that one look shows all of them. The whole product uses
these two structs: the faces render them, `app` collects them from the rooms' checks.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal

import msgspec


class Place(msgspec.Struct, frozen=True, order=True):
    """Where in the author's text: lines and columns count from 1, in characters; length may be 0 at the end."""

    file: str = ""
    line: int = 1
    column: int = 1
    length: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.file else f"line {self.line}, column {self.column}"


START = Place()


class Diagnostic(msgspec.Struct, frozen=True):
    """One problem in an authored text. Only those of severity `error` keep a text from being compiled."""

    code: str
    message: str
    hint: str = ""
    place: Place = START
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.place}: {self.message}{' ' + self.hint if self.hint else ''} [{self.code}]"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`Did you mean 'tenure months'?`, or nothing where no known word is near."""
    by_lower = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return f"Did you mean '{by_lower[near[0]]}'?" if near else ""
