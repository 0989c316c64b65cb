"""decidedly person show: the one record of a person."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape

from decidedly.capture import Rebuilt, verdict
from decidedly.cli.privacy import erase, erasures, export, reapply_erasures, verify_receipt
from decidedly.cli.screen import Bars, moment, say, show_json, show_table, source_of
from decidedly.cli.workdir import AsJson, Sensitive, Workdir, identifier, open_hub, read_time
from decidedly.core.errors import BadInput
from decidedly.core.event import Event
from decidedly.feel import Money, Number, Type, parse_type, to_plain
from decidedly.person import MASKED, Card, CardConsent, CardFact

LONGEST = 60

person = typer.Typer(help="Look at people's records, hand them out, erase them.", no_args_is_help=True)
for _right in (export, erase, erasures, verify_receipt, reapply_erasures):
    person.command()(_right)


@person.command()
def show(
    id: Annotated[str, typer.Argument(metavar="ID", help="namespace:value, or the bare customer number.")],
    as_json: AsJson = False,
    at: Annotated[str | None, typer.Option(help="As of this moment of the hub's clock.")] = None,
    sensitive: Sensitive = False,
    workdir: Workdir = None,
) -> None:
    """Show one record: identifiers, facts with provenance, consent, recent history, contacts."""
    with open_hub(workdir) as hub:
        card = hub.person(identifier(hub, id), read_time(at, "--at") if at else None, sensitive=sensitive)
    if as_json:
        show_json(card)
    else:
        _show(card)


@person.command()
def rebuild(
    kind: Annotated[str, typer.Option(help="Only the history of events of this kind, by its id.")] = "",
    after: Annotated[str, typer.Option(help="Go on after this person, from an earlier run that was stopped.")] = "",
    as_json: AsJson = False,
    workdir: Workdir = None,
) -> None:
    """Fold every record anew from the log: kinds and fields declared since, and times that have come."""
    last = after
    with open_hub(workdir) as hub, Bars().step("People") as progress:

        def going(so_far: Rebuilt) -> None:
            nonlocal last
            last = so_far.last
            progress(so_far.persons)

        try:
            done = hub.rebuild(kind, after, going)
        except KeyboardInterrupt:
            say(f"Stopped. Go on with: decidedly person rebuild --after {last}" + (f" --kind {kind}" if kind else ""))
            raise
    if as_json:
        show_json(done)
        return
    say(f"{done.persons:,} people, {done.events:,} events read, {done.records:,} records written anew")
    if done.refused:
        show_table(
            f"{done.refused:,} events do not fit the dictionary and stay out of the records",
            ("reason", "place", "message"),
            ((why.code, why.place, why.message) for why in done.refusals),
        )


@person.command()
def rule(
    id: Annotated[str, typer.Argument(metavar="ID", help="namespace:value, or the bare customer number.")],
    never_about: Annotated[str, typer.Option(help="Nothing about this topic.")] = "",
    only_by: Annotated[list[str], typer.Option(help="Messages by this channel alone; repeatable.")] = [],  # noqa: B006
    only_if_urgent: Annotated[list[str], typer.Option(help="By this channel only what is urgent; `all` for all.")] = [],  # noqa: B006
    not_before: Annotated[str, typer.Option(help="No message before this hour, 09:00.")] = "",
    not_after: Annotated[str, typer.Option(help="No message after this hour, 20:00.")] = "",
    at_most: Annotated[int | None, typer.Option(help="At most so many messages a week.")] = None,
    words: Annotated[str, typer.Option(help="How the person puts it.")] = "",
    remove: Annotated[str, typer.Option(metavar="RULE", help="Take this rule back.")] = "",
    as_json: AsJson = False,
    workdir: Workdir = None,
) -> None:
    """Set one of a person's own rules, or take it back: it is obeyed before everything else."""
    made: list[dict[str, Any]] = []
    if never_about:
        made.append({"choice": "never-about", "topic": never_about})
    if only_by:
        made.append({"choice": "only-by", "channels": only_by})
    if only_if_urgent:
        made.append({"choice": "only-if-urgent", "channels": [one for one in only_if_urgent if one != "all"]})
    if not_before or not_after:
        made.append({"choice": "hours", "not_before": not_before, "not_after": not_after})
    if at_most is not None:
        made.append({"choice": "at-most", "count": at_most})
    if remove:
        made.append({"removed": True})
    if len(made) != 1:
        raise BadInput("One rule at a time.", place="person rule", hint="Give one of --never-about, --only-by, ....")
    with open_hub(workdir) as hub:
        told = hub.set_rule(identifier(hub, id), {**made[0], "words": words}, source="cli", rule=remove)
    if as_json:
        show_json(told)
    else:
        say(f"{told.rule}  {escape(told.says)}  [dim]{escape(told.feel)}[/]")


