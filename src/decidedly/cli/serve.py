"""decidedly serve: the hub over HTTP."""

from __future__ import annotations

from typing import Annotated

import typer

from decidedly import api
from decidedly.app import Hub
from decidedly.cli.screen import say
from decidedly.cli.workdir import StoreUrl, Workdir, make_settings, read_time, share_clock
from decidedly.core.errors import DecidedlyError


def serve(
    workdir: Workdir = None,
    host: Annotated[str, typer.Option(help="Address to listen on; beyond this machine only with keys.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8080,
    origin: Annotated[
        list[str] | None,
        typer.Option(help="A website whose pages may send events, e.g. https://shop.example; * for all. Repeatable."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer.")] = 1,
    store: StoreUrl = None,
    clock_start: Annotated[
        str | None, typer.Option(help="What the hub's clock shows at the start, e.g. 2017-10-30T08:00:00Z.")
    ] = None,
) -> None:
    """Serve the hub over HTTP until Ctrl-C."""
    start = read_time(clock_start, "--clock-start") if clock_start else None
    settings = make_settings(workdir, start, origin or (), store)

    def listening(url: str) -> None:
        share_clock(settings.folder, start)
        with Hub(settings) as hub:
            _banner(hub, url)

    if workers > 1:
        api.serve_workers(settings, workers, host, port, listening=listening)
    else:
        with Hub(settings) as hub:
            api.serve(hub, host, port, listening=listening)


def _banner(hub: Hub, url: str) -> None:
    say(f"\n[bold]Decidedly[/] on {url}, its clock at {hub.clock.now():%Y-%m-%d %H:%M} UTC. Stop with Ctrl-C.")
    if (hub.folder / "gallery" / "index.html").is_file():
        say(f"  Look at real customers: {url}/gallery/")
    try:
        book = hub.snapshot.book
        service = book.services[0]
    except (DecidedlyError, IndexError) as error:
        say(f"  Not ready: {error}")
        return
    channel = f', "channel": "{service.inbound[0]}"' if service.inbound else ""
    say(
        f"""  Ask for a decision, then ask why:
    curl -s {url}/v1/decide -H 'Content-Type: application/json' \\
      -d '{{"person": {{"{book.dictionary.user_id}": "1029"}}, "service": "{service.id}"{channel}}}'
    curl -s {url}/v1/decisions/DECISION_ID/explain
  In another terminal:
    decidedly person show 1029 --workdir {hub.folder}
    decidedly explain DECISION_ID --workdir {hub.folder}"""
    )
