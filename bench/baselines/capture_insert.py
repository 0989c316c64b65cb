"""The baseline of `bench/capture.py`: a server that only decodes the same bodies and inserts their messages, durably.

The same HTTP stack (raw ASGI on uvicorn with uvloop and httptools), the same decoder (msgspec into typed Structs), the
same SQLite settings, message ids unique as ours are, concurrent bodies sharing one commit. No identity, no record, no
check, no log by person or kind.

    python bench/baselines/capture_insert.py FOLDER     prints its URL, serves until it is ended
"""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import uvicorn


class Message(msgspec.Struct, rename="camel"):
    type: str
    message_id: str
    user_id: str | int | None = None
    anonymous_id: str | int | None = None
    event: str | None = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None
    context: dict[str, Any] | None = None
    timestamp: datetime | None = None


class Batch(msgspec.Struct, rename="camel"):
    batch: list[Message]
    sent_at: datetime | None = None


decode = msgspec.json.Decoder(Batch).decode
encode = msgspec.msgpack.Encoder().encode


def database(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / "baseline.sqlite", isolation_level=None, check_same_thread=False)
    for pragma in (
        "page_size = 4096", "journal_mode = WAL", "synchronous = FULL", "temp_store = MEMORY", "cache_size = -65536",
        "wal_autocheckpoint = 4000",
    ):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS events (number INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE,"
        " payload BLOB NOT NULL) STRICT"
    )
    return connection


def insert(connection: sqlite3.Connection, messages: list[Message]) -> None:
    rows = [(message.message_id, encode(message)) for message in messages]
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT OR IGNORE INTO events (message_id, payload) VALUES (?, ?)", rows)
    connection.execute("COMMIT")


class App:
    """Whatever bodies have come while the event loop was busy share one commit."""

    def __init__(self, folder: Path) -> None:
        self.connection = database(folder)
        self.waiting: list[tuple[list[Message], asyncio.Future[None]]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        parts, more = [], True
        while more:
            message = await receive()
            parts.append(message["body"])
            more = message.get("more_body", False)
        done = asyncio.get_running_loop().create_future()
        self.waiting.append((decode(b"".join(parts)).batch, done))
        if len(self.waiting) == 1:
            asyncio.get_running_loop().call_soon(self.commit)
        await done
        headers = [(b"content-type", b"application/json"), (b"content-length", b"16")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"success":true}'})

    def commit(self) -> None:
        group, self.waiting = self.waiting, []
        insert(self.connection, [message for messages, _ in group for message in messages])
        for _, done in group:
            done.set_result(None)


def main() -> None:
    opened = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        App(Path(sys.argv[1])), loop="uvloop", http="httptools", lifespan="off", log_level="warning", access_log=False
    )
    print(f"http://127.0.0.1:{opened.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[opened])


if __name__ == "__main__":
    main()
