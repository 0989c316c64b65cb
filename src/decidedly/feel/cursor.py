"""Where a parser stands in its text: taking tokens, saying what is missing, bounding the depth."""

from typing import NoReturn

from .check import Checker
from .lexer import Token, token_at
from .reports import HEIGHT_LIMIT
from .tree import Span


class Stop(Exception):
    """Ends a parse after a mistake that leaves no sensible place to go on; never leaves the parser."""


class Cursor:
    def __init__(self, check: Checker) -> None:
        self.check = check
        self.text = check.text
        self.offset = 0
        self.level = 0
        self.tokens: dict[int, Token] = {}

    def token(self, offset: int) -> Token:
        """The token at or after an offset; each is cut once."""
        found = self.tokens.get(offset)
        if found is None:
            found = self.tokens[offset] = token_at(self.text, offset)
        return found

    def peek(self) -> Token:
        return self.token(self.offset)

    def here(self) -> int:
        """Where the next token begins."""
        return self.token(self.offset).start

    def take(self) -> Token:
        token = self.token(self.offset)
        self.offset = token.end
        return token

    def sees(self, text: str) -> bool:
        """Whether the next token is this symbol or word."""
        token = self.token(self.offset)
        return token.text == text and token.kind in ("symbol", "word")

    def skip(self, text: str) -> bool:
        """Takes the next token if it is this symbol or word."""
        if self.sees(text):
            self.offset = self.token(self.offset).end
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

    def deeper(self) -> None:
        """Goes one level down; the caller comes up again with `self.level -= 1`."""
        self.level += 1
        if self.level > HEIGHT_LIMIT:
            token = self.peek()
            self.check.report(self.check.span(token.start, token.end), "feel.too-deep",
                              "This expression is nested too deeply.", "Split it into named parts.")  # fmt: skip
            raise Stop
