"""What can go wrong, as the user sees it: a stable code, a sentence, a place and a hint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from decidedly.feel.diagnostics import Diagnostic, did_you_mean


class DecidedlyError(Exception):
    """Base of every error we raise.

    code  : stable, dotted, never reworded
    place : where the cause stands ("policies/alcohol.table:7:3", "body.person"), or ""
    hint  : what to do about it, or ""
    """

    code = "error"

    def __init__(self, message: str, *, place: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.hint = hint

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{where}{self.message}{hint}"


class BadInput(DecidedlyError):
    """What came in does not have the form it must have."""

    code = "input.invalid"


class NotFound(DecidedlyError):
    """Nothing stands under that name or id."""

    code = "not-found"

    @classmethod
    def named(cls, what: str, name: str, known: Iterable[str] = ()) -> NotFound:
        return cls(f"There is no {what} '{name}'.", hint=did_you_mean(name, known))


class AuthoringError(DecidedlyError):
    """A playbook that cannot be used; carries every diagnostic, not only the first."""

    code = "playbook.invalid"

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        first = diagnostics[0]
        more = f" (and {len(diagnostics) - 1} more)" if len(diagnostics) > 1 else ""
        super().__init__(f"{first.message}{more}", place=str(first.place), hint=first.hint)
        self.diagnostics = tuple(diagnostics)


class NotReady(DecidedlyError):
    """A step is asked for before what it needs exists (no model trained, no playbook published)."""

    code = "not-ready"


class NotAllowed(DecidedlyError):
    """The caller may not do this."""

    code = "access.denied"


class ReplayMismatch(DecidedlyError):
    """A stored decision, decided again from its own inputs, came out differently."""

    code = "replay.mismatch"


class StoreTooNew(DecidedlyError):
    """A stored blob was written by a later version than this one."""

    code = "store.too-new"

    @classmethod
    def of(cls, noun: str, schema: int, up_to: int) -> Self:
        """The blob of a noun whose schema is newer than those that this version reads."""
        return cls(
            f"A stored {noun} has schema {schema}; this version reads up to {up_to}.",
            hint="Use the version of Decidedly that wrote it, or a later one.",
        )


class SendFailed(DecidedlyError):
    """The carrier did not take a message."""

    code = "deliver.send-failed"


class StoreUnavailable(DecidedlyError):
    """The store cannot be reached or cannot write now; nothing that was not acknowledged counts as taken in."""

    code = "store.unavailable"
