"""decidedly outcomes: what came of decisions."""

from __future__ import annotations

from typing import Annotated

import typer

from decidedly.cli.screen import moment, say, show_json, show_table
from decidedly.cli.workdir import AsJson, Workdir, open_hub, read_time
from decidedly.measure import Came, Summary, Tally

outcomes = typer.Typer(help="Outcomes: what came of decisions.", no_args_is_help=True)

_STANDING = {
    "no-action": "nothing was chosen", "waiting": "its message may still go", "not-reached": "it reached nobody",
    "pending": "it reached the person, who has time to answer", "responded": "the person answered",
    "non-response": "it reached the person, who did not answer in time",
}  # fmt: skip


@outcomes.command()
def show(
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="The decision's id.")],
    at: Annotated[str | None, typer.Option(help="As of this moment of the hub's clock.")] = None,
    as_json: AsJson = False,
    workdir: Workdir = None,
) -> None:
    """Show what came of one decision, and by what each event was joined."""
    with open_hub(workdir) as hub:
        came = hub.results.of(hub.decision(decision), read_time(at, "--at") if at else None)
    if as_json:
        show_json({"decision": decision, "standing": came.standing, "outcomes": came.outcomes})
        return
    say(f"{decision}: {_STANDING[came.standing]}.")
    _show(came)


def _show(came: Came) -> None:
    rows = [
        (
            moment(one.at), f"{one.kind} (superseded)" if one.superseded else one.kind, one.action or "all of it",
            one.placement, str(one.value or ""), one.verdict,
            one.by if one.share == 1 else f"{one.by}, {one.share:.0%}",
        )
        for one in came.outcomes
    ]  # fmt: skip
    if rows:
        show_table("Outcomes", ("at", "outcome", "action", "placement", "value", "verdict", "by"), rows)


@outcomes.command()
def summary(
    service: Annotated[str, typer.Argument(metavar="SERVICE", help="The decision service's id.")],
    since: Annotated[str | None, typer.Option(help="Only decisions from this moment on.")] = None,
    before: Annotated[str | None, typer.Option(help="Only decisions before this moment.")] = None,
    as_json: AsJson = False,
    workdir: Workdir = None,
) -> None:
    """Count what came of a service's decisions: in all, by channel and by action."""
    with open_hub(workdir) as hub:
        found = hub.results.summary(
            service, read_time(since, "--since") if since else None, read_time(before, "--before") if before else None
        )
    if as_json:
        show_json(found)
        return
    _tables(found)


def _tables(found: Summary) -> None:
    kinds = list(found.total.responded)
    heads = ("", "decisions", "reached", *kinds, "non-response", "pending", "waiting", "not reached", "value")

    def row(name: str, one: Tally) -> tuple[object, ...]:
        told = (one.responded.get(kind, 0) for kind in kinds)
        value = f"{one.value_minor / 100:.2f}"
        return (
            name,
            one.decisions,
            one.shown,
            *told,
            one.non_response,
            one.pending,
            one.waiting,
            one.not_reached,
            value,
        )

    rows = [row("all", found.total), *(row(id, one) for id, one in found.channels.items())]
    show_table(f"What came of {found.service}, in {found.currency}", heads, rows, right=heads[1:])
    actions = sorted(found.actions.items(), key=lambda one: (-one[1].shown, one[0]))
    show_table("By action", heads, (row(id, one) for id, one in actions), right=heads[1:])
    if found.no_action:
        say(f"{found.no_action} further decisions chose nothing.")


@outcomes.command()
def mature(as_json: AsJson = False, workdir: Workdir = None) -> None:
    """Record as non-responses the decisions that reached somebody who has not answered in time."""
    with open_hub(workdir) as hub:
        done = hub.results.mature()
    if as_json:
        show_json(done)
        return
    say(
        f"{done.recorded} non-responses recorded; {done.answered} decisions were answered, {done.not_reached} reached"
        f" nobody, {done.waiting} still wait."
    )


@outcomes.command("table")
def table_(
    services: Annotated[
        list[str] | None, typer.Argument(metavar="[SERVICE]...", help="Ids of decision services; all by default.")
    ] = None,
    workdir: Workdir = None,
) -> None:
    """Write the table of what people were shown, and what came of it, for models to learn from."""
    with open_hub(workdir) as hub:
        rows = hub.write_exposures(services or ())
        say(f"{rows} rows are in {hub.folder / 'warehouse'}, table exposures.")
