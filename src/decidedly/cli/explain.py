"""decidedly explain: why a decision came out as it did."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer
from rich.markup import escape

from decidedly.app import Hub
from decidedly.cli.person import value
from decidedly.cli.screen import moment, say, show_json, show_table
from decidedly.cli.workdir import AsJson, Sensitive, Workdir, open_hub
from decidedly.decide import Briefing, Counterfactual, Explanation, Letter, WhyNot
from decidedly.decide.explanation import ActionExplained, Drop, FactRead
from decidedly.person import MASKED


class Audience(StrEnum):
    marketer = "marketer"
    agent = "agent"
    customer = "customer"


def explain(
    decision: Annotated[str, typer.Argument(metavar="DECISION_ID")],
    action: Annotated[str, typer.Option(help="Only this action, with the facts that its rules read.")] = "",
    audience: Annotated[
        Audience, typer.Option("--for", help="For whom: everything, what to say, or a letter in plain words.")
    ] = Audience.marketer,
    why_not: Annotated[str, typer.Option(metavar="ACTION", help="What kept this action out, by channel.")] = "",
    what_if: Annotated[
        str, typer.Option(metavar="ACTION", help="The least changes after which this action would have been chosen.")
    ] = "",
    as_json: AsJson = False,
    sensitive: Sensitive = False,
    workdir: Workdir = None,
) -> None:
    """Say for each action: won, ranked, or dropped, where and by which rule. Asking changes nothing."""
    with open_hub(workdir) as hub:
        other = _other(hub, decision, audience, why_not, what_if, sensitive)
        if other is not None:
            if as_json:
                show_json(other)
            else:
                _say_other(other)
            return
        told = hub.explain(decision, _full(hub, decision, action), sensitive=sensitive)
    if as_json:
        show_json(told)
        return
    say(f"\n[bold]{escape(told.summary)}[/]")
    say(f"{escape(told.person)}, service {told.service}, {moment(told.at)} UTC")
    say(f"[dim]playbook {told.playbook}, model {told.model}, kernel {told.kernel}[/]\n")
    for fact in told.permissions:
        if not fact.value:
            say(f"[yellow]{fact.name}: refused[/] [dim]{fact.provenance_id}[/]\n")
    if action:
        _one(told.actions[0])
    else:
        _all(told)


def _other(
    hub: Hub, decision: str, audience: Audience, why_not: str, what_if: str, sensitive: bool
) -> WhyNot | Counterfactual | Briefing | Letter | None:
    """What was asked for instead of the whole explanation; None where that was."""
    if why_not:
        return hub.why_not(decision, _full(hub, decision, why_not), sensitive=sensitive)
    if what_if:
        return hub.counterfactual(decision, _full(hub, decision, what_if), sensitive=sensitive)
    if audience is Audience.agent:
        return hub.briefing(decision, sensitive=sensitive)
    return hub.letter(decision, sensitive=sensitive) if audience is Audience.customer else None


def _say_other(told: WhyNot | Counterfactual | Briefing | Letter) -> None:
    match told:
        case Briefing() | Letter():
            say(escape(told.text))
        case WhyNot():
            say(f"\n[bold]{escape(told.says)}[/]")
            for one in told.channels:
                say(f"\n{escape(one.says)}")
                if one.drop is not None:
                    say(f"[dim]{_where(one.drop)}[/]")
                    _facts_of(one.drop)
        case Counterfactual():
            say(f"\n[bold]{escape(told.says)}[/]\n")
            for way in told.ways:
                say(f"{'' if way.changeable else '[dim]nobody can change it:[/] '}{escape(way.says)}")
                for note in dict.fromkeys(change.note for change in way.changes if change.note):
                    say(f"  [dim]{escape(note)}[/]")


def _full(hub: Hub, decision: str, action: str) -> str:
    """The action's id; its last part is enough where only one ends so."""
    ids = [one.id for one in hub.plan_of(hub.decision(decision)).actions]
    ending = [id for id in ids if action and id.endswith(f"/{action}")]
    return ending[0] if len(ending) == 1 else action


def _all(told: Explanation) -> None:
    show_table(
        "Dropped by",
        ("stage", "rule", "where", "candidates"),
        ((rule.stage, rule.name, rule.place, f"{rule.candidates:,}") for rule in told.dropped_by),
        right=("candidates",),
    )
    show_table(
        "Actions",
        ("#", "id", "action", "result", "chance", "priority", "why"),
        (
            (
                one.rank or "",
                one.action.rpartition("/")[2],
                one.name,
                one.status,
                "" if one.propensity is None else f"{one.propensity:.1%}",
                "" if one.priority is None else f"{one.priority:.3f}",
                _why(one),
            )
            for one in told.actions
        ),
        right=("#", "chance", "priority"),
    )
    say("[dim]More on one of them: --action ID.[/]")


def _why(one: ActionExplained) -> str:
    if one.status != "dropped":
        return "; ".join(reason.text for reason in one.reasons[:1])
    return "; ".join(dict.fromkeys(f"{drop.rule}, {_where(drop)}" for drop in one.drops.values()))


def _where(drop: Drop) -> str:
    return f"{drop.place.file}:{drop.row or drop.place.line}"


def _one(one: ActionExplained) -> None:
    place = f", rank {one.rank}" if one.rank else ""
    say(f"[bold]{escape(one.name)}[/]  {escape(one.action)}")
    say(f"{one.status}{place} on {one.channel}"
        + ("" if one.propensity is None else f"; chance {one.propensity:.2%}")
        + ("" if one.priority is None else f", priority {one.priority:.4f}") + "\n")  # fmt: skip
    show_table("Main reasons for the chance", ("reason", "log-odds"),
               ((reason.text, f"{reason.effect:+.2f}") for reason in one.reasons), right=("log-odds",))  # fmt: skip
    for drop, channels in _together(one):
        say(f"[bold]Dropped for {', '.join(channels)}[/] at {drop.stage} by {escape(drop.name)} ({_where(drop)})")
        if drop.says:
            say(f"  {escape(drop.says)}")
        if drop.sentence:
            say(f"  {escape(drop.sentence)}")
        for why in drop.nulls:
            say(f"  Not known, because {escape(why)}.")
        if drop.source:
            say(f"  Source: {escape(drop.source)}")
        _facts_of(drop)


def _facts_of(drop: Drop) -> None:
    show_table("Facts it read", ("fact", "value", "how we know", "since", "provenance"), map(_fact, drop.facts))


def _together(one: ActionExplained) -> Iterator[tuple[Drop, list[str]]]:
    """Each drop once, with the channels it holds for."""
    seen: list[tuple[Drop, list[str]]] = []
    for channel, drop in one.drops.items():
        same = next((channels for known, channels in seen if known == drop), None)
        if same is None:
            seen.append((drop, [channel]))
        else:
            same.append(channel)
    yield from seen


def _fact(fact: FactRead) -> tuple[str, ...]:
    how = ", ".join(filter(None, (fact.how, fact.source, "made up" if fact.synthetic else "")))
    shown = MASKED if fact.masked else "not known" if fact.value is None else value(fact.value)
    return fact.name, shown, how, moment(fact.at)[:10], fact.provenance_id