def _show(card: Card) -> None:
    say(f"\n[bold]{escape(card.identifiers[0] if card.identifiers else card.id)}[/]  as of {moment(card.at)} UTC")
    say(f"Identifiers  {escape(', '.join(card.identifiers))}")
    say(f"Segments     {escape(', '.join(card.segments)) or 'none'}\n")
    show_table(
        "Facts",
        ("fact", "value", "how we know", "since", "provenance"),
        (
            (
                fact.name,
                _told(fact),
                source_of(fact.provenance),
                moment(fact.provenance.at)[:10],
                fact.provenance_id,
            )
            for fact in card.facts
        ),
    )
    show_table(
        "Groups",
        ("group", "role", "since", "how we know", "provenance"),
        (
            (one.group, one.role, moment(one.since)[:10], source_of(one.provenance), one.provenance_id)
            for one in card.groups
        ),
    )
    show_table(
        "Permissions",
        ("purpose", "channel", "state", "basis", "how we know", "since", "provenance"),
        (
            (
                said.purpose,
                said.channel,
                _state(said),
                said.basis,
                source_of(said.provenance),
                moment(said.provenance.at)[:10],
                said.provenance_id,
            )
            for said in card.consents
        ),
    )
    show_table(
        "The person's own rules",
        ("rule", "what it is", "in their words", "since", "provenance"),
        ((one.rule, one.says, one.words, moment(one.provenance.at)[:10], one.provenance_id) for one in card.own_rules),
    )
    show_table(
        "Recent history",
        ("when", "what", "details"),
        ((moment(event.at), event.kind, _details(event)) for event in card.recent),
    )
    show_table(
        "Contacts",
        ("when", "channel", "class", "state", "until", "actions shown"),
        (
            (moment(one.at), one.channel, one.contact_class, one.state, moment(one.until), one.exposures)
            for one in card.contacts
        ),
        right=("actions shown",),
    )
    show_table("Decisions", ("decision",), ((id,) for id in card.decisions))


def _told(fact: CardFact) -> str:
    """The value, and in brackets what else was said."""
    type_ = parse_type(fact.type)[0]
    told = MASKED if fact.masked else value(fact.value, type_)
    lost = "" if fact.masked else "; ".join(value(one.value, type_) for one in fact.others)
    return f"{told} (also {lost})" if lost else told


def _state(said: CardConsent) -> str:
    if said.state == "granted" and said.expires_at:
        return f"granted until {moment(said.expires_at)[:10]}"
    if said.state == "pending":
        return f"waits for its confirmation until {moment(said.confirm_by)[:10]}"
    return "never confirmed" if said.state == "lapsed" else said.state


def value(of: Any, type_: Type | None = None) -> str:
    """A value as a reader wants it; of a known type in its plain form, so that cents become 14.32 USD."""
    if isinstance(type_, Money) and isinstance(of, int):
        return f"{to_plain(type_, of):,.2f} {type_.currency}"
    if isinstance(type_, Number) and isinstance(of, int):
        return f"{to_plain(type_, of):,}"
    if isinstance(of, bool):
        return "yes" if of else "no"
    if isinstance(of, list | tuple):
        return ", ".join(map(str, of))
    return f"{of:,.2f}" if isinstance(of, float) else str(of)


def _details(event: Event) -> str:
    """The event's short properties; of its items the number."""
    told = [f"{name} {_short(it)}" for name, it in event.properties.items() if it not in (None, "")]
    if event.machine is not None:
        told.append(f"{verdict(event.machine)} ({event.machine:.0%} machine: {' '.join(event.evidence) or 'no sign'})")
    return ", ".join([*told, *event.flags])


def _short(of: Any) -> str:
    if isinstance(of, list | dict):
        return f"({len(of)})"
    text = str(of)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
