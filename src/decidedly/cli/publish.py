"""decidedly publish: put a playbook in force."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from decidedly.app import Hub
from decidedly.cli.screen import say
from decidedly.cli.workdir import Workdir, make_hub
from decidedly.core.dictionary import ANONYMOUS
from decidedly.core.errors import NotReady


def publish(folder: Annotated[Path, typer.Argument(help="The playbook's folder.")], workdir: Workdir = None) -> None:
    """Check a playbook and put it in force."""
    with make_hub(workdir) as hub:
        before = _limits(hub)
        say(f"Playbook {hub.publish(folder)} is in force in {hub.folder}.")
        if before and before != _limits(hub):
            say("The limits of identifiers changed: `decidedly identity settle` brings everybody to them.")


def _limits(hub: Hub) -> tuple[object, ...]:
    """What decides who is who; nothing before the first playbook."""
    try:
        dictionary = hub.snapshot.book.dictionary
    except NotReady:
        return ()
    ids = (*dictionary.identifiers, ANONYMOUS)
    limits = [(id, dictionary.namespace(id).at_most, dictionary.namespace(id).shared_above) for id in ids]
    return (*limits, dictionary.most_identifiers)
