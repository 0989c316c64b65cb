"""decidedly identity: who is who, and people's decisions on it."""

from __future__ import annotations

from getpass import getuser
from typing import Annotated

import typer
from rich.markup import escape

from decidedly import capture
from decidedly.app import Hub
from decidedly.capture import Word
from decidedly.cli.screen import Bars, moment, say, show_json, show_table
from decidedly.cli.workdir import AsJson, Workdir, identifier, open_hub
from decidedly.core.errors import BadInput
from decidedly.core.identity import Cluster, Edge

identity = typer.Typer(
    help="Who is who: what joins identifiers into persons; merge, take back, split, review.", no_args_is_help=True
)

Id = Annotated[str, typer.Argument(metavar="ID", help="namespace:value, or the bare customer number.")]
Other = Annotated[str, typer.Argument(metavar="OTHER", help="namespace:value, or the bare customer number.")]
Why = Annotated[str, typer.Option(help="The reason, for whoever reads it later.")]
Actor = Annotated[str, typer.Option(help="Who decides.", show_default="the account on this machine")]
Number = Annotated[int, typer.Argument(help="The number that `identity review` shows.")]

_SORTS = {"event": "an event carried both", "alias": "an alias", "match": "they match", "person": "a person decided"}


@identity.command()
def show(id: Id, as_json: AsJson = False, workdir: Workdir = None) -> None:
    """Show every link between a person's identifiers: its evidence, its time, and what became of it."""
    with open_hub(workdir) as hub:
        stored = hub.graph.person(identifier(hub, id))
        edges = hub.reader.edges_of(stored.cluster.leaves)
    if as_json:
        show_json(edges)
        return
    say(f"\n[bold]{escape(id)}[/] is one person of {len(stored.cluster.leaves)} identifiers.")
    show_table(
        "Links",
        ("one", "other", "evidence", "when", "sure", "named by", "who", "state"),
        (
            (
                str(edge.a), str(edge.b), _SORTS[edge.by], moment(edge.at), f"{edge.confidence:.0%}", edge.message_id,
                edge.actor or "the hub", _state(edge, stored.cluster),
            )
            for edge in edges
        ),
    )  # fmt: skip


@identity.command()
def merge(id: Id, other: Other, why: Why = "", actor: Actor = "", workdir: Workdir = None) -> None:
    """Make two persons one. Nothing moves: it can be taken back exactly."""
    with open_hub(workdir) as hub:
        cluster = capture.merge(hub.graph, identifier(hub, id), identifier(hub, other), _word(hub, actor, why))
    say(f"{escape(id)} and {escape(other)} are one person of {len(cluster.leaves)} identifiers now.")


@identity.command()
def unmerge(id: Id, other: Other, why: Why = "", actor: Actor = "", workdir: Workdir = None) -> None:
    """Take back what joins two identifiers directly: each person is again who they were."""
    with open_hub(workdir) as hub:
        capture.unmerge(hub.graph, identifier(hub, id), identifier(hub, other), _word(hub, actor, why))
    say(f"{escape(id)} and {escape(other)} are two persons again.")


@identity.command()
def split(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="The identifiers that become a person apart.")],
    why: Why = "",
    actor: Actor = "",
    workdir: Workdir = None,
) -> None:
    """Split identifiers off a person; events that carry both sides do not join them again."""
    with open_hub(workdir) as hub:
        off = [identifier(hub, id) for id in ids]
        persons = capture.split(hub.graph, off, _word(hub, actor, why))
    say(f"{', '.join(map(escape, ids))}: split off; they were one person and are {len(persons)} now.")


