"""Workers: several processes that answer on one socket and, where the store is a file, one more that writes for all.

This process binds the socket, starts the others, starts them again when they die, and stops them. They are forked
before anything is opened, so that connections and threads are each process's own.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import connection, get_context
from multiprocessing.context import ForkProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from threading import Thread
from time import monotonic
from types import FrameType

from decidedly.api.serve import GRACE_S, answer, listen, url_of
from decidedly.app import Hub, Settings, write_for_all
from decidedly.core.errors import DecidedlyError

_log = logging.getLogger("decidedly.api")
_fork = get_context("fork")

_START_S = 60.0
_DEATHS, _YOUNG_S = 5, 1.0
"""So many deaths in a row, each within so many seconds of the start, are no accident: the server stops."""
_LONGEST_PATH = 100
"""A Unix socket's path may have 107 bytes on Linux, 103 elsewhere."""


class WorkersDied(DecidedlyError):
    """The processes of the server end as soon as they are started."""

    code = "serve.workers-died"


def serve_workers(
    settings: Settings,
    workers: int,
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    listening: Callable[[str], None] = lambda url: None,
) -> None:
    """Answer requests with so many processes until SIGINT or SIGTERM.

    listening : called with the server's URL once every process is ready
    Raises NotAllowed, CannotListen, WorkersDied, and what opening the store raises.
    """
    with Hub(settings) as hub:  # migrates the store, once, and says what is wrong with it
        open_to_all = hub.access.open
    with listen(host, port, open_to_all) as opened, _socket_path(settings) as path:
        crew = _Crew(replace(settings, writer=path), workers, opened)
        crew.run(lambda: listening(url_of(host, opened)))


@contextmanager
def _socket_path(settings: Settings) -> Iterator[Path | None]:
    """Where the writer listens: in the hub's folder, or in a temporary one where its path is too long."""
    if not settings.embedded:
        yield None
        return
    path = settings.folder.resolve() / "writer.sock"
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="decidedly-") as folder:
        yield Path(folder) / "writer.sock"


class _Crew:
    """The processes of one server."""

    def __init__(self, settings: Settings, workers: int, opened: socket.socket) -> None:
        self._settings = settings
        self._opened = opened
        self._names = ([] if settings.writer is None else ["writer"]) + [f"worker {n + 1}" for n in range(workers)]
        self._running: dict[str, ForkProcess] = {}
        self._started: dict[str, float] = {}
        self._died_young = 0
        self._stopping = False
        # The others hold the reading end: it ends when this process does, however that happens.
        self._alive = os.pipe()

    def run(self, ready: Callable[[], None]) -> None:
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            # One after the other: a worker needs the writer.
            for name in self._names:
                self._start(name)
            if not self._stopping:
                ready()
            while not self._stopping:
                connection.wait([process.sentinel for process in self._running.values()], timeout=0.5)
                self._replace_the_dead()
        finally:
            self._stop_all()
            for end in self._alive:
                os.close(end)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _start(self, name: str) -> None:
        ready = _fork.Event()
        process = _fork.Process(target=self._be, args=(name, ready), name=f"decidedly {name}")
        process.start()
        self._running[name] = process
        began = monotonic()
        while not ready.wait(0.05) and process.is_alive() and not self._stopping:
            if monotonic() - began > _START_S:
                process.kill()
        self._started[name] = monotonic()
        if not ready.is_set() and not self._stopping:
            self._died(name, process)
            self._start(name)

    def _replace_the_dead(self) -> None:
        for name in self._names:
            process = self._running[name]
            if not process.is_alive() and not self._stopping:
                self._died(name, process)
                self._start(name)

    def _died(self, name: str, process: ForkProcess) -> None:
        process.join()
        _log.error("%s ended (exit code %s); it is started again", name, process.exitcode)
        self._died_young = self._died_young + 1 if monotonic() - self._started[name] < _YOUNG_S else 0
        if self._died_young == _DEATHS:
            raise WorkersDied(
                f"The processes of the server ended {_DEATHS} times as soon as they were started, the last one {name}.",
                hint="What is wrong stands above; with --workers 1 it is told at once.",
            )

    def _stop_all(self) -> None:
        # The writer last: the workers finish what they were asked.
        for names in (self._names[self._settings.writer is not None :], self._names):
            running = [self._running[name] for name in names if name in self._running]
            for process in running:
                process.terminate()
            for process in running:
                process.join(GRACE_S + 5)
                if process.is_alive():
                    process.kill()
                    process.join()

    def _be(self, name: str, ready: Event) -> None:
        """The life of one process."""
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN if name == "writer" else signal.default_int_handler)
        os.close(self._alive[1])
        Thread(target=self._end_with_parent, daemon=True).start()
        settings = self._settings
        if name == "writer":
            assert settings.writer is not None
            self._opened.close()
            write_for_all(settings, ready.set)
        else:
            with Hub(settings) as hub:
                answer(hub, self._opened, ready=ready.set, matching=name == "worker 1")

    def _end_with_parent(self) -> None:
        os.read(self._alive[0], 1)
        os.kill(os.getpid(), signal.SIGTERM)
