"""decidedly quarantine: events that were refused, kept whole until they can be taken in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape

from decidedly.cli.screen import Bars, moment, say, show_json, show_table
from decidedly.cli.workdir import AsJson, Workdir, open_hub
from decidedly.core.errors import BadInput, NotFound
from decidedly.core.quarantine import Quarantined

quarantine = typer.Typer(help="Refused events: look at them, try them again, drop them.", no_args_is_help=True)

Kind = Annotated[str, typer.Option("--kind", help="Only events of this kind.")]
Code = Annotated[str, typer.Option("--code", help="Only events refused with this code.")]


@quarantine.command("list")
def list_(
    kind: Kind = "",
    code: Code = "",
    limit: Annotated[int, typer.Option(help="So many events at most.")] = 50,
    as_json: AsJson = False,
    workdir: Workdir = None,
) -> None:
    """List refused events in the order in which they came, with the first reason of each, and how many by reason."""
    with open_hub(workdir) as hub:
        page = [event for _, event in hub.quarantine.page(0, limit, kind, code)]
        counts, filled = hub.quarantine.counts(), hub.quarantine.filled()
    if as_json:
        events = [_plain(one) for one in page]
        show_json({"events": events, "counts": counts, "total": filled.events, "bytes": filled.size})
        return
    show_table(
        f"In quarantine: {filled.events:,} events, {filled.size / 1024:,.0f} KiB",
        ("id", "kind", "source", "since", "times", "reason", "place"),
        (
            (one.id, one.kind, one.arrival.source, moment(one.received_at), one.times, _first(one), _place(one))
            for one in page
        ),
        right=("times",),
    )
    show_table("By reason", ("reason", "events"), counts.items(), right=("events",))


@quarantine.command()
def show(
    id: Annotated[str, typer.Argument(metavar="ID", help="The event's id, from `quarantine list`.")],
    sensitive: Annotated[
        bool, typer.Option("--sensitive", help="Also its bytes as they came: anything may stand in them.")
    ] = False,
    as_json: AsJson = False,
    workdir: Workdir = None,
) -> None:
    """Show one refused event: everything wrong with it, and what it is."""
    with open_hub(workdir) as hub:
        one = hub.quarantine.get(id)
    if one is None:
        raise NotFound.named("refused event", id)
    if as_json:
        show_json(_plain(one, sensitive))
        return
    say(f"\n[bold]{escape(one.id)}[/]  {escape(one.kind) or 'unread'}, {escape(one.arrival.format)} format")
    came = f"first {moment(one.received_at)} UTC, last {moment(one.last_at)} UTC, {one.times} times"
    say(f"From {escape(one.arrival.source)}: {came}\n")
    show_table(
        "What is wrong",
        ("code", "place", "message", "hint"),
        ((why.code, why.place, why.message, why.hint) for why in one.refusals),
    )
    if not sensitive:
        say("[dim]Its bytes are shown with --sensitive.[/]")
        return
    say(escape(one.arrival.body.decode("utf-8", "replace")))
    if one.arrival.envelope not in (b"", b"{}"):
        say(f"[dim]with {escape(one.arrival.envelope.decode('utf-8', 'replace'))}[/]")


@quarantine.command()
def replay(
    kind: Kind = "",
    code: Code = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would become of them.")] = False,
    as_json: AsJson = False,
    workdir: Workdir = None,
) -> None:
    """Take in what fits the dictionary now, with its message ids and times; the rest stays, with its new reasons."""
    with open_hub(workdir) as hub, Bars().step("Events tried again", hub.quarantine.filled().events) as progress:
        done = hub.replay_quarantine(kind, code, dry_run=dry_run, progress=progress)
    if as_json:
        show_json(done)
        return
    would = "would be " if dry_run else ""
    ahead = f" ({done.future:,} of them dated ahead)" if done.future else ""
    say(f"{done.looked_at:,} events: {done.taken:,} {would}taken in{ahead}, {done.known:,} were known, "
        f"{done.kept:,} {'would ' if dry_run else ''}stay")  # fmt: skip
    if done.kept:
        show_table(
            "Still refused",
            ("id", "kind", "reason", "place"),
            ((one.id, one.kind, _first(one), _place(one)) for one in done.still),
        )


@quarantine.command()
def drop(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Ids of events to drop.")] = None,
    kind: Kind = "",
    code: Code = "",
    every: Annotated[bool, typer.Option("--all", help="Drop every event, or all of --kind and --code.")] = False,
    save: Annotated[
        Path | None, typer.Option("--save", help="Write the dropped events into this file first, one JSON a line.")
    ] = None,
    workdir: Workdir = None,
) -> None:
    """Forget events that nobody will mend, for good."""
    if bool(ids) == every or (ids and (kind or code)):
        raise BadInput("Nothing says what to drop.", place="--all", hint="Name ids, or give --all, --kind and --code.")
    with open_hub(workdir) as hub:
        if ids:
            chosen = [event for id in ids if (event := hub.quarantine.get(id)) is not None]
        else:
            chosen = [event for _, event in hub.quarantine.page(0, hub.quarantine.filled().events, kind, code)]
        if save is not None:
            hub.privacy.noted_rows(save, {})
            _save(save, chosen)
        dropped = hub.quarantine.remove([event.id for event in chosen])
    say(f"dropped {dropped:,} events")


def _save(path: Path, events: list[Quarantined]) -> None:
    lines = b"".join(msgspec.json.encode(event) + b"\n" for event in events)
    path.write_bytes(lines)


def _plain(one: Quarantined, sensitive: bool = False) -> dict[str, object]:
    """An event as JSON tells it; its bytes, in which anything may stand, only where they are asked for."""
    told: dict[str, object] = {
        "id": one.id, "kind": one.kind, "source": one.arrival.source, "format": one.arrival.format,
        "received_at": one.received_at, "last_at": one.last_at, "times": one.times, "refusals": one.refusals,
    }  # fmt: skip
    if sensitive:
        told["body"] = one.arrival.body.decode("utf-8", "replace")
        told["envelope"] = one.arrival.envelope.decode("utf-8", "replace")
    return told


def _first(one: Quarantined) -> str:
    more = len(one.refusals) - 1
    return one.refusals[0].code + (f" and {more} more" if more else "") if one.refusals else ""


def _place(one: Quarantined) -> str:
    return one.refusals[0].place if one.refusals else ""
