"""decidedly demo: the main job on a real grocer's customers, then a server to try it on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from decidedly.cli.screen import Bars, say, show_json, show_table
from decidedly.cli.serve import serve
from decidedly.cli.workdir import DEMO, StoreUrl, read_store
from decidedly.core.errors import NotReady

if TYPE_CHECKING:
    from decidedly.demo.run import Summary


def demo(
    workdir: Annotated[Path, typer.Option(help="Folder to work in; run again, only what is missing is done.")] = DEMO,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop when the job is done.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON, in one line, last.")] = False,
    households: Annotated[int | None, typer.Option(min=1, help="Take a sample of so many households.")] = None,
    port: Annotated[int, typer.Option(help="Port to serve on; 0 takes a free one.")] = 8080,
    store: StoreUrl = None,
) -> None:
    """Give a real grocer's households their next best actions, with the reasons; then serve."""
    try:
        from decidedly.demo.run import run
    except ModuleNotFoundError as error:
        raise NotReady(
            f"The demo needs the package '{error.name}'.", hint="Install it: pip install 'decidedly[demo]'."
        ) from error
    url = read_store(workdir) if store is None else store
    summary = run(workdir, Bars(), households, url)
    if as_json:
        show_json(summary, pretty=False)
    else:
        _show(summary)
    if not no_serve:
        serve(workdir=workdir, port=port, store=url)


def _show(summary: Summary) -> None:
    _show_together(summary)
    say(
        f"\n{summary.campaign_households:,} households, {summary.actions} actions each:"
        f" [bold]{summary.decided:,}[/] got a slate, {summary.no_action:,} are left in peace."
    )
    show_table(
        "What the rules dropped",
        ("stage", "rule", "candidates", "households", "left with nothing"),
        ((one.stage, one.name, f"{one.candidates:,}", f"{one.households:,}", f"{one.left_with_nothing:,}")
         for one in summary.dropped if one.candidates),
        right=("candidates", "households", "left with nothing"),
    )  # fmt: skip
    names = {
        "random": "chance",
        "popular": "most popular",
        "most_bought": "habit: what the household buys most",
        "ours_before_policy": "ours, before the rules",
        "ours": "ours, as decided",
    }
    show_table(
        "recall@16: redeemed coupons that were among a household's sixteen",
        ("way of choosing", "campaign 18", "campaign 13"),
        ((name, f"{getattr(summary.recall_at_16, key):.3f}", f"{getattr(summary.campaign_13, key):.3f}")
         for key, name in names.items()),
        right=("campaign 18", "campaign 13"),
    )  # fmt: skip
    for campaign, recall in (("18", summary.recall_at_16), ("13", summary.campaign_13)):
        told = recall.before_policy_against_habit
        claim = "above habit" if told.claim and told.difference > 0 else "no claim: the interval spans zero"
        say(f"Campaign {campaign}, before the rules against habit: {told.difference:+.3f}"
            f" ({told.low:+.3f} to {told.high:+.3f}), {claim}.")  # fmt: skip
    channels = ", ".join(f"{count:,} by {channel}" for channel, count in summary.delivered.items()) or "nothing new"
    say(f"Delivered {channels}. {summary.seconds:.0f} s, {summary.peak_mib:,.0f} MiB at most.")
    say(f"Gallery: {summary.gallery}")


def _show_together(summary: Summary) -> None:
    ways = {"by equal identifiers": summary.by_identifiers, "and by matching": summary.by_matching}
    show_table(
        f"{summary.by_identifiers.records:,} records of {summary.households:,} households from till, website and app",
        ("put together", "persons", "precision", "recall", "F1", "households whole"),
        ((name, f"{one.persons:,}", f"{one.precision:.4f}", f"{one.recall:.4f}", f"{one.f1:.4f}", f"{one.whole:.1%}")
         for name, one in ways.items()),
        right=("persons", "precision", "recall", "F1", "households whole"),
    )  # fmt: skip
