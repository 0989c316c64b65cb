"""The command line: one file per command."""

from __future__ import annotations

import sys

import typer

from decidedly.cli.batch import batch
from decidedly.cli.check import check
from decidedly.cli.decide import decide
from decidedly.cli.demo import demo
from decidedly.cli.dictionary import dictionary
from decidedly.cli.diff import diff
from decidedly.cli.explain import explain
from decidedly.cli.format import format_
from decidedly.cli.group import group
from decidedly.cli.identity import identity
from decidedly.cli.import_ import import_
from decidedly.cli.key import key
from decidedly.cli.levers import levers
from decidedly.cli.model import model
from decidedly.cli.outcomes import outcomes
from decidedly.cli.person import person
from decidedly.cli.publish import publish
from decidedly.cli.quarantine import quarantine
from decidedly.cli.replay import replay
from decidedly.cli.say import say
from decidedly.cli.screen import show_error
from decidedly.cli.segment import segment
from decidedly.cli.serve import serve
from decidedly.cli.table import table
from decidedly.cli.train import train
from decidedly.core.errors import DecidedlyError

__all__ = ["main"]


def commands() -> typer.Typer:
    """All commands."""
    app = typer.Typer(
        help="An open customer decision hub: the next best action for each person, with its reasons.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for command in (demo, serve, decide, explain, replay, levers, batch, check, say, publish, train, diff, key):
        app.command()(command)
    app.command("format")(format_)
    app.command("import")(import_)
    app.add_typer(person, name="person")
    app.add_typer(group, name="group")
    app.add_typer(identity, name="identity")
    app.add_typer(outcomes, name="outcomes")
    app.add_typer(quarantine, name="quarantine")
    app.add_typer(dictionary, name="dictionary")
    app.add_typer(segment, name="segment")
    app.add_typer(table, name="table")
    app.add_typer(model, name="model")
    return app


def main() -> None:
    """Run the command of the command line. Errors are told in a line and a hint, and end in exit code 1."""
    try:
        commands()()
    except DecidedlyError as error:
        show_error(error)
        sys.exit(1)
