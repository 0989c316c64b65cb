"""decidedly diff: what a change of a playbook means, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from decidedly import playbook
from decidedly.cli.screen import say
from decidedly.core.errors import AuthoringError
from decidedly.core.playbook import Playbook


def diff(
    old: Annotated[Path, typer.Argument(help="A playbook's folder.")],
    new: Annotated[Path, typer.Argument(help="The changed playbook's folder.")],
) -> None:
    """Say in words how two playbooks differ."""
    changes = playbook.diff(_load(old), _load(new))
    for change in changes:
        say(escape(change))
    if not changes:
        say("The two are the same.")


def _load(folder: Path) -> Playbook:
    book, problems = playbook.load(folder)
    errors = [problem for problem in problems if problem.severity == "error"]
    if book is None or errors:
        raise AuthoringError(errors)
    return book
