"""decidedly segment: the segments of the playbook in force, and who is in them."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from decidedly import playbook
from decidedly.cli.screen import say, show_json, show_table
from decidedly.cli.workdir import AsJson, Sensitive, Workdir, identifier, open_hub, read_time
from decidedly.decide import Membership
from decidedly.feel.words import said_value

segment = typer.Typer(help="Segments: people chosen by a rule.", no_args_is_help=True)

_MET = {True: "yes", False: "no", None: "cannot be told"}


@segment.command("list")
def list_(as_json: AsJson = False, workdir: Workdir = None) -> None:
    """List the segments of the playbook in force, each in words."""
    with open_hub(workdir) as hub:
        told = [one for one in playbook.say(hub.snapshot.book) if one.kind == "segment"]
    if as_json:
        show_json(told)
        return
    show_table("Segments", ("id", "name", "in words"), ((one.id, one.name, " ".join(one.sentences)) for one in told))


@segment.command()
def count(
    name: Annotated[str | None, typer.Argument(metavar="[SEGMENT]", help="The segment's id; all by default.")] = None,
    at: Annotated[str | None, typer.Option(help="As of this moment of the hub's clock.")] = None,
    as_json: AsJson = False,
    workdir: Workdir = None,
) -> None:
    """Count the people in a segment, or in each, exactly; and those of them who may be written to, by channel."""
    with open_hub(workdir) as hub:
        counts = hub.count_segments([name] if name else (), read_time(at, "--at") if at else None)
    if as_json:
        show_json(counts)
        return
    channels = list(next(iter(counts.values())).consent) if counts else []
    show_table(
        "People in segments",
        ("segment", "people", "of", *(f"may get {channel}" for channel in channels), "how"),
        (
            (id, one.people, one.of, *one.consent.values(), str(one.by_rows[0]) if one.by_rows else "runs as SQL")
            for id, one in counts.items()
        ),
        right=("people", "of", *(f"may get {channel}" for channel in channels)),
    )


@segment.command()
def explain(
    name: Annotated[str, typer.Argument(metavar="SEGMENT", help="The segment's id.")],
    person: Annotated[str, typer.Argument(metavar="PERSON", help="namespace:value, or the bare customer number.")],
    at: Annotated[str | None, typer.Option(help="As of this moment of the hub's clock.")] = None,
    as_json: AsJson = False,
    sensitive: Sensitive = False,
    workdir: Workdir = None,
) -> None:
    """Say why a person is in a segment or not, and when time alone will change it."""
    with open_hub(workdir) as hub:
        moment = read_time(at, "--at") if at else None
        told = hub.membership(name, identifier(hub, person), moment, sensitive=sensitive)
    if as_json:
        show_json(told)
    else:
        _show(told, person)


def _show(told: Membership, person: str) -> None:
    verb = "is" if told.member else "is not"
    say(f"\n[bold]{escape(person)} {verb} in the segment {escape(told.segment)}[/] ({escape(told.name)})"
        f" on {said_value(told.at)}\n")  # fmt: skip
    show_table(
        "What it asks",
        ("met", "criterion", "facts"),
        (
            (
                _MET[one.met],
                "  " * one.level + one.sentence,
                "; ".join([*(f"{name}: {value}" for name, value in one.facts), *one.why[len(one.facts) :]]),
            )
            for one in told.criteria
        ),
    )
    if told.change is None:
        say(f"If nothing else happens, this stays so until {said_value(told.searched_until)} at least.")
        return
    becomes = "comes in" if told.change.member else "drops out"
    say(f"If nothing else happens, the person {becomes} on {told.change.when},"
        f" because {escape(told.change.because)}.")  # fmt: skip
