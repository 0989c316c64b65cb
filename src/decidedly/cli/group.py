"""decidedly group show: a household or an account, with those who are in it."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from decidedly.cli.person import value
from decidedly.cli.screen import moment, say, show_json, show_table, source_of
from decidedly.cli.workdir import AsJson, Sensitive, Workdir, open_hub, read_time
from decidedly.feel import parse_type
from decidedly.person import MASKED, GroupCard

group = typer.Typer(help="Look at the groups around people: households, accounts.", no_args_is_help=True)


@group.callback()
def _only() -> None:
    """So that `show` is named, though it stands alone."""


@group.command()
def show(
    id: Annotated[str, typer.Argument(metavar="ID", help="kind:id, household:H1.")],
    as_json: AsJson = False,
    at: Annotated[str | None, typer.Option(help="As of this moment of the hub's clock.")] = None,
    sensitive: Sensitive = False,
    workdir: Workdir = None,
) -> None:
    """Show one group: its traits with provenance, its members with roles and since when."""
    with open_hub(workdir) as hub:
        card = hub.group(id, read_time(at, "--at") if at else None, sensitive=sensitive)
    if as_json:
        show_json(card)
    else:
        _show(card)


def _show(card: GroupCard) -> None:
    say(f"\n[bold]{escape(card.id)}[/]  as of {moment(card.at)} UTC")
    show_table(
        "Traits",
        ("trait", "value", "how we know", "since", "provenance"),
        (
            (
                one.name, MASKED if one.masked else value(one.value, parse_type(one.type)[0]),
                source_of(one.provenance), moment(one.provenance.at)[:10], one.provenance_id,
            )
            for one in card.traits
        ),
    )  # fmt: skip
    if not card.told:
        say(f"More than {card.most_members} are in it: nothing is told of its members, here or to rules.")
        return
    show_table(
        "Members",
        ("who", "role", "since", "how we know", "provenance"),
        (
            (
                ", ".join(one.identifiers) or one.person, one.role, moment(one.since)[:10], source_of(one.provenance),
                one.provenance_id,
            )
            for one in card.members
        ),
    )  # fmt: skip
