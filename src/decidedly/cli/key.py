"""decidedly key: give somebody access."""

from __future__ import annotations

import hashlib
from secrets import token_urlsafe
from typing import Annotated

import typer

from decidedly.cli.screen import say
from decidedly.cli.workdir import KEYS, Workdir, chosen, read_keys, write_keys
from decidedly.core.errors import BadInput
from decidedly.core.principal import SCOPES
from decidedly.feel import did_you_mean


def key(
    scope: Annotated[list[str], typer.Argument(help=f"What it may do: {', '.join(SCOPES)}.")],
    workdir: Workdir = None,
) -> None:
    """Make a key, print it once, and keep only its hash. Servers started from now on ask for keys."""
    unknown = next((one for one in scope if one not in SCOPES), None)
    if unknown is not None:
        hint = did_you_mean(unknown, SCOPES) or f"Scopes are {', '.join(SCOPES)}."
        raise BadInput(f"There is no scope '{unknown}'.", place="SCOPE", hint=hint)
    folder = chosen(workdir)
    made = token_urlsafe(32)
    granted = tuple(one for one in SCOPES if one in scope)
    write_keys(folder, read_keys(folder) | {hashlib.sha256(made.encode()).hexdigest(): granted})
    say(made)
    say(f"[dim]May {', '.join(granted)}. Its hash is in {folder / KEYS}; delete the line to take it back.[/]")
