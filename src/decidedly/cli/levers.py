"""decidedly levers: what each business push costs in value, and whom it displaces."""

from __future__ import annotations

from typing import Annotated

import typer

from decidedly.cli.screen import say, show_json, show_table
from decidedly.cli.workdir import AsJson, Workdir, open_hub
from decidedly.decide import LeverPrice


def levers(
    service: Annotated[str, typer.Argument(metavar="SERVICE", help="The decision service's id.")],
    days: Annotated[int, typer.Option(min=1, max=3650, help="Of so many days.")] = 28,
    most: Annotated[int, typer.Option(min=1, help="At most so many decisions.")] = 1000,
    as_json: AsJson = False,
    workdir: Workdir = None,
) -> None:
    """Make recorded decisions again without each push, and say what it costs in value. Nothing is stored."""
    with open_hub(workdir) as hub:
        told = hub.levers(service, days, most)
    if as_json:
        show_json(told)
        return
    left_out = f"; {told.left_out} of another version of the kernel were left out" if told.left_out else ""
    say(f"\n{told.decisions:,} decisions of '{service}' were made again{left_out}.")
    if told.together is None:
        say("No action of these has a lever.")
        return
    show_table(
        f"Price of each lever, in {told.currency}",
        ("action", "lever", "shown in", "changed", "cost", "a decision", "displaces most"),
        (_row(one) for one in (*told.levers, told.together)),
        right=("lever", "shown in", "changed", "cost", "a decision"),
    )


def _row(one: LeverPrice) -> tuple[str, ...]:
    first = one.displaced[0] if one.displaced else None
    return (
        one.name,
        f"{one.lever:g}" if one.lever else "",
        f"{one.shown:,}",
        f"{one.changed:,}",
        f"{one.cost:,.2f}",
        f"{one.a_decision:.4f}",
        f"{first.name}, {first.times:,} times" if first else "",
    )
