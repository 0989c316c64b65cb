"""Where a parser stands in its text: taking tokens, saying what is missing, bounding the depth."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from .check import HEIGHT_LIMIT, Checker
from .lexer import Token, token_at
from .tree import Span


class Stop(Exception):
    """Ends a parse after a mistake that leaves no sensible place to go on; never leaves the parser."""


class Cursor:
    def __init__(self, check: Checker) -> None:
        self.check = check
        self.text = check.text
        self.offset = 0
        self.level = 0

    def peek(self) -> Token:
        return token_at(self.text, self.offset)

    def take(self) -> Token:
        token = self.peek()
        self.offset = token.end
        return token

    def skip(self, *texts: str) -> bool:
        """Takes the next token if it is one of these symbols or words."""
        token = self.peek()
        if token.kind in ("symbol", "word") and token.text in texts:
            self.offset = token.end
            return True
        return False

    def need(self, text: str, why: str) -> None:
        if not self.skip(text):
            token = self.peek()
            found = f"'{token.text}'" if token.text else "the end"
            self.fail(token, f"Here must be '{text}' {why}, but here is {found}.")

    def fail(self, token: Token, message: str, hint: str = "") -> NoReturn:
        self.check.report(self.check.span(token.start, token.end), "feel.syntax", message, hint)
        raise Stop

    def since(self, start: int) -> Span:
        return self.check.span(start, self.offset)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self.level += 1
        if self.level > HEIGHT_LIMIT:
            token = self.peek()
            self.check.report(self.check.span(token.start, token.end), "feel.too-deep",
                              "This expression is nested too deeply.", "Split it into named parts.")  # fmt: skip
            raise Stop
        yield
        self.level -= 1
