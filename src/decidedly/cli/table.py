"""decidedly table: decision tables to and from spreadsheets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decidedly.cli.screen import say
from decidedly.core.errors import AuthoringError, BadInput, NotFound
from decidedly.feel import Place
from decidedly.rules import format_table, from_csv, from_xlsx, read_table, to_csv, to_xlsx

table = typer.Typer(help="Decision tables to and from spreadsheets.", no_args_is_help=True)
_KINDS = ".xlsx or .csv"


@table.command("export")
def export(
    source: Annotated[Path, typer.Argument(metavar="TABLE", help="A decision table of a playbook (.table).")],
    target: Annotated[Path, typer.Argument(metavar="SPREADSHEET", help="The file to write: .xlsx or .csv.")],
) -> None:
    """Write a decision table as a spreadsheet."""
    read, problems = read_table(_raw(source).decode("utf-8", "replace"), place=Place(str(source)))
    if read is None:
        raise AuthoringError(problems)
    match target.suffix.lower():
        case ".xlsx":
            target.write_bytes(to_xlsx(read))
        case ".csv":
            target.write_text(to_csv(read), encoding="utf-8")
        case _:
            raise BadInput(f"A spreadsheet is written as {_KINDS}.", place=str(target))
    say(f"wrote {target}: {len(read.rows)} rows")


@table.command("import")
def import_(
    source: Annotated[Path, typer.Argument(metavar="SPREADSHEET", help="The file to read: .xlsx or .csv.")],
    target: Annotated[Path, typer.Argument(metavar="TABLE", help="The decision table to write (.table).")],
) -> None:
    """Read a decision table from a spreadsheet; nothing is written where it has mistakes."""
    match source.suffix.lower():
        case ".xlsx":
            read, problems = from_xlsx(_raw(source), file=str(source))
        case ".csv":
            read, problems = from_csv(_raw(source).decode("utf-8", "replace"), file=str(source))
        case _:
            raise BadInput(f"A spreadsheet is read from {_KINDS}.", place=str(source))
    if read is None:
        raise AuthoringError(problems)
    target.write_text(format_table(read), encoding="utf-8")
    say(f"wrote {target}: {len(read.rows)} rows")


def _raw(path: Path) -> bytes:
    if not path.is_file():
        raise NotFound(f"There is no file {path}.", place=str(path))
    return path.read_bytes()
