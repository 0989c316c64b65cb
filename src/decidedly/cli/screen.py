"""Screen: how commands show things. Results go to stdout; progress and errors go to stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from decidedly.core.errors import AuthoringError, DecidedlyError
from decidedly.core.provenance import Provenance
from decidedly.feel import Diagnostic

WIDTH = 100
"""Characters a line where the output is no terminal."""

UNBROKEN = frozenset({"#", "id", "since", "when", "until", "provenance", "decision"})
"""Heads of columns to be copied from, or of one word: their cells stay in one line."""


def _console(stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, highlight=False, width=None if stream.isatty() else WIDTH)


def say(text: str) -> None:
    """A line with markup, wrapped nowhere."""
    _console(False).print(text, soft_wrap=True)


def show_json(value: Any, *, pretty: bool = True) -> None:
    raw = msgspec.json.encode(value)
    print((msgspec.json.format(raw, indent=2) if pretty else raw).decode())


def show_table(
    title: str, heads: Iterable[str], rows: Iterable[Iterable[object]], *, right: Iterable[str] = ()
) -> None:
    """A table, or a line where it would be empty. right: heads of the columns that hold numbers."""
    numbers = frozenset(right)
    table = Table(
        title=f"[bold]{escape(title)}[/]", box=SIMPLE_HEAD, title_justify="left", show_edge=False, padding=(0, 1, 0, 0)
    )
    for head in heads:
        table.add_column(
            head, justify="right" if head in numbers else "left", overflow="fold", no_wrap=head in UNBROKEN
        )
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    if table.row_count:
        _console(False).print(table, "")
    else:
        say(f"[bold]{escape(title)}[/]: none")


def show_problem(problem: Diagnostic) -> None:
    colour = "red" if problem.severity == "error" else "yellow"
    line = f"[{colour}]{problem.severity}[/][dim]\\[{problem.code}][/] {escape(str(problem.place))}: "
    console = _console(True)
    console.print(line + escape(problem.message), soft_wrap=True)
    if problem.hint:
        console.print(f"  [dim]{escape(problem.hint)}[/]", soft_wrap=True)


def show_error(error: DecidedlyError) -> None:
    """What went wrong, where, and what to do about it; of a playbook every problem."""
    if isinstance(error, AuthoringError):
        for problem in error.diagnostics:
            show_problem(problem)
        return
    console = _console(True)
    place = f" {escape(error.place)}:" if error.place else ""
    console.print(f"[red]error[/][dim]\\[{error.code}][/]{place} {escape(error.message)}", soft_wrap=True)
    if error.hint:
        console.print(f"  [dim]{escape(error.hint)}[/]", soft_wrap=True)


def moment(at: datetime | None) -> str:
    """ "2017-10-30 08:00" """
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def source_of(said: Provenance) -> str:
    """ "given by synthetic (made up), 80 % sure" """
    made_up = " (made up)" if said.synthetic and said.source != "synthetic" else ""
    sure = f", {said.confidence:.0%} sure" if said.confidence < 1 else ""
    return f"{said.how}, {said.source}{made_up}{sure}"


class Bars:
    """Progress bars on stderr, one a step, so that the result alone stands on stdout."""

    @contextmanager
    def step(self, title: str, total: int = 0) -> Iterator[Callable[[int], None]]:
        """Gives back a function that says how many of the total are done."""
        columns = (TextColumn("{task.description:<46}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=_console(True)) as progress:
            task = progress.add_task(title, total=total or None)
            yield lambda done: progress.update(task, completed=done)
            progress.update(task, completed=total or 1, total=total or 1)

    @contextmanager
    def rows(self, title: str) -> Iterator[Callable[[int, float], None]]:
        """Gives back a function that says how many rows are done, and how much of all that is (0 where unknown)."""
        columns = (
            TextColumn("{task.description:<30}"), BarColumn(24), TextColumn("{task.fields[rows]:,} rows"),
            TimeElapsedColumn(),
        )  # fmt: skip
        with Progress(*columns, console=_console(True)) as progress:
            task = progress.add_task(title, total=None, rows=0)

            def tell(rows: int, share: float) -> None:
                progress.update(task, rows=rows, total=1.0 if share else None, completed=share)

            yield tell
            progress.update(task, total=1.0, completed=1.0)
