"""decidedly replay: decide again from the stored inputs, and compare to the byte."""

from __future__ import annotations

from typing import Annotated

import typer

from decidedly.cli.screen import say
from decidedly.cli.workdir import Workdir, open_hub
from decidedly.core.decision import to_bytes


def replay(decision: Annotated[str, typer.Argument(metavar="DECISION_ID")], workdir: Workdir = None) -> None:
    """Decide a stored decision again from its record; exit 1 if one byte differs."""
    with open_hub(workdir) as hub:
        record = hub.replay(decision)
    say(f"{record.id}: the same {len(to_bytes(record)):,} bytes (kernel {record.kernel}, playbook {record.playbook}).")
