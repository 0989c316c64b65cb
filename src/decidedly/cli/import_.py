"""decidedly import: rows of files and databases as history, by a mapping file."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from decidedly.app import Hub
from decidedly.capture import Imported, Made
from decidedly.cli.screen import Bars, moment, say, show_json, show_problem, show_table
from decidedly.cli.workdir import AsJson, Workdir, open_hub
from decidedly.core.errors import BadInput
from decidedly.core.mapping import CODE, HINT, MESSAGE, ROW, Mapping

REJECTED = 3
"""Exit code where all is taken in but some rows, which are in the file of rejected rows."""


def import_(
    mapping: Annotated[Path | None, typer.Argument(help="The mapping file.", show_default=False)] = None,
    file: Annotated[
        list[Path] | None, typer.Option(help="Take this file instead of the mapping's; repeatable.")
    ] = None,
    source: Annotated[str, typer.Option(help="Take this url of a database instead of the mapping's.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what the first rows would become.")] = False,
    rows: Annotated[int, typer.Option(min=1, help="How many rows a dry run looks at.")] = 20,
    again: Annotated[bool, typer.Option("--again", help="From the beginning; what is known is recognized.")] = False,
    rejected: Annotated[Path | None, typer.Option(help="File for rejected rows.", show_default=False)] = None,
    infer: Annotated[Path | None, typer.Option(help="Propose a mapping for this file.", show_default=False)] = None,
    as_json: AsJson = False,
    workdir: Workdir = None,
) -> None:
    """Take in the rows of a file or a database; run again, only what is new. Exit 3 where rows were rejected."""
    with open_hub(workdir) as hub:
        if infer is not None:
            print(hub.propose_mapping(infer), end="")
            return
        if mapping is None:
            raise BadInput(
                "Which mapping?", place="MAPPING", hint="Let one be proposed: decidedly import --infer FILE."
            )
        known, rows_of, warnings = hub.mapping(mapping, file or (), source)
        for warning in warnings:
            show_problem(warning)
        if dry_run:
            wrong = _show_first(known, hub.first_rows(known, rows_of, rows), as_json)
        else:
            path = rejected or _file_of(known, hub)
            with Bars().rows(f"Import {known.name}") as done:
                report, path = hub.import_rows(known, rows_of, path, again=again, whole=bool(file), progress=done)
            _show(known, report, path, as_json)
            wrong = report.rejected
    if wrong:
        raise typer.Exit(REJECTED)


def _file_of(mapping: Mapping, hub: Hub) -> Path:
    """A file for rejected rows that is not there yet."""
    ending = "jsonl" if mapping.from_.format == "json-lines" or ".jsonl" in mapping.from_.file else "csv"
    stem = f"{mapping.name}.rejected-{hub.clock.now():%Y%m%d-%H%M%S}"
    names = (f"{stem}{f'-{again}' if again else ''}.{ending}" for again in count())
    return next(path for name in names if not (path := Path(name)).exists())


def _show(mapping: Mapping, report: Imported, path: Path, as_json: bool) -> None:
    where = str(path) if report.rejected else ""
    if as_json:
        show_json({"import": mapping.name, "report": report, "rejected_file": where}, pretty=False)
        return
    known = f", {report.duplicates:,} known before" if report.duplicates else ""
    future = f", {report.future:,} of them in the future" if report.future else ""
    rows, events = _many(report.rows, "row"), _many(report.events, "new event")
    say(f"{rows} of {escape(mapping.name)}: {events}{future}{known}.")
    if report.skipped:
        say(f"{_many(report.skipped, 'row')} without an event.")
    if report.rejected:
        reasons = ", ".join(f"{count:,} {code}" for code, count in sorted(report.reasons.items()))
        say(f"{_many(report.rejected, 'row')} rejected ({reasons}).")
        say(f"Correct them in {escape(where)}, then: decidedly import {escape(mapping.file)} --file {escape(where)}")
    if not report.rows:
        say("Nothing is new since the last run; --again reads everything.")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _show_first(mapping: Mapping, made: Iterable[Made], as_json: bool) -> int:
    """What the first rows would become; how many of them would be rejected."""
    all_made = list(made)
    refused = [row for one in all_made for row in one.rejected]
    events = [event for one in all_made for event in one.events]
    if as_json:
        show_json({"import": mapping.name, "events": events, "rejected": refused}, pretty=False)
        return len(refused)
    show_table(
        f"What the first {_many(sum(len(one.rows) for one in all_made), 'row')} would become",
        ("kind", "at", "who", "properties"),
        ((event.kind, moment(event.at), ", ".join(map(str, event.identifiers)),
          ", ".join(f"{name} = {value}" for name, value in event.properties.items())) for event in events),
    )  # fmt: skip
    if refused:
        show_table(
            "What would be rejected",
            ("row", "code", "why", "hint"),
            ((row[ROW], row[CODE], row[MESSAGE], row[HINT]) for row in refused),
        )
    say("Nothing was written.")
    return len(refused)
