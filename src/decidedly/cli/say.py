"""decidedly say: a playbook's rules in plain English, as they are understood."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from decidedly import playbook
from decidedly.cli import screen
from decidedly.cli.workdir import AsJson
from decidedly.core.errors import AuthoringError, NotFound


def say(
    folder: Annotated[Path, typer.Argument(help="The playbook's folder.")],
    name: Annotated[str, typer.Argument(help="Only the rule of this id: a policy, segment, service or channel.")] = "",
    ways: Annotated[
        bool, typer.Option("--ways", help="Also how each runs: as Python, over columns, as SQL, and why not.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write every rule of a playbook back as sentences."""
    book, problems = playbook.load(folder)
    if book is None:
        raise AuthoringError([problem for problem in problems if problem.severity == "error"])
    told = playbook.say(book, ways=ways)
    if name and name not in (ids := [one.id for one in told]):
        raise NotFound.named("rule", name, ids)
    told = tuple(one for one in told if name in ("", one.id))
    if as_json:
        screen.show_json(told)
        return
    for one in told:
        screen.say(f"\n[bold]{escape(one.name)}[/]  [dim]{one.kind} {escape(one.id)}, {escape(str(one.place))}[/]")
        for sentence in one.sentences:
            screen.say(f"  {escape(sentence)}")
        for way in one.ways:
            screen.say(f"  [dim]{escape(str(way))}[/]")
