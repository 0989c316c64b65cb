"""decidedly publish: put a playbook in force."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decidedly.cli.screen import say
from decidedly.cli.workdir import Workdir, make_hub


def publish(folder: Annotated[Path, typer.Argument(help="The playbook's folder.")], workdir: Workdir = None) -> None:
    """Check a playbook and put it in force."""
    with make_hub(workdir) as hub:
        say(f"Playbook {hub.publish(folder)} is in force in {hub.folder}.")
