"""Locate: where in the author's files a value stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from decidedly.feel import Diagnostic, Place, did_you_mean


class Locate(Protocol):
    """Finds the value at a path (keys and indices) in the file that a thing stands in."""

    def __call__(self, place: Place, *path: str | int) -> Place: ...


def at_the_thing(place: Place, *path: str | int) -> Place:
    """Points at the thing itself, for playbooks that do not come from files."""
    return place


def unknown(what: str, id: str, known: Iterable[str], place: Place) -> Diagnostic:
    """A name that leads nowhere, with the nearest that does."""
    names = sorted(known)
    hint = did_you_mean(id, names) or f"There are: {', '.join(names) or 'none'}."
    return Diagnostic("playbook.unknown-name", f"There is no {what} '{id}'.", hint, place)
