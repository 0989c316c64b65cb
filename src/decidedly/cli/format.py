"""decidedly format: a playbook's tables in their one canonical form."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decidedly.cli.screen import say
from decidedly.core.errors import NotFound
from decidedly.playbook import format_text


def format_(
    folder: Annotated[Path, typer.Argument(help="The playbook's folder.")],
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 1 where something would change.")
    ] = False,
) -> None:
    """Write the tables of a playbook in canonical form."""
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.", place="FOLDER")
    changed = 0
    for path in sorted(folder.rglob("*.table")):
        before = path.read_text(encoding="utf-8")
        after = format_text(before)
        if after != before:
            changed += 1
            say(f"{'would change' if check else 'formatted'} {path}")
            if not check:
                path.write_text(after, encoding="utf-8")
    if not changed:
        say("Every table is in canonical form.")
    elif check:
        raise typer.Exit(1)
