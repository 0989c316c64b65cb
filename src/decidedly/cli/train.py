"""decidedly train: learn from what came of earlier actions."""

from __future__ import annotations

from typing import Annotated

import typer

from decidedly.cli.screen import Bars, say
from decidedly.cli.workdir import Workdir, open_hub, read_time


def train(
    model: Annotated[str, typer.Argument(help="The model, as the playbook names it.")],
    before: Annotated[str | None, typer.Option(help="Learn from what happened before; else before now.")] = None,
    workdir: Workdir = None,
) -> None:
    """Train a model of the playbook and put it in force."""
    with open_hub(workdir) as hub:
        at = read_time(before, "--before") if before else hub.clock.now()
        with Bars().step("Project the history"):
            hub.project(at)
        with Bars().step("Train"):
            learnt = hub.train(model, at)
    told = f"{learnt.examples:,} examples from {', '.join(learnt.campaigns)}, {learnt.positives:,} with the outcome"
    say(f"Model {learnt.version} is in force: {told}.")
