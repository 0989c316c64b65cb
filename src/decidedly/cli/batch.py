"""decidedly batch: the outbound decisions of a service for everybody on a list."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from decidedly.api.ask import checked_identifier
from decidedly.app import Hub
from decidedly.cli.screen import Bars, say, show_json
from decidedly.cli.workdir import AsJson, Workdir, identifier, open_hub
from decidedly.core.errors import NotFound
from decidedly.core.identifier import Identifier


def batch(
    run: Annotated[str, typer.Argument(help="The run's name: the same again only fills the gaps.")],
    service: Annotated[str, typer.Argument(help="The decision service; several, with commas, compete for contacts.")],
    people: Annotated[Path, typer.Argument(help="A file with one identifier a line; - reads them from stdin.")],
    as_json: AsJson = False,
    workdir: Workdir = None,
) -> None:
    """Decide for everybody on a list. After any interruption run it again: nobody is decided twice."""
    with open_hub(workdir) as hub:
        who = _read(hub, people)
        with Bars().step("Decide", len(who)) as done:
            first, *others = dict.fromkeys(name.strip() for name in service.split(","))
            report = hub.decide_all(run, first, who, hub.clock.now(), done, others)
    if as_json:
        show_json({"run": run, "decided": report.decided, "fresh": report.fresh}, pretty=False)
    else:
        say(f"{len(report.decided):,} decisions in run {run}, {report.fresh:,} of them new.")


def _read(hub: Hub, people: Path) -> list[Identifier]:
    """The people of the file, each once, in its order."""
    if str(people) != "-" and not people.is_file():
        raise NotFound(f"There is no file {people}.", place="PEOPLE")
    text = sys.stdin.read() if str(people) == "-" else people.read_text(encoding="utf-8")
    dictionary = hub.snapshot.book.dictionary
    found: dict[Identifier, None] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            named = identifier(hub, line.strip())
            found[checked_identifier(named.namespace, named.value, dictionary, f"{people}:{number}")] = None
    return list(found)
