"""decidedly decide: one decision, from the command line."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

import numpy as np
import typer

from decidedly.api.ask import checked_identifier
from decidedly.api.decisions import spelled_out
from decidedly.cli.screen import say, show_json, show_table
from decidedly.cli.workdir import AsJson, Workdir, identifier, open_hub
from decidedly.content import last_day
from decidedly.core.ask import Ask
from decidedly.decide import placements_of


def decide(
    person: Annotated[str, typer.Option(help="namespace:value, or the bare customer number.")],
    service: Annotated[str, typer.Option(help="The decision service.")],
    channel: Annotated[str, typer.Option(help="The inbound channel that asks; else an outbound one is chosen.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing.")] = False,
    as_json: AsJson = False,
    workdir: Workdir = None,
) -> None:
    """Decide for one person, now, and store the decision."""
    with open_hub(workdir) as hub:
        named = identifier(hub, person)
        who = checked_identifier(named.namespace, named.value, hub.snapshot.book.dictionary, "--person")
        ask = Ask(ask_id=uuid4().hex, who=(who,), service=service, channel=channel, at=hub.clock.now())
        record = hub.dry_run(ask) if dry_run else hub.decide(ask)
        plan = hub.plan_of(record)
    if as_json:
        show_json(spelled_out(record, plan))
        return
    stored = "not stored" if dry_run else f"decision [bold]{record.id}[/]"
    known = "" if record.known else ", whom we do not know"
    say(f"\n{who}{known}: {record.result}{f' by {record.channel}' if record.channel else ''}, {stored}")
    propensity = np.frombuffer(record.inputs.propensity, "<f4")
    many = len(plan.slates.placements) > 1
    show_table(
        "Actions",
        ("#", "action", "chance", "value", "until", *(("placement",) if many else ())),
        (
            (
                rank,
                plan.actions[index].name,
                f"{propensity[index]:.1%}",
                plan.actions[index].value,
                f"{last_day(plan.actions[index].valid_until, plan.zone):%Y-%m-%d}",
                *((place,) if many else ()),
            )
            for rank, (index, place) in enumerate(
                zip(record.chosen, placements_of(record, plan.slates), strict=True), 1
            )
        ),
        right=("#", "chance", "value"),
    )
    if not dry_run:
        say(f"[dim]Why: decidedly explain {record.id}[/]")