@identity.command()
def review(
    limit: Annotated[int, typer.Option(help="How many to show.")] = 20,
    after: Annotated[int, typer.Option(help="Those after this number.")] = 0,
    as_json: AsJson = False,
    workdir: Workdir = None,
) -> None:
    """List the links that wait for a decision: proposed by a match, or refused by a limit."""
    with open_hub(workdir) as hub:
        waiting = hub.reader.reviews(limit, after)
    if as_json:
        show_json([{"number": number, "edge": edge} for number, edge in waiting])
        return
    show_table(
        "Waiting for a decision",
        ("number", "one", "other", "evidence", "when", "sure", "why it waits"),
        (
            (
                number, str(edge.a), str(edge.b), _SORTS[edge.by], moment(edge.at), f"{edge.confidence:.0%}",
                "; ".join((edge.refused, *edge.reasons) if edge.refused else edge.reasons),
            )
            for number, edge in waiting
        ),
        right=("number",),
    )  # fmt: skip
    if waiting:
        say("One person: decidedly identity accept NUMBER. Two: decidedly identity reject NUMBER.")


@identity.command()
def accept(number: Number, why: Why = "", actor: Actor = "", workdir: Workdir = None) -> None:
    """The two are one person."""
    _decide(number, True, why, actor, workdir)


@identity.command()
def reject(number: Number, why: Why = "", actor: Actor = "", workdir: Workdir = None) -> None:
    """The two are different persons, and stay so."""
    _decide(number, False, why, actor, workdir)


@identity.command()
def match(
    automatic: Annotated[
        float | None,
        typer.Option(min=0.5, max=0.9999, help="Join at this probability and above.", show_default="the dictionary's"),
    ] = None,
    review: Annotated[
        float | None,
        typer.Option(
            min=0.01, max=0.9999, help="Propose at this probability and above.", show_default="the dictionary's"
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be joined and proposed.")] = False,
    limit: Annotated[int, typer.Option(help="How many to show.")] = 20,
    as_json: AsJson = False,
    workdir: Workdir = None,
) -> None:
    """Find people who are probably one: the sure ones are joined, the others wait for a decision."""
    with open_hub(workdir) as hub:
        said = hub.snapshot.book.dictionary.matching
        if (said.review if review is None else review) > (said.automatic if automatic is None else automatic):
            raise BadInput("What is joined must be at least as sure as what is proposed.", place="--review")
        found = hub.match(automatic, review, dry_run=dry_run)
    if as_json:
        show_json(found)
        return
    joined = sum(not edge.proposed for edge in found.edges)
    would = "would be " if dry_run else ""
    say(f"{found.people:,} people were compared by {', '.join(dict.fromkeys(found.roles.values()))}.")
    say(f"{joined:,} matches {would}joined, {len(found.edges) - joined:,} {would}proposed for review.")
    show_table(
        "Matches",
        ("one", "other", "sure", "what becomes of it", "why"),
        (
            (
                str(edge.a), str(edge.b), f"{edge.confidence:.1%}", "proposed" if edge.proposed else "joins",
                "; ".join(edge.reasons),
            )
            for edge in found.edges[: max(limit, 0)]
        ),
        right=("sure",),
    )  # fmt: skip


@identity.command()
def settle(workdir: Workdir = None) -> None:
    """Work out anew who is who, for everybody: after the limits of identifiers changed."""
    with open_hub(workdir) as hub, Bars().step("Read everybody") as done:
        dictionary = hub.snapshot.book.dictionary
        count = capture.settle_all(store=hub.store, reader=hub.reader, dictionary=dictionary, progress=done)
    say(f"{count:,} identifiers were worked out anew.")


def _decide(number: int, same: bool, why: str, actor: str, workdir: Workdir) -> None:
    with open_hub(workdir) as hub:
        edge = capture.review(hub.graph, number, same=same, word=_word(hub, actor, why))
    say(f"{edge.a} and {edge.b} are {'one person' if same else 'two persons'} now.")


def _word(hub: Hub, actor: str, why: str) -> Word:
    return Word(at=hub.clock.now(), actor=actor or getuser(), why=why)


def _state(edge: Edge, cluster: Cluster) -> str:
    if edge.undone is not None:
        why = f": {edge.undone.why}" if edge.undone.why else ""
        return f"taken back by {edge.undone.actor} on {moment(edge.undone.at)}{why}"
    if edge.apart:
        return "set apart"
    if edge.proposed:
        return "waits for a decision"
    if edge.refused:
        return f"refused: {edge.refused}"
    joins = edge.key in {join.key for join in cluster.joins}
    return "joins" if joins else "says the same"
