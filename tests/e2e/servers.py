"""A real server on a published playbook, in a process of its own, that tests may stop and start again."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

from decidedly.app import Hub
from decidedly.core.event import Event
from decidedly.core.playbook import Playbook
from decidedly.demo.playbook import grocer

SRC = Path(__file__).parents[2] / "src"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(SRC)}


def decidedly(*words: str) -> list[str]:
    return [sys.executable, "-m", "decidedly", *words]


class Server(AbstractContextManager["Server"]):
    """`decidedly serve` on a folder of its own and one port for all its starts.

    scopes : of its only key, if any
    book   : instead of the grocer's playbook
    """

    def __init__(self, folder: Path, *scopes: str, options: tuple[str, ...] = (), book: Playbook | None = None) -> None:
        self.folder = folder
        with Hub.open(folder) as hub:
            if book is None:
                hub.publish(grocer())
            else:
                hub.playbooks.publish(book)
        self.key = _run("key", *scopes, "--workdir", str(folder)).split()[0] if scopes else ""
        self._options = options
        self._process: subprocess.Popen[str] | None = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> Server:
        command = decidedly("serve", "--workdir", str(self.folder), "--port", str(self._port), *self._options)
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
        assert self._process.stdout is not None
        next(line for line in self._process.stdout if re.search(self.url, line))
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.communicate()
            self._process = None

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def log(self) -> list[Event]:
        """All events that the hub holds, in order of arrival."""
        with Hub.open(self.folder) as hub:
            return [logged.event for logged in hub.journal.read(limit=10_000)]


def _run(*words: str) -> str:
    return subprocess.run(decidedly(*words), capture_output=True, text=True, env=ENVIRONMENT, check=True).stdout
