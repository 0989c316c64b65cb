"""decidedly person export, erase and what belongs to it: what is held of a person, handed out or erased, with proof."""

from __future__ import annotations

from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from decidedly.app import Hub
from decidedly.cli.screen import Bars, moment, say, show_json, show_table
from decidedly.cli.workdir import AsJson, Workdir, identifier, open_hub
from decidedly.core.erasure import Erasure
from decidedly.core.errors import BadInput
from decidedly.privacy import Receipt
from decidedly.privacy import verify as verified

Id = Annotated[str, typer.Argument(metavar="ID", help="namespace:value, or the bare customer number.")]


def export(
    id: Id,
    to: Annotated[Path, typer.Option(help="Folder to write the two files into.")],
    workdir: Workdir = None,
) -> None:
    """Hand out all that is held of a person: record.jsonl for machines, record.html to read and print."""
    with open_hub(workdir) as hub:
        lines, shown = hub.privacy.write_export(identifier(hub, id), to)
    say(f"Everything about {escape(id)} is in {escape(str(lines))}, and to read in {escape(str(shown))}.")


def erase(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="namespace:value, or the bare customer number.")],
    why: Annotated[str, typer.Option(help="The reason, without names: it stays.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    by: Annotated[str, typer.Option(help="Who erases.", show_default="the account on this machine")] = "",
    refit: Annotated[bool, typer.Option("--refit", help="Train the models again at once.")] = False,
    as_json: AsJson = False,
    workdir: Workdir = None,
) -> None:
    """Erase persons everywhere, all of their identifiers: it cannot be taken back. A signed receipt tells what went."""
    with open_hub(workdir) as hub:
        named = [identifier(hub, id) for id in ids]
        clusters = [hub.graph.person(one).cluster for one in named]
        if not yes:
            many = ", ".join(
                f"{id} ({len(cluster.leaves)} identifiers)" for id, cluster in zip(ids, clusters, strict=True)
            )
            typer.confirm(f"Erase {many} everywhere? This cannot be taken back.", abort=True)
        done: list[Erasure] = []
        with Bars().step("Erase", len(named)) as bar:
            for count, one in enumerate(named, 1):
                # Of two identifiers of one person the first erased both.
                if clusters[count - 1] not in clusters[: count - 1]:
                    done.append(hub.privacy.erase(one, by or getuser(), why))
                bar(count)
        if refit:
            _refit(hub)
        done = [one for one in hub.privacy.erasures() if one.id in {erasure.id for erasure in done}]
        receipts = [hub.privacy.receipt_file(one.id) for one in done]
    if as_json:
        show_json(done)
        return
    for erasure, receipt in zip(done, receipts, strict=True):
        _show(erasure, receipt)


def _refit(hub: Hub) -> None:
    """Every model that an erasure waits for, on what is left."""
    waiting = {name for one in hub.privacy.erasures() for name in one.models if name not in one.refitted}
    at = hub.clock.now()
    if waiting:
        with Bars().step("Project the history"):
            hub.project(at)
    for name in sorted(waiting):
        with Bars().step(f"Train {name}"):
            hub.train(name, at)


def _show(erasure: Erasure, receipt: Path) -> None:
    say(f"\nErasure [bold]{erasure.id}[/] is {'done' if erasure.done else 'under way'}.")
    show_table(
        "Removed", ("place", "how many"), ((place, f"{count:,}") for place, count in erasure.removed.items()),
        right=("how many",),
    )  # fmt: skip
    if erasure.rewritten:
        show_table(
            "Of others, without the person's identifiers now", ("place", "how many"),
            ((place, f"{count:,}") for place, count in erasure.rewritten.items()), right=("how many",),
        )  # fmt: skip
    for name, version in erasure.models.items():
        if name not in erasure.refitted:
            say(f"Model {escape(name)} ({version}) learnt from the person too, until: decidedly train {escape(name)}.")
    for one in erasure.pending:
        say(f"Left: {escape(one)}.")
    say(f"Receipt: {escape(str(receipt))}")


def erasures(as_json: AsJson = False, workdir: Workdir = None) -> None:
    """List the erasures, none of which names a person, and the counts of what is gone."""
    with open_hub(workdir) as hub:
        done, kept = hub.privacy.erasures(), hub.privacy.kept()
        key = hub.privacy.public_key
    if as_json:
        show_json({"erasures": done, "kept": kept, "key": key})
        return
    show_table(
        "Erasures",
        ("id", "when", "by", "why", "removed", "state"),
        (
            (
                one.id, moment(one.at), one.by, one.why, f"{sum(one.removed.values()):,}",
                "done" if one.done else "; ".join(one.pending) or "under way",
            )
            for one in done
        ),
        right=("removed",),
    )  # fmt: skip
    show_table(
        "Counts that stay",
        ("what", "of", "day", "how many"),
        ((one.what, one.name, one.day, f"{one.count:,}") for one in kept),
        right=("how many",),
    )
    say(f"Receipts are verified by the key {key}")


def verify_receipt(
    file: Annotated[Path, typer.Argument(help="The receipt.")],
    key: Annotated[str, typer.Option(help="Public key of the hub that signed it; else that of this hub.")] = "",
    workdir: Workdir = None,
) -> None:
    """Verify that a receipt is as the hub signed it; of this hub, that its log of erasures leads to it too."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.", place="FILE") from error
    if key:
        receipt = verified(raw, key)
    else:
        with open_hub(workdir) as hub:
            receipt = hub.privacy.verify(raw)
    _verified(receipt)


def _verified(receipt: Receipt) -> None:
    say(f"Erasure {receipt.erasure} of {moment(receipt.at)}: the receipt is as it was signed.")
    for name, state in receipt.models.items():
        say(f"Model {escape(name)}: {escape(state)}.")
    for one in receipt.pending:
        say(f"Left: {escape(one)}.")


def reapply_erasures(workdir: Workdir = None) -> None:
    """Erase again what a restored store or restored files hold, and go on with what was interrupted."""
    with open_hub(workdir) as hub:
        done = hub.privacy.resume(everywhere=True)
    if not done:
        say("Nobody was erased here.")
    for erasure in done:
        say(
            f"Erasure {erasure.id} is {'done' if erasure.done else 'under way'}: {'; '.join(erasure.pending) or 'all'}."
        )
