"""decidedly check: everything that is wrong with a playbook."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from decidedly.app import Hub
from decidedly.cli.screen import say, show_problem


def check(
    folder: Annotated[Path, typer.Argument(help="The playbook's folder.")],
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day to check validity for.")] = None,
) -> None:
    """Check a playbook; exit 1 where it has errors."""
    book, problems = Hub.check(folder, on.date() if on else None)
    for problem in problems:
        show_problem(problem)
    errors = sum(problem.severity == "error" for problem in problems)
    if errors:
        raise typer.Exit(1)
    assert book is not None, "a playbook without errors is there"
    warnings = f", {len(problems)} warnings" if problems else ""
    counts = f"{len(book.actions)} actions, {len(book.policies)} policies, {len(book.services)} services"
    say(f"{folder} is in order: {counts}{warnings}.")
