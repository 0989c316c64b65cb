"""decidedly dictionary infer: what the log holds and the dictionary does not declare, as text to paste."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decidedly import playbook
from decidedly.cli.screen import Bars, say, show_json
from decidedly.cli.workdir import AsJson, Workdir, open_hub
from decidedly.core.errors import BadInput

dictionary = typer.Typer(help="The data dictionary against what really comes in.", no_args_is_help=True)


@dictionary.command()
def infer(
    write: Annotated[
        Path | None, typer.Option("--write", help="Write the entries into files of this folder, instead of printing.")
    ] = None,
    as_json: AsJson = False,
    workdir: Workdir = None,
) -> None:
    """Propose entries for kinds, fields and attributes that came in undeclared, with inferred types."""
    with open_hub(workdir) as hub:
        declared = hub.snapshot.book.dictionary
        with Bars().step("Events read", sum(hub.journal.counts().values())) as progress:
            inferred = hub.infer(progress)
    if as_json:
        show_json(inferred)
        return
    files = playbook.propose(inferred, declared)
    if write is not None:
        _write(write, files)
    for name, text in files.items() if write is None else ():
        say(f"[bold]# to the end of dictionary/{name}[/]\n")
        print(text)
    if not files:
        say(f"Everything in {inferred.looked_at:,} events is declared.")
    if inferred.left_out:
        say(f"# {inferred.left_out:,} values of further kinds and fields are left out.")


def _write(folder: Path, files: dict[str, str]) -> None:
    """One draft a file; what is there already is never written over."""
    there = [name for name in files if (folder / name).exists()]
    if there:
        raise BadInput(
            f"{folder / there[0]} is there already.", place="--write", hint="Name another folder for the draft."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
        say(f"wrote {folder / name}")
