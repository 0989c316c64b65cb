"""The baselines of `bench/serve.py`: the same HTTP stack with a reply that is the same for everybody.

    python bench/baselines/serve_static.py FOLDER BYTES            replies BYTES at once
    python bench/baselines/serve_static.py FOLDER BYTES --insert   first inserts so many bytes, by group commit

Raw ASGI on uvicorn with uvloop and httptools; SQLite with our settings. Prints its URL, serves until it is ended.
"""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import sys
from pathlib import Path
from typing import Any

import uvicorn


def database(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / "static.sqlite", isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 4000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE IF NOT EXISTS replies (number INTEGER PRIMARY KEY, payload BLOB NOT NULL) STRICT")
    return connection


class Static:
    """Whatever asks have come while the event loop was busy share one commit."""

    def __init__(self, reply: bytes, connection: sqlite3.Connection | None) -> None:
        self.reply, self.connection = reply, connection
        length = str(len(reply)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        self.start = {"type": "http.response.start", "status": 200, "headers": headers}
        self.body = {"type": "http.response.body", "body": reply}
        self.waiting: list[asyncio.Future[None]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        more = True
        while more:
            more = (await receive()).get("more_body", False)
        if self.connection is not None:
            loop = asyncio.get_running_loop()
            done = loop.create_future()
            self.waiting.append(done)
            if len(self.waiting) == 1:
                loop.call_soon(self.commit)
            await done
        await send(self.start)
        await send(self.body)

    def commit(self) -> None:
        group, self.waiting = self.waiting, []
        assert self.connection is not None
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany("INSERT INTO replies (payload) VALUES (?)", [(self.reply,)] * len(group))
        self.connection.execute("COMMIT")
        for done in group:
            done.set_result(None)


def main() -> None:
    folder, size = Path(sys.argv[1]), int(sys.argv[2])
    connection = database(folder) if "--insert" in sys.argv else None
    opened = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        Static(b"x" * size, connection), loop="uvloop", http="httptools", lifespan="off", log_level="warning",
        access_log=False, server_header=False, proxy_headers=False,
    )  # fmt: skip
    print(f"http://127.0.0.1:{opened.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[opened])


if __name__ == "__main__":
    main()
