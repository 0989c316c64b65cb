"""Serve: the API on a socket, in this process, until it is told to stop."""

from __future__ import annotations

import gc
import logging
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from os import strerror
from threading import Event, Thread, current_thread, main_thread
from time import monotonic
from uuid import uuid4

import uvicorn

from decidedly.api.app import app
from decidedly.api.auth import is_loopback
from decidedly.app import Hub
from decidedly.core.ask import Ask
from decidedly.core.errors import DecidedlyError, NotAllowed, NotReady
from decidedly.core.identifier import Identifier

GRACE_S = 10
"""How long open requests may still take after the server was told to stop."""
CATCH_UP_S = 1.0
"""How often we look for events whose time has come."""
CATCH_UP_EVENTS = 1000
MATURE_S = 60.0
"""How often we look for those who have not answered in time."""
MATCH_S = 0.5
"""How often we look for people to be matched."""
_log = logging.getLogger("decidedly.api")


class CannotListen(DecidedlyError):
    """The address is taken, or not ours."""

    code = "serve.cannot-listen"


def serve(
    hub: Hub, host: str = "127.0.0.1", port: int = 8080, *, listening: Callable[[str], None] = lambda url: None
) -> None:
    """Answer requests until SIGINT or SIGTERM. The hub stays the caller's, who closes it afterwards.

    port      : 0 takes a free one
    listening : called with the server's URL once the socket is open
    Raises NotAllowed for a host beyond this machine while the hub has no keys, CannotListen.
    """
    opened = listen(host, port, hub.access.open)
    answer(hub, opened, ready=lambda: listening(url_of(host, opened)))


def answer(hub: Hub, opened: socket.socket, *, ready: Callable[[], None] = lambda: None, matching: bool = True) -> None:
    """Answer requests on an open socket until SIGINT or SIGTERM; `ready` is called before the first.

    matching : people are matched meanwhile, where the dictionary says so; of many processes one is enough
    """
    config = uvicorn.Config(
        app(hub),
        loop="uvloop",
        http="httptools",
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    warm(hub)
    # What stands now stays: looking through it for garbage would stop everybody for a tenth of a second now and then.
    gc.freeze()
    ready()
    meanwhile = (catch_up, match_live) if matching else (catch_up,)
    with _terminated_quietly(), _meanwhile(hub, meanwhile):
        uvicorn.Server(config).run(sockets=[opened])


@contextmanager
def _meanwhile(hub: Hub, does: Sequence[Callable[[Hub, Event], None]]) -> Iterator[None]:
    """What is done beside answering requests, each in a thread of its own."""
    stop = Event()
    threads = [Thread(target=one, args=(hub, stop), name=one.__name__, daemon=True) for one in does]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def catch_up(hub: Hub, stop: Event, every_s: float = CATCH_UP_S) -> None:
    """Until told to stop: what was dated ahead and is due becomes part of its record, and who has not answered in time
    is recorded as a non-response. Several may do so at once."""
    matured = monotonic()
    while not stop.wait(every_s):
        try:
            while hub.catch_up(limit=CATCH_UP_EVENTS) >= CATCH_UP_EVENTS and not stop.is_set():
                pass
            if monotonic() - matured >= MATURE_S:
                matured = monotonic()
                hub.results.mature()
        except NotReady:
            continue
        except Exception:
            _log.exception("What is due could not be folded, or not recorded; it is tried again.")


def match_live(hub: Hub, stop: Event, every_s: float = MATCH_S) -> None:
    """Until told to stop: who came or changed is compared with all that are known. Between two records it pauses for as
    long as the last one took, so that whoever waits for an answer does not wait for this."""
    began = monotonic()

    def pause() -> bool:
        nonlocal began
        stopped = stop.wait(monotonic() - began)
        began = monotonic()
        return stopped

    with closing(hub.live_match()) as matching:
        while not stop.wait(every_s):
            began = monotonic()
            try:
                matching.step(pause)
            except NotReady:
                continue
            except Exception:
                _log.exception("People could not be matched; it is tried again.")


@contextmanager
def _terminated_quietly() -> Iterator[None]:
    """uvicorn sends itself the signal that stopped it once more: here it ends nothing, so that the hub is closed."""
    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda number, frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def warm(hub: Hub) -> None:
    """Compile the plans, load the models and open the templates now, so that the first person does not wait for it."""
    try:
        services = hub.snapshot.book.services
    except DecidedlyError:
        return
    for service in services:
        for channel in ("", *service.inbound):
            who = (Identifier("anonymous", uuid4().hex),)
            ask = Ask(ask_id=uuid4().hex, who=who, service=service.id, channel=channel, at=hub.clock.now())
            try:
                record = hub.dry_run(ask)
                if record.channel and channel:
                    hub.render(record, channel)
            except DecidedlyError:
                continue  # whoever asks is told


def listen(host: str, port: int, open_to_all: bool) -> socket.socket:
    """A socket to answer on. Raises NotAllowed for a host beyond this machine without keys, CannotListen."""
    if open_to_all and not is_loopback(host):
        raise NotAllowed(
            f"Without keys the server answers this machine only, not {host}.",
            place="host",
            hint="Make a key first (`decidedly key`), or serve on 127.0.0.1.",
        )
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise CannotListen(
            f"Cannot listen on {host}, port {port}: {strerror(error.errno) if error.errno else error}.",
            place="port",
            hint="Choose another: --port.",
        ) from error


def url_of(host: str, opened: socket.socket) -> str:
    """Where an open socket is reached."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{opened.getsockname()[1]}"
